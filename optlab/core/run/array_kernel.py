"""Kernels that take steps over whole vectors: with NumPy at once, with Numba for long runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from optlab.core.formula.emit import Array, define
from optlab.core.formula.numpy_dialect import ARRAY_NAMES, as_components, total
from optlab.core.formula.operations import STRIDE, step_power
from optlab.core.native import KernelStore
from optlab.core.problems import Problem
from optlab.core.rules.steppers import STEPPERS, StepContext
from optlab.core.run.array_program import (
    STEP_FUNCTION,
    ArrayProgram,
    stepped_records,
    vector_source,
)
from optlab.core.run.array_source import ARRAY_ARGUMENTS, array_source, work_vectors
from optlab.core.run.columns import value_count
from optlab.core.run.equations import StepperCall
from optlab.core.run.outcome import FARTHEST
from optlab.core.run.problem_calls import ProblemCalls
from optlab.core.run.scalar_source import KERNEL

_NAMES: Mapping[str, Any] = {**ARRAY_NAMES, "step_power": step_power}


def _spread(value: Any, size: int) -> Array:
    return value if isinstance(value, np.ndarray) else as_components(value, size)


class Answers:
    """What a problem answers in a run, at vectors of shape (n,); a loss and a gradient at the
    same point are computed together where the problem computes both at once."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._point: Array | None = None
        self._both: tuple[float, Array] = (math.nan, np.empty(0))

    def loss(self, point: Array) -> float:
        """E(point)"""
        if self._problem.is_joint:
            return self._joint(point)[0]
        return self._problem.loss(point)

    def gradient(self, point: Array) -> Array:
        """∇E(point)"""
        if self._problem.is_joint:
            return self._joint(point)[1]
        return np.array(self._problem.gradient(point))

    def curvature(self, point: Array) -> Array:
        """The diagonal of the Hessian at a point."""
        return self._problem.hessian_diagonal(point)

    def hessian_product(self, point: Array, along: Array) -> Array:
        """The Hessian at a point times a vector."""
        return self._problem.hessian_product(point, along)

    def _joint(self, point: Array) -> tuple[float, Array]:
        if self._point is None or not np.array_equal(self._point, point):
            self._both = self._problem.loss_and_gradient(point)
            self._point = point.copy()
        return self._both


class VectorKernel:
    """Takes steps as :class:`~optlab.core.run.kernels.BlockKernel` says, with NumPy.

    It is also what runs the rules whose steps are Python functions.
    """

    def __init__(self, program: ArrayProgram) -> None:
        self._program = program
        self.block = max(1, min(1024, 200_000 // max(1, program.vectors.count)))
        names = {**_NAMES, "spread": _spread}
        self._step = define(vector_source(program.equations), STEP_FUNCTION, names)
        self._answers = Answers(program.problem)
        self._loss = program.vectors.place("loss").start
        sizes = [program.dimension]
        sizes += [
            value_count(record.state, program.dimension)
            for record in program.equations.records
            if record.state is not None
        ]
        self._ends = np.cumsum(sizes)[:-1]
        self._is_vector = [vector for _, vector in program.equations.inputs]

    def __call__(
        self, count: int, done: int, inputs: Array, values: Array, noise: Array, out: Array
    ) -> int:
        """See :class:`~optlab.core.run.kernels.BlockKernel`."""
        size = self._program.dimension
        parts = zip(np.split(inputs.copy(), self._ends), self._is_vector, strict=True)
        state = tuple(part if vector else float(part[0]) for part, vector in parts)
        numbers = tuple(values.tolist())
        with np.errstate(all="ignore"):
            for i in range(count):
                random = np.split(noise[i], 2) if self._program.noise else ()
                taken = self._step(
                    float(done + i + 1), state, numbers, random, self._answers, self._stepped, size
                )
                if taken is None:
                    return i
                records, state = taken
                out[i] = np.concatenate([np.ravel(record) for record in records])
                inside = bool((np.abs(state[0]) <= FARTHEST).all())
                if not (inside and math.isfinite(out[i, self._loss])):
                    return i + 1
        return count

    def _stepped(
        self,
        t: float,
        g: Array,
        eta: float,
        inputs: tuple[Array, ...],
        parameters: tuple[float, ...],
        l2: float,
    ) -> tuple[Array | float, ...]:
        """What a stepper makes of a step: the new weights, memory and records, in order."""
        part = self._program.stepper
        assert part is not None
        problem, (w, *memory) = self._program.problem, inputs

        def loss(point: Array) -> float:
            value = problem.loss(point)
            return value + l2 * total(point * point, len(point)) / 2 if part.l2 else value

        def hessian(point: Array) -> Array:
            matrix = problem.hessian(point)
            return matrix + l2 * np.eye(len(point)) if part.l2 else matrix

        context = StepContext(
            t=int(t),
            eta=eta,
            w=w,
            g=g,
            parameters=dict(zip(part.parameters, parameters, strict=True)),
            options=dict(part.options),
            loss=loss,
            hessian=hessian,
        )
        step = STEPPERS[part.key].step(context, self._memory(part, memory))
        found = {"w": step.w, **step.memory, **step.records}
        results = []
        for record in stepped_records(self._program.equations):
            value = found[record.name]
            results.append(np.ravel(value) if record.vector else float(value))
        return tuple(results)

    def _memory(self, part: StepperCall, given: list[Array]) -> dict[str, Array]:
        size = self._program.dimension
        memory = {}
        for variable, values in zip(part.memory, given, strict=True):
            matrix = variable.rows is not None
            memory[variable.name] = values.reshape(-1, size) if matrix else np.atleast_1d(values)
        return memory


class CompiledArrayKernel:
    """The loop of :mod:`optlab.core.run.array_source` as machine code, compiled once for any
    number of weights and any problem."""

    def __init__(self, program: ArrayProgram, store: KernelStore) -> None:
        equations = program.equations
        self._program = program
        self._function = store.function(array_source(equations), KERNEL, ARRAY_ARGUMENTS)
        self._work = np.empty(max(1, work_vectors(equations) * program.dimension))
        self._tables = np.empty(max(1, len(equations.powers)) * STRIDE)
        self._calls = ProblemCalls(program.problem, equations.questions, store)
        self.block = max(1, min(200_000, 4_000_000 // max(1, program.vectors.count)))

    def __call__(
        self, count: int, done: int, inputs: Array, values: Array, noise: Array, out: Array
    ) -> int:
        """See :class:`~optlab.core.run.kernels.BlockKernel`."""
        pointer = self._calls.pointer
        fixed = (self._program.dimension, pointer.address, self._calls.context, int(pointer.joint))
        arrays = (inputs, values, noise, out, self._work, self._tables)
        taken = self._function(count, float(done), *fixed, *arrays)
        self._calls.check()
        return taken
