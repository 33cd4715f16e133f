"""Basins of attraction: which minimum each start leads to, and how long it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import Array
from optlab.core.maps.cells import CellResults
from optlab.core.problems import MapWindow, Problem
from optlab.core.run.outcome import OUTCOMES

UNDER_WAY, LOST = -1, -2
"""Labels of runs that end at no minimum, and of those that diverged or left the domain."""

NEAR = 0.01
"""How near an end must be to an attractor, as a share of the window's diagonal."""
_MOST = 12
_LEAST_SHARE = 0.002
"""Of all runs, how many must end at a place that is no known minimum."""
_MOST_TRIED = 16
"""Places that are looked at; in a long valley most of them are no minimum."""
_NEWTON_STEPS = 60
_MOST_CURVED = 200
"""Weights up to which all second derivatives are looked at."""
_SMALL, _FLAT = 1e-6, 1e-12
"""What the slope along a direction may be at a minimum, by its change within reach; and what a
curvature may be, by the largest one, that is taken for none."""
_SAMPLE = 32_768
_FARTHEST_CELL = 2.0**30
_MIXER = np.int64(2_147_483_659)


@dataclass(frozen=True, eq=False)
class BasinMap:
    """``labels`` per start: an index into ``attractors`` (points, shape (k, weights)),
    :data:`UNDER_WAY` or :data:`LOST`; ``steps`` until the run had converged or ended."""

    attractors: Array
    labels: npt.NDArray[np.int8]
    steps: Array


def attractors(problem: Problem, window: MapWindow, ends: CellResults) -> Array:
    """Minima where runs end: the known ones first, then others that attract enough runs.

    The known minima stand first, also those that no run reached, so that colours stay the same.
    Where runs stop early, in a valley, there is no attractor: see :func:`minimum_near`.
    """
    size = problem.dimension
    known = np.array([minimum.at for minimum in problem.minima]).reshape(-1, size)[:_MOST]
    reach = NEAR * _diagonal(window)
    found = [*known]
    chosen = slice(None, None, max(1, len(ends.loss) // _SAMPLE) | 1)
    weights, outcome = ends.weights[chosen], ends.outcome[chosen]
    rest = weights[(outcome <= OUTCOMES.index("converged")) & np.isfinite(weights).all(axis=1)]
    # Runs on their way to infinity end nowhere, and their cells have no number.
    rest = rest[(np.abs(rest) < _FARTHEST_CELL * reach).all(axis=1)]
    for place in known:
        rest = rest[_squared(rest, place) > reach * reach]
    least = max(2.0, _LEAST_SHARE * len(weights))
    for _ in range(_MOST_TRIED):
        if len(found) == _MOST or len(rest) < least:
            break
        middle = _densest(rest, reach)
        near = _squared(rest, middle) <= reach * reach
        if near.sum() < least:
            break
        minimum = minimum_near(problem, np.median(rest[near], axis=0), reach)
        if minimum is not None:
            found.append(minimum)
            near |= _squared(rest, minimum) <= reach * reach
        rest = rest[~near]
    return np.array(found).reshape(-1, size)


def minimum_near(problem: Problem, place: Array, reach: float) -> Array | None:
    """The minimum within ``reach`` of a place, by gradient and curvature; None where there is none.

    Newton's method, downhill along negative curvature, looks for it from the place.  A minimum has
    a small slope and no negative curvature in each direction of the Hessian.
    Without second derivatives, and of very many weights, every place is taken for one.
    """
    if not problem.has_hessian or problem.dimension > _MOST_CURVED:
        return place
    point = place
    for _ in range(_NEWTON_STEPS):
        gradient, hessian = np.array(problem.gradient(point)), problem.hessian(point)
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
            return None
        curvatures, directions = np.linalg.eigh(hessian)
        largest = float(np.abs(curvatures).max())
        slopes = directions.T @ gradient
        sizes = np.maximum(np.abs(curvatures), _FLAT * largest)
        if (np.abs(slopes) <= _SMALL * sizes * reach).all():
            return point if curvatures[0] >= -_FLAT * largest else None
        steep = np.abs(curvatures) > _FLAT * largest
        way = np.divide(slopes, np.abs(curvatures), out=np.zeros_like(slopes), where=steep)
        point = point - directions @ way
        if float(np.linalg.norm(point - place)) > reach:
            return None
    return None


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


def _diagonal(window: MapWindow) -> float:
    return math.hypot(*(high - low for low, high in window))


def basin_map(window: MapWindow, ends: CellResults, places: Array) -> BasinMap:
    """Labels each end with the attractor it is at (``places`` from :func:`attractors`)."""
    labels = np.full(len(ends.loss), UNDER_WAY, dtype=np.int8)
    nearest = np.full(len(ends.loss), (NEAR * _diagonal(window)) ** 2)
    for index, place in enumerate(places):
        apart = _squared(ends.weights, place)
        closer = apart <= nearest
        labels[closer], nearest[closer] = index, apart[closer]
    labels[ends.outcome > OUTCOMES.index("converged")] = LOST
    return BasinMap(places, labels, ends.steps)
