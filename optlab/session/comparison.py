"""The runs of an experiment side by side, in numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from optlab.core.metrics import Metrics, measure
from optlab.core.run import RunSpec, Trajectory, gradient_calls
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import Resolved

Cell = str | int | float | None

_SHARE, _SHARE_OF_REACHED = 1e-3, 1e-2


@dataclass(frozen=True)
class Entry:
    """One run and what it achieved."""

    run: Run
    name: str
    metrics: Metrics


@dataclass(frozen=True)
class Column:
    """A column of the table: ``key`` in files, ``title`` for people, and its value of an entry."""

    key: str
    title: str
    value: Callable[[Entry], Cell]


COLUMNS = (
    Column("run", "run", lambda entry: entry.name),
    Column("optimizer", "optimizer", lambda entry: entry.run.optimizers or None),
    Column("outcome", "outcome", lambda entry: entry.metrics.outcome.kind),
    Column("steps", "steps", lambda entry: entry.metrics.steps),
    Column("gradient_calls", "gradients", lambda entry: entry.metrics.gradient_calls),
    Column("steps_to_target", "steps to target", lambda entry: entry.metrics.steps_to_target),
    Column("calls_to_target", "gradients to target", lambda entry: entry.metrics.calls_to_target),
    Column("final_loss", "final loss", lambda entry: entry.metrics.final_loss),
    Column("lowest_loss", "lowest loss", lambda entry: entry.metrics.lowest_loss),
    Column("distance", "distance to a minimum", lambda entry: entry.metrics.distance),
    Column("path_length", "path length", lambda entry: entry.metrics.path_length),
    Column("loss_increases", "loss increases", lambda entry: entry.metrics.loss_increases),
    Column("sign_changes", "sign changes of g", lambda entry: sum(entry.metrics.sign_changes)),
)
"""What the table says, in this order."""


def compare(
    document: Experiment,
    resolved: Resolved,
    trajectories: Mapping[str, Trajectory],
    target: float | None = None,
) -> tuple[Entry, ...]:
    """The entries of all runs that have numbers, in the order of the document.

    ``target`` is the loss that counts as arrived; None leaves that out.
    """
    entries = []
    for run in document.runs:
        spec = resolved.specs.get(run.id)
        if run.id not in trajectories or (spec is None and run.id not in resolved.recordings):
            continue
        calls = calls_of(spec)
        metrics = measure(trajectories[run.id], resolved.problem, calls, target)
        entries.append(Entry(run, name_of(run, spec), metrics))
    return tuple(entries)


def calls_of(spec: RunSpec | None) -> Callable[[int], int] | None:
    """The gradients that so many updates of a run take; None for one that was recorded."""
    return None if spec is None else partial(gradient_calls, spec)


def name_of(run: Run, spec: RunSpec | None) -> str:
    """What a run is called; ``spec`` is None for one that was recorded."""
    return run.title if run.name or spec is None else spec.rule.name


def usual_target(resolved: Resolved, trajectories: Iterable[Trajectory] = ()) -> float | None:
    """The loss that counts as arrived until somebody says another.

    A thousandth of the way from the start to the lowest known minimum is left.  Where no minimum
    is known, a hundredth of the way to the lowest loss that a run reached, runs that went astray
    left aside while there are others.  None where that cannot be said either.
    """
    first, lowest = resolved.problem.loss(resolved.start), resolved.problem.lowest_value
    share = _SHARE
    if lowest is None:
        share, walks = _SHARE_OF_REACHED, list(trajectories)
        calm = [walk for walk in walks if walk.outcome.kind not in ("diverged", "left_domain")]
        lowest = min((float(np.fmin.reduce(walk.loss)) for walk in calm or walks), default=None)
    way = math.nan if lowest is None else first - lowest
    if lowest is None or not 0.0 < way < math.inf:
        return None
    return float(f"{lowest + _rounded_up(share * way):.12g}")


def _rounded_up(value: float) -> float:
    """A number above 0 with three digits, not below ``value``."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 2)
    return float(f"{math.ceil(value / unit) * unit:.3g}") if unit > 0 else value


def comparison_csv(entries: tuple[Entry, ...]) -> bytes:
    """The table as CSV (RFC 4180 with plain line feeds, UTF-8).

    Numbers have the shortest form that reads back exactly; what is not known stays empty.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.key for column in COLUMNS)
    for entry in entries:
        writer.writerow(_cell(column.value(entry)) for column in COLUMNS)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)
