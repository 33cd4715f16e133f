"""Running many cells with the compiled kernel: arrays in, the end of each run out."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from optlab.core.formula.compiled import Array
from optlab.core.gradient import NOISE_CHUNK, noise_block
from optlab.core.maps.cells import Cells, Ends
from optlab.core.maps.code import ARGUMENTS, CELLS, CONVERGED, GOING, LANES, MOST_STEPS, CellCode
from optlab.core.maps.grids import Indices
from optlab.core.maps.measures import Record
from optlab.core.maps.python_cells import PythonCells
from optlab.core.native import (
    LARGEST_DIVIDEND,
    LEAST_DIVIDEND,
    KernelStore,
    NativeFunction,
    has_quotients,
)
from optlab.core.run import has_scalar_code, program_of
from optlab.core.run.kernels import NO_STORE
from optlab.core.run.outcome import (
    FARTHEST,
    OUTCOMES,
    broken_kinds,
    growth_steps,
    may_still_grow,
    still_grows,
)
from optlab.core.run.program import StepProgram

TILE = 8192
"""Runs that go through their steps together; their numbers stay in a core's cache."""
_FEWEST_STEPS, _SHARE = 16, 8
"""Where runs may arrive: steps of a call at least, and their share of those done."""
_LONG_CALL, _SHORT_CALL, _FIRST_CALL = 0.02, 0.005, 65_536
"""Seconds between two questions whether to stop, and the first call's steps of single runs."""
_DISTRUST = 4
"""Calls without quotients after most of them had to be done again."""
_UNKNOWN, _LEAST = 2**64 - 1, int(np.float64(LEAST_DIVIDEND).view(np.uint64)) - 1
_CLOSED_UP = 0.8
"""The share of runs still going below which they close up."""


class _Room:
    """Arrays that a thread works in: for runs before and after they close up, or before some
    steps; and for the table.  Made once, because fresh memory costs more than the work in it."""

    def __init__(self, rows: int, table_size: int) -> None:
        self._shape = (TILE // LANES, rows, LANES)
        self._runs, self._other = (_aligned(math.prod(self._shape)) for _ in range(2))
        self.table = _aligned(table_size)

    def blocks(self, count: int) -> Array:
        """So many blocks, with any numbers; what was handed out before is :meth:`other` now."""
        self._runs, self._other = self._other, self._runs
        return self._runs.reshape(self._shape)[:count]

    def other(self, count: int) -> Array:
        """So many blocks that are not those in use."""
        return self._other.reshape(self._shape)[:count]


class CompiledCells:
    """What all tiles of a map share: the compiled kernel and the numbers that it reads.

    ``target`` is the loss that counts as reached, ``records`` is what runs keep for measures.
    Loads the kernel from the store or compiles it.  Several threads may fill cells at once.
    """

    def __init__(
        self,
        cells: Cells,
        target: float = -math.inf,
        store: KernelStore = NO_STORE,
        records: Sequence[Record] = (),
    ) -> None:
        spec = cells.spec
        self._cells, self._target = cells, target
        program = program_of(spec)
        assert isinstance(program, StepProgram)
        self._program = program
        self._varying = tuple(sorted(set(cells.varying) & set(program.values)))
        self._code = code = CellCode(program, self._varying, tuple(records))
        self._store, self._inexact = store, code.has_quotients and has_quotients()
        self._function = _function(code if self._inexact else replace(code, exact=True), store)
        self._rows = {name: row // LANES for name, row in code.rows.items()}
        given = spec.values()
        self._values = np.array([given[name] for name in program.values] or [0.0])
        self._near = largest_square(given["c_tolerance"])
        self._work = _FIRST_CALL
        self._own = threading.local()

    def fill(self, chosen: Indices, ends: Ends, stop: Callable[[], bool] | None = None) -> bool:
        """Runs the chosen cells to their end, and writes that to ``ends``.

        Asks ``stop`` now and then; whether the runs came to their end.  All but some
        microseconds in a hundred are spent without Python's lock.
        """
        return all(
            self._fill(chosen[first : first + TILE], ends, stop)
            for first in range(0, len(chosen), TILE)
        )

    def _fill(self, chosen: Indices, ends: Ends, stop: Callable[[], bool] | None) -> bool:
        room: _Room | None = getattr(self._own, "room", None)
        if room is None:
            room = self._own.room = _Room(len(self._rows), self._code.table_size)
        runs, index = self._begin(chosen, room)
        going = self._rows["going"]
        steps, done, doubted = self._cells.spec.steps, 0, 0
        while done < steps and len(runs):
            if stop is not None and stop():
                return False
            count = self._count(done, runs.shape[0] * LANES)
            began = time.perf_counter()
            doubted = self._advance(runs, room, done, count, doubted)
            self._pace(time.perf_counter() - began)
            done += count
            live = runs[:, going] == GOING
            if np.count_nonzero(live) < _CLOSED_UP * live.size:
                runs, index = self._close_up(runs, index, live, ends, room)
        self._write(runs, index, index >= 0, ends)
        finished = ends.outcome[chosen] == OUTCOMES.index("finished")
        high = chosen[finished & may_still_grow(ends.loss[chosen])]
        return not high.size or self._judge_growth(high, ends, room, stop)

    def _judge_growth(
        self, chosen: Indices, ends: Ends, room: _Room, stop: Callable[[], bool] | None
    ) -> bool:
        """Runs cells once more that took all their steps and ended high, to look at the losses on
        their way: those that still grow have diverged.  Whether it came to an end."""
        runs, _ = self._begin(chosen, room)
        loss, done, doubted, losses = self._rows["loss"], 0, 0, []
        start = runs[:, loss].flatten()[: len(chosen)]
        for step in growth_steps(self._cells.spec.steps):
            while done < step:
                if stop is not None and stop():
                    return False
                count = min(self._count(done, runs.shape[0] * LANES), step - done)
                doubted = self._advance(runs, room, done, count, doubted)
                done += count
            self._call(self._function, runs, self._values, 1, 0)
            losses.append(runs[:, loss].flatten()[: len(chosen)])
        ends.outcome[chosen[still_grows(start, losses)]] = OUTCOMES.index("diverged")
        return True

    def _begin(self, chosen: Indices, room: _Room) -> tuple[Array, npt.NDArray[np.intp]]:
        """The blocks of the chosen cells before their first step, and the cell of each lane (-1
        for none)."""
        cells, rows = self._cells, self._rows
        blocks = -(-len(chosen) // LANES)
        index = np.full(blocks * LANES, -1)
        index[: len(chosen)] = chosen
        filled = np.concatenate((chosen, np.repeat(chosen[-1:], len(index) - len(chosen))))
        runs = room.blocks(blocks)
        starts = cells.starts.take(filled, axis=0)
        for name, column in zip(self._program.inputs, starts.T, strict=False):
            runs[:, rows[name]] = column.reshape(blocks, LANES)
        for name in self._varying:
            runs[:, rows[name]] = cells.varying[name].take(filled).reshape(blocks, LANES)
        self._call(self._function, runs, self._values, 0, 0)
        loss = runs[:, rows["loss"]].ravel()
        for record in self._code.records:
            runs[:, rows[record.name]] = record.begin(loss, self._target).reshape(blocks, LANES)
        runs[:, rows["steps"]] = 0.0
        going = np.where(index >= 0, GOING, 0.0)
        if not (np.isfinite(loss).all() and np.abs(starts).max() <= FARTHEST):
            going[broken_kinds(np.zeros(len(loss)), starts, loss) >= 0] = 0.0
        runs[:, rows["going"]] = going.reshape(blocks, LANES)
        return runs, index

    def _count(self, done: int, lanes: int) -> int:
        """How many steps the next call takes: no longer than somebody wants to wait, and few at
        first where runs may arrive, because the lanes of those that have are idle."""
        count = max(1, min(MOST_STEPS, self._work // lanes, self._cells.spec.steps - done))
        if self._program.noise:
            count = min(count, NOISE_CHUNK - done % NOISE_CHUNK)
        if self._program.watches_gradient:
            count = min(count, max(_FEWEST_STEPS, done // _SHARE))
        return count

    def _pace(self, lasted: float) -> None:
        if lasted > _LONG_CALL:
            self._work = max(LANES, self._work // 2)
        elif lasted < _SHORT_CALL:
            self._work = min(2 * self._work, TILE * MOST_STEPS)

    def _advance(self, runs: Array, room: _Room, done: int, count: int, doubted: int) -> int:
        """Takes some steps; blocks with quotients that may be wrong once more by division.

        ``doubted`` says for how many calls it was not worth to try quotients; returns the same
        for the next call.
        """
        if not self._inexact:
            self._call(self._function, runs, room.table, done, count)
            return 0
        if doubted:
            self._call(self._exact, runs, room.table, done, count)
            return doubted - 1
        before = room.other(len(runs))
        before[:] = runs
        least, most = runs[:, self._rows["least"]], runs[:, self._rows["most"]]
        least.view(np.uint64).fill(_UNKNOWN)
        most.fill(0.0)
        doubts = self._call(self._function, runs, room.table, done, count)
        outside = (least.view(np.uint64) < _LEAST) | (most > LARGEST_DIVIDEND)
        wrong: npt.NDArray[np.bool_] = np.asarray(outside.any(axis=1))
        if doubts:
            wrong[:] = True
        if not wrong.any():
            return 0
        again = before[wrong]
        self._call(self._exact, again, room.table, done, count)
        runs[wrong] = again
        return _DISTRUST if np.count_nonzero(wrong) > len(wrong) / 2 else 0

    @property
    def _exact(self) -> NativeFunction:
        """The kernel for numbers beyond the range of quotients, made when it is first needed."""
        return _function(replace(self._code, exact=True), self._store)

    def _call(
        self, function: NativeFunction, runs: Array, table: Array, done: int, count: int
    ) -> int:
        noise = self._values
        if self._program.noise and count:
            chunk, first = divmod(done, NOISE_CHUNK)
            noise = _noise(self._cells.spec.seed, chunk, self._program.dimension)
            noise = noise[first : first + count]
        counts = (len(runs), done, count, self._target, self._near)
        return function(*counts, self._values, noise, runs.reshape(-1), table)

    def _close_up(
        self,
        runs: Array,
        index: Indices,
        live: npt.NDArray[np.bool_],
        ends: Ends,
        room: _Room,
    ) -> tuple[Array, Indices]:
        """Writes the ends of the runs that have ended; the others without them, in new blocks."""
        flat = live.ravel()
        self._write(runs, index, ~flat & (index >= 0), ends)
        blocks, lanes = np.nonzero(live)
        count = -(-len(blocks) // LANES)
        closed = room.blocks(count)
        left = np.full(count * LANES, -1)
        left[: len(blocks)] = index[flat]
        padding = count * LANES - len(blocks)
        blocks, lanes = (np.append(a, np.repeat(a[-1:], padding)) for a in (blocks, lanes))
        for row in range(len(self._rows)):
            closed[:, row] = runs[blocks, row, lanes].reshape(count, LANES)
        if padding:
            closed[-1, self._rows["going"], LANES - padding :] = 0.0
        return closed, left

    def _write(
        self, runs: Array, index: Indices, chosen: npt.NDArray[np.bool_], ends: Ends
    ) -> None:
        """Writes how the chosen lanes ended to the places of their cells."""
        lanes = np.flatnonzero(chosen)
        if not lanes.size:
            return
        self._call(self._function, runs, self._values, 1, 0)

        def row(name: str) -> Array:
            values = runs[:, self._rows[name]].ravel()
            return values if lanes.size == values.size else values.take(lanes)

        names = self._program.inputs[: self._program.dimension]
        weights = np.array([row(name) for name in names]).T
        loss, steps, going = row("loss"), row("steps"), row("going")
        kinds = np.zeros(len(loss), dtype=np.int8)
        kinds[going == CONVERGED] = OUTCOMES.index("converged")
        (broke,) = np.nonzero((going != GOING) & (going != CONVERGED))
        if broke.size:
            steep = going[broke] == 0.0
            kinds[broke] = broken_kinds(steps[broke], weights[broke], loss[broke], steep)
        records = {record.name: row(record.name) for record in self._code.records}
        ends.put(index.take(lanes), Ends(weights, loss, steps, kinds, records))


def run_cells(
    cells: Cells,
    target: float = -math.inf,
    store: KernelStore = NO_STORE,
    records: Sequence[Record] = (),
) -> Ends:
    """Runs all cells to their end. The first call for a kind of run compiles it."""
    count, size = cells.starts.shape
    ends = Ends.unknown(count, size, [record.name for record in records])
    chosen = np.arange(count)
    if not has_scalar_code(cells.spec):
        ends.put(chosen, PythonCells(cells, target, records).ends(chosen))
    else:
        CompiledCells(cells, target, store, records).fill(chosen, ends)
    return ends


def largest_square(tolerance: float) -> float:
    """The largest number whose square root, rounded, is not above the tolerance; -1 for none."""
    if tolerance < 0:
        return -1.0
    square = tolerance * tolerance
    while math.sqrt(square) > tolerance:
        square = math.nextafter(square, 0.0)
    while math.sqrt(math.nextafter(square, math.inf)) <= tolerance:
        square = math.nextafter(square, math.inf)
    return square


@lru_cache(maxsize=16)
def _noise(seed: int, chunk: int, dimension: int) -> Array:
    """The random numbers of a chunk of steps, for all tiles."""
    return noise_block(seed, chunk * NOISE_CHUNK, NOISE_CHUNK, dimension)


@lru_cache(maxsize=64)
def _function(code: CellCode, store: KernelStore) -> NativeFunction:
    return store.function(code.source(), CELLS, ARGUMENTS)


def _aligned(count: int) -> Array:
    """An array that begins where a line of the cache does."""
    space = np.empty(count + 8)
    first = -space.ctypes.data % 64 // 8
    return space[first : first + count]
