"""The runs of an experiment over several seeds: each result, medians and quartiles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from optlab.api import arguments
from optlab.api.run_results import Result
from optlab.core.formula.emit import Array
from optlab.files.run_files import run_paths
from optlab.files.seed_runs import SeedRuns
from optlab.files.temp_files import write_whole


@dataclass(frozen=True, eq=False)
class SeedResult:
    """The runs of an experiment once for each of ``seeds``."""

    repeated: SeedRuns

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, in order."""
        return tuple(study.experiment.seed for study in self.repeated.studies)

    @property
    def results(self) -> tuple[Result, ...]:
        """The result for each seed, in their order."""
        return tuple(map(Result, self.repeated.studies))

    def quartiles(self, run: str | int = 0, column: str = "loss") -> Array:
        """Lower quartile, median and upper quartile of a column, shape (3, steps + 1).

        ``run`` is a name or a place.  Raises ValueError for an unknown run or column.
        """
        chosen = self.results[0][run]
        column = arguments.text("column", column)
        chosen[column]  # raises for a column that is not recorded
        return self.repeated.quartiles(chosen.run.id, column)

    def save_csv(self, path: str | Path) -> None:
        """Writes ``t`` and ``X_q1,X_median,X_q3`` for each column X; several runs get a file each,
        with the name of the run added."""
        file = arguments.path("path", path)
        for run_id, target in run_paths(self.repeated.first.experiment, file).items():
            blocks = self.repeated.csv_blocks(run_id)
            write_whole(target, lambda out, rows=blocks: out.writelines(rows))  # type: ignore[misc]
