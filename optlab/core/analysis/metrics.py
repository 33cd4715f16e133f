"""What a run achieved in numbers, and the difference of two runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.problems import Problem
from optlab.core.run.outcome import Outcome
from optlab.core.run.trajectory import Trajectory


@dataclass(frozen=True)
class Metrics:
    """One run in numbers.

    ``steps``: updates done; ``gradient_calls``: gradients taken in them, None where no rule took
    them; ``steps_to_target`` and
    ``calls_to_target``: until the loss was first at most the target, None where it never was (or
    none was given); ``distance``: from the last weights to the nearest known minimum, None where
    none is known; ``path_length``: sum of ‖Δw‖; ``loss_increases``: steps after which the loss
    was higher than before; ``sign_changes``: of each component of the gradient, each one a step
    across a valley.
    """

    outcome: Outcome
    steps: int
    gradient_calls: int | None
    steps_to_target: int | None
    calls_to_target: int | None
    final_loss: float
    lowest_loss: float
    distance: float | None
    path_length: float
    loss_increases: int
    sign_changes: tuple[int, ...]


def median(values: Sequence[float]) -> float:
    """The middle value, of two the mean; what is not finite counts as the largest."""
    ordered = sorted(value if math.isfinite(value) else math.inf for value in values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return low if low == high else (low + high) / 2


def median_metrics(found: Sequence[Metrics]) -> Metrics:
    """The medians of several runs of one kind, number by number; the commonest outcome.

    What is not known of a run, such as steps to a target that it never reached, counts as the
    largest.
    """
    first = found[0]
    if len(found) == 1:
        return first
    kinds = [metrics.outcome.kind for metrics in found]
    commonest = max(kinds, key=kinds.count)
    values: dict[str, Any] = {}
    for name in _NUMBERS:
        given = [getattr(metrics, name) for metrics in found]
        middle = median([math.inf if value is None else value for value in given])
        if name in _FLOATS:
            values[name] = None if name == "distance" and math.isinf(middle) else middle
        else:
            values[name] = None if math.isinf(middle) else round(middle)
    changes = [metrics.sign_changes for metrics in found]
    signs = tuple(round(median(one)) for one in zip(*changes, strict=True))
    return replace(
        first, outcome=found[kinds.index(commonest)].outcome, sign_changes=signs, **values
    )


_FLOATS = ("final_loss", "lowest_loss", "distance", "path_length")
_NUMBERS = (
    *_FLOATS,
    "steps",
    "gradient_calls",
    "steps_to_target",
    "calls_to_target",
    "loss_increases",
)


def measure(
    trajectory: Trajectory,
    problem: Problem,
    gradients: Callable[[int], int] | None,
    target: float | None = None,
) -> Metrics:
    """The metrics of a run on its problem.

    ``gradients`` gives the gradients that so many updates take; None for recorded numbers.
    """
    loss = trajectory.loss
    reached = steps_to_target(loss, target)
    nearest = problem.nearest_minimum(trajectory.final_weights)
    return Metrics(
        outcome=trajectory.outcome,
        steps=trajectory.steps,
        gradient_calls=None if gradients is None else gradients(trajectory.steps),
        steps_to_target=reached,
        calls_to_target=None if reached is None or gradients is None else gradients(reached),
        final_loss=trajectory.final_loss,
        lowest_loss=float(np.fmin.reduce(loss)),
        distance=None if nearest is None else nearest[1],
        path_length=path_length(trajectory.weights),
        loss_increases=int(np.count_nonzero(loss[1:] > loss[:-1])),
        sign_changes=tuple(
            sign_changes(column)
            for column in (trajectory.vector("g").T if "g" in trajectory.vectors else ())
        ),
    )


def path_length(weights: Array) -> float:
    """The sum of ‖Δw‖ over the rows of ``weights``, shape (steps + 1, weights).

    Squares are added component by component and lengths step by step, as a map adds them up.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.ascontiguousarray(np.diff(weights, axis=0).T) ** 2
        lengths = np.sqrt(np.add.reduce(squares, axis=0))
        return float(np.add.accumulate(lengths)[-1]) if len(lengths) else 0.0


def steps_to_target(loss: Array, target: float | None) -> int | None:
    """The first step whose loss is at most the target; 0 where the start already is."""
    if target is None:
        return None
    reached = np.flatnonzero(loss <= target)
    return int(reached[0]) if reached.size else None


def sign_changes(values: Array) -> int:
    """How often a sequence goes from one side of zero to the other; zeros and nan are passed
    over."""
    signs = np.sign(values[np.isfinite(values) & (values != 0)])
    return int(np.count_nonzero(signs[1:] != signs[:-1]))


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
