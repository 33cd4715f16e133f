"""Samplers: points of the unit cube, the same for the same seed, and the first ones do not change
when more are asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def halton_points(count: int, dimension: int, seed: int = 0) -> Array:
    """Halton points with digits permuted at random, shape (count, dimension), in [0, 1).

    Each axis counts in a prime base, digits mirrored at the point; a permutation for every base
    and digit, drawn from the seed, breaks the correlation between axes of large bases (Owen 2017,
    arXiv:1706.02808).
    """
    points = np.zeros((count, dimension))
    for axis, base in enumerate(_primes(dimension)):
        random = np.random.default_rng([seed, axis, 0x4A17])
        number = np.arange(count)
        weight = 1.0 / base
        while weight > 1e-17:
            points[:, axis] += random.permutation(base)[number % base] * weight
            number //= base
            weight /= base
    return np.minimum(points, np.nextafter(1.0, 0.0))


def random_points(count: int, dimension: int, seed: int = 0) -> Array:
    """Independent uniform points, shape (count, dimension)."""
    return np.random.default_rng([seed, 0x5A3D]).random((count, dimension))


def grid_points(count: int, dimension: int, seed: int = 0) -> Array:
    """The largest full grid of at most ``count`` points, ends included, shape (points, dimension).

    A single point on an axis stands in its middle.
    """
    if dimension == 0:
        return np.zeros((1, 0))
    each = max(1, int(count ** (1 / dimension) + 1e-9))
    line = np.linspace(0.0, 1.0, each) if each > 1 else np.array([0.5])
    return np.array(list(itertools.product(line, repeat=dimension)))


SAMPLERS: Mapping[str, Callable[[int, int, int], Array]] = MappingProxyType(
    {"halton": halton_points, "random": random_points, "grid": grid_points}
)
"""Samplers that need no results; ``tpe`` asks for them and lives with the search."""


def points(sampler: str, count: int, dimension: int, seed: int = 0) -> Array:
    """Points of a sampler by its name. Raises ValueError for an unknown one."""
    if sampler not in SAMPLERS:
        raise ValueError(f"'{sampler}' is no sampler; known are {', '.join(SAMPLERS)}, tpe")
    return SAMPLERS[sampler](count, dimension, seed)
