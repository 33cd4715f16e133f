"""Kernels that take steps over whole vectors: with NumPy at once, with Numba for long runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.formula.dialects.numpy_dialect import ARRAY_NAMES, as_components, total
from optlab.core.formula.emit import Array, define
from optlab.core.formula.nodes import symbols
from optlab.core.formula.operations import STRIDE, step_power
from optlab.core.native import KernelStore
from optlab.core.problems import Problem
from optlab.core.rules.steppers import STEPPERS, StepContext
from optlab.core.run.columns import Columns, value_count
from optlab.core.run.equations import STEP, Assign, StepEquations, StepperCall, Total
from optlab.core.run.kernels.array_program import (
    STEP_FUNCTION,
    ArrayProgram,
    stepped_records,
    vector_source,
)
from optlab.core.run.kernels.array_source import ARRAY_ARGUMENTS, array_source, work_vectors
from optlab.core.run.kernels.problem_calls import ProblemCalls
from optlab.core.run.kernels.scalar_source import KERNEL
from optlab.core.run.outcome import FARTHEST
from optlab.core.run.sampling import NO_FEED, StepFeed

_NAMES: Mapping[str, Any] = {**ARRAY_NAMES, "step_power": step_power}


def _spread(value: Any, size: int) -> Array:
    return value if isinstance(value, np.ndarray) else as_components(value, size)


class Answers:
    """What a problem answers in a run, at vectors of shape (n,), on ``rows`` of its data; a loss
    and a gradient at the same point are computed together where the problem computes both."""

    def __init__(self, problem: Problem, rows: Indices | None = None) -> None:
        self._problem = problem
        self._rows = rows
        self._point: Array | None = None
        self._both: tuple[float, Array] = (math.nan, np.empty(0))

    def take(self, rows: Indices | None) -> None:
        """Answers from now on for these rows, None for all."""
        self._rows, self._point = rows, None

    def loss(self, point: Array) -> float:
        """E(point)"""
        if self._problem.is_joint:
            return self._joint(point)[0]
        return self._problem.loss(point, self._rows)

    def gradient(self, point: Array) -> Array:
        """∇E(point)"""
        if self._problem.is_joint:
            return self._joint(point)[1]
        return np.array(self._problem.gradient(point))

    def curvature(self, point: Array) -> Array:
        """The diagonal of the Hessian at a point."""
        return self._problem.hessian_diagonal(point, self._rows)

    def hessian(self, point: Array) -> Array:
        """The Hessian at a point."""
        return self._problem.hessian(point, self._rows)

    def hessian_product(self, point: Array, along: Array) -> Array:
        """The Hessian at a point times a vector."""
        return self._problem.hessian_product(point, along, self._rows)

    def _joint(self, point: Array) -> tuple[float, Array]:
        if self._point is None or not np.array_equal(self._point, point):
            self._both = self._problem.loss_and_gradient(point, self._rows)
            self._point = point.copy()
        return self._both


class VectorKernel:
    """Takes steps as :class:`~optlab.core.run.kernels.block_kernel.BlockKernel` says, with NumPy.

    It is also what runs the rules whose steps are Python functions.
    """

    store: KernelStore | None = None

    def __init__(self, program: ArrayProgram) -> None:
        self._program = program
        self.block = max(1, min(1024, 200_000 // max(1, program.vectors.count)))
        names = {**_NAMES, "spread": _spread}
        self._step = define(vector_source(program.equations), STEP_FUNCTION, names)
        self._delayed = "delay" in program.equations.features
        self._loss = program.vectors.place(program.equations.watched).start
        sizes = [program.dimension]
        sizes += [
            value_count(record.state, program.dimension)
            for record in program.equations.records
            if record.state is not None
        ]
        self._ends = np.cumsum(sizes)[:-1]
        self._is_vector = [vector for _, vector in program.equations.inputs]
        self._settles = program.stepper is not None and _is_the_same_in_all_steps(program.equations)

    def __call__(
        self,
        count: int,
        done: int,
        inputs: Array,
        values: Array,
        noise: Array,
        out: Array,
        feed: StepFeed = NO_FEED,
        layout: Columns | None = None,
    ) -> int:
        """See :class:`~optlab.core.run.kernels.block_kernel.BlockKernel`."""
        program, size = self._program, self._program.dimension
        places = program.vectors.places_in(layout or program.vectors)
        answers = Answers(program.problem)
        parts = zip(np.split(inputs.copy(), self._ends), self._is_vector, strict=True)
        state = tuple(part if vector else float(part[0]) for part, vector in parts)
        numbers = tuple(values.tolist())
        with np.errstate(all="ignore"):
            kinds, depth = program.equations.random, len(feed.past) - 1 - count
            for i in range(count):
                random = np.split(noise[i], kinds) if kinds else ()
                if feed.rows is not None:
                    answers.take(feed.rows.rows(done + i + 1))
                stale = feed.past[depth + i - feed.ages[i]] if self._delayed else None
                given = (random, answers, partial(self._stepped, answers), size, stale)
                taken = self._step(float(done + i + 1), state, numbers, *given)
                if taken is None:
                    return i
                before, (records, state) = state, taken
                if self._delayed:
                    feed.past[depth + i + 1] = state[0]
                row = np.concatenate([_flat(record) for record in records])
                out[i, places] = row
                inside = bool((np.abs(state[0]) <= FARTHEST).all())
                if not (inside and math.isfinite(row[self._loss])):
                    return i + 1
                settled = self._settles and i and done + i >= _FIRST and _same(before, state)
                if settled and np.array_equal(row, out[i - 1, places], equal_nan=True):
                    out[i + 1 : count, places] = row  # every further step is this one again
                    return count
        return count

    def _stepped(
        self,
        answers: Answers,
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
        w, *memory = inputs

        def loss(point: Array) -> float:
            value = answers.loss(point)
            return value + l2 * total(point * point, len(point)) / 2 if part.l2 else value

        def hessian(point: Array) -> Array:
            matrix = answers.hessian(point)
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


_FIRST = 4
"""A step after which steppers do what the weights and their memory decide alone."""


def _same(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether weights and memory are the same numbers."""
    if before[0].tobytes() != after[0].tobytes():
        return False
    return all(map(np.array_equal, before[1:], after[1:]))


def _flat(record: Any) -> Array:
    """A record as a vector: many times faster than ``np.ravel`` where it is one."""
    if isinstance(record, np.ndarray) and record.ndim == 1:
        return record
    return np.ravel(record)


def _is_the_same_in_all_steps(equations: StepEquations) -> bool:
    """Whether neither a schedule, random numbers nor batches tell one step from the next."""
    trees = [one.tree for one in equations.statements if isinstance(one, Assign | Total)]
    fixed = not (equations.random or equations.features or equations.powers)
    return fixed and STEP.name not in symbols(*trees)


class CompiledArrayKernel:
    """The loop of ``array_source.py`` as machine code, compiled once for any
    number of weights and any problem. Several threads may call it."""

    def __init__(self, program: ArrayProgram, store: KernelStore) -> None:
        equations = program.equations
        self._program = program
        self.store: KernelStore | None = store
        self._function = store.function(array_source(equations), KERNEL, ARRAY_ARGUMENTS)
        self._rooms = [self._room()]
        self.block = max(1, min(200_000, 4_000_000 // max(1, program.vectors.count)))

    def _room(self) -> _Room:
        program, store = self._program, self.store
        equations = program.equations
        assert store is not None
        return (
            ProblemCalls(program.problem, equations.questions, store),
            np.empty(max(1, work_vectors(equations) * program.dimension)),
            np.empty(max(1, len(equations.powers)) * STRIDE),
        )

    def __call__(
        self,
        count: int,
        done: int,
        inputs: Array,
        values: Array,
        noise: Array,
        out: Array,
        feed: StepFeed = NO_FEED,
        layout: Columns | None = None,
    ) -> int:
        """See :class:`~optlab.core.run.kernels.block_kernel.BlockKernel`."""
        vectors, depth = self._program.vectors, max(0, len(feed.past) - 1 - count)
        layout = layout or vectors
        places = np.array([layout.place(name).start for name in vectors], dtype=np.int64)
        try:
            room = self._rooms.pop()
        except IndexError:  # other threads have them all
            room = self._room()
        calls, work, tables = room
        pointer, past = calls.pointer, feed.past.reshape(-1)
        calls.take(feed.rows)
        where = (pointer.address, calls.context, int(pointer.joint))
        fixed = (self._program.dimension, *where, depth, layout.count)
        arrays = (inputs, values, noise, out, work, tables, past, feed.ages, places)
        try:
            taken = self._function(count, float(done), *fixed, *arrays)
            calls.check()
        finally:
            self._rooms.append(room)
        return taken


_Room = tuple[ProblemCalls, Array, Array]
"""What one call works with and no other meanwhile."""
