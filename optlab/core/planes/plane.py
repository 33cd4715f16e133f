"""A plane in the space of the weights: a point and two directions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.planes.lanczos import leading_eigenpairs
from optlab.core.problems import Problem
from optlab.recording.plane import oriented, principal

_RANDOM = 0x91A2E
"""Keeps the random numbers of planes apart from those of batches and noise."""
_MOST_EXACT = 1200
"""Points or weights up to which principal components are computed from all inner products."""
_PARALLEL = 1e-12


class PlaneError(ValueError):
    """Why there is no such plane."""


@dataclass(frozen=True, eq=False)
class Plane:
    """The points origin + a·directions[0] + b·directions[1].

    ``origin`` (n,), ``directions`` (2, n), of any length and at any angle but 0; ``names`` of the
    two coordinates.  ``explained`` are the shares of the variance of the paths in the two
    directions, where they are principal components, and ``by_chance`` those that random walks of
    the same lengths would have.  Raises :class:`PlaneError` for parallel directions.
    """

    kind: str
    origin: Array
    directions: Array
    names: tuple[str, str]
    explained: tuple[float, ...] = ()
    by_chance: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        lengths = np.linalg.norm(self.directions, axis=1)
        if not (np.isfinite(self.origin).all() and np.isfinite(lengths).all()):
            raise PlaneError("its points are not finite")
        units = self.directions / np.where(lengths > 0, lengths, 1.0)[:, None]
        across = units[1] - (units[0] @ units[1]) * units[0]
        if lengths.min() == 0.0 or np.linalg.norm(across) < _PARALLEL:
            raise PlaneError("its two directions are parallel, or one has no length")

    @cached_property
    def _inverse(self) -> Array:
        """Coordinates out of differences from the origin, shape (n, 2)."""
        return np.asarray(np.linalg.pinv(self.directions), dtype=np.float64)

    def points(self, coordinates: Array) -> Array:
        """The weights at coordinates (m, 2): shape (m, n)."""
        a, b = coordinates[:, :1], coordinates[:, 1:]
        return np.asarray(self.origin + a * self.directions[0] + b * self.directions[1])

    def coordinates(self, points: Array) -> Array:
        """Where points (m, n) are projected to, orthogonally: shape (m, 2)."""
        return self.vectors(points - self.origin)

    def vectors(self, vectors: Array) -> Array:
        """The components of vectors (m, n) along the two directions: shape (m, 2)."""
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(vectors @ self._inverse)

    def distances(self, points: Array) -> Array:
        """How far points (m, n) are out of the plane: shape (m,)."""
        with np.errstate(invalid="ignore", over="ignore"):
            rest = points - self.points(self.coordinates(points))
            return np.asarray(np.linalg.norm(rest, axis=1))

    @property
    def is_of_weights(self) -> bool:
        """Whether the coordinates are two of the weights."""
        units = np.sort(self.directions, axis=1)
        return bool((units[:, -1] == 1.0).all() and not units[:, :-1].any())

    @property
    def variance(self) -> str:
        """How much of the paths it holds beside a random walk; empty where that is not known."""
        if not self.explained:
            return ""
        held, chance = _percent(sum(self.explained)), _percent(sum(self.by_chance))
        return f"{held} (random walk {chance})"

    @property
    def text(self) -> str:
        """What it shows, in a sentence for a caption."""
        if not self.explained:
            return f"Plane: {self.kind}"
        shares = [_percent(share) for share in (sum(self.explained), self.explained[0])]
        chance = [_percent(share) for share in (sum(self.by_chance), self.by_chance[0])]
        held = f"{shares[0]} of the paths' variance, {shares[1]} along the first"
        return f"Plane: {self.kind}, {held}; a random walk: {chance[0]}, {chance[1]}"


def _percent(share: float) -> str:
    """A share in percent, never rounded up to all."""
    return f"{min(100 * share, 99.94):.{1 if share > 0.99 else 0}f} %"


def weight_plane(point: Array, first: int, second: int, names: Sequence[str]) -> Plane:
    """Two weights, all others as they are at a point; the coordinates are the weights."""
    if first == second:
        raise PlaneError("needs two different weights")
    origin = np.array(point, dtype=np.float64)
    origin[[first, second]] = 0.0
    directions = np.zeros((2, len(origin)))
    directions[0, first] = directions[1, second] = 1.0
    kind = f"{names[first]} and {names[second]}, the other weights fixed"
    return Plane(kind, origin, directions, (names[first], names[second]))


def principal_plane(paths: Sequence[Array]) -> Plane:
    """The first two principal components of all points of paths (m, n), through their mean.

    Rows that are not finite are left out.  The largest component of each direction is positive.
    """
    kept = [path[np.isfinite(path).all(axis=1)] for path in paths]
    kept = [path for path in kept if len(path)]
    if not kept:
        raise PlaneError("there is no path yet")
    points = np.concatenate(kept)
    middle = points.mean(axis=0)
    centred = points - middle
    # Far runs would overflow the squares; shares and directions do not depend on the scale.
    scale = float(np.abs(centred).max()) or 1.0
    total = float(np.sum((centred / scale) ** 2))
    if total <= 0.0:
        raise PlaneError("the paths are a single point")
    variances, directions = _principal(centred / scale)
    shares = tuple((variances / total).tolist())
    chance = random_walk_shares([len(path) for path in kept])
    names = ("component 1", "component 2")
    return Plane("principal components", middle, directions, names, shares, chance)


def _principal(centred: Array) -> tuple[Array, Array]:
    """As :func:`optlab.recording.plane.principal`, of any number of points and weights."""
    rows, n = centred.shape
    if n < 2:
        raise PlaneError("needs at least two weights")
    if min(rows, n) <= _MOST_EXACT:
        return principal(centred)
    pairs = leading_eigenpairs(lambda v: centred.T @ (centred @ v), n)
    assert pairs is not None  # the points are finite
    return oriented(pairs[0], pairs[1].T)


def random_plane(problem: Problem, point: Array, seed: int = 0) -> Plane:
    """Two random directions through a point, normalised by filter (Li et al. 2018).

    The part of a direction that belongs to one unit is as long as the unit's weights are at the
    point; biases stay as they are.  Without matrices each direction is as long as the point.
    """
    source = np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, _RANDOM))))
    point = np.array(point, dtype=np.float64)
    directions = source.normal(size=(2, len(point)))
    at = 0
    shapes = problem.shapes
    for _, shape in shapes:
        size = int(np.prod(shape))
        here = slice(at, at + size)
        rows = shape[0] if len(shape) > 1 else 1
        weights = point[here].reshape(rows, -1)
        for direction in directions:
            part = direction[here].reshape(rows, -1)
            if len(shape) == 1 and len(shapes) > 1:
                part[:] = 0.0
            else:
                norms = np.linalg.norm(weights, axis=1) / np.linalg.norm(part, axis=1)
                part *= norms[:, None]
        at += size
    if not directions.any():
        directions = source.normal(size=(2, len(point))) / np.sqrt(len(point))
    names = ("direction 1", "direction 2")
    return Plane("random directions, normalised by filter", point, directions, names)


def three_point_plane(first: Array, second: Array, third: Array, kind: str = "") -> Plane:
    """The plane through three points: coordinates are lengths from the first, the first axis
    towards the second."""
    points = [np.array(point, dtype=np.float64) for point in (first, second, third)]
    along, across = points[1] - points[0], points[2] - points[0]
    length = float(np.linalg.norm(along))
    if not length > 0.0:
        raise PlaneError("two of its three points are the same")
    along = along / length
    rest = across - (across @ along) * along
    height = float(np.linalg.norm(rest))
    if not height > 1e-9 * float(np.linalg.norm(across)):
        raise PlaneError("its three points lie on a line")
    names = ("along", "across")
    kind = kind or "through three points"
    return Plane(kind, points[0], np.array([along, rest / height]), names)


def hessian_plane(problem: Problem, point: Array) -> Plane:
    """The directions of the two largest eigenvalues of the Hessian at a point."""
    point = np.array(point, dtype=np.float64)
    if not problem.has_hessian:
        raise PlaneError("needs second derivatives, which are not known here")
    pairs = leading_eigenpairs(lambda v: problem.hessian_product(point, v), len(point))
    if pairs is None:
        raise PlaneError("the Hessian is not finite there")
    names = ("eigenvector 1", "eigenvector 2")
    return Plane("leading Hessian directions", point, pairs[1].T, names)


MOST_POINTS = 400
"""Points of walks that start together, beyond which every k-th one counts."""


def random_walk_shares(lengths: Sequence[int], count: int = 2) -> tuple[float, ...]:
    """The shares of the variance in the first ``count`` principal components of random walks.

    ``lengths`` are the points of each walk; all begin at one point, in a space of many more
    dimensions than points.  For one walk of n points, component k has 1/(2 − 2 cos(πk/n)) of
    (n² − 1)/6 in all, which goes to 6/(π²k²): 61 % and 15 % (Antognini & Sohl-Dickstein 2018).
    """
    total = sum(lengths)
    if len(lengths) == 1:
        n = lengths[0]
        parts = [3 / ((1 - math.cos(math.pi * k / n)) * (n * n - 1)) for k in range(1, n)[:count]]
        return (*parts, *((0.0,) * (count - len(parts))))
    every = max(1, -(-total // MOST_POINTS))
    walks = [np.arange(0, length, every, dtype=np.float64) for length in lengths]
    size = sum(map(len, walks))
    products, at = np.zeros((size, size)), 0
    for walk in walks:
        here = slice(at, at + len(walk))
        products[here, here] = np.minimum.outer(walk, walk)
        at += len(walk)
    products -= products.mean(axis=0)
    products -= products.mean(axis=1, keepdims=True)
    values = np.linalg.eigvalsh(products)[::-1][:count]
    whole = float(np.trace(products))
    return tuple((values / whole).tolist()) if whole > 0 else (0.0,) * count
