"""Steps per second of one Adam path on Rosenbrock with its full history, float64.

Full history means weights, loss, gradient, both moments and their corrected forms at every step.
The peers record what their own users would: the NumPy loop the same columns, torch and optax the
weights, the loss and the two moments.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.measure import Candidate, Table, compare
from benchmarks.native_code import compile_c
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, compiled_kernel, plain_kernel, program_of, run

PLAIN, COMPILED = "OptLab, plain Python", "OptLab, compiled"
NUMPY, OPTAX = "NumPy loop", "optax, jit + scan"
_START = (-1.0, 1.0)
_ETA, _BETA1, _BETA2, _EPSILON = 1e-3, 0.9, 0.999, 1e-8


def spec(steps: int) -> RunSpec:
    """The run that everybody does."""
    options = {"epsilon_placement": "outside"}
    rule = load_rule("adam")
    problem = load_problem("rosenbrock")
    return RunSpec(problem, rule, {"eta": _ETA}, options, start=_START, steps=steps)


def plain(steps: int) -> Callable[[], object]:
    """OptLab's generated Python."""
    own = spec(steps)
    return lambda: run(own, kernels=plain_kernel)


def compiled(steps: int) -> Callable[[], object]:
    """The same source through Numba."""
    own = spec(steps)
    kernel = compiled_kernel(program_of(own))
    return lambda: run(own, kernels=lambda _program: kernel)


def numpy_loop(steps: int) -> Callable[[], object]:
    """A loop as in a textbook listing, with arrays of two."""

    def work() -> object:
        w, m, s = np.array(_START), np.zeros(2), np.zeros(2)
        history = []
        for t in range(1, steps + 1):
            a = w[1] - w[0] ** 2
            g = np.array([-400 * w[0] * a - 2 * (1 - w[0]), 200 * a])
            m = _BETA1 * m + (1 - _BETA1) * g
            s = _BETA2 * s + (1 - _BETA2) * g**2
            m_hat, s_hat = m / (1 - _BETA1**t), s / (1 - _BETA2**t)
            w = w - _ETA * m_hat / (np.sqrt(s_hat) + _EPSILON)
            loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
            history.append((w, loss, g, m, s, m_hat, s_hat))
        return history

    return work


def torch_optimizer(steps: int) -> Callable[[], object]:
    """torch.optim.Adam with autograd."""
    import torch

    torch.set_num_threads(1)

    def work() -> object:
        w = torch.tensor(_START, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([w], lr=_ETA, betas=(_BETA1, _BETA2), eps=_EPSILON)
        history = []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
            loss.backward()
            optimizer.step()
            state = optimizer.state[w]
            moments = (state["exp_avg"].clone(), state["exp_avg_sq"].clone())
            history.append((w.detach().clone(), loss.item(), *moments))
        return history

    return work


def optax_scan(steps: int) -> Callable[[], object]:
    """optax.adam under jit and lax.scan, weights, loss and moments kept."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    def loss(w):  # type: ignore[no-untyped-def]
        return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2

    adam = optax.adam(_ETA, b1=_BETA1, b2=_BETA2, eps=_EPSILON)

    def step(carry, _):  # type: ignore[no-untyped-def]
        w, state = carry
        updates, state = adam.update(jax.grad(loss)(w), state, w)
        w = optax.apply_updates(w, updates)
        return (w, state), (w, loss(w), state[0].mu, state[0].nu)

    @jax.jit
    def walk(w):  # type: ignore[no-untyped-def]
        return jax.lax.scan(step, (w, adam.init(w)), None, length=steps)[1]

    return lambda: jax.block_until_ready(walk(jnp.array(_START)))


_C_SOURCE = r"""
#include <math.h>
void walk(long steps, double *out) {
  double x = -1, y = 1, m1 = 0, m2 = 0, s1 = 0, s2 = 0, b1 = 1, b2 = 1;
  for (long t = 0; t < steps; t++) {
    double a = y - x * x, g1 = -400 * x * a - 2 * (1 - x), g2 = 200 * a;
    m1 = .9 * m1 + .1 * g1; m2 = .9 * m2 + .1 * g2;
    s1 = .999 * s1 + .001 * g1 * g1; s2 = .999 * s2 + .001 * g2 * g2;
    b1 *= .9; b2 *= .999;
    double h1 = m1 / (1 - b1), h2 = m2 / (1 - b1), v1 = s1 / (1 - b2), v2 = s2 / (1 - b2);
    x -= 1e-3 * h1 / (sqrt(v1) + 1e-8); y -= 1e-3 * h2 / (sqrt(v2) + 1e-8);
    double c = 1 - x, d = y - x * x, *r = out + 13 * t;
    r[0] = x; r[1] = y; r[2] = c * c + 100 * d * d; r[3] = g1; r[4] = g2; r[5] = m1; r[6] = m2;
    r[7] = s1; r[8] = s2; r[9] = h1; r[10] = h2; r[11] = v1; r[12] = v2;
  }
}
"""


def c_loop(steps: int) -> Callable[[], object]:
    """The same equations in C, -O3, with full history (powers as running products)."""
    walk = compile_c(_C_SOURCE).walk
    walk.argtypes = [ctypes.c_long, ctypes.c_void_p]

    def work() -> object:
        out = np.empty((steps, 13))
        walk(steps, out.ctypes.data)
        return out

    return work


_CANDIDATES: tuple[tuple[str, Callable[[int], Callable[[], object]], int], ...] = (
    (PLAIN, plain, 50_000),
    (COMPILED, compiled, 1_000_000),
    (NUMPY, numpy_loop, 10_000),
    ("torch.optim.Adam", torch_optimizer, 2_000),
    (OPTAX, optax_scan, 1_000_000),
    ("C, -O3", c_loop, 1_000_000),
)


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """All candidates in turns; ``scale`` makes the walks shorter."""
    candidates: list[Candidate] = []
    for name, make, full in _CANDIDATES:
        steps = max(2, round(full * scale))
        candidates.append((name, partial(make, steps), float(steps)))
    title = "One Adam path on Rosenbrock, full history"
    return [compare(title, "steps/s", NUMPY, candidates, rounds)]
