"""What the driver records beside the kernels: epochs, ages, losses on all rows and on test rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from optlab.core.data.batches import Indices
from optlab.core.formula.emit import Array
from optlab.core.native import KernelStore
from optlab.core.problems import Problem
from optlab.core.run.columns import Columns
from optlab.core.run.kernels.problem_calls import evaluator
from optlab.core.run.outcome import growth_steps
from optlab.core.run.spec import Leg, RunSpec

EPOCH, LOSS, BATCH_LOSS, TEST_LOSS, AGE = "epoch", "loss", "batch_loss", "test_loss", "gradient_age"
ACCURACIES = ("accuracy", "test_accuracy")
MEASURED = frozenset({EPOCH, LOSS, TEST_LOSS, AGE, *ACCURACIES})
"""What the driver records of any rule."""
NOW_AND_THEN = (LOSS, TEST_LOSS, *ACCURACIES)
"""What may be recorded at some steps only: where a loss is not, none of these is."""
COUNTS = (EPOCH, AGE)
"""What is a whole number."""


def accuracy_name(problem: Problem) -> tuple[str, ...]:
    """What a run records as its accuracy, if anything: that on the rows of the test where there
    are some, else that on all rows."""
    if not problem.has_accuracy:
        return ()
    return ACCURACIES[:1] if problem.test is None else ACCURACIES[1:]


class Measures:
    """Fills the columns of a run that belong to no rule, in rows with the given columns."""

    def __init__(self, spec: RunSpec, columns: Columns) -> None:
        self._spec, self._columns = spec, columns

    def begin(self, row: Array) -> None:
        """Fills the row of the start, shape (1, columns)."""
        if EPOCH in self._columns:
            self._column(row, EPOCH)[0] = self._spec.legs[0].epoch(0)
        self._evaluate(row, np.zeros(1, np.int64), store=None, loss=False)

    def after(
        self, rows: Array, leg: Leg, done: int, store: KernelStore | None, ages: Indices
    ) -> int:
        """Fills the rows of the updates after update ``done``; how many of them count: none after
        a loss that is not finite."""
        steps = np.arange(done + 1, done + len(rows) + 1)
        if EPOCH in self._columns:
            batches, passed = leg.batches, steps - leg.sampled
            each = 1 if batches is None else batches.steps_per_epoch
            self._column(rows, EPOCH)[:] = leg.epochs - (-passed // each)
        if AGE in self._columns:
            delayed = leg.spec.sampling.delayed
            self._column(rows, AGE)[:] = ages[: len(rows)] if delayed else 0
        due = np.flatnonzero(self.due(leg, steps))
        batched = leg.spec.sampling.batch is not None
        self._evaluate(rows, due, store, loss=batched)
        if batched:
            wrong = due[~np.isfinite(self._column(rows, LOSS)[due])]
            if len(wrong):
                return int(wrong[0]) + 1
        return len(rows)

    def end(self, row: Array, step: int) -> None:
        """The last row, shape (1, columns), has its losses, whatever was recorded before it."""
        leg = self._spec.leg_at(step)
        batched = leg.spec.sampling.batch is not None
        missing = batched and np.isnan(self._column(row, LOSS)[0])
        skipped = step % self._spec.record_every and step % self._each(leg) == 0
        if step > 0 and (missing or skipped):
            self._evaluate(row, np.zeros(1, np.int64), store=None, loss=batched)

    def losses(self, rows: Array) -> Array:
        """The losses of all rows, with those that tell whether a run still grows."""
        losses = self._column(rows, LOSS).copy()
        for index in growth_steps(len(rows) - 1):
            if np.isnan(losses[index]):
                losses[index] = self._spec.problem.loss(rows[index, self._columns.place("w")])
        return losses

    def forget(self, rows: Array) -> None:
        """Leaves out of all rows what a run without a stop there would not record."""
        last = len(rows) - 1
        for leg in self._spec.legs:
            steps = np.arange(leg.first + 1, min(leg.last, last) + 1)
            skipped = steps[~self.due(leg, steps)]
            names = [*self._evaluated(), *[LOSS] * (leg.spec.sampling.batch is not None)]
            for name in names:
                self._column(rows, name)[skipped] = np.nan

    def due(self, leg: Leg, steps: Indices) -> npt.NDArray[np.bool_]:
        """At which steps the losses on all rows are recorded."""
        due: npt.NDArray[np.bool_] = steps % self._each(leg) == 0
        due &= steps % self._spec.record_every == 0  # between the rows that are kept none is seen
        return due

    def _each(self, leg: Leg) -> int:
        """Steps between two losses on all rows."""
        problem = self._spec.problem
        return leg.spec.sampling.recorded_every(problem.rows, problem.dimension)

    def _evaluated(self) -> tuple[str, ...]:
        problem = self._spec.problem
        tested = () if problem.test is None else (TEST_LOSS,)
        return (*tested, *accuracy_name(problem))

    def _evaluate(self, rows: Array, index: Indices, store: KernelStore | None, loss: bool) -> None:
        points = rows[index, self._columns.place("w")]
        for problem, names in self._asked(loss) if len(index) else ():
            found = evaluator(problem, len(names) > 1, store)(points)
            for name, values in zip(names, found, strict=True):
                if loss or name != LOSS:
                    self._column(rows, name)[index] = values

    def _asked(self, loss: bool) -> Iterator[tuple[Problem, tuple[str, ...]]]:
        problem = self._spec.problem
        labels = accuracy_name(problem)
        if problem.test is not None:
            yield problem.test, (TEST_LOSS, *labels)
            labels = ()
        if loss or labels:
            yield problem, (LOSS, *labels)

    def _column(self, rows: Array, name: str) -> Array:
        column: Array = rows[:, self._columns.place(name).start]
        return column
