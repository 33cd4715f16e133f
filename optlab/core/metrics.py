"""What a run achieved, in the numbers of a comparison table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optlab.core.formula.compiled import Array
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


def speed_up(run: Metrics, baseline: Metrics) -> float | None:
    """How many times fewer steps to the target a run took than the baseline.

    None where one of them never reached it, or where the start already had.
    """
    own, other = run.steps_to_target, baseline.steps_to_target
    if own is None or other is None or own == 0:
        return None
    return other / own
