"""Microseconds a step of Adam on a network 2-16-1, batches of 32 of 512 rows, full history.

All take the same batches, in order, and record the weights, the loss of the batch and both
moments; OptLab the gradient and the corrected moments as well, and the loss on all rows once an
epoch.  A second table has the loss on a plane of 128 x 128 points, over 500 rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.measure import Row, Table, seconds_in_turns
from optlab.core.data import Table as Data
from optlab.core.data import load_table
from optlab.core.planes import plane_problem, random_plane
from optlab.core.problems import Network, NetworkProblem, network_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, compiled_kernel, program_of, run
from optlab.core.run.sampling import Sampling

ROWS, BATCH, STEPS, RESOLUTION = 512, 32, 4_000, 128
OPTLAB, PLAIN = "OptLab, compiled", "OptLab, NumPy"
TORCH, OPTAX = "torch.optim.Adam", "optax, jit + scan"
FIRST, ONE_CORE, ALL_CORES = "32 x 32 points", "128 x 128, one core", "128 x 128, all cores"
_ETA, _BETA1, _BETA2, _EPSILON = 0.01, 0.9, 0.999, 1e-8
Work = Callable[[], object]


def problem_of(rows: int) -> NetworkProblem:
    """A network 2-16-1 on two moons."""
    data: Data = load_table(f"moons:n={rows},noise=0.1,seed=1")
    return network_problem(Network((2, 16, 1), loss="cross_entropy"), data)


def optlab(steps: int, compiled: bool = True) -> Work:
    """The loop over arrays around the compiled network, or NumPy for both."""
    sampling = Sampling(batch=BATCH, shuffle=False, loss_every=ROWS // BATCH)
    options = {"epsilon_placement": "outside"}
    parts = problem_of(ROWS), load_rule("adam"), {"eta": _ETA}, options
    spec = RunSpec(*parts, steps=steps, sampling=sampling)
    if not compiled:
        return lambda: run(spec)
    kernel = compiled_kernel(program_of(spec))
    return lambda: run(spec, kernels=lambda _program: kernel)


def numpy_tier(steps: int) -> Work:
    """The same before anything is compiled."""
    few = optlab(max(2, steps // 20), compiled=False)
    return lambda: [few() for _ in range(20)]


def torch_loop(steps: int) -> Work:
    """torch.optim.Adam with autograd."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    problem = problem_of(ROWS)
    inputs = torch.from_numpy(problem.table.inputs.copy())
    labels = torch.from_numpy(problem.table.columns[problem.table.target].copy())[:, None]

    def work() -> object:
        layers = torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)
        model, loss_of = torch.nn.Sequential(*layers), torch.nn.BCEWithLogitsLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=_ETA)
        history = []
        for step in range(steps):
            rows = slice(step * BATCH % ROWS, step * BATCH % ROWS + BATCH)
            optimizer.zero_grad()
            loss = loss_of(model(inputs[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            for weight in model.parameters():
                state = optimizer.state[weight]
                moments = state["exp_avg"].clone(), state["exp_avg_sq"].clone()
                history.append((weight.detach().clone(), *moments))
            history.append(loss.item())
        return history

    return work


def optax_scan(steps: int) -> Work:
    """optax.adam under jit and lax.scan."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    problem = problem_of(ROWS)
    inputs = jnp.asarray(problem.table.inputs)
    labels = jnp.asarray(problem.table.columns[problem.table.target])

    def loss_of(w, x, y):  # type: ignore[no-untyped-def]
        hidden = jnp.tanh(x @ w[:32].reshape(16, 2).T + w[32:48])
        z = hidden @ w[48:64] + w[64]
        return optax.sigmoid_binary_cross_entropy(z, y).mean()

    adam = optax.adam(_ETA, b1=_BETA1, b2=_BETA2, eps=_EPSILON)

    def step(carry, at):  # type: ignore[no-untyped-def]
        w, state = carry
        x = jax.lax.dynamic_slice_in_dim(inputs, at, BATCH)
        y = jax.lax.dynamic_slice_in_dim(labels, at, BATCH)
        value, gradient = jax.value_and_grad(loss_of)(w, x, y)
        updates, state = adam.update(gradient, state, w)
        w = optax.apply_updates(w, updates)
        return (w, state), (w, value, state[0].mu, state[0].nu)

    places = jnp.arange(steps) * BATCH % ROWS

    @jax.jit
    def train(w):  # type: ignore[no-untyped-def]
        return jax.lax.scan(step, (w, adam.init(w)), places)[1]

    start = jnp.asarray(problem.start)
    return lambda: jax.block_until_ready(train(start))


_CANDIDATES = {OPTLAB: optlab, PLAIN: numpy_tier, TORCH: torch_loop, OPTAX: optax_scan}


def plane_works() -> dict[str, Work]:
    """The loss over a plane: the first picture, then all of it."""
    problem = problem_of(500)
    plane = random_plane(problem, np.array(problem.start))
    pool = ThreadPoolExecutor(max(1, os.cpu_count() or 1))
    alone = plane_problem(problem, plane, problem.start)
    shared = plane_problem(problem, plane, problem.start, spread=pool.map)
    fine, coarse = (
        np.meshgrid(*[np.linspace(-1, 1, count)] * 2) for count in (RESOLUTION, RESOLUTION // 4)
    )
    return {
        FIRST: lambda: alone.grid(*coarse),
        ONE_CORE: lambda: alone.grid(*fine),
        ALL_CORES: lambda: shared.grid(*fine),
    }


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """Steps of training, all candidates in turns; pictures of a plane."""
    steps = max(ROWS // BATCH, round(STEPS * scale))
    works: dict[str, Work] = {}
    missing = []
    for name, make in _CANDIDATES.items():
        try:
            works[name] = make(steps)
        except ImportError as error:
            missing.append(Row(name, missing=str(error)))
    seconds = seconds_in_turns(works, rounds)
    rows = [Row.of(name, [one / steps * 1e6 for one in t]) for name, t in seconds.items()]
    title = "A step of Adam on a network 2-16-1, batch 32, full history"
    trained = Table(title, "µs/step", OPTLAB, (*rows, *missing), higher=False)
    drawn = seconds_in_turns(plane_works(), rounds)
    rows = [Row.of(name, [one * 1e3 for one in t]) for name, t in drawn.items()]
    title = "The loss of a network 2-16-1 over 500 rows on a plane"
    return [trained, Table(title, "ms", ONE_CORE, tuple(rows), higher=False)]
