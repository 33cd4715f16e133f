"""Compute a map: in passes from coarse to fine, in tiles, on all cores, into one buffer."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from optlab.core.executor import LOCAL, Executor, Part, Stop
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
    step_seconds,
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
    """Fills a buffer with the Python kernel until ``ready`` is set.

    ``passed`` is called whenever there is something worth showing.
    """

    def __init__(
        self,
        plain: PythonCells,
        buffer: MapBuffer,
        control: JobControl,
        passed: Callable[[], None] | None,
        ready: threading.Event,
    ) -> None:
        self._plain, self._buffer, self._control = plain, buffer, control
        self._passed, self._ready = passed, ready
        self._began = self._shown = time.monotonic()
        self._worked = 0.0
        self._news = False

    def fill(self) -> None:
        """Computes from coarse to fine; returns when ``ready`` is set or the work is stopped."""
        if self._ready.is_set():
            return
        self._control.words = COMPILING
        rows, columns = self._buffer.shape
        passes = refinement_passes(rows, columns, _coarsest(min(rows, columns)))
        for width, indices in passes:
            if width < COMPILED_FROM:
                break
            self._buffer.begin_pass(width)
            if not self._take(indices):
                break
            self._buffer.end_pass()
            self._show(_SHOWN_FIRST)
        self._show(0.0)
        while not self._stop():
            self._rest()
        self._control.words = ""

    def _stop(self) -> bool:
        return self._control.cancelled() or self._ready.is_set()

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
        return self._worked > _EAGER + _SHARE * (time.monotonic() - self._began)

    def _rest(self) -> None:
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


_TILE_SECONDS = 0.025
"""How long a part of a map takes, about."""
_MOST_CELLS = 16_384
"""How many cells a part has at most, so that all cores have work to the end of a pass."""
_LONG = 0.0015
"""Seconds of a pass whose last parts are worth not to be waited for."""
_LARGE = 0.2
"""Seconds of parts that are too large to wait for the end of a pass."""
_BLINK = 0.08
"""Seconds that passes may take together to be done as one, too short to be seen apart."""


class CellsWork:
    """The cells of a map, some of them a part; their ends go into ``ends``.

    ``request`` says which map it is where parts are done elsewhere; there the ends are ``sent``.
    """

    def __init__(
        self,
        cells: Cells,
        ends: CellResults,
        target: float = -math.inf,
        store: KernelStore = NO_STORE,
        records: Sequence[StepRecord] = (),
        request: Any = None,
        sent: bool = False,
    ) -> None:
        self.request, self._sent = request, sent
        self._cells, self._ends = cells, ends
        self._seconds = max(1, cells.spec.steps) * step_seconds(cells.spec)
        self.in_python = not has_scalar_code(cells.spec) or RUN_SEED in cells.varying
        self._own = threading.local()
        self._plain = partial(PythonCells, cells, target, records, store)
        self._compiled: CompiledCells | None = None
        if not self.in_python:
            self._compiled = CompiledCells(cells, target, store, records)

    def parts(self, indices: Indices, count: int) -> list[Part]:
        """Cells in parts of about the same size: as many for each of ``count`` cores, where there
        is enough to do."""
        least = 1 if self._compiled is None else LANES
        tile = min(max(least, int(_TILE_SECONDS / self._seconds)), _MOST_CELLS)
        parts = -(-len(indices) // tile)
        parts = min(-(-parts // count) * count, len(indices) // least)
        return [{"chosen": one} for one in np.array_split(indices, max(1, parts))]

    def seconds(self, part: Part) -> float:
        """See :class:`~optlab.core.executor.Work`."""
        return len(part["chosen"]) * self._seconds

    def run(self, part: Part, stop: Stop) -> Part | None:
        """See :class:`~optlab.core.executor.Work`."""
        chosen = np.asarray(part["chosen"], np.intp)
        if self._compiled is not None:
            if not self._compiled.fill(chosen, self._ends, stop):
                return None
        else:
            plain: PythonCells | None = getattr(self._own, "plain", None)
            if plain is None:
                plain = self._own.plain = self._plain()
            ends = plain.ends(chosen, stop)
            if len(ends.loss) < len(chosen):
                return None
            self._ends.put(chosen, ends)
        if not self._sent:
            return {}
        ends = self._ends.part(chosen)
        arrays = {n: getattr(ends, n) for n in ("weights", "loss", "steps", "outcome")}
        return {"records": dict(ends.records), **arrays}

    def put(self, part: Part, found: Part) -> None:
        """Takes the ends that were computed elsewhere."""
        if found:
            self._ends.put(part["chosen"], CellResults(**found))


def fill_map(
    cells: Cells,
    buffer: MapBuffer,
    target: float = -math.inf,
    control: JobControl | None = None,
    store: KernelStore = NO_STORE,
    passed: Callable[[], None] | None = None,
    records: Sequence[StepRecord] = (),
    ready: threading.Event | None = None,
    *,
    executor: Executor = LOCAL,
    request: Any = None,
) -> bool:
    """Computes all cells into ``buffer``; whether all of them were reached.

    ``records`` is what runs keep for measures; the buffer has room for it.

    Between parts the work reports its progress and asks whether to stop.  ``passed`` is called
    after each pass but the last, and now and then within one, for the view.
    ``ready`` is set once another thread has made the kernel; until then plain Python begins.
    Without it the kernel is made here first.  ``executor`` does the rest, by what ``request`` says
    where that is elsewhere.
    """
    control = control or JobControl()
    if ready is not None and has_scalar_code(cells.spec) and RUN_SEED not in cells.varying:
        EarlyCells(PythonCells(cells, target, records), buffer, control, passed, ready).fill()
    if not control.cancelled():
        work = CellsWork(cells, buffer.ends, target, store, records, request)
        _fill(work, buffer, control, passed, executor)
    return bool(buffer.known.all())


def _fill(
    work: CellsWork,
    buffer: MapBuffer,
    control: JobControl,
    passed: Callable[[], None] | None,
    executor: Executor,
) -> None:
    """Computes all cells that are not known, pass by pass."""
    passes = _Passes(work, buffer, executor)
    total, done = len(buffer.known), int(np.count_nonzero(buffer.known))
    began = shown = time.monotonic()
    before, first = done, True
    results = executor.results(work, passes.parts, control.cancelled)
    try:
        for part, found in results:
            work.put(part, found)
            buffer.known[part["chosen"]] = True
            done += len(part["chosen"])
            control.progress(done, total)
            ended = passes.take(part)
            left = (time.monotonic() - began) * (total - done) / max(1, done - before)
            late = time.monotonic() - shown > _SHOWN_EVERY
            if passed and done < total and (ended or late):
                passed()
                shown = time.monotonic()
            if ended:
                passes.go_on(merged=first and left < _BLINK)
                first = False
    except BaseException:
        # What is under way would be waited for before the interruption is noticed.
        control.cancel()
        results.close()
        raise


class _Passes:
    """The passes of a map from coarse to fine; ``parts`` are those that an executor takes.

    After the first pass the next one begins when no part is left, so that no core waits for the
    last ones; an executor of large parts gets all passes at once.
    """

    def __init__(self, work: CellsWork, buffer: MapBuffer, executor: Executor) -> None:
        self.parts: deque[Part] = deque()
        self._work, self._buffer, self._count = work, buffer, executor.count
        coarsest = _coarsest(min(buffer.shape)) if work.in_python else COMPILED_FROM
        passes = refinement_passes(*buffer.shape, coarsest)
        unknown = ((width, indices[~buffer.known[indices]]) for width, indices in passes)
        self._ahead = deque((width, indices) for width, indices in unknown if len(indices))
        self._widths: list[int] = []
        self._left: list[int] = []
        self._seen, self._long = 0, False
        self._add()
        self._show()
        while self._ahead and executor.grain > _LARGE:
            self._add()

    def take(self, part: Part) -> bool:
        """Counts cells that are known now; whether the pass that is seen has come to its end."""
        self._left[part["pass"]] -= len(part["chosen"])
        ended = False
        while self._seen < len(self._left) and self._left[self._seen] == 0:
            self._show()
            self._buffer.end_pass()
            self._seen += 1
            ended = True
        under_way = 0 < self._seen < len(self._left)
        if under_way and not self.parts and self._ahead and self._long:
            self._add()
        return ended

    def go_on(self, merged: bool) -> None:
        """Begins the next pass where none is under way: all that are left as one, if ``merged``."""
        if merged and self._ahead:
            together = np.sort(np.concatenate([indices for _, indices in self._ahead]))
            self._ahead = deque([(self._ahead[-1][0], together)])
        if self._ahead and self._seen == len(self._left):
            self._add()
        self._show()

    def _add(self) -> None:
        if self._ahead:
            width, indices = self._ahead.popleft()
            number = len(self._left)
            parts = self._work.parts(indices, self._count)
            self.parts.extend({"pass": number, **part} for part in parts)
            self._widths.append(width)
            self._left.append(len(indices))
            self._long = self._work.seconds({"chosen": indices}) > _LONG

    def _show(self) -> None:
        if self._seen < len(self._left):
            self._buffer.begin_pass(self._widths[self._seen])


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
