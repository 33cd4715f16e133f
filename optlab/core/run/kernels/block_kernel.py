"""Kernels: functions that take a block of steps.  All tiers give the same numbers.

Plain Python is there at once.  Numba compiles the same source for long runs and maps; a store
keeps what it compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Protocol

import numpy as np

from optlab.core.formula.emit import PLAIN, PLAIN_NAMES, TOTAL, TOTAL_NAMES, Array, define
from optlab.core.formula.operations import STRIDE
from optlab.core.native import NO_STORE, Argument, KernelStore
from optlab.core.run.columns import Columns
from optlab.core.run.kernels.array_kernel import CompiledArrayKernel, VectorKernel
from optlab.core.run.kernels.array_program import ArrayProgram
from optlab.core.run.kernels.scalar_program import StepProgram
from optlab.core.run.kernels.scalar_source import KERNEL, compiled_source, plain_source
from optlab.core.run.sampling import NO_FEED, StepFeed

Program = StepProgram | ArrayProgram
"""A step, as scalars or as vectors."""


class BlockKernel(Protocol):
    """Takes up to ``count`` steps after step ``done`` and writes a row for each into ``out``.

    ``inputs``: weights and memory, float64; ``values``: the numbers of the run; ``noise``:
    shape (count, random numbers a step); ``out``: at least ``count`` C-contiguous rows with the
    columns of ``layout``, by default those of the program; the others are left as they are;
    ``feed``: batches and older weights.  Returns the steps taken: fewer than ``count`` where a
    number left its range (that row is written) or the gradient was small enough.  ``block`` is how
    many steps a call should take; ``store`` keeps machine code that goes with it, None for a kernel
    without any.  Several threads may call a kernel.
    """

    block: int

    @property
    def store(self) -> KernelStore | None: ...

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
    ) -> int: ...


class PlainKernel:
    """Generated Python on floats; where Python would raise, the step is redone with total
    functions that answer inf and nan."""

    block = 4096
    store: KernelStore | None = None

    def __init__(self, program: StepProgram) -> None:
        self._program = program
        self._fast = define(plain_source(program, PLAIN), KERNEL, PLAIN_NAMES)
        self._total: Callable[..., int] | None = None
        holders = [holder for _, holder in program.columns]
        self._inputs_in_row = [holders.index(name) for name in program.carry]

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
        """See :class:`BlockKernel`; scalar code needs no feed."""
        rows: list[tuple[float, ...]] = []
        numbers, random = values.tolist(), noise.tolist()
        start = inputs.tolist()
        try:
            taken: int = self._fast(count, float(done), *start, numbers, random, rows.append)
        except (ArithmeticError, ValueError):
            taken = len(rows)
            if rows:
                start = [rows[-1][index] for index in self._inputs_in_row]
            taken += self.total(
                count - taken, float(done + taken), *start, numbers, random[taken:], rows.append
            )
        if taken:
            width = len(self._program.columns)
            flat = np.fromiter(chain.from_iterable(rows), np.float64, taken * width)
            places = self._program.vectors.places_in(layout or self._program.vectors)
            out[:taken, places] = flat.reshape(taken, width)
        return taken

    @property
    def total(self) -> Callable[..., int]:
        """The slower twin that never raises, made when it is first needed."""
        if self._total is None:
            self._total = define(plain_source(self._program, TOTAL), KERNEL, TOTAL_NAMES)
        return self._total


class CompiledKernel:
    """The same source as machine code: some twenty times faster, after a compilation."""

    block = 200_000

    def __init__(self, program: StepProgram, store: KernelStore) -> None:
        self.store: KernelStore | None = store
        self._program = program
        self._function = store.function(compiled_source(program), KERNEL, COMPILED_ARGUMENTS)
        self._tables = max(1, len(program.series)) * STRIDE

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
        """See :class:`BlockKernel`; scalar code needs no feed."""
        tables, own = np.empty(self._tables), self._program.vectors
        places = own.places_in(layout or own)
        rows = out if isinstance(places, slice) else np.empty((count, own.count))
        taken = self._function(count, float(done), inputs, values, noise, rows, tables)
        if rows is not out:
            out[:taken, places] = rows[:taken]
        return taken


_ARRAYS: tuple[Argument, ...] = ("numbers", "numbers", "numbers", "numbers", "numbers")
COMPILED_ARGUMENTS: tuple[Argument, ...] = ("integer", "number", *_ARRAYS)


@lru_cache(maxsize=512)
def plain_kernel(program: Program) -> BlockKernel:
    """The kernel of a program that is there at once, made once."""
    return VectorKernel(program) if isinstance(program, ArrayProgram) else PlainKernel(program)


@lru_cache(maxsize=128)
def compiled_kernel(program: Program, store: KernelStore = NO_STORE) -> BlockKernel:
    """The compiled kernel of a program: from the store, or compiled now (0.3 to 1 s).

    A stepper is Python with every kernel.
    """
    if isinstance(program, ArrayProgram):
        return VectorKernel(program) if program.stepper else CompiledArrayKernel(program, store)
    return CompiledKernel(program, store)
