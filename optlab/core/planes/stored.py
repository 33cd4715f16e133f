"""A plane that came with the loss over it, computed where the loss is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.formula.emit import Array
from optlab.core.planes.plane import Plane, random_walk_shares
from optlab.core.planes.problem import PlaneProblem
from optlab.core.problems import MapWindow

_ARRAYS = ("a", "b", "loss", "path", "explained")


@dataclass(frozen=True, eq=False)
class StoredPlane:
    """A ``plane`` and the loss at its coordinates ``a`` and ``b``: ``losses``, shape (b, a)."""

    plane: Plane
    a: Array
    b: Array
    losses: Array

    @property
    def window(self) -> MapWindow:
        """What is known."""
        (left, right), (bottom, top) = self.a[[0, -1]].tolist(), self.b[[0, -1]].tolist()
        return (left, right), (bottom, top)

    def problem(self, plane: PlaneProblem) -> PlaneProblem:
        """The loss of a plane, as it was stored."""
        given = {field.name: getattr(plane, field.name) for field in fields(plane)}
        return StoredPlaneProblem(**given, stored=self)


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredPlaneProblem(PlaneProblem):
    """The stored loss over a plane, linear between its points; nan outside of them."""

    stored: StoredPlane

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """E at a point of the plane."""
        return float(self.losses(np.array(float(w[0])), np.array(float(w[1]))))

    def losses(self, w1: Array, w2: Array, cancelled: Callable[[], bool] = lambda: False) -> Array:
        """E over arrays of the coordinates that broadcast together."""
        stored = self.stored
        (i, x), (j, y) = _between(stored.a, w1), _between(stored.b, w2)
        e = stored.losses
        with np.errstate(invalid="ignore", over="ignore"):
            low = e[j, i] * (1 - x) + e[j, i + 1] * x
            high = e[j + 1, i] * (1 - x) + e[j + 1, i + 1] * x
            found = np.asarray(low * (1 - y) + high * y)
        inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
        return np.where(inside, found, np.nan)


def _between(axis: Array, values: Array) -> tuple[Indices, Array]:
    """The point of an axis before each value, and the share of the way to the next one."""
    at = np.clip(np.searchsorted(axis, values, side="right") - 1, 0, len(axis) - 2)
    return at, np.asarray((values - axis[at]) / (axis[at + 1] - axis[at]))


def stored_plane(arrays: Mapping[str, Array], points: Array) -> StoredPlane | None:
    """The plane of the arrays of a recording's ``plane.npz``; None where they cannot be used.

    ``points`` (m, n) are the recorded weights, or a projection of them to n numbers, in which the
    plane is found by the stored coordinates of the path.
    """
    if not all(name in arrays and np.isfinite(arrays[name]).all() for name in ("a", "b", "path")):
        return None
    if not all(name in arrays for name in _ARRAYS):
        return None
    a, b, losses, path, explained = (np.asarray(arrays[name], float) for name in _ARRAYS)
    rising = all(one.ndim == 1 and len(one) > 1 and (np.diff(one) > 0).all() for one in (a, b))
    if not rising or losses.shape != (len(b), len(a)) or path.ndim != 2 or path.shape[1] != 2:
        return None
    point, directions = arrays.get("point"), arrays.get("directions")
    n = points.shape[1]
    if point is None or directions is None or np.shape(directions) != (2, n):
        rows = min(len(path), len(points))
        known = np.isfinite(points[:rows]).all(axis=1)
        if np.count_nonzero(known) < 3:
            return None
        basis = np.column_stack((np.ones(rows), path[:rows]))[known]
        found = np.linalg.lstsq(basis, points[:rows][known], rcond=None)[0]
        point, directions = found[0], found[1:]
    names = ("component 1", "component 2")
    chance = random_walk_shares([len(path)])
    shares = tuple(explained[:2].tolist())
    kind = "principal components"
    try:
        plane = Plane(kind, np.array(point), np.array(directions), names, shares, chance)
    except ValueError:
        return None
    return StoredPlane(plane, a, b, losses)
