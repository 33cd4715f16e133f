"""The kernel of rules whose steps are computed by a Python function instead of equations."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from optlab.core.formula.compiled import TOTAL_NAMES, Array, define
from optlab.core.formula.emit import TOTAL, Assignment, straight_lines
from optlab.core.rules.steppers import STEPPERS, Moment
from optlab.core.run.outcome import FARTHEST
from optlab.core.run.program import GRADIENT_NORM, StepperPart, StepProgram

Function = Callable[..., tuple[float, ...]]


class StepperKernel:
    """Takes steps as :class:`~optlab.core.run.kernels.BlockKernel` says.

    η and the treated gradient come from the program's assignments, as for every rule; the
    stepper turns them into new weights, memory and records; the loss there closes the row.
    """

    block = 1024

    def __init__(self, program: StepProgram) -> None:
        part = program.stepper
        assert part is not None
        self._part: StepperPart = part
        self._program = program
        self._stepper = STEPPERS[part.key]
        self._holder = dict(program.columns)
        size = program.dimension
        old, new = program.inputs[:size], program.carry[:size]
        *before, loss = program.assignments
        self._before_names = [name for name, _ in before]
        self._before = _function(before, ["t", *old, *program.values, *program.noise])
        self._loss = _function([loss], new)
        self._objective = _function([("objective", part.objective)], [*old, *program.values])
        entries = [(f"h_{i}", tree) for i, tree in enumerate(part.hessian)]
        self._hessian = _function(entries, [*old, *program.values])

    def __call__(
        self, count: int, done: int, inputs: Array, values: Array, noise: Array, out: Array
    ) -> int:
        """See :class:`~optlab.core.run.kernels.BlockKernel`."""
        program, numbers = self._program, values.tolist()
        size, state = program.dimension, inputs
        for i in range(count):
            random = noise[i].tolist() if program.noise else []
            t = done + i + 1
            results = self._before(float(t), *state[:size].tolist(), *numbers, *random)
            known = dict(zip(self._before_names, results, strict=True))
            tolerance = numbers[-1] if program.watches_gradient else -math.inf
            if known.get(GRADIENT_NORM, math.inf) <= tolerance:
                return i
            with np.errstate(all="ignore"):
                known |= self._stepped(self._moment(t, state, numbers, known), state)
            state = np.array([known[name] for name in program.carry])
            (loss,) = self._loss(*state[:size].tolist())
            known[self._holder["loss"]] = loss
            out[i] = [known[holder] for _, holder in program.columns]
            if not (bool((np.abs(state[:size]) <= FARTHEST).all()) and math.isfinite(loss)):
                return i + 1
        return count

    def _moment(
        self, t: int, state: Array, numbers: list[float], known: dict[str, float]
    ) -> Moment:
        size, part = self._program.dimension, self._part
        named = dict(zip(self._program.values, numbers, strict=True))

        def hessian(point: Array) -> Array:
            return np.array(self._hessian(*point.tolist(), *numbers)).reshape(size, size)

        return Moment(
            t=t,
            eta=known[self._holder["eta"]],
            w=state[:size],
            g=np.array([known[self._holder[f"g{i + 1}"]] for i in range(size)]),
            parameters={name: named[f"p_{name}"] for name in part.parameters},
            options=dict(part.options),
            loss=lambda point: self._objective(*point.tolist(), *numbers)[0],
            hessian=hessian,
        )

    def _stepped(self, now: Moment, state: Array) -> dict[str, float]:
        """The new weights, memory and records, by the names of their components."""
        memory: dict[str, Array] = {}
        offset = self._program.dimension
        for name, shape in self._part.memory:
            count = math.prod(shape)
            memory[name] = state[offset : offset + count].reshape(shape)
            offset += count
        step = self._stepper.step(now, memory)
        titles = dict(self._program.vectors)
        components: dict[str, float] = {}
        for name, value in {"w": step.w, **step.memory, **step.records}.items():
            holders = [self._holder[title] for title in titles[name]]
            components |= zip(holders, np.ravel(value).tolist(), strict=True)
        return components


def _function(assignments: Sequence[Assignment], given: Sequence[str]) -> Function:
    """A total function of floats that makes the assignments and returns them all."""
    lines = "".join(f"    {name} = {text}\n" for name, text in straight_lines(assignments, TOTAL))
    returned = "".join(f"{name}, " for name, _ in assignments)
    source = f"def values({', '.join(given)}):\n{lines}    return ({returned})\n"
    return define(source, "values", TOTAL_NAMES)
