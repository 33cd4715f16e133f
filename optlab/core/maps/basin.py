"""Basins of attraction: which minimum each start leads to, and how long it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optlab.core.formula.compiled import Array
from optlab.core.maps.cells import Ends
from optlab.core.problems import Problem, Window
from optlab.core.run.outcome import OUTCOMES

ELSEWHERE, LOST = -1, -2
"""Labels of runs that end at no attractor, and of those that diverged or left the domain."""

NEAR = 0.01
"""How near an end must be to an attractor, as a share of the window's diagonal."""
_MOST = 12
_LEAST_SHARE = 0.002
"""Of all runs, how many a place must attract that is no known minimum; where most of them may
still be on their way, it takes more."""
_LEAST_UNSETTLED = 0.05
_MOSTLY = 0.2
_SAMPLE = 32_768
_FARTHEST_CELL = 2.0**30
_MIXER = np.int64(2_147_483_659)


@dataclass(frozen=True, eq=False)
class BasinMap:
    """``labels`` per start: an index into ``attractors`` (points, shape (k, weights)),
    :data:`ELSEWHERE` or :data:`LOST`; ``steps`` until the run had converged or ended."""

    attractors: Array
    labels: npt.NDArray[np.int8]
    steps: Array


def attractors(problem: Problem, window: Window, ends: Ends) -> Array:
    """Where runs end: the known minima first, then other places that attract enough runs.

    The known minima stand first, also those that no run reached, so that colours stay the same.
    Where runs converge, one that is still on its way when its steps are over has arrived nowhere.
    """
    size = problem.dimension
    known = np.array([minimum.at for minimum in problem.minima]).reshape(-1, size)[:_MOST]
    reach = NEAR * _diagonal(window)
    found = [*known]
    chosen = slice(None, None, max(1, len(ends.loss) // _SAMPLE) | 1)
    weights, outcome = ends.weights[chosen], ends.outcome[chosen]
    settled = outcome == OUTCOMES.index("converged")
    least = _LEAST_SHARE
    if np.count_nonzero(settled) < _MOSTLY * len(settled):
        # Nobody was asked to converge, or the rule circles: where many are at the end counts.
        settled |= outcome == OUTCOMES.index("finished")
        least = _LEAST_UNSETTLED
    settled &= np.isfinite(weights).all(axis=1)
    # Runs on their way to infinity end nowhere, and their cells have no number.
    settled &= (np.abs(weights) < _FARTHEST_CELL * reach).all(axis=1)
    rest = weights[settled]
    for place in known:
        rest = rest[_squared(rest, place) > reach * reach]
    least = max(2.0, least * len(weights))
    while len(found) < _MOST and len(rest) >= least:
        middle = _densest(rest, reach)
        near = _squared(rest, middle) <= reach * reach
        if near.sum() < least:
            break
        found.append(np.median(rest[near], axis=0))
        rest = rest[~near]
    return np.array(found).reshape(-1, size)


def _densest(points: Array, reach: float) -> Array:
    """The middle of the fullest cell of a grid as fine as ``reach``."""
    cells = np.floor(points / reach).astype(np.int64)
    key = cells[:, 0].copy()
    for column in cells.T[1:]:
        key = key * _MIXER + column  # one number for each cell: sorting rows takes far longer
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    middle: Array = np.median(points[inverse == counts.argmax()], axis=0)
    return middle


def _squared(points: Array, place: Array) -> Array:
    """The squared distance of each point from a place; inf where it is not a number."""
    total = np.zeros(len(points))
    with np.errstate(invalid="ignore", over="ignore"):
        for column, middle in zip(points.T, place.tolist(), strict=True):
            total += (column - middle) ** 2
    return np.where(np.isnan(total), np.inf, total)


def _diagonal(window: Window) -> float:
    return math.hypot(*(high - low for low, high in window))


def basin_map(window: Window, ends: Ends, places: Array) -> BasinMap:
    """Labels each end with the attractor it is at (``places`` from :func:`attractors`)."""
    labels = np.full(len(ends.loss), ELSEWHERE, dtype=np.int8)
    nearest = np.full(len(ends.loss), (NEAR * _diagonal(window)) ** 2)
    for index, place in enumerate(places):
        apart = _squared(ends.weights, place)
        closer = apart <= nearest
        labels[closer], nearest[closer] = index, apart[closer]
    labels[ends.outcome > OUTCOMES.index("converged")] = LOST
    return BasinMap(places, labels, ends.steps)
