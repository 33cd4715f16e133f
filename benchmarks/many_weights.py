"""Microseconds a step of Adam with its full history, for 50, 1,000 and 100,000 weights.

The loss is a quadratic with the curvatures 1 ... 10, so that the rule's own work counts. All
record the weights, the loss and both moments; OptLab the gradient and the corrected moments as
well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Row, Table, seconds_in_turns
from optlab.core.problems import function_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, compiled_kernel, program_of, run

SIZES: tuple[tuple[int, int], ...] = ((50, 20_000), (1_000, 2_000), (100_000, 30))
"""Numbers of weights, and the steps that each run takes."""
COLUMNS = 6
"""Vectors that a row of OptLab's trajectory records."""
OPTLAB, TORCH, OPTAX, NUMPY = "OptLab, compiled", "torch.optim.Adam", "optax, jit + scan", "NumPy"
_ETA, _BETA1, _BETA2, _EPSILON = 1e-3, 0.9, 0.999, 1e-8
Work = Callable[[], object]


def optlab(size: int, steps: int) -> Work:
    """The loop over arrays around a compiled quadratic."""
    import numba

    curvature = np.linspace(1.0, 10.0, size)
    whole, numbers = numba.types.int64, numba.types.CPointer(numba.types.float64)
    signature = numba.types.float64(whole, whole, whole, numbers, numbers, numbers)
    array: Any = vars(numba)["carray"]

    @numba.cfunc(signature)
    def answer(context, question, step, w_, v_, out_):  # type: ignore[no-untyped-def]
        w, out = array(w_, (size,)), array(out_, (size,))
        total = 0.0
        for i in range(size):
            slope = curvature[i] * w[i]
            if question == 1:
                out[i] = slope
            total += slope * w[i]
        return total / 2

    def bowl(w: np.ndarray) -> tuple[float, np.ndarray]:
        return float(curvature * w @ w) / 2, curvature * w

    problem = function_problem(bowl, np.ones(size), compiled=answer)
    options = {"epsilon_placement": "outside"}
    spec = RunSpec(problem, load_rule("adam"), {"eta": _ETA}, options, steps=steps)
    kernel = compiled_kernel(program_of(spec))
    return lambda: run(spec, kernels=lambda _program: kernel)


def numpy_loop(size: int, steps: int) -> Work:
    """A loop as in a textbook listing."""
    curvature = np.linspace(1.0, 10.0, size)

    def work() -> object:
        w, m, s = np.ones(size), np.zeros(size), np.zeros(size)
        history = []
        for t in range(1, steps + 1):
            g = curvature * w
            m = _BETA1 * m + (1 - _BETA1) * g
            s = _BETA2 * s + (1 - _BETA2) * g**2
            m_hat, s_hat = m / (1 - _BETA1**t), s / (1 - _BETA2**t)
            w = w - _ETA * m_hat / (np.sqrt(s_hat) + _EPSILON)
            history.append((w, float(curvature * w @ w) / 2, m, s))
        return history

    return work


def torch_optimizer(size: int, steps: int) -> Work:
    """torch.optim.Adam with autograd."""
    import torch

    torch.set_num_threads(1)
    curvature = torch.linspace(1.0, 10.0, size, dtype=torch.float64)

    def work() -> object:
        w = torch.ones(size, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([w], lr=_ETA, betas=(_BETA1, _BETA2), eps=_EPSILON)
        history = []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = (curvature * w) @ w / 2
            loss.backward()
            optimizer.step()
            state = optimizer.state[w]
            moments = (state["exp_avg"].clone(), state["exp_avg_sq"].clone())
            history.append((w.detach().clone(), loss.item(), *moments))
        return history

    return work


def optax_scan(size: int, steps: int) -> Work:
    """optax.adam under jit and lax.scan, weights, loss and moments kept."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    curvature = jnp.linspace(1.0, 10.0, size)

    def loss(w):  # type: ignore[no-untyped-def]
        return (curvature * w) @ w / 2

    adam = optax.adam(_ETA, b1=_BETA1, b2=_BETA2, eps=_EPSILON)

    def step(carry, _):  # type: ignore[no-untyped-def]
        w, state = carry
        value, gradient = jax.value_and_grad(loss)(w)
        updates, state = adam.update(gradient, state, w)
        w = optax.apply_updates(w, updates)
        return (w, state), (w, value, state[0].mu, state[0].nu)

    @jax.jit
    def walk(w):  # type: ignore[no-untyped-def]
        return jax.lax.scan(step, (w, adam.init(w)), None, length=steps)[1]

    return lambda: jax.block_until_ready(walk(jnp.ones(size)))


_CANDIDATES = {OPTLAB: optlab, NUMPY: numpy_loop, TORCH: torch_optimizer, OPTAX: optax_scan}


def allowed(size: int) -> float:
    """Microseconds that a step may take: 1.5 ns for each number recorded, and 1 µs."""
    return 1.5e-3 * size * COLUMNS + 1.0


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """A table for each number of weights, all candidates in turns."""
    found = []
    for size, full in SIZES:
        steps = max(2, round(full * scale))
        works: dict[str, Work] = {}
        missing = []
        for name, make in _CANDIDATES.items():
            try:
                works[name] = make(size, steps)
            except ImportError as error:
                missing.append(Row(name, missing=str(error)))
        seconds = seconds_in_turns(works, rounds)
        rows = [Row.of(name, [one / steps * 1e6 for one in t]) for name, t in seconds.items()]
        title = f"A step of Adam with {size:,} weights, full history"
        note = f"Allowed: {allowed(size):.3g} µs, 1.5 ns for each number recorded and 1 µs."
        found.append(Table(title, "µs/step", OPTLAB, (*rows, *missing), higher=False, note=note))
    return found
