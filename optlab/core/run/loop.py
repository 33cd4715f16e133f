"""The one loop: from a RunSpec to a Trajectory, segment by segment and block by block."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.gradient_transforms import noise_block
from optlab.core.parameters import SettingError
from optlab.core.problems import FormulaProblem
from optlab.core.run.array_program import array_program
from optlab.core.run.columns import Columns
from optlab.core.run.kernels import BlockKernel, Program, plain_kernel
from optlab.core.run.outcome import Outcome, broken_outcome, complete_outcome, is_sound
from optlab.core.run.scalar_program import StepProgram, scalar_program
from optlab.core.run.spec import Leg, RunSpec, equations_of, starting_memory
from optlab.core.run.trajectory import Span, Trajectory

MOST_SCALARS = 8
"""Weights up to which a formula's step is straight scalar code."""

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
    scalars = few and isinstance(problem, FormulaProblem)
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
    """All columns that a run records: those of its rules, one after the other.

    Raises SettingError where two rules mean different things by one name.
    """
    try:
        return reduce(Columns.union, (program_of(leg).vectors for leg in spec.legs))
    except ValueError as error:
        raise SettingError("then", f"cannot record both rules: {error}") from None


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
        self.data = np.empty((spec.steps + 1, self.columns.count))
        self.done = 0
        self.outcome: Outcome | None = None

    def trajectory(self, resume: Trajectory | None) -> Trajectory:
        spec = self.spec
        if resume is None:
            self._begin()
        else:
            self._go_on(resume)
        for leg in spec.legs:
            if self.outcome is None and self.done < leg.last:
                self._run_leg(leg)
        if self.outcome is None:
            losses = self.data[: self.done + 1, self.columns.place("loss")]
            self.outcome = complete_outcome(losses[:, 0])
        rows = self.data[: self.done + 1]
        if self.done < spec.steps:
            rows = rows.copy()
        state = dict.fromkeys(name for leg in spec.legs for name in program_of(leg).state)
        spans = tuple(
            Span(
                leg.first,
                min(leg.last, self.done),
                leg.spec.rule.name,
                frozenset(program_of(leg).vectors),
            )
            for leg in spec.legs
            if leg.first < max(1, self.done)
        )
        return Trajectory(self.columns, tuple(state), rows, self.outcome, spans)

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
        self.outcome = self._ended(self.done)

    def _run_leg(self, leg: Leg) -> None:
        spec = self.spec
        program = program_of(leg)
        kernel = self.kernels(program)
        given = leg.values()
        values = np.array([given[name] for name in program.values])
        own = program.vectors
        alone = own == self.columns
        while self.outcome is None and self.done < leg.last:
            count = min(kernel.block, leg.last - self.done)
            noise = _NONE
            if program.noise:
                first = spec.before + self.done
                noise = noise_block(spec.seed, first, count, program.dimension)
            target = self.data[self.done + 1 :]
            rows = target if alone else np.empty((count, own.count))
            inputs = self._inputs(leg, program)
            begun = self.done - leg.started
            taken = kernel(count, begun, inputs, values, noise, rows)
            if not alone:
                target[:taken] = np.nan
                for name in own:
                    target[:taken, self.columns.place(name)] = rows[:taken, own.place(name)]
            self.done += taken
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

    def _inputs(self, leg: Leg, program: Program) -> Array:
        """The weights and the memory with which the next step begins, side by side."""
        row = self.data[self.done]
        weights = row[self.columns.place("w")]
        fresh: dict[str, Array] = {}
        if self.done == leg.first and leg.first > 0:
            fresh = starting_memory(equations_of(leg), leg.values(), weights)
            fresh = {name: values for name, values in fresh.items() if name not in leg.kept}
        parts = [fresh.get(name, row[self.columns.place(name)]) for name in program.state]
        return np.concatenate([weights, *parts])

    def _ended(self, step: int) -> Outcome | None:
        row = self.data[step]
        value = {name: row[self.columns.place(name)] for name in ("w", "g", "loss")}
        loss = float(value["loss"][0])
        if is_sound(value["w"], loss):
            return None
        weights, gradient = tuple(value["w"].tolist()), tuple(value["g"].tolist())
        return broken_outcome(step, weights, loss, gradient if step else ())


_NONE: Array = np.empty((0, 0))
