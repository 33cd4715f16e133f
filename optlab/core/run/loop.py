"""The one loop: from a RunSpec to a Trajectory, segment by segment and block by block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.gradient_transforms import noise_block
from optlab.core.parameters import SettingError
from optlab.core.problems import FormulaProblem
from optlab.core.run.columns import Columns, scalar
from optlab.core.run.kernels.array_program import array_program
from optlab.core.run.kernels.block_kernel import BlockKernel, Program, plain_kernel
from optlab.core.run.kernels.scalar_program import StepProgram, scalar_program
from optlab.core.run.measures import (
    AGE,
    BATCH_LOSS,
    EPOCH,
    LOSS,
    MEASURED,
    TEST_LOSS,
    Measures,
    accuracy_name,
)
from optlab.core.run.outcome import Outcome, broken_outcome, complete_outcome, is_sound
from optlab.core.run.sampling import NO_FEED, StepFeed, write_block
from optlab.core.run.spec import Leg, RunSpec, equations_of, starting_memory
from optlab.core.run.trajectory import Span, Trajectory

MOST_SCALARS = 8
"""Weights up to which a formula's step is straight scalar code."""

MOST_NUMBERS = 2**29
"""Numbers that a trajectory may hold: 4 GiB."""

Progress = Callable[[int, int], None]
"""Called between blocks with the steps done and the steps in all."""
KernelChoice = Callable[[Program], BlockKernel]
"""Gives the kernel that computes the steps of a program."""


def program_of(spec: RunSpec | Leg) -> Program:
    """The step of a run (of its first rule) or of a leg of it; the same for all runs that differ
    in numbers only."""
    leg = spec.legs[0] if isinstance(spec, RunSpec) else spec
    equations, problem = equations_of(leg), leg.spec.problem
    few = problem.dimension <= MOST_SCALARS and problem.rows == 0
    scalars = few and isinstance(problem, FormulaProblem) and not equations.features
    if scalars and equations.stepper is None:
        assert isinstance(problem, FormulaProblem)
        return scalar_program(equations, problem)
    return array_program(equations, problem)


def has_scalar_code(spec: RunSpec) -> bool:
    """Whether all steps of a run, from the first of its rule, are one piece of scalar code, of
    which many cells of a map can be computed side by side."""
    anew = not (spec.then or spec.before or spec.memory)
    return anew and isinstance(program_of(spec), StepProgram)


def gradient_calls(spec: RunSpec, steps: int) -> int:
    """How many gradients the first ``steps`` updates of a run take, each leg by its own count."""
    return sum(
        program_of(leg).gradients * max(0, min(steps, leg.last) - leg.first) for leg in spec.legs
    )


def steps_within(spec: RunSpec, calls: int) -> int:
    """How many updates of a run can be taken with at most ``calls`` gradients."""
    steps = 0
    for leg in spec.legs:
        each = program_of(leg).gradients
        affordable = leg.last - leg.first if each == 0 else calls // each
        steps += min(leg.last - leg.first, affordable)
        if affordable < leg.last - leg.first:
            break
        calls -= each * (leg.last - leg.first)
    return steps


def columns_of_run(spec: RunSpec) -> Columns:
    """All columns that a run records; see :func:`_columns`.

    Raises SettingError where two rules mean different things by one name, and for more than
    :data:`MOST_NUMBERS` in all.
    """
    columns = _columns(spec)
    most = MOST_NUMBERS // columns.count - 1
    if spec.steps > most * spec.record_every:
        size = f"{spec.steps * columns.count * 8 / 2**30:.1f} GiB"
        reason = f"must be at most {most} for {spec.problem.dimension} weights: "
        every = -(-spec.steps // max(1, most))
        rest = f"would record {size}; optlab run --csv keeps every {every}th"
        raise SettingError("steps", f"{reason}{spec.steps} {rest}")
    return columns


def fitting(spec: RunSpec) -> RunSpec:
    """The same run with as many steps between two rows as its memory needs; the same numbers."""
    most = MOST_NUMBERS // _columns(spec).count - 1
    return replace(spec, record_every=max(spec.record_every, -(-spec.steps // max(1, most))))


def _columns(spec: RunSpec) -> Columns:
    """The columns of a run: the epoch, weights and losses, then those of its rules, one
    after the other, then what the driver knows of each step.

    Raises SettingError where two rules mean different things by one name.
    """
    try:
        rules = reduce(Columns.union, (program_of(leg).vectors for leg in spec.legs))
    except ValueError as error:
        raise SettingError("then", f"cannot record both rules: {error}") from None
    samplings = [leg.spec.sampling for leg in spec.legs]
    first = [EPOCH] * any(sampling.batch is not None for sampling in samplings)
    losses = [
        LOSS,
        *[BATCH_LOSS] * (BATCH_LOSS in rules),
        *[TEST_LOSS] * (spec.problem.test is not None),
    ]
    last = [*accuracy_name(spec.problem), *[AGE] * any(sampling.delayed for sampling in samplings)]
    own = {*first, "w", *losses, *last}
    return Columns(
        (
            *map(scalar, first),
            next(quantity for quantity in rules.quantities if quantity.name == "w"),
            *map(scalar, losses),
            *(quantity for quantity in rules.quantities if quantity.name not in own),
            *map(scalar, last),
        )
    )


def run(
    spec: RunSpec,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    kernels: KernelChoice = plain_kernel,
    resume: Trajectory | None = None,
) -> Trajectory:
    """The whole trajectory of a run.

    ``kernels`` gives what computes the steps (by default Python); every kernel gives the same
    numbers.  ``resume`` is a trajectory of the same settings to go on from, or to cut.
    ``cancelled`` is asked between blocks; what was computed until then is returned.  Nothing is
    raised for numbers that leave their range, nor for a run that takes all its steps and ends far
    above its start: how it ended is its outcome (:mod:`optlab.core.run.outcome`).
    """
    return _Run(spec, kernels, progress, cancelled).trajectory(resume)


class _Run:
    def __init__(
        self,
        spec: RunSpec,
        kernels: KernelChoice,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.spec, self.kernels = spec, kernels
        self.progress, self.cancelled = progress, cancelled
        self.columns = columns_of_run(spec)
        self.every = spec.record_every
        self.data = np.empty((-(-spec.steps // self.every) + 1, self.columns.count))
        self.measures = Measures(spec, self.columns)
        self.done = 0
        self.now = self.data[0]
        self.recent: Array = np.empty((0, spec.problem.dimension))
        self.outcome: Outcome | None = None

    def trajectory(self, resume: Trajectory | None) -> Trajectory:
        spec = self.spec
        if resume is None or self.every > 1 or resume.times is not None:
            self._begin()
        else:
            self._go_on(resume)
        for leg in spec.legs:
            if self.outcome is None and self.done < leg.last:
                self._run_leg(leg)
        rows = self.data[: -(-self.done // self.every) + 1]
        rows[-1] = self.now
        self.measures.end(rows[-1:], self.done)
        if self.outcome is None:
            self.outcome = replace(complete_outcome(self.measures.losses(rows)), step=self.done)
        if self.done < spec.steps:
            rows = rows.copy()
        times = None
        if self.every > 1:
            times = np.minimum(np.arange(len(rows)) * self.every, self.done)
        state = dict.fromkeys(name for leg in spec.legs for name in program_of(leg).state)
        spans = tuple(
            Span(
                leg.first,
                min(leg.last, self.done),
                leg.spec.rule.name,
                frozenset(program_of(leg).vectors) | (MEASURED & self.columns.keys()),
            )
            for leg in spec.legs
            if leg.first < max(1, self.done)
        )
        return Trajectory(self.columns, tuple(state), rows, self.outcome, spans, times)

    def _begin(self) -> None:
        """Writes row 0; an outcome where the run already ends there."""
        spec, leg = self.spec, self.spec.legs[0]
        self.data[0] = np.nan
        start = spec.point
        memory = starting_memory(equations_of(leg), leg.values(), start) | {
            name: np.array(numbers) for name, numbers in spec.memory.items()
        }
        loss = spec.problem.loss(start)
        for name, values in {"w": start, **memory, "loss": np.array([loss])}.items():
            self.data[0, self.columns.place(name)] = values
        self.measures.begin(self.data[:1])
        self.recent = self.data[:1, self.columns.place("w")]
        if not is_sound(start, loss):
            self.outcome = broken_outcome(0, spec.start, loss, ())

    def _go_on(self, resume: Trajectory) -> None:
        """Takes the rows over that are computed already."""
        self.done = min(resume.steps, self.spec.steps)
        rows = resume.data[: self.done + 1]
        self.data[: self.done + 1] = np.nan
        for name in resume.vectors:
            if name in self.columns:
                place = self.columns.place(name)
                self.data[: self.done + 1, place] = rows[:, resume.vectors.place(name)]
        self.measures.forget(self.data[: self.done + 1])
        self.now = self.data[self.done]
        self.outcome = self._ended(self.done)

    def _run_leg(self, leg: Leg) -> None:
        spec = self.spec
        program = program_of(leg)
        kernel = self.kernels(program)
        given = leg.values()
        values = np.array([given[name] for name in program.values])
        others = [self.columns.place(name) for name in self.columns if name not in program.vectors]
        batches = leg.batches
        most = kernel.block
        if batches is not None:
            most = min(most, _MOST_ROWS // batches.taken + 1)
        while self.outcome is None and self.done < leg.last:
            count = min(most, leg.last - self.done)
            noise, feed = self._random(program, count), self._feed(leg, count)
            target = self._room(count)
            for place in others:
                target[:count, place] = np.nan
            inputs = self._inputs(leg, program)
            begun = self.done - leg.started
            taken = kernel(count, begun, inputs, values, noise, target, feed, self.columns)
            if others:
                rows = target[:taken]
                taken = self.measures.after(rows, leg, self.done, kernel.store, feed.ages)
            self._keep(target[:taken])
            broken = self._ended(self.done) if taken else None
            if broken is not None:
                self.outcome = broken
            elif taken < count:
                text = f"‖∇E‖ is at most {spec.stop_gradient:g}"
                self.outcome = Outcome("converged", self.done, text)
            elif self.done < spec.steps and self.cancelled is not None and self.cancelled():
                self.outcome = Outcome("cancelled", self.done)
            if self.progress is not None:
                self.progress(self.done, spec.steps)

    def _room(self, count: int) -> Array:
        """Rows for the next updates: their own, or where not all are recorded others."""
        if self.every == 1:
            return self.data[self.done + 1 :]
        return np.empty((count, self.columns.count))

    def _keep(self, rows: Array) -> None:
        """The rows of the next updates are done: records every so many of them."""
        first, self.done = self.done + 1, self.done + len(rows)
        if not len(rows):
            return
        self.now = rows[-1]
        if self.every > 1:
            kept = rows[-first % self.every :: self.every]
            begin = -(-first // self.every)
            self.data[begin : begin + len(kept)] = kept
            oldest = max(leg.spec.sampling.oldest for leg in self.spec.legs)
            weights = np.concatenate([self.recent, rows[:, self.columns.place("w")]])
            self.recent = weights[-oldest - 1 :]

    def _newest(self, depth: int) -> Array:
        """The weights after the last updates, ``depth`` + 1 rows."""
        if self.every > 1:
            return self.recent[len(self.recent) - depth - 1 :]
        newest: Array = self.data[self.done - depth : self.done + 1, self.columns.place("w")]
        return newest

    def _inputs(self, leg: Leg, program: Program) -> Array:
        """The weights and the memory with which the next step begins, side by side."""
        row = self.now
        weights = row[self.columns.place("w")]
        fresh: dict[str, Array] = {}
        if self.done == leg.first and leg.first > 0:
            fresh = starting_memory(equations_of(leg), leg.values(), weights)
            fresh = {name: values for name, values in fresh.items() if name not in leg.kept}
        parts = [fresh.get(name, row[self.columns.place(name)]) for name in program.state]
        return np.concatenate([weights, *parts])

    def _random(self, program: Program, count: int) -> Array:
        """The random numbers of the steps that come, in the order in which the kernel has them."""
        first, seed = self.spec.before + self.done, self.spec.seed
        parts = []
        if program.noise:
            parts.append(noise_block(seed, first, count, program.dimension))
        if "share" in program.features:
            parts.append(write_block(seed, first, count, program.dimension))
        return np.concatenate(parts, axis=1) if parts else _NONE

    def _feed(self, leg: Leg, count: int) -> StepFeed:
        """The batches and the older weights of the steps that come."""
        sampling, batches, done = leg.spec.sampling, leg.batches, self.done
        if not sampling.features:
            return NO_FEED
        feed = StepFeed()
        if batches is not None:
            block = batches.block(done - leg.sampled + 1, count, numbered=done - leg.started + 1)
            feed = replace(feed, rows=block)
        if sampling.delayed:
            ages = sampling.ages(self.spec.seed, self.spec.before + done, count)
            ages = np.minimum(ages, np.arange(done, done + count))
            depth = min(sampling.oldest, done)
            past = np.empty((depth + 1 + count, self.spec.problem.dimension))
            past[: depth + 1] = self._newest(depth)
            feed = replace(feed, past=past, ages=ages)
        return feed

    def _ended(self, step: int) -> Outcome | None:
        """How the run ended in a row, None where it goes on; its losses must be finite as far as
        they were recorded."""
        row = self.now
        weights, gradient = (row[self.columns.place(name)] for name in ("w", "g"))
        leg, names = self.spec.leg_at(step), [LOSS]
        if step > 0 and leg.spec.sampling.batch is not None:
            recorded = bool(self.measures.due(leg, np.array([step]))[0])
            names = [LOSS] * recorded + [BATCH_LOSS]
        for loss in (float(row[self.columns.place(name).start]) for name in names):
            if not is_sound(weights, loss):
                led = tuple(gradient.tolist()) if step else ()
                return broken_outcome(step, tuple(weights.tolist()), loss, led)
        return None


_NONE: Array = np.empty((0, 0))
_MOST_ROWS = 4_000_000
"""Rows of all batches of a block of steps, about."""
