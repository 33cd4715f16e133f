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
    """Fills the columns of a run that belong to no rule."""

    def __init__(self, spec: RunSpec, columns: Columns, data: Array) -> None:
        self._spec, self._columns, self._data = spec, columns, data

    def begin(self) -> None:
        """Row 0."""
        if EPOCH in self._columns:
            self._column(EPOCH)[0] = self._spec.legs[0].epoch(0)
        self._evaluate(np.zeros(1, np.int64), store=None, loss=False)

    def after(
        self, leg: Leg, done: int, taken: int, store: KernelStore | None, ages: Indices
    ) -> int:
        """Fills the rows of ``taken`` updates after update ``done``; how many of them count: none
        after a loss that is not finite."""
        steps = np.arange(done + 1, done + taken + 1)
        rows = slice(done + 1, done + taken + 1)
        if EPOCH in self._columns:
            batches, passed = leg.batches, steps - leg.sampled
            each = 1 if batches is None else batches.steps_per_epoch
            self._column(EPOCH)[rows] = leg.epochs - (-passed // each)
        if AGE in self._columns:
            self._column(AGE)[rows] = ages[:taken] if leg.spec.sampling.delayed else 0
        due = steps[self.due(leg, steps)]
        batched = leg.spec.sampling.batch is not None
        self._evaluate(due, store, loss=batched)
        if batched:
            wrong = due[~np.isfinite(self._column(LOSS)[due])]
            if len(wrong):
                return int(wrong[0]) - done
        return taken

    def end(self, step: int) -> None:
        """The last row has its losses, whatever was recorded before it."""
        missing = np.isnan(self._column(LOSS)[step]) and step > 0
        if missing and self._spec.leg_at(step).spec.sampling.batch is not None:
            self._evaluate(np.array([step]), store=None, loss=True)

    def losses(self, step: int) -> Array:
        """The losses up to a row, with those that tell whether a run still grows."""
        losses = self._column(LOSS)[: step + 1].copy()
        for index in growth_steps(step):
            if np.isnan(losses[index]):
                losses[index] = self._spec.problem.loss(self._data[index, self._columns.place("w")])
        return losses

    def forget(self, last: int) -> None:
        """Leaves out, up to row ``last``, what a run without a stop there would not record."""
        for leg in self._spec.legs:
            steps = np.arange(leg.first + 1, min(leg.last, last) + 1)
            skipped = steps[~self.due(leg, steps)]
            names = [*self._evaluated(), *[LOSS] * (leg.spec.sampling.batch is not None)]
            for name in names:
                self._column(name)[skipped] = np.nan

    def due(self, leg: Leg, steps: Indices) -> npt.NDArray[np.bool_]:
        """At which steps the losses on all rows are recorded."""
        problem = self._spec.problem
        every = leg.spec.sampling.recorded_every(problem.rows, problem.dimension)
        due: npt.NDArray[np.bool_] = steps % every == 0
        return due

    def _evaluated(self) -> tuple[str, ...]:
        problem = self._spec.problem
        tested = () if problem.test is None else (TEST_LOSS,)
        return (*tested, *accuracy_name(problem))

    def _evaluate(self, steps: Indices, store: KernelStore | None, loss: bool) -> None:
        points = self._data[steps, self._columns.place("w")]
        for problem, names in self._asked(loss) if len(steps) else ():
            found = evaluator(problem, len(names) > 1, store)(points)
            for name, values in zip(names, found, strict=True):
                if loss or name != LOSS:
                    self._column(name)[steps] = values

    def _asked(self, loss: bool) -> Iterator[tuple[Problem, tuple[str, ...]]]:
        problem = self._spec.problem
        labels = accuracy_name(problem)
        if problem.test is not None:
            yield problem.test, (TEST_LOSS, *labels)
            labels = ()
        if loss or labels:
            yield problem, (LOSS, *labels)

    def _column(self, name: str) -> Array:
        column: Array = self._data[:, self._columns.place(name).start]
        return column
