"""Computing a map: in passes from coarse to fine, in tiles, on all cores, into one buffer.

The buffer can be looked at while it fills: whoever shows it asks for its arrays now and then, and
after a cancellation it keeps what was computed.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from optlab.core.maps import (
    RECORDS,
    Axis,
    BasinMap,
    Cells,
    CompiledCells,
    PythonCells,
    Record,
    attractors,
    basin_map,
    refinement_passes,
    window_axes,
)
from optlab.core.maps.code import LANES
from optlab.core.maps.grids import Indices
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.problems import MapWindow
from optlab.core.run import RunSpec, has_scalar_code
from optlab.session.buffer import MapBuffer
from optlab.session.early import EarlyCells
from optlab.session.jobs import Control

_POINT_STEPS = 20_000_000
"""How many steps of single runs a tile takes together: some hundredths of a second."""
_MOST_CELLS = 16_384
"""How many cells a tile has at most, so that all cores have work to the end of a pass."""
_LONG = 1_000_000
"""Steps of single runs in a pass whose last tiles are worth not to be waited for."""
_BLINK = 0.08
"""Seconds that passes may take together to be done as one: nobody would see them apart."""
_SHOWN_EVERY = 0.25
"""Seconds between two pictures of a pass that takes long."""


def fill_map(
    cells: Cells,
    buffer: MapBuffer,
    target: float = -math.inf,
    control: Control | None = None,
    store: KernelStore = NO_STORE,
    passed: Callable[[], None] | None = None,
    records: Sequence[Record] = (),
    ready: threading.Event | None = None,
) -> bool:
    """Computes all cells into ``buffer``; whether all of them were reached.

    ``records`` is what runs keep for measures; the buffer has room for it.

    Between tiles the work reports its progress and asks whether to stop.  ``passed`` is called
    after each pass but the last, and now and then within one, for whoever shows what is there.
    ``ready`` is set once another thread has made the kernel; until then plain Python begins.
    Without it the kernel is made here first.
    """
    control = control or Control()
    in_python = not has_scalar_code(cells.spec)
    if in_python or ready is not None:
        plain = PythonCells(cells, target, records)
        EarlyCells(plain, buffer, control, passed, None if in_python else ready).fill()
    if not in_python and not control.cancelled():
        compiled = CompiledCells(cells, target, store, records)
        _fill_compiled(compiled, cells, buffer, control, passed)
    return bool(buffer.known.all())


def _fill_compiled(
    compiled: CompiledCells,
    cells: Cells,
    buffer: MapBuffer,
    control: Control,
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
            # What waits in the pool would be done before anybody hears of the interruption.
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


def basin_cells(spec: RunSpec, window: MapWindow, resolution: int) -> tuple[Cells, MapBuffer]:
    """The cells of a basin map: every start of a grid over the window."""
    across, upwards = (axis.values() for axis in window_axes(window, resolution))
    starts = np.empty((resolution, resolution, 2))
    starts[..., 0], starts[..., 1] = across, upwards[:, None]
    return Cells(spec, starts.reshape(-1, 2)), MapBuffer((resolution, resolution), 2)


def basins(
    spec: RunSpec, window: MapWindow, buffer: MapBuffer, known: npt.NDArray[np.bool_] | None = None
) -> BasinMap:
    """The basins as far as they are ``known``, by default all cells that were computed."""
    ends = buffer.ends.part(buffer.known if known is None else known)
    places = attractors(spec.problem, window, ends)
    return basin_map(window, ends, places)


def sweep_buffer(columns: Axis, rows: Axis, dimension: int) -> MapBuffer:
    """Room for a map over two settings."""
    names = tuple(record.name for record in RECORDS)
    return MapBuffer((rows.count, columns.count), dimension, names)
