"""The runs of an experiment side by side, and against a target loss and a baseline."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np

from optlab.core.analysis.metrics import Metrics, difference, measure, median, median_metrics
from optlab.core.display import display_symbol, short
from optlab.core.problems import Problem
from optlab.core.rules import choice_text
from optlab.core.run import RunSpec, Trajectory, gradient_calls, steps_within
from optlab.session.experiment import Run
from optlab.session.resolve import Resolved
from optlab.session.study import Study, StudyRun

Cell = str | int | float | None

_SHARE, _SHARE_OF_REACHED = 1e-3, 1e-2


@dataclass(frozen=True)
class ComparisonEntry:
    """One run and what it achieved."""

    run: Run
    name: str
    metrics: Metrics


@dataclass(frozen=True)
class ComparisonColumn:
    """A column of the table: ``key`` in files, ``title`` for people, and its value of an entry."""

    key: str
    title: str
    value: Callable[[ComparisonEntry], Cell]


COLUMNS = (
    ComparisonColumn("run", "run", lambda entry: entry.name),
    ComparisonColumn("optimizer", "optimizer", lambda entry: entry.run.optimizers or None),
    ComparisonColumn("outcome", "outcome", lambda entry: entry.metrics.outcome.kind),
    ComparisonColumn("steps", "steps", lambda entry: entry.metrics.steps),
    ComparisonColumn("gradient_calls", "gradients", lambda entry: entry.metrics.gradient_calls),
    ComparisonColumn(
        "steps_to_target", "steps to target", lambda entry: entry.metrics.steps_to_target
    ),
    ComparisonColumn(
        "calls_to_target", "gradients to target", lambda entry: entry.metrics.calls_to_target
    ),
    ComparisonColumn("final_loss", "final loss", lambda entry: entry.metrics.final_loss),
    ComparisonColumn("lowest_loss", "lowest loss", lambda entry: entry.metrics.lowest_loss),
    ComparisonColumn("distance", "distance to a minimum", lambda entry: entry.metrics.distance),
    ComparisonColumn("path_length", "path length", lambda entry: entry.metrics.path_length),
    ComparisonColumn(
        "loss_increases", "loss increases", lambda entry: entry.metrics.loss_increases
    ),
    ComparisonColumn(
        "sign_changes", "sign changes of g", lambda entry: sum(entry.metrics.sign_changes)
    ),
)
"""What the table says, in this order."""


def compare(
    problem: Problem, runs: Iterable[StudyRun], target: float | None = None
) -> tuple[ComparisonEntry, ...]:
    """The entries of runs on one problem.

    ``target`` is the loss that counts as arrived; None leaves that out.
    """
    return tuple(
        ComparisonEntry(
            one.run, one.name, measure(one.trajectory, problem, calls_of(one.spec), target)
        )
        for one in runs
    )


def calls_of(spec: RunSpec | None) -> Callable[[int], int] | None:
    """The gradients that so many updates of a run take; None for one that was recorded."""
    return None if spec is None else partial(gradient_calls, spec)


def usual_target(resolved: Resolved, trajectories: Iterable[Trajectory] = ()) -> float | None:
    """The loss that counts as arrived, where no other is given.

    A thousandth of the way from the start to the lowest known minimum is left.  Where no minimum
    is known, a hundredth of the way to the lowest loss that a run reached, runs that went astray
    left aside while there are others.  None where that cannot be said either.
    """
    first, lowest = resolved.problem.loss(resolved.start), resolved.problem.lowest_value
    share = _SHARE
    if lowest is None:
        share, paths = _SHARE_OF_REACHED, list(trajectories)
        calm = [path for path in paths if path.outcome.kind not in ("diverged", "left_domain")]
        lowest = min((float(np.fmin.reduce(path.loss)) for path in calm or paths), default=None)
    way = math.nan if lowest is None else first - lowest
    if lowest is None or not 0.0 < way < math.inf:
        return None
    return float(f"{lowest + _rounded_up(share * way):.12g}")


def study_comparison(study: Study, target: float | None = None) -> tuple[ComparisonEntry, ...]:
    """The entries of all runs of a study, with the usual target where no other is given."""
    if target is None:
        target = usual_target(study.resolved, study.trajectories.values())
    return compare(study.resolved.problem, study.runs, target)


def _rounded_up(value: float) -> float:
    """A number above 0 with three digits, not below ``value``."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 2)
    return float(f"{math.ceil(value / unit) * unit:.3g}") if unit > 0 else value


def comparison_csv(
    entries: tuple[ComparisonEntry, ...], settings: Mapping[str, Mapping[str, Cell]] | None = None
) -> bytes:
    """The table as CSV (RFC 4180 with plain line feeds, UTF-8), with the ``settings`` of each run
    by its id.

    Numbers have the shortest form that reads back exactly; what is not known stays empty.
    """
    given = settings or {}
    names = list(dict.fromkeys(name for each in given.values() for name in each))
    lines = [csv_line((*(column.key for column in COLUMNS), *names))]
    for entry in entries:
        own = given.get(entry.run.id, {})
        cells = (column.value(entry) for column in COLUMNS)
        lines.append(csv_line((*cells, *(own.get(name) for name in names))))
    return b"".join(lines)


def csv_line(cells: Iterable[Cell]) -> bytes:
    """Cells as a line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(map(_cell, cells))
    return text.getvalue().encode("utf-8", "replace")


def settings_of(runs: Iterable[StudyRun]) -> dict[str, dict[str, Cell]]:
    """What was chosen for each run by its id: ``set.eta``, ``schedule``, ``clip_norm``, ...

    Of a run that changes its rule on the way they are the first ones; one that was recorded has
    none.
    """
    found: dict[str, dict[str, Cell]] = {}
    for each in runs:
        spec = each.spec
        found[each.run.id] = {}
        if spec is None:
            continue
        values: dict[str, Cell] = {f"set.{name}": x for name, x in spec.parameters.items()}
        values |= {f"set.{name}": str(choice_text(x)) for name, x in spec.options.items()}
        values["schedule"] = each.run.schedule
        values |= dict(spec.treatment.active())
        values["batch"] = each.run.treatment.batch
        values["seed"] = spec.seed
        found[each.run.id] = {name: x for name, x in values.items() if x is not None}
    return found


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


ONCE: Mapping[str, Sequence[Trajectory]] = MappingProxyType({})
"""No run is repeated."""
PARTED = 1e-6
"""Two runs have parted where a weight differs by more, relative to 1 + its size."""


@dataclass(frozen=True)
class ComparisonRow:
    """One run: its entry in the comparison; how many times fewer gradients to the target it took
    than the baseline (``ratio``, None where that cannot be said); its loss when the budget of the
    comparison was spent, None where gradients are not counted."""

    entry: ComparisonEntry
    ratio: float | None
    loss_at_budget: float | None

    @property
    def metrics(self) -> Metrics:
        """What the run achieved."""
        return self.entry.metrics


@dataclass(frozen=True)
class Comparison:
    """``lines`` in the order of the runs.

    ``target`` is None where nothing counts as arrived.  ``budget`` is the number of gradients
    that all runs were given at least; ``calls`` has the gradients that a step of each run takes,
    one number for each of its rules, by name; recorded runs have none.
    """

    target: float | None
    baseline: str
    budget: int
    lines: tuple[ComparisonRow, ...]
    calls: tuple[tuple[str, tuple[int, ...]], ...]
    seeds: int = 1

    @property
    def baseline_name(self) -> str:
        """The name of the run that the others are compared with, or nothing."""
        names = [line.entry.name for line in self.lines if line.entry.run.id == self.baseline]
        return names[0] if names else ""

    @property
    def is_fair_by_steps(self) -> bool:
        """Whether all runs take equally many gradients a step, so that steps can be compared."""
        counts = {calls for _, calls in self.calls}
        return len(counts) <= 1 and all(len(calls) == 1 for calls in counts)

    @property
    def note(self) -> str:
        """What to keep in mind, for a person; empty where steps can be compared."""
        medians = f"Medians over {self.seeds} seeds. " if self.seeds > 1 else ""
        if self.is_fair_by_steps:
            return medians.rstrip()
        usual = min(min(calls) for _, calls in self.calls)
        more = ", ".join(
            f"{name} {' then '.join(map(str, calls))}"
            for name, calls in self.calls
            if calls != (usual,)
        )
        return (
            f"{medians}Gradients a step differ ({more}, others {usual}): × and the last column "
            f"compare at equal gradient calls."
        )


def compare_to_baseline(
    problem: Problem,
    runs: Sequence[StudyRun],
    target: float | None,
    baseline: str,
    repeated: Mapping[str, Sequence[Trajectory]] = ONCE,
) -> Comparison:
    """Runs on one problem against a target; ``baseline`` is the id of the run to compare with.

    Of runs that are ``repeated`` over seeds, by id, all numbers are medians.
    """
    specs = [one.spec for one in runs if one.spec is not None]
    budget = min((gradient_calls(spec, spec.steps) for spec in specs), default=0)
    each = [repeated.get(one.run.id) or (one.trajectory,) for one in runs]
    entries = []
    for one, paths in zip(runs, each, strict=True):
        calls_until = calls_of(one.spec)
        found = median_metrics([measure(path, problem, calls_until, target) for path in paths])
        entries.append(ComparisonEntry(one.run, one.name, found))
    base = next((entry.metrics for entry in entries if entry.run.id == baseline), None)
    lines = tuple(
        ComparisonRow(entry, _ratio(entry.metrics, base), _loss_at(one.spec, paths, budget))
        for one, paths, entry in zip(runs, each, entries, strict=True)
    )
    calls = tuple((one.name, one.gradients_a_step) for one in runs if one.spec is not None)
    seeds = max(map(len, each), default=1)
    return Comparison(target, baseline, budget, lines, calls, seeds)


def _loss_at(spec: RunSpec | None, paths: Sequence[Trajectory], budget: int) -> float | None:
    """The loss of a run when so many gradients were taken."""
    if spec is None:
        return None
    steps = steps_within(spec, budget)
    return median([float(path.loss[min(steps, path.steps)]) for path in paths])


def _ratio(run: Metrics, baseline: Metrics | None) -> float | None:
    """How many times fewer gradient calls to the target; 1 for equally many."""
    own = run.calls_to_target
    other = None if baseline is None else baseline.calls_to_target
    if own is None or other is None or own == 0:
        return 1.0 if own == other == 0 else None
    return other / own


def parting_sentence(first: Trajectory, second: Trajectory) -> str:
    """Where two runs part and how far they get from each other, without the full stop.

    Raises ValueError for runs with different numbers of weights.
    """
    found = difference(first, second, PARTED)
    if found.parted_at is None:
        return f"the same path within {short(PARTED)} for {found.steps} steps"
    farthest = f"farthest {short(found.largest, 2)} at step {found.largest_at}"
    weight = display_symbol(found.largest_in)
    return f"part at step {found.parted_at} by more than {short(PARTED)}, {farthest} ({weight})"


def comparison_text(found: Comparison) -> str:
    """The comparison as text to read: columns lined up, numbers to the right."""
    titles = [column.title for column in COLUMNS]
    rows = [[*titles, f"× {found.baseline_name}"]]
    for line in found.lines:
        values = [column.value(line.entry) for column in COLUMNS]
        rows.append([_text(value) for value in (*values, line.ratio)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        parts = [
            text.ljust(width) if column < _WORDS else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join([f"target {_target(found)}", *lines]) + "\n"


def _target(found: Comparison) -> str:
    return "–" if found.target is None else short(found.target, 6)


_WORDS = 3
"""So many columns of the comparison are words: run, optimizer, outcome."""


def _text(cell: str | float | None) -> str:
    if cell is None:
        return "–"
    return short(cell) if isinstance(cell, float) else str(cell)
