"""Quasi-Newton methods: the curvature is learned from how the gradient changes.

Nocedal & Wright 2006, Numerical Optimization, algorithms 6.1 and 7.4.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.rules.steppers.stepper import Step, StepContext, backtracked

CURVED = 1e-12
"""A pair Δw, Δg is used where Δw·Δg is above this share of ‖Δw‖‖Δg‖: there it curves upwards."""
SMALLEST = 1e-250
"""Least Δw·Δg that can be divided by; at the very end of a run all that is left is below it."""


class Bfgs:
    """Keeps an estimate ``H`` (n, n) of the inverse Hessian; d = −H g."""

    key = "inverse_hessian"
    needs_hessian = False
    parameters: tuple[str, ...] = ("eta",)
    options: Mapping[str, tuple[str | bool, ...]] = {"backtracking": (True, False)}
    memory: tuple[str, ...] = ("H", "w_prev", "g_prev")
    records: Mapping[str, bool] = {"d": False, "rate": True}

    def step(self, now: StepContext, memory: Mapping[str, Array]) -> Step:
        """See :class:`~optlab.core.rules.steppers.stepper.Stepper`."""
        inverse = memory["H"]
        if now.t == 1:
            inverse = first_scale(now) * np.eye(len(now.w))
        elif pair := curved_pair(now, memory):
            inverse = updated(inverse, *pair, fresh=now.t == 2)
        direction = -inverse @ now.g
        if not now.g @ direction < 0:
            inverse = first_scale(now) * np.eye(len(now.w))
            direction = -inverse @ now.g
        return finished(now, direction, {"H": inverse})


class Lbfgs:
    """Keeps the last pairs Δw, Δg, newest first, in the rows of ``S`` and ``Y``."""

    key = "limited_memory"
    needs_hessian = False
    parameters: tuple[str, ...] = ("eta",)
    options: Mapping[str, tuple[str | bool, ...]] = {"backtracking": (True, False)}
    memory: tuple[str, ...] = ("S", "Y", "w_prev", "g_prev")
    records: Mapping[str, bool] = {"d": False, "rate": True}

    def step(self, now: StepContext, memory: Mapping[str, Array]) -> Step:
        """See :class:`~optlab.core.rules.steppers.stepper.Stepper`."""
        moves, changes = memory["S"], memory["Y"]
        if now.t > 1 and (pair := curved_pair(now, memory)):
            moves = np.vstack((pair[0], moves[:-1]))
            changes = np.vstack((pair[1], changes[:-1]))
        direction = -two_loops(now, moves, changes)
        if not now.g @ direction < 0:
            moves, changes = np.zeros_like(moves), np.zeros_like(changes)
            direction = -first_scale(now) * now.g
        return finished(now, direction, {"S": moves, "Y": changes})


def first_scale(now: StepContext) -> float:
    """How much of the gradient the first step takes: never further than η."""
    size = float(np.linalg.norm(now.g))
    return 1 / size if size > 1 else 1.0


def curved_pair(now: StepContext, memory: Mapping[str, Array]) -> tuple[Array, Array] | None:
    """Δw and Δg of the last step where they show positive curvature, else None."""
    move, change = now.w - memory["w_prev"], now.g - memory["g_prev"]
    least = CURVED * float(np.linalg.norm(move)) * float(np.linalg.norm(change))
    if float(move @ change) > max(least, SMALLEST):
        return move, change
    return None


def updated(inverse: Array, move: Array, change: Array, fresh: bool) -> Array:
    """The BFGS update of an inverse Hessian; a ``fresh`` one is first brought to scale."""
    size = len(move)
    if fresh:
        inverse = move @ change / (change @ change) * np.eye(size)
    rho = 1 / (move @ change)
    turn = np.eye(size) - rho * np.outer(move, change)
    result: Array = turn @ inverse @ turn.T + rho * np.outer(move, move)
    return result


def two_loops(now: StepContext, moves: Array, changes: Array) -> Array:
    """The gradient times the inverse Hessian that the pairs imply."""
    pairs = [(s, y, 1 / (s @ y)) for s, y in zip(moves, changes, strict=True) if s @ y > 0]
    if not pairs:
        return first_scale(now) * now.g
    result, shares = now.g.copy(), []
    for move, change, rho in pairs:
        share = rho * (move @ result)
        result -= share * change
        shares.append(share)
    newest, change, _ = pairs[0]
    result *= newest @ change / (change @ change)
    for (move, change, rho), share in zip(reversed(pairs), reversed(shares), strict=True):
        result += (share - rho * (change @ result)) * move
    return result


def finished(now: StepContext, direction: Array, memory: dict[str, Array]) -> Step:
    """The step along a direction, and the memory with what the next pair needs."""
    rate = now.eta
    if now.options["backtracking"]:
        rate = backtracked(now, direction, rate)
    memory |= {"w_prev": now.w, "g_prev": now.g}
    return Step(now.w + rate * direction, memory, {"d": direction, "rate": rate})
