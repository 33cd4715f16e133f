"""Several runs of one kind as a band: the middle and the quarters, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optlab.core.formula.emit import Array
from optlab.core.run import RunSpec, Trajectory, run


@dataclass(frozen=True, eq=False)
class Band:
    """Median and quartiles of one column, each of shape (n + 1,), n the longest run's steps.

    ``count`` says how many runs have a number at each step; where none has, the rest is nan.
    """

    column: str
    lower: Array
    median: Array
    upper: Array
    count: NDArray[np.int_]

    @property
    def steps(self) -> int:
        """Updates of the longest run."""
        return len(self.median) - 1


def band(trajectories: Sequence[Trajectory], column: str) -> Band:
    """The band of a column over several runs (at least one).

    A run that converged rests: its last value stands for all later steps.  One that diverged or
    left the domain has no numbers from the step on at which that happened, except that a loss
    which diverged counts as infinite: leaving it out would make the others look better.
    Raises KeyError for a column that a run does not record, ValueError for no runs.
    """
    values = [trajectory[column] for trajectory in trajectories]
    return band_of(column, trajectories, values, column == "loss")


def band_of(
    column: str, trajectories: Sequence[Trajectory], curves: Sequence[Array], is_loss: bool
) -> Band:
    """The band of values over the steps of several runs, of a loss or of anything else.

    Raises ValueError for no runs.
    """
    if not trajectories:
        raise ValueError("a band needs at least one run")
    rows = max(trajectory.rows for trajectory in trajectories)
    pairs = zip(trajectories, curves, strict=True)
    values = np.array([_extended(path, curve, is_loss, rows) for path, curve in pairs])
    known = ~np.isnan(values)
    lower, median, upper = _quartiles(values, known)
    return Band(column, lower, median, upper, np.count_nonzero(known, axis=0))


def bands(trajectories: Sequence[Trajectory], columns: Iterable[str]) -> dict[str, Band]:
    """The bands of several columns."""
    return {column: band(trajectories, column) for column in columns}


def run_seeds(
    spec: RunSpec,
    seeds: Iterable[int],
    *,
    cancelled: Callable[[], bool] | None = None,
) -> list[Trajectory]:
    """The run once for each seed, in order; those done before it was cancelled."""
    done: list[Trajectory] = []
    for seed in seeds:
        trajectory = run(replace(spec, seed=seed), cancelled=cancelled)
        if trajectory.outcome.kind == "cancelled":
            break
        done.append(trajectory)
    return done


def _extended(trajectory: Trajectory, curve: Array, is_loss: bool, rows: int) -> Array:
    """A curve, made as long as the longest."""
    values = np.full(rows, np.nan)
    values[: trajectory.rows] = curve
    kind, last = trajectory.outcome.kind, trajectory.steps
    if kind == "converged":
        values[last + 1 :] = values[last]
    elif kind in ("diverged", "left_domain"):
        values[last:] = np.inf if is_loss and kind == "diverged" else np.nan
    return values


def _quartiles(values: Array, known: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Lower quartile, median, upper quartile of the known values of each step.

    Between two values it interpolates linearly, like numpy; next to an infinite one it is
    infinite.  Sorted once: nan goes to the end of each column.
    """
    ordered = np.sort(values, axis=0)
    last = np.count_nonzero(known, axis=0) - 1
    results = []
    for share in (0.25, 0.5, 0.75):
        place = share * np.maximum(last, 0)
        below = np.floor(place).astype(np.intp)
        above = np.minimum(below + 1, np.maximum(last, 0))
        low = np.take_along_axis(ordered, below[None, :], axis=0)[0]
        high = np.take_along_axis(ordered, above[None, :], axis=0)[0]
        part = place - below
        with np.errstate(invalid="ignore"):
            between = low + part * (high - low)
        results.append(np.where((part == 0.0) | (low == high), low, between))
    return results[0], results[1], results[2]
