"""Does the exact gradient of a surface agree with differences of its loss?

The derivative is taken on the formula's tree; here it is held against central differences, which
know nothing of that tree, at many places of a window at once.

A difference with a long step is wrong by the curvature of the slope, with a short one by rounding;
so several lengths are tried at each place, each with half of it beside it: (4D(h/2) − D(h))/3 is
the slope (Richardson), and |D(h/2) − D(h)| with the rounding of the loss tells how far to trust
it.  The most trusted length counts.  Where even that is not sure to one part in a million (beside
a kink or a jump, where the slope drowns in rounding, outside the formula's domain) differences
cannot judge, and the place is left out.  The places avoid the symmetry lines of the window, on
which kinks like to lie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optlab.core.display import short, typeset_number
from optlab.core.formula.emit import Array
from optlab.core.problems import FormulaProblem, MapWindow

PLACES = 24
"""Places along each axis."""
TOLERANCE = 1e-5
"""The largest relative difference that passes: ten times what differences may be unsure of."""

_SURE = TOLERANCE / 10
_LENGTHS = tuple(2.0**-power for power in (7, 10, 13, 16, 19, 22))
_OFFSETS = (0.4142135623730951, 0.7320508075688772)
_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class GradientCheck:
    """The largest relative difference ‖exact − differences‖/‖larger of both‖, and where.

    ``compared`` places of the window had a say, ``left_out`` had not; with none compared,
    ``largest`` is nan and ``at`` is None.
    """

    largest: float
    at: tuple[float, float] | None
    compared: int
    left_out: int

    @property
    def passed(self) -> bool:
        """Whether the gradient is right wherever it could be compared (nan is not)."""
        return self.largest <= TOLERANCE

    @property
    def sentence(self) -> str:
        """One line for a person, with a mark in front."""
        if self.at is None:
            return "– gradient not checked: no place of the window allows a comparison"
        place = f"({short(self.at[0], 3)}, {short(self.at[1], 3)})"
        if self.passed:
            return f"✓ gradient check {typeset_number(self.largest, 1)} at {place}"
        return (
            f"✗ gradient and differences disagree by {typeset_number(self.largest, 1)} at {place}"
        )


@lru_cache(maxsize=64)
def check_gradient(problem: FormulaProblem, window: MapWindow) -> GradientCheck:
    """Compares the gradient of a surface of two weights on a window (two ascending ranges)."""
    exact_functions = [problem.grid_of(tree) for tree in problem.gradient_trees]
    return compare_gradient(problem.grid, exact_functions, window)


def compare_gradient(
    loss: Callable[[Array, Array], Array],
    gradient: Sequence[Callable[[Array, Array], Array]],
    window: MapWindow,
) -> GradientCheck:
    """The same for any loss and gradient that are given as functions of two arrays."""
    w1, w2 = _places(window)
    with np.errstate(all="ignore"):
        exact = np.array([part(w1, w2) for part in gradient])
        slopes, doubt = _slopes(loss, w1, w2, window)
        size = np.maximum(np.hypot(*exact), np.hypot(*slopes))
        apart = np.hypot(*(exact - slopes))
        relative = np.where(apart == 0.0, 0.0, apart / size)
        judges = np.hypot(*doubt) <= _SURE * np.hypot(*slopes)
        judges |= (slopes == 0.0).all(axis=0) & (exact == 0.0).all(axis=0)
        # A gradient that is not finite where the loss is smooth is as wrong as can be.
        relative = np.where(np.isfinite(relative), relative, np.inf)
    compared = int(np.count_nonzero(judges))
    if compared == 0:
        return GradientCheck(float("nan"), None, 0, w1.size)
    worst = int(np.argmax(np.where(judges, relative, -1.0)))
    at = (float(w1[worst]), float(w2[worst]))
    return GradientCheck(float(relative[worst]), at, compared, w1.size - compared)


def _places(window: MapWindow) -> tuple[Array, Array]:
    """A grid of places, each axis shape (PLACES²,)."""
    axes = [
        low + (high - low) * (np.arange(PLACES) + offset) / PLACES
        for (low, high), offset in zip(window, _OFFSETS, strict=True)
    ]
    w1, w2 = np.meshgrid(*axes)
    return w1.ravel(), w2.ravel()


def _slopes(
    loss: Callable[[Array, Array], Array], w1: Array, w2: Array, window: MapWindow
) -> tuple[Array, Array]:
    """The most trusted difference quotient along each axis, and its doubt; both (2, places)."""
    best = np.full((2, w1.size), np.nan)
    doubt = np.full((2, w1.size), np.inf)
    for axis, (low, high) in enumerate(window):
        for length in _LENGTHS:
            slope, unsure = _slope(loss, w1, w2, axis, length * (high - low))
            better = unsure < doubt[axis]
            best[axis] = np.where(better, slope, best[axis])
            doubt[axis] = np.where(better, unsure, doubt[axis])
    return best, doubt


def _slope(
    loss: Callable[[Array, Array], Array], w1: Array, w2: Array, axis: int, step: float
) -> tuple[Array, Array]:
    """Richardson's slope from the steps ``step`` and half of it, and how unsure it is."""
    place = (w1, w2)[axis]
    values: list[Array] = []
    slopes: list[Array] = []
    for length in (step, step / 2):
        ahead, behind = place + length, place - length
        points = ((ahead, w2), (behind, w2)) if axis == 0 else ((w1, ahead), (w1, behind))
        up, down = (loss(*point) for point in points)
        values += [np.abs(up), np.abs(down)]
        # Over the width between the two places as floats, not as meant.
        slopes.append((up - down) / (ahead - behind))
    long, half = slopes
    rounding = 2.0 * _EPS * np.max(values, axis=0) / step
    unsure = np.abs(half - long) + rounding
    return (4.0 * half - long) / 3.0, np.where(np.isfinite(unsure), unsure, np.inf)
