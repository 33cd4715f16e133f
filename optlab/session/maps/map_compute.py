"""Compute a map: in passes from coarse to fine, in tiles, on all cores, into one buffer."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optlab.core.maps import (
    RECORDS,
    Axis,
    BasinMap,
    CellResults,
    Cells,
    CompiledCells,
    PythonCells,
    StartPlane,
    StepRecord,
    attractors,
    basin_map,
    refinement_passes,
    window_axes,
)
from optlab.core.maps.cell_source import LANES
from optlab.core.maps.cells import RUN_SEED, Indices
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.problems import MapWindow
from optlab.core.run import RunSpec, has_scalar_code
from optlab.session.jobs import JobControl

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(eq=False)
class MapBuffer:
    """The ends of all cells of a map, filled as they are computed.

    ``shape`` is (rows, columns); ``records`` names what runs keep for measures; ``ends`` holds nan
    where nothing is known yet; ``known`` says where; ``width`` is how many cells wide a computed
    cell may be drawn for now, ``finer`` where the pass under way has been.
    """

    shape: tuple[int, int]
    dimension: int
    records: tuple[str, ...] = ()
    width: int = 1
    finer: int = 1
    ends: CellResults = field(init=False)
    known: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        count = self.shape[0] * self.shape[1]
        self.ends = CellResults.unknown(count, self.dimension, self.records)
        self.known = np.zeros(count, dtype=bool)

    def put(self, chosen: npt.NDArray[np.intp], ends: CellResults) -> None:
        """Writes the ends of some cells."""
        self.ends.put(chosen, ends)
        self.known[chosen] = True

    def begin_pass(self, width: int) -> None:
        """Says that the cells computed from now on stand ``width`` apart."""
        self.finer = width
        if not self.known.any():
            self.width = width

    def end_pass(self) -> None:
        """Says that all cells of the pass are there."""
        self.width = self.finer

    def drawn(
        self, values: npt.NDArray[Scalar], known: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[Scalar]:
        """Values per cell as a picture (rows, columns), each unknown cell like the nearest
        computed one before it.  ``known`` is what counts as computed, by default all that is."""
        known = self.known if known is None else known
        picture = values.reshape(self.shape)
        if known.all():
            return picture
        coarse = self._blocks(picture, self.width)
        seen = self._blocks(known.reshape(self.shape), self.finer)
        mixed: npt.NDArray[Scalar] = np.where(seen, self._blocks(picture, self.finer), coarse)
        return mixed

    def drawn_from(self, row: int, column: int) -> int | None:
        """The index of the computed cell that is seen at a place of the picture."""
        for width in (1, self.finer, self.width):
            index = row // width * width * self.shape[1] + column // width * width
            if self.known[index]:
                return index
        return None

    def _blocks(self, picture: npt.NDArray[Scalar], width: int) -> npt.NDArray[Scalar]:
        if width == 1:
            return picture
        rows, columns = (np.arange(count) // width * width for count in self.shape)
        blocks: npt.NDArray[Scalar] = picture[np.ix_(rows, columns)]
        return blocks


COMPILING = "compiling for the finer picture…"
"""What a person reads meanwhile."""
COMPILED_FROM = 8
"""The width of the cells of the first compiled pass; so fine the Python kernel goes as well."""

_FIRST_CELLS = 4
"""Cells along a side of the first pass, at least."""
_TAKEN = 8
"""Cells between two looks at the clock."""
_EAGER, _SHARE = 0.25, 0.25
"""Seconds of Python at first, and the share of the time after that: the compiler needs Python's
lock as well."""
_SHOWN_FIRST, _SHOWN_EVERY = 0.05, 0.25
"""Seconds without a picture after which a finished pass is worth one, and any cells are."""


class EarlyCells:
    """Fills a buffer with the Python kernel until ``ready`` is set, or to the end without it.

    ``passed`` is called whenever there is something worth showing.
    """

    def __init__(
        self,
        plain: PythonCells,
        buffer: MapBuffer,
        control: JobControl,
        passed: Callable[[], None] | None,
        ready: threading.Event | None,
    ) -> None:
        self._plain, self._buffer, self._control = plain, buffer, control
        self._passed, self._ready = passed, ready
        self._began = self._shown = time.monotonic()
        self._worked = 0.0
        self._news = False

    def fill(self) -> None:
        """Computes from coarse to fine; returns when ``ready`` is set or the work is stopped."""
        if self._ready is not None and self._ready.is_set():
            return
        self._control.words = "" if self._ready is None else COMPILING
        rows, columns = self._buffer.shape
        finest = 1 if self._ready is None else COMPILED_FROM
        passes = refinement_passes(rows, columns, _coarsest(min(rows, columns)))
        for width, indices in passes:
            if width < finest:
                break
            self._buffer.begin_pass(width)
            if not self._take(indices):
                break
            self._buffer.end_pass()
            self._show(_SHOWN_FIRST)
        self._show(0.0)
        while not self._over():
            self._rest()
        self._control.words = ""

    def _over(self) -> bool:
        if self._control.cancelled():
            return True
        if self._ready is None:
            return bool(self._buffer.known.all())
        return self._ready.is_set()

    def _stop(self) -> bool:
        return self._control.cancelled() or (self._ready is not None and self._ready.is_set())

    def _take(self, indices: Indices) -> bool:
        """Computes some cells; whether all of them were reached."""
        for first in range(0, len(indices), _TAKEN):
            chosen = indices[first : first + _TAKEN]
            began = time.monotonic()
            ends = self._plain.ends(chosen, self._stop)
            self._worked += time.monotonic() - began
            count = len(ends.loss)
            self._buffer.put(chosen[:count], ends)
            self._news = self._news or count > 0
            known = self._buffer.known
            self._control.progress(int(np.count_nonzero(known)), known.size)
            if count < len(chosen):
                return False
            self._show(_SHOWN_EVERY)
            while self._greedy() and not self._stop():
                self._rest()
                self._show(_SHOWN_EVERY)
        return True

    def _greedy(self) -> bool:
        """Whether the compiler should be left alone for now."""
        if self._ready is None:
            return False
        return self._worked > _EAGER + _SHARE * (time.monotonic() - self._began)

    def _rest(self) -> None:
        if self._ready is not None:
            self._ready.wait(0.05)

    def _show(self, after: float) -> None:
        """Shows what is new where nothing was shown for some seconds."""
        if self._passed and self._news and time.monotonic() - self._shown >= after:
            self._passed()
            self._news = False
            self._shown = time.monotonic()


def _coarsest(cells: int) -> int:
    """The width of the cells of the first pass, a power of two."""
    width = COMPILED_FROM
    while width * 2 * _FIRST_CELLS <= cells:
        width *= 2
    return width


_POINT_STEPS = 20_000_000
"""How many steps of single runs a tile takes together: some hundredths of a second."""
_MOST_CELLS = 16_384
"""How many cells a tile has at most, so that all cores have work to the end of a pass."""
_LONG = 1_000_000
"""Steps of single runs in a pass whose last tiles are worth not to be waited for."""
_BLINK = 0.08
"""Seconds that passes may take together to be done as one, too short to be seen apart."""


def fill_map(
    cells: Cells,
    buffer: MapBuffer,
    target: float = -math.inf,
    control: JobControl | None = None,
    store: KernelStore = NO_STORE,
    passed: Callable[[], None] | None = None,
    records: Sequence[StepRecord] = (),
    ready: threading.Event | None = None,
) -> bool:
    """Computes all cells into ``buffer``; whether all of them were reached.

    ``records`` is what runs keep for measures; the buffer has room for it.

    Between tiles the work reports its progress and asks whether to stop.  ``passed`` is called
    after each pass but the last, and now and then within one, for the view.
    ``ready`` is set once another thread has made the kernel; until then plain Python begins.
    Without it the kernel is made here first.
    """
    control = control or JobControl()
    in_python = not has_scalar_code(cells.spec) or RUN_SEED in cells.varying
    if in_python or ready is not None:
        plain = PythonCells(cells, target, records, store if in_python else None)
        EarlyCells(plain, buffer, control, passed, None if in_python else ready).fill()
    if not in_python and not control.cancelled():
        compiled = CompiledCells(cells, target, store, records)
        _fill_compiled(compiled, cells, buffer, control, passed)
    return bool(buffer.known.all())


def _fill_compiled(
    compiled: CompiledCells,
    cells: Cells,
    buffer: MapBuffer,
    control: JobControl,
    passed: Callable[[], None] | None,
) -> None:
    total, done = len(cells.starts), int(np.count_nonzero(buffer.known))
    tile = min(max(LANES, _POINT_STEPS // max(1, cells.spec.steps)), _MOST_CELLS)

    def work(chosen: Indices) -> int:
        if control.cancelled() or not compiled.fill(chosen, buffer.ends, control.cancelled):
            return 0
        buffer.known[chosen] = True
        return len(chosen)

    cores = max(1, os.cpu_count() or 1)
    with ThreadPoolExecutor(cores) as pool:
        try:
            shown = time.monotonic()
            passes = [
                (width, indices[~buffer.known[indices]])
                for width, indices in refinement_passes(*buffer.shape)
            ]
            began, before = shown, done
            ahead: Iterator[int] | None = None
            first = True
            while passes:
                (width, indices), *passes = passes
                buffer.begin_pass(width)
                running = ahead or pool.map(work, _pieces(indices, tile, cores))
                # No core waits for the last tile of a long pass: the next one begins meanwhile.
                long = not first and len(indices) * cells.spec.steps >= _LONG
                following = _pieces(passes[0][1], tile, cores) if long and passes else None
                ahead = pool.map(work, following) if following else None
                for taken in running:
                    done += taken
                    control.progress(done, total)
                    if passed and done < total and time.monotonic() - shown > _SHOWN_EVERY:
                        passed()
                        shown = time.monotonic()
                if control.cancelled():
                    break
                buffer.end_pass()
                if passed and done < total:
                    passed()
                    shown = time.monotonic()
                left = (time.monotonic() - began) * (total - done) / max(1, done - before)
                if first and done > before and left < _BLINK:
                    passes = _merged(passes)
                first = False
        except BaseException:
            # What waits in the pool would be done before the interruption is noticed.
            control.cancel()
            raise


def _merged(passes: list[tuple[int, Indices]]) -> list[tuple[int, Indices]]:
    """Several passes as the last of them."""
    together = [indices for _, indices in passes]
    return [(passes[-1][0], np.sort(np.concatenate(together)))] if together else []


def _pieces(indices: Indices, tile: int, cores: int) -> list[Indices]:
    """Tiles of about the same size: as many for each core, where there is enough to do."""
    parts = -(-len(indices) // tile)
    parts = min(-(-parts // cores) * cores, len(indices) // LANES)
    return np.array_split(indices, max(1, parts))


def basin_cells(
    spec: RunSpec, window: MapWindow, resolution: int, starts: StartPlane | None = None
) -> tuple[Cells, MapBuffer]:
    """The cells of a basin map: every start of a grid over the window, of a plane where one is
    given."""
    across, upwards = (axis.values() for axis in window_axes(window, resolution))
    places = np.empty((resolution, resolution, 2))
    places[..., 0], places[..., 1] = across, upwards[:, None]
    points = places.reshape(-1, 2)
    points = points if starts is None else starts.plane.points(points)
    return Cells(spec, points), MapBuffer((resolution, resolution), points.shape[1])


def basins(
    spec: RunSpec, window: MapWindow, buffer: MapBuffer, known: npt.NDArray[np.bool_] | None = None
) -> BasinMap:
    """The basins as far as they are ``known``, by default all cells that were computed;
    ``window`` in lengths of the weights."""
    ends = buffer.ends.part(buffer.known if known is None else known)
    places = attractors(spec.problem, window, ends)
    return basin_map(window, ends, places)


def sweep_buffer(columns: Axis, rows: Axis, dimension: int) -> MapBuffer:
    """Room for a map over two settings."""
    names = tuple(record.name for record in RECORDS)
    return MapBuffer((rows.count, columns.count), dimension, names)
