"""A loss of which nothing is known but what was recorded of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.problems.problem import DEFAULT_RANGE, Array, Problem


@dataclass(frozen=True, kw_only=True)
class RecordedProblem(Problem):
    """The loss behind recorded numbers: it has weights, and no value anywhere else."""

    @property
    def is_surface(self) -> bool:
        """Whether there are two weights: a map shows the paths, and no loss."""
        return self.dimension == 2

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """nan: not known."""
        return math.nan

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """nan: not known."""
        return math.nan, np.full(self.dimension, math.nan)

    def grid(self, w1: Array, w2: Array) -> Array:
        """nan: not known."""
        return np.full(np.broadcast_shapes(np.shape(w1), np.shape(w2)), math.nan)


def recorded_problem(weights: Sequence[str], points: Array) -> RecordedProblem:
    """The problem of recorded weights, shape (rows, n), with a window around the finite ones."""
    window = []
    for column in np.asarray(points).T:
        known = column[np.isfinite(column)]
        low, high = (float(known.min()), float(known.max())) if known.size else DEFAULT_RANGE
        room = 0.08 * (high - low) or max(1.0, abs(low)) * 0.5
        fits = math.isfinite(high - low + 2 * room)
        window.append((low - room, high + room) if fits else DEFAULT_RANGE)
    start = tuple(np.nan_to_num(points[0], posinf=0.0, neginf=0.0).tolist())
    return RecordedProblem(
        weights=tuple(weights), name="recorded", window=tuple(window), start=start
    )
