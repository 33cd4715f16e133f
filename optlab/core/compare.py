"""The difference of two runs: where their paths part, and how far they get from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optlab.core.formula.compiled import Array
from optlab.core.run.trajectory import Trajectory

TOLERANCE = 1e-9
"""Up to here two paths count as one: what roundings alone do to a calm run stays far below."""


@dataclass(frozen=True)
class Difference:
    """How two paths of weights differ over the ``steps`` that both have.

    Distances are the largest over the weights of |Δw| / (1 + |w|), |w| being the larger of the
    two; inf where only one of them is finite.  ``parted_at`` is the first step whose distance is
    above ``tolerance``, None where there is none; ``largest`` the largest distance, at step
    ``largest_at``, in the weight ``largest_in`` (such as ``w2``).
    """

    steps: int
    tolerance: float
    parted_at: int | None
    largest: float
    largest_at: int
    largest_in: str

    @property
    def sentence(self) -> str:
        """For a person, without the full stop."""
        if self.parted_at is None:
            return f"the same within {self.tolerance:g} for {self.steps} steps"
        farthest = (
            f"farthest apart at step {self.largest_at} ({self.largest_in}: {self.largest:.3g})"
        )
        return f"parted at step {self.parted_at}, {farthest}"


def distances(first: Trajectory, second: Trajectory) -> Array:
    """The distance of each weight at each step that both have, shape (steps + 1, weights).

    Raises ValueError for runs with different numbers of weights.
    """
    rows = min(first.rows, second.rows)
    a, b = first.weights[:rows], second.weights[:rows]
    if a.shape != b.shape:
        raise ValueError(f"cannot compare {a.shape[1]} weights with {b.shape[1]}")
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(a - b) / (1 + np.maximum(np.abs(a), np.abs(b)))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    apart[~np.isfinite(apart)] = np.inf
    return np.where(same, 0.0, apart)


def difference(first: Trajectory, second: Trajectory, tolerance: float = TOLERANCE) -> Difference:
    """Where two runs part and how far.  Raises ValueError as :func:`distances` does."""
    apart = distances(first, second)
    each_step = apart.max(axis=1)
    parted = np.flatnonzero(each_step > tolerance)
    at = int(np.argmax(each_step))
    return Difference(
        steps=len(apart) - 1,
        tolerance=tolerance,
        parted_at=int(parted[0]) if parted.size else None,
        largest=float(each_step[at]),
        largest_at=at,
        largest_in=first.vectors["w"][int(np.argmax(apart[at]))],
    )
