"""Running many cells with the compiled kernel: arrays in, the end of each run out."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import Array
from optlab.core.gradient_transforms import NOISE_CHUNK, noise_block
from optlab.core.maps.cell_source import (
    ARGUMENTS,
    CELLS,
    CONVERGED,
    GOING,
    LANES,
    MOST_STEPS,
    CellCode,
)
from optlab.core.maps.cells import CellResults, Cells, Indices
from optlab.core.maps.map_measures import StepRecord
from optlab.core.maps.python_cells import PythonCells
from optlab.core.native import (
    LARGEST_DIVIDEND,
    LEAST_DIVIDEND,
    NO_STORE,
    KernelStore,
    NativeFunction,
    has_quotients,
)
from optlab.core.run import RunSpec, has_scalar_code, program_of
from optlab.core.run.kernels.scalar_program import StepProgram
from optlab.core.run.outcome import (
    FARTHEST,
    OUTCOMES,
    broken_kinds,
    growth_steps,
    may_still_grow,
    still_grows,
)

TILE = 8192
"""Runs that go through their steps together; their numbers stay in a core's cache."""
_FEWEST_STEPS, _SHARE = 16, 8
"""Where runs may arrive: steps of a call at least, and their share of those done."""
_LONG_CALL, _SHORT_CALL, _FIRST_CALL = 0.02, 0.005, 65_536
"""Seconds between two questions whether to stop, and the first call's steps of single runs."""
_UNKNOWN, _LEAST = 2**64 - 1, int(np.float64(LEAST_DIVIDEND).view(np.uint64)) - 1
_CLOSED_UP = 0.8
"""The share of runs still going below which they close up."""


class _Room:
    """Arrays that a thread works in: for runs before and after they close up, and for the table.
    Made once, because fresh memory costs more than the work in it."""

    def __init__(self, rows: int, table_size: int) -> None:
        self._shape = (TILE // LANES, rows, LANES)
        self._runs, self._other = (_aligned(math.prod(self._shape)) for _ in range(2))
        self.table = _aligned(table_size)

    def blocks(self, count: int) -> Array:
        """So many blocks, with any numbers; what was handed out before is left alone."""
        self._runs, self._other = self._other, self._runs
        return self._runs.reshape(self._shape)[:count]


@dataclass
class _Tile:
    """Runs that take their steps together: their blocks, and the cell of each lane, -1 for none.

    ``high``: cells that took all their steps and ended so high that they may still grow;
    ``doubtful``: cells with quotients that may be wrong.
    """

    runs: Array
    index: Indices
    high: list[Indices] = field(default_factory=list)
    doubtful: list[Indices] = field(default_factory=list)


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
        records: Sequence[StepRecord] = (),
    ) -> None:
        spec = cells.spec
        self._cells, self._target = cells, target
        program = program_of(spec)
        assert isinstance(program, StepProgram)
        self._program = program
        self._varying = tuple(sorted(set(cells.varying) & set(program.values)))
        self._code = code = CellCode(program, self._varying, tuple(records))
        self._store, self._inexact = store, code.has_quotients and has_quotients()
        self._function = _function(replace(code, exact=not self._inexact), store)
        self._rows = {name: row // LANES for name, row in code.rows.items()}
        given = spec.values()
        self._values = np.array([given[name] for name in program.values] or [0.0])
        self._near = largest_square(given["c_tolerance"])
        self._work = _FIRST_CALL
        self._own = threading.local()

    def fill(
        self, chosen: Indices, ends: CellResults, stop: Callable[[], bool] | None = None
    ) -> bool:
        """Runs the chosen cells to their end, and writes that to ``ends``.

        Asks ``stop`` now and then; whether the runs came to their end.  All but some
        microseconds in a hundred are spent without Python's lock.
        """
        room: _Room | None = getattr(self._own, "room", None)
        if room is None:
            room = self._own.room = _Room(len(self._rows), self._code.table_size)
        return all(
            self._fill(chosen[first : first + TILE], ends, room, stop, exact=not self._inexact)
            for first in range(0, len(chosen), TILE)
        )

    def _fill(
        self,
        chosen: Indices,
        ends: CellResults,
        room: _Room,
        stop: Callable[[], bool] | None,
        *,
        exact: bool,
    ) -> bool:
        tile = self._begin(chosen, room, exact)
        steps, done = self._cells.spec.steps, 0
        while done < steps and len(tile.runs):
            if stop is not None and stop():
                return False
            count = self._count(done, len(tile.index))
            began = time.perf_counter()
            self._advance(tile, room, done, count, exact)
            self._pace(time.perf_counter() - began)
            done += count
            live = self._row(tile, "going") == GOING
            if np.count_nonzero(live) < _CLOSED_UP * live.size:
                self._close_up(tile, live, ends, room)
        self._write(tile, tile.index >= 0, ends)
        if tile.high and not self._judge_growth(np.concatenate(tile.high), ends, room, stop):
            return False
        if not tile.doubtful:
            return True
        doubtful = np.concatenate(tile.doubtful)
        # Where most runs need divisions, the other tiles begin with them.
        self._inexact = self._inexact and 2 * len(doubtful) <= len(chosen)
        return self._fill(doubtful, ends, room, stop, exact=True)

    def _judge_growth(
        self, chosen: Indices, ends: CellResults, room: _Room, stop: Callable[[], bool] | None
    ) -> bool:
        """Runs cells once more that took all their steps and ended high, to look at the losses on
        their way: those that still grow have diverged.  Whether it came to an end."""
        tile = self._begin(chosen, room, exact=True)
        done, losses = 0, []
        start = self._row(tile, "loss")[: len(chosen)]
        for step in growth_steps(self._cells.spec.steps):
            while done < step:
                if stop is not None and stop():
                    return False
                count = min(self._count(done, len(tile.index)), step - done)
                self._advance(tile, room, done, count, exact=True)
                done += count
            self._call(tile.runs, self._values, 1, 0)
            losses.append(self._row(tile, "loss")[: len(chosen)])
        ends.outcome[chosen[still_grows(start, losses)]] = OUTCOMES.index("diverged")
        return True

    def _row(self, tile: _Tile, name: str) -> Array:
        """A number of each lane, as an array of its own."""
        return tile.runs[:, self._rows[name]].flatten()

    def _begin(self, chosen: Indices, room: _Room, exact: bool) -> _Tile:
        """The chosen cells before their first step; the last one fills up the last block."""
        cells, rows = self._cells, self._rows
        blocks = -(-len(chosen) // LANES)
        index = chosen.take(np.arange(blocks * LANES), mode="clip")
        starts = cells.starts.take(index, axis=0)
        runs = room.blocks(blocks)
        for name, column in zip(self._program.inputs, starts.T, strict=False):
            runs[:, rows[name]] = column.reshape(blocks, LANES)
        for name in self._varying:
            runs[:, rows[name]] = cells.varying[name].take(index).reshape(blocks, LANES)
        self._call(runs, self._values, 0, 0)
        index[len(chosen) :] = -1
        tile = _Tile(runs, index)
        loss = self._row(tile, "loss")
        for record in self._code.records:
            runs[:, rows[record.name]] = record.begin(loss, self._target).reshape(blocks, LANES)
        runs[:, rows["steps"]] = 0.0
        going = np.where(index >= 0, GOING, 0.0)
        if not (np.isfinite(loss).all() and np.abs(starts).max() <= FARTHEST):
            going[broken_kinds(np.zeros(len(loss)), starts, loss) >= 0] = 0.0
        runs[:, rows["going"]] = going.reshape(blocks, LANES)
        if not exact:
            runs[:, rows["least"]].view(np.uint64).fill(_UNKNOWN)
            runs[:, rows["most"]] = 0.0
        return tile

    def _count(self, done: int, lanes: int) -> int:
        """How many steps the next call takes: short enough to be cancelled, and few at
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

    def _advance(self, tile: _Tile, room: _Room, done: int, count: int, exact: bool) -> None:
        """Takes some steps; runs with quotients that may be wrong leave the tile."""
        doubts = self._call(tile.runs, room.table, done, count, exact)
        if exact:
            return
        least = self._row(tile, "least").view(np.uint64)
        wrong = (least < _LEAST) | (self._row(tile, "most") > LARGEST_DIVIDEND)
        if doubts:
            wrong[:] = True
        if wrong.any():
            tile.doubtful.append(tile.index[wrong & (tile.index >= 0)])
            tile.index[wrong] = -1
            tile.runs[:, self._rows["going"]][wrong.reshape(-1, LANES)] = 0.0
            tile.runs[:, self._rows["least"]].view(np.uint64).fill(_UNKNOWN)
            tile.runs[:, self._rows["most"]] = 0.0

    def _call(self, runs: Array, table: Array, done: int, count: int, exact: bool = False) -> int:
        noise = self._values
        if self._program.noise and count:
            chunk, first = divmod(done, NOISE_CHUNK)
            noise = _noise(self._cells.spec.seed, chunk, self._program.dimension)
            noise = noise[first : first + count]
        counts = (len(runs), done, count, self._target, self._near)
        function = self._exact if exact else self._function
        return function(*counts, self._values, noise, runs.reshape(-1), table)

    @property
    def _exact(self) -> NativeFunction:
        """The kernel without quotients, made when it is first needed."""
        return _function(replace(self._code, exact=True), self._store)

    def _close_up(
        self, tile: _Tile, live: npt.NDArray[np.bool_], ends: CellResults, room: _Room
    ) -> None:
        """Writes the ends of the runs that have ended; the others come into new blocks."""
        self._write(tile, ~live & (tile.index >= 0), ends)
        lanes = np.flatnonzero(live)
        blocks = -(-len(lanes) // LANES)
        filled = lanes.take(np.arange(blocks * LANES), mode="clip") if blocks else lanes
        closed = room.blocks(blocks)
        for row in range(len(self._rows)):
            closed[:, row] = tile.runs[:, row].ravel().take(filled).reshape(blocks, LANES)
        tile.runs, tile.index = closed, tile.index.take(filled)
        tile.index[len(lanes) :] = -1
        if blocks:
            closed[-1, self._rows["going"]][tile.index[-LANES:] < 0] = 0.0

    def _write(self, tile: _Tile, chosen: npt.NDArray[np.bool_], ends: CellResults) -> None:
        """Writes how the chosen lanes ended to the places of their cells."""
        lanes = np.flatnonzero(chosen)
        if not lanes.size:
            return
        self._call(tile.runs, self._values, 1, 0)

        def row(name: str) -> Array:
            values = self._row(tile, name)
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
        index = tile.index.take(lanes)
        high = (going == GOING) & may_still_grow(loss)
        if high.any():
            tile.high.append(index[high])
        records = {record.name: row(record.name) for record in self._code.records}
        ends.put(index, CellResults(weights, loss, steps, kinds, records))


def is_cell(spec: RunSpec) -> bool:
    """Whether a run is one kernel from its first step, without batches or older gradients."""
    whole = spec.then or spec.before or spec.memory
    return not whole and not program_of(spec).features


def cell_kernel(
    cells: Cells,
    target: float = -math.inf,
    store: KernelStore = NO_STORE,
    records: Sequence[StepRecord] = (),
) -> Callable[[Callable[[], bool]], CellResults | None]:
    """What runs all cells to their end, None where it was stopped; compiled where it can be."""
    count, size = cells.starts.shape
    names = [record.name for record in records]
    chosen = np.arange(count)
    if not has_scalar_code(cells.spec):
        plain = PythonCells(cells, target, records, store)

        def one_by_one(stop: Callable[[], bool]) -> CellResults | None:
            found = plain.ends(chosen, stop)
            return found if len(found.loss) == count else None

        return one_by_one
    compiled = CompiledCells(cells, target, store, records)

    def side_by_side(stop: Callable[[], bool]) -> CellResults | None:
        ends = CellResults.unknown(count, size, names)
        return ends if compiled.fill(chosen, ends, stop) else None

    return side_by_side


def run_cells(
    cells: Cells,
    target: float = -math.inf,
    store: KernelStore = NO_STORE,
    records: Sequence[StepRecord] = (),
) -> CellResults:
    """Runs all cells to their end. The first call for a kind of run compiles it."""
    found = cell_kernel(cells, target, store, records)(lambda: False)
    assert found is not None
    return found


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
