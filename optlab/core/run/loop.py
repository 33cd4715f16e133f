"""The one loop: from a RunSpec to a Trajectory, in blocks."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from optlab.core.formula.compiled import Array, scalar_function
from optlab.core.gradient import noise_block
from optlab.core.run.building import step_program
from optlab.core.run.kernels import BlockKernel, plain_kernel
from optlab.core.run.outcome import Outcome, broken_outcome
from optlab.core.run.program import StepProgram
from optlab.core.run.spec import RunSpec
from optlab.core.run.trajectory import Trajectory

Progress = Callable[[int, int], None]
"""Called between blocks with the steps done and the steps in all."""


def program_of(spec: RunSpec) -> StepProgram:
    """The step of a run as assignments; the same for all runs that differ in numbers only."""
    return step_program(
        spec.problem,
        spec.rule.variant(spec.options),
        tuple(spec.parameters),
        spec.schedule,
        tuple(spec.treatment.active()),
        spec.stop_gradient is not None,
    )


def run(
    spec: RunSpec,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    kernel: BlockKernel | None = None,
    resume: Trajectory | None = None,
) -> Trajectory:
    """The whole trajectory of a run.

    ``kernel`` computes the steps (by default generated Python); every kernel gives the same
    numbers.  ``resume`` is a trajectory of the same settings to go on from, or to cut.
    ``cancelled`` is asked between blocks; what was computed until then is returned.  Nothing is
    raised for numbers that leave their range: see :class:`~optlab.core.run.outcome.Outcome`.
    """
    program = program_of(spec)
    kernel = kernel or plain_kernel(program)
    given = spec.values()
    values = np.array([given[name] for name in program.values])
    data = np.empty((spec.steps + 1, len(program.names)))
    if resume is None:
        done, outcome = _start(spec, program, values, data)
    else:
        done = min(resume.steps, spec.steps)
        data[: done + 1] = resume.data[: done + 1]
        outcome = _ended(data[done], program, done)
    while outcome is None:
        count = min(kernel.block, spec.steps - done)
        noise = noise_block(spec.seed, done, count, program.dimension) if program.noise else _NONE
        taken = kernel(count, done, _inputs(program, data[done]), values, noise, data[done + 1 :])
        if taken < count or done + taken == spec.steps:
            outcome = _outcome(spec, program, data, done, taken, count)
        elif cancelled is not None and cancelled():
            outcome = Outcome("cancelled", done + taken)
        done += taken
        if progress is not None:
            progress(done, spec.steps)
    rows = data[: done + 1]
    if done < spec.steps:
        rows = rows.copy()
    return Trajectory(
        program.names, MappingProxyType(dict(program.vectors)), program.state, rows, outcome
    )


_NONE: Array = np.empty((0, 0))


def _start(
    spec: RunSpec, program: StepProgram, values: Array, data: Array
) -> tuple[int, Outcome | None]:
    """Writes row 0; an outcome where the walk already ends there."""
    size = program.dimension
    names = [*program.inputs[:size], *program.values]
    state = scalar_function(program.starts, names)(*spec.start, *map(float, values))
    loss = spec.problem.loss(spec.start)
    row = dict(zip(program.carry, state, strict=True))
    data[0] = [row.get(holder, np.nan) for _, holder in program.columns]
    data[0, program.names.index("loss")] = loss
    ended = broken_outcome(0, spec.start, loss, ())
    if ended is None and spec.steps == 0:
        ended = Outcome("finished", 0)
    return 0, ended


def _inputs(program: StepProgram, row: Array) -> Array:
    """The weights and the memory after the step that a row records."""
    return row[list(_input_columns(program))]


def _input_columns(program: StepProgram) -> tuple[int, ...]:
    holders = [holder for _, holder in program.columns]
    return tuple(holders.index(name) for name in program.carry)


def _outcome(
    spec: RunSpec, program: StepProgram, data: Array, done: int, taken: int, count: int
) -> Outcome:
    """Why the kernel stopped: a number out of range, a small gradient, or the last step."""
    step = done + taken
    broken = _ended(data[step], program, step) if step > 0 else None
    if broken is not None:
        return broken
    if taken < count:
        return Outcome("converged", step, f"‖∇E‖ is at most {spec.stop_gradient:g}")
    return Outcome("finished", step)


def _ended(row: Array, program: StepProgram, step: int) -> Outcome | None:
    titles = dict(program.vectors)
    value = dict(zip(program.names, map(float, row), strict=True))
    weights = tuple(value[name] for name in titles["w"])
    gradient = tuple(value[name] for name in titles["g"])
    return broken_outcome(step, weights, value["loss"], gradient)
