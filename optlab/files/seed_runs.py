"""The runs of an experiment repeated over seeds: their numbers, and the median and quartiles."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optlab.core.analysis.seed_bands import band
from optlab.core.export.csv import csv_header, csv_rows, number_cells
from optlab.core.formula.emit import Array
from optlab.core.parameters import SettingError
from optlab.core.run import Trajectory
from optlab.core.run.measures import ACCURACIES, TEST_LOSS
from optlab.session.comparison import COLUMNS, Cell, ComparisonEntry, compare, usual_target
from optlab.session.compute import compute_runs
from optlab.session.experiment import Experiment, changed
from optlab.session.jobs import JobControl
from optlab.session.resolve import resolve_strictly
from optlab.session.study import Study

MOST_SEEDS = 1000
MEASURED = (TEST_LOSS, *ACCURACIES)
QUARTILES = ("q1", "median", "q3")
_BLOCK = 5000


@dataclass(frozen=True)
class SeedRuns:
    """The study of an experiment with each seed, its own first.

    Noise, batches and ages of gradients follow the seed, and so do initial weights that it decides.
    """

    studies: tuple[Study, ...]

    def middle(self, run_id: str) -> Study:
        """The study in which the final loss of a run is the median, of two the better one."""
        losses = [one.final_loss for one in self.numbers(run_id)]
        ordered = sorted(range(len(losses)), key=lambda k: (not losses[k] < math.inf, losses[k]))
        return self.studies[ordered[(len(ordered) - 1) // 2]]

    @property
    def first(self) -> Study:
        """The study with the experiment's own seed."""
        return self.studies[0]

    def numbers(self, run_id: str) -> list[Trajectory]:
        """The trajectories of a run, in the order of the seeds."""
        return [study.trajectories[run_id] for study in self.studies]

    def quartiles(self, run_id: str, column: str) -> Array:
        """Lower quartile, median, upper quartile of a column, shape (3, steps + 1)."""
        found = band(self.numbers(run_id), column)
        return np.array([found.lower, found.median, found.upper])

    def csv_blocks(self, run_id: str) -> Iterator[bytes]:
        """The numbers of a run as CSV: ``t``, then ``X_q1,X_median,X_q3`` for each column X.

        A cell is empty where no seed has a number.
        """
        names = csv_header(self.first.trajectories[run_id])[1:]
        bands = [row for name in names for row in self.quartiles(run_id, name)]
        header = ["t", *(f"{name}_{part}" for name in names for part in QUARTILES)]
        yield ",".join(header).encode() + b"\n"
        for first in range(0, len(bands[0]), _BLOCK):
            rows = range(first, min(first + _BLOCK, len(bands[0])))
            yield csv_rows([rows, *(number_cells(row[first : first + _BLOCK]) for row in bands)])

    def comparison_csv(self, target: float | None) -> bytes:
        """The comparison of the runs: for every number its median, and its quartiles behind it."""
        if target is None:
            target = usual_target(self.first.resolved, self.first.trajectories.values())
        tables = [compare(one.resolved.problem, one.runs, target) for one in self.studies]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        rows = [self._row(entries) for entries in zip(*tables, strict=True)]
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
        return text.getvalue().encode("utf-8", "replace")

    def line(self, run_id: str) -> str:
        """The median of the final loss with its quartiles, and how the runs ended."""
        numbers = self.numbers(run_id)
        low, middle, high = quartiles([one.final_loss for one in numbers])
        ends = Counter(one.outcome.kind.replace("_", " ") for one in numbers)
        ended = ", ".join(f"{count} {kind}" for kind, count in ends.items())
        return f"loss {middle:.6g} [{low:.6g} … {high:.6g}], {len(numbers)} seeds: {ended}"

    def summary(self, run_id: str) -> dict[str, object]:
        """The numbers of a run over its seeds, for a summary in JSON."""
        numbers = self.numbers(run_id)
        seeds = [study.experiment.seed for study in self.studies]
        measured: dict[str, object] = {}
        for name in ("loss", *(name for name in MEASURED if name in numbers[0])):
            values = quartiles([float(one[name][-1]) for one in numbers])
            measured[f"final_{name}"] = dict(zip(QUARTILES, values, strict=True))
        each = [
            {
                "seed": seed,
                "outcome": one.outcome.kind,
                "steps": one.steps,
                "final_loss": one.final_loss,
                "final_w": one.final_weights,
            }
            for seed, one in zip(seeds, numbers, strict=True)
        ]
        return {**measured, "runs": each}

    def _row(self, entries: tuple[ComparisonEntry, ...]) -> dict[str, str]:
        """One run: the texts of its first seed, and three numbers for each number."""
        row: dict[str, str] = {}
        for column in COLUMNS:
            values = [column.value(entry) for entry in entries]
            if column.key in _TEXTS:
                row[column.key] = _joined(values)
                continue
            numbers = [math.inf if value is None else float(value) for value in values]
            for part, value in zip(QUARTILES, quartiles(numbers), strict=True):
                row[f"{column.key}_{part}"] = repr(value) if math.isfinite(value) else ""
        return row


_TEXTS = ("run", "optimizer", "outcome")


def _joined(values: list[Cell]) -> str:
    """A text that all seeds share, or each of them with how often it occurs."""
    counts = {str(value): values.count(value) for value in values}
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{text} {count}" for text, count in counts.items())


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile; a value that is not finite counts as the largest."""
    ordered = sorted(value if math.isfinite(value) else math.inf for value in values)
    found = []
    for share in (0.25, 0.5, 0.75):
        place = share * (len(ordered) - 1)
        low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
        found.append(low if low == high else low + (place - math.floor(place)) * (high - low))
    return found[0], found[1], found[2]


class _Part(JobControl):
    """The progress of one seed as a part of all."""

    def __init__(self, whole: JobControl, before: int, total: int) -> None:
        super().__init__()
        self._whole, self._before, self._total = whole, before, total

    def progress(self, done: int, total: int) -> None:
        """See :class:`JobControl`."""
        self._whole.progress(self._before + done, self._total)

    def cancelled(self) -> bool:
        """Whether all of it should stop."""
        return self._whole.cancelled()


def compute_seeds(experiment: Experiment, count: int, control: JobControl) -> SeedRuns:
    """The runs of an experiment with its seed and the ``count`` − 1 that follow."""
    studies = []
    for number in range(count):
        one = changed(experiment, seed=experiment.seed + number)
        resolved = resolve_strictly(one)
        if any(spec.record_every > 1 for spec in resolved.specs.values()):
            raise SettingError("steps", "are too many to record all of them, which seeds need")
        total = sum(spec.steps for spec in resolved.specs.values())
        computed = compute_runs(resolved.specs, _Part(control, number * total, count * total))
        studies.append(Study(one, resolved, {**resolved.recordings, **computed}))
    return SeedRuns(tuple(studies))
