"""Basins of attraction: which minimum each start leads to, and how long it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optlab.core.formula.compiled import Array
from optlab.core.maps.batch import OUTCOMES, Ends
from optlab.core.problems import Problem, Window

ELSEWHERE, LOST = -1, -2
"""Labels of runs that end at no attractor, and of those that diverged or left the domain."""

NEAR = 0.01
"""How near an end must be to an attractor, as a share of the window's diagonal."""
_MOST = 12
_LEAST_SHARE = 0.002


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
    """
    size = problem.dimension
    known = np.array([minimum.at for minimum in problem.minima]).reshape(-1, size)[:_MOST]
    reach = NEAR * _diagonal(window)
    found = [*known]
    settled = np.isfinite(ends.weights).all(axis=1) & (ends.outcome <= OUTCOMES.index("converged"))
    rest = ends.weights[settled]
    if found:
        apart = np.linalg.norm(rest[:, None, :] - np.array(found)[None, :, :], axis=2)
        rest = rest[(apart > reach).all(axis=1)]
    least = max(2.0, _LEAST_SHARE * len(ends.loss))
    while len(found) < _MOST and len(rest) >= least:
        middle = _densest(rest, reach)
        near = np.linalg.norm(rest - middle, axis=1) <= reach
        if near.sum() < least:
            break
        found.append(np.median(rest[near], axis=0))
        rest = rest[~near]
    return np.array(found).reshape(-1, size)


def _densest(points: Array, reach: float) -> Array:
    """The middle of the fullest cell of a grid as fine as ``reach``."""
    cells = np.floor(points / reach).astype(np.int64)
    _, inverse, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    middle: Array = np.median(points[inverse.ravel() == counts.argmax()], axis=0)
    return middle


def _diagonal(window: Window) -> float:
    return math.hypot(*(high - low for low, high in window))


def basin_map(window: Window, ends: Ends, places: Array) -> BasinMap:
    """Labels each end with the attractor it is at (``places`` from :func:`attractors`)."""
    count = len(ends.loss)
    labels = np.full(count, ELSEWHERE, dtype=np.int8)
    if len(places):
        with np.errstate(invalid="ignore", over="ignore"):
            apart = np.linalg.norm(ends.weights[:, None, :] - places[None, :, :], axis=2)
        apart = np.where(np.isfinite(apart), apart, np.inf)
        nearest = apart.argmin(axis=1)
        close = apart[np.arange(count), nearest] <= NEAR * _diagonal(window)
        labels[close] = nearest[close].astype(np.int8)
    labels[ends.outcome > OUTCOMES.index("converged")] = LOST
    return BasinMap(places, labels, ends.steps)
