"""A quadratic loss as independent modes: how far a run is from the minimum along each eigenvector.

On E = ½(w − w*)ᵀH(w − w*) plain descent multiplies the amplitude along an eigenvector by 1 − ηλ in
every step, each on its own; steep modes oscillate or grow, flat ones creep.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.problems import Problem

MOST_MODES = 8
"""Modes that are curves; of more weights they are spread from the steepest to the flattest."""
_MOST_WEIGHTS = 200
_SEED, _POINTS = 0xE16E, 3
_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Eigenmodes:
    """The minimum (n,), the eigenvalues (n,) from the largest down, the eigenvectors as columns."""

    minimum: Array
    values: Array
    vectors: Array

    def amplitudes(self, points: Array) -> Array:
        """The sizes of the amplitudes of points (m, n): shape (m, n)."""
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(np.abs((points - self.minimum) @ self.vectors))

    @property
    def shown(self) -> list[int]:
        """The modes that are curves."""
        count = len(self.values)
        places = np.linspace(0, count - 1, min(count, MOST_MODES)).round().astype(int)
        return [int(place) for place in places]


@lru_cache(maxsize=32)
def eigenmodes(problem: Problem) -> Eigenmodes | None:
    """The modes of a loss whose Hessian is the same everywhere; None for any other loss."""
    if not problem.has_hessian or problem.dimension > _MOST_WEIGHTS:
        return None
    start = np.array(problem.start, dtype=np.float64)
    source = np.random.Generator(np.random.Philox(_SEED))
    reach = 1.0 + np.abs(start)
    with np.errstate(all="ignore"):
        found = np.asarray(problem.hessian(start), dtype=np.float64)
        scale = float(np.abs(found).max())
        if not (np.isfinite(found).all() and scale > 0):
            return None
        for _ in range(_POINTS):
            other = problem.hessian(start + reach * source.normal(size=len(start)))
            if not np.allclose(other, found, rtol=_SAME, atol=_SAME * scale):
                return None
        values, vectors = np.linalg.eigh((found + found.T) / 2)
        gradient = np.asarray(problem.gradient(start), dtype=np.float64)
        minimum = start - np.linalg.pinv(found, rcond=1e-12, hermitian=True) @ gradient
    return Eigenmodes(minimum, values[::-1].copy(), vectors[:, ::-1].copy())
