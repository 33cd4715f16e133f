"""A grid of starts at once: 100 steps of Adam on Rosenbrock from each, float64.

Everybody has the analytic gradient and hands back the last weights.  OptLab also keeps for each
start the loss and the steps done, and ends a start that diverges, all of it in IEEE arithmetic,
to the bit like a single run.  The second C row does the same.  The first one may reorder
(-ffast-math), which turns four of six divisions a step into products with a reciprocal; OptLab
gets the exactly rounded quotients of these four by fused multiply-adds, where the processor has
them.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Candidate, Table, compare
from benchmarks.native_code import compile_c
from optlab.core.maps import Cells, CompiledCells
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec
from optlab.session.maps.map_compute import MapBuffer, basin_cells, fill_map

Floats = NDArray[np.float64]

STEPS = 100
AT_ONCE, AS_SHOWN = "OptLab, all cores", "OptLab, all cores, coarse to fine as a window shows it"
ONE_CORE = "OptLab, one core"
OPTAX, PLAIN_C = "optax, jit", "C, OpenMP, -march=native -ffast-math"
FULL_C = "C, OpenMP, the same results in IEEE arithmetic"
_IEEE = ("-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off")
_NOTE = (
    "OpenMP and XLA wait for their slowest thread, so they lose more than OptLab's tiles where "
    "other work holds a core: a high load flatters OptLab here."
)
_WINDOW = ((-2.0, 2.0), (-1.0, 3.0))
_ETA, _BETA1, _BETA2, _EPSILON = 1e-2, 0.9, 0.999, 1e-8


def cells(points: int) -> tuple[Cells, MapBuffer]:
    """The starts of a grid of ``points`` along each axis, and room for how they end."""
    problem, rule = load_problem("rosenbrock"), load_rule("adam")
    options = {"epsilon_placement": "outside"}
    spec = RunSpec(problem, rule, {"eta": _ETA}, options, steps=STEPS)
    return basin_cells(spec, _WINDOW, points)


def at_once(points: int) -> Callable[[], object]:
    """One pass over all starts, as the others do it; a tile for each core."""
    own, buffer = cells(points)
    cores = max(1, os.cpu_count() or 1)
    tiles = np.array_split(np.arange(len(own.starts)), 2 * cores)
    pool = ThreadPoolExecutor(cores)

    compiled = CompiledCells(own)

    def tile(chosen: NDArray[np.intp]) -> object:
        return compiled.fill(chosen, buffer.ends)

    return lambda: list(pool.map(tile, tiles))


def as_shown(points: int) -> Callable[[], object]:
    """As the window computes a map: coarse first, in tiles, on all cores."""
    own, buffer = cells(points)

    def work() -> object:
        buffer.known[:] = False
        return fill_map(own, buffer)

    return work


def one_core(points: int) -> Callable[[], object]:
    """The kernel alone."""
    own, buffer = cells(points)
    everybody = np.arange(len(own.starts))
    compiled = CompiledCells(own)
    return lambda: compiled.fill(everybody, buffer.ends)


def _starts(points: int) -> tuple[Floats, Floats]:
    starts = cells(points)[0].starts
    return starts[:, 0].copy(), starts[:, 1].copy()


def numexpr_steps(points: int) -> Callable[[], object]:
    """A loop over the steps, each a handful of numexpr expressions on all cores."""
    import numexpr

    start = _starts(points)

    def work() -> object:
        w, m, s = list(start), [np.zeros_like(start[0])] * 2, [np.zeros_like(start[0])] * 2
        for t in range(1, STEPS + 1):
            x, y = w
            names = {"b1": _BETA1, "b2": _BETA2, "e": _EPSILON, "x": x, "y": y}
            names |= {"r": _ETA / (1 - _BETA1**t), "c": 1 - _BETA2**t}
            g = [
                numexpr.evaluate("-400*x*(y - x*x) - 2*(1 - x)", names),
                numexpr.evaluate("200*(y - x*x)", names),
            ]
            for i in range(2):
                names |= {"g": g[i], "m": m[i], "s": s[i], "w": w[i]}
                names["m"] = m[i] = numexpr.evaluate("b1*m + (1 - b1)*g", names)
                names["s"] = s[i] = numexpr.evaluate("b2*s + (1 - b2)*g*g", names)
                w[i] = numexpr.evaluate("w - r*m/(sqrt(s/c) + e)", names)
        return w

    return work


def torch_fused(points: int) -> Callable[[], object]:
    """torch.optim.Adam(fused=True); the gradient is written by hand."""
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    x0, y0 = (torch.from_numpy(values) for values in _starts(points))

    def work() -> object:
        x, y = (values.clone().requires_grad_() for values in (x0, y0))
        betas = (_BETA1, _BETA2)
        optimizer = torch.optim.Adam([x, y], lr=_ETA, betas=betas, eps=_EPSILON, fused=True)
        for _ in range(STEPS):
            with torch.no_grad():
                a = y - x * x
                x.grad = -400 * x * a - 2 * (1 - x)
                y.grad = 200 * a
            optimizer.step()
        return x, y

    return work


def optax_jit(points: int) -> Callable[[], object]:
    """optax.adam on arrays of all starts, under jit and lax.fori_loop."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    adam = optax.adam(_ETA, b1=_BETA1, b2=_BETA2, eps=_EPSILON)
    start = tuple(jnp.asarray(values) for values in _starts(points))

    def step(_, carry):  # type: ignore[no-untyped-def]
        (x, y), state = carry
        a = y - x * x
        updates, state = adam.update((-400 * x * a - 2 * (1 - x), 200 * a), state)
        return optax.apply_updates((x, y), updates), state

    @jax.jit
    def walk(w):  # type: ignore[no-untyped-def]
        return jax.lax.fori_loop(0, STEPS, step, (w, adam.init(w)))[0]

    return lambda: jax.block_until_ready(walk(start))


_C_SOURCE = r"""
#include <math.h>
#define BLOCK 64
void walk(long count, long steps, const double *x0, const double *y0, double *out) {
  #pragma omp parallel for schedule(static)
  for (long begin = 0; begin < count; begin += BLOCK) {
    double x[BLOCK], y[BLOCK], m1[BLOCK], m2[BLOCK], s1[BLOCK], s2[BLOCK];
    double loss[BLOCK], done[BLOCK], h1[BLOCK], h2[BLOCK], alive[BLOCK];
    long many = count - begin < BLOCK ? count - begin : BLOCK;
    for (long i = 0; i < BLOCK; i++) {
      long j = begin + (i < many ? i : many - 1);
      x[i] = x0[j]; y[i] = y0[j]; m1[i] = m2[i] = s1[i] = s2[i] = 0;
      loss[i] = done[i] = h1[i] = h2[i] = 0; alive[i] = 1;
    }
    double b1 = 1, b2 = 1;
    for (long t = 1; t <= steps; t++) {
      b1 *= .9; b2 *= .999;
      for (long i = 0; i < BLOCK; i++) {
        double a = y[i] - x[i] * x[i];
        double g1 = -400 * x[i] * a - 2 * (1 - x[i]), g2 = 200 * a;
        m1[i] = .9 * m1[i] + .1 * g1; m2[i] = .9 * m2[i] + .1 * g2;
        s1[i] = .999 * s1[i] + .001 * g1 * g1; s2[i] = .999 * s2[i] + .001 * g2 * g2;
        double d1 = 1e-2 * (m1[i] / (1 - b1)) / (sqrt(s1[i] / (1 - b2)) + 1e-8);
        double d2 = 1e-2 * (m2[i] / (1 - b1)) / (sqrt(s2[i] / (1 - b2)) + 1e-8);
#ifdef FULL
        double nx = x[i] - d1, ny = y[i] - d2, c = 1 - nx, d = ny - nx * nx;
        double e = c * c + 100 * d * d;
        int go = alive[i] > 0;
        x[i] = go ? nx : x[i]; y[i] = go ? ny : y[i]; loss[i] = go ? e : loss[i];
        h1[i] = go ? g1 : h1[i]; h2[i] = go ? g2 : h2[i]; done[i] = go ? t : done[i];
        alive[i] = go & (fabs(nx) <= 1e30) & (fabs(ny) <= 1e30) & (fabs(e) < INFINITY) ? 1 : 0;
#else
        x[i] -= d1; y[i] -= d2;
#endif
      }
    }
    for (long i = 0; i < many; i++) {
      double *row = out + 6 * (begin + i);
      row[0] = x[i]; row[1] = y[i]; row[2] = loss[i]; row[3] = h1[i]; row[4] = h2[i];
      row[5] = done[i];
    }
  }
}
"""


def c_loop(points: int, *flags: str) -> Callable[[], object]:
    """Blocks of 64 starts, vectorised by the compiler, on all cores."""
    walk = compile_c(_C_SOURCE, "-march=native", "-fopenmp", *flags).walk
    walk.argtypes = [ctypes.c_long, ctypes.c_long, *[ctypes.c_void_p] * 3]
    x0, y0 = _starts(points)
    out = np.empty((len(x0), 6))

    def work() -> object:
        walk(len(x0), STEPS, x0.ctypes.data, y0.ctypes.data, out.ctypes.data)
        return out

    return work


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """All candidates in turns."""
    points = max(8, round(512 * scale**0.5))
    makers: list[tuple[str, Callable[[int], Callable[[], object]]]] = [
        (AT_ONCE, at_once),
        (AS_SHOWN, as_shown),
        (ONE_CORE, one_core),
        ("numexpr, a loop over the steps", numexpr_steps),
        ("torch, fused Adam", torch_fused),
        (OPTAX, optax_jit),
        (PLAIN_C, lambda points: c_loop(points, "-ffast-math")),
        (FULL_C, lambda points: c_loop(points, "-DFULL", *_IEEE)),
    ]
    amount = float(points * points * STEPS)
    candidates: list[Candidate] = [(name, partial(make, points), amount) for name, make in makers]
    title = f"{points} × {points} starts, {STEPS} steps of Adam each"
    table = compare(title, "point-steps/s", OPTAX, candidates, rounds, lasting=0.1)
    return [replace(table, note=_NOTE)]
