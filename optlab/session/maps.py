"""Computing a map: in passes from coarse to fine, in tiles, on all cores, into one buffer.

The buffer can be looked at while it fills: whoever shows it asks for its arrays now and then, and
after a cancellation it keeps what was computed.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optlab.core.maps import (
    Axis,
    BasinMap,
    Cells,
    Ends,
    attractors,
    basin_map,
    refinement_passes,
    run_cells,
    window_axes,
)
from optlab.core.maps.source import LANES
from optlab.core.native import KernelStore
from optlab.core.problems import Window
from optlab.core.run import RunSpec, program_of
from optlab.core.run.kernels import NO_STORE
from optlab.session.jobs import Control

Scalar = TypeVar("Scalar", bound=np.generic)

_POINT_STEPS = 20_000_000
"""How many steps of single runs a tile takes together: some hundredths of a second."""
_MOST_CELLS = 8192
"""How many cells a tile has at most: their numbers stay in a core's cache, all cores have work."""
_FEW_RUNS = 8
"""How many runs of a rule in Python a tile takes together."""
_SHOWN_EVERY = 0.25
"""Seconds between two pictures of a pass that takes long."""


@dataclass(eq=False)
class MapBuffer:
    """The ends of all cells of a map, filled as they are computed.

    ``shape`` is (rows, columns); ``ends`` holds nan where nothing is known yet; ``known`` says
    where; ``width`` is how many cells wide a computed cell may be drawn for now.
    """

    shape: tuple[int, int]
    dimension: int
    width: int = 1
    ends: Ends = field(init=False)
    known: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        count = self.shape[0] * self.shape[1]
        weights = np.full((count, self.dimension), np.nan)
        loss, steps, reached, length = np.full((4, count), np.nan)
        outcome = np.zeros(count, dtype=np.int8)
        self.ends = Ends(weights, loss, steps, reached, length, outcome)
        self.known = np.zeros(count, dtype=bool)

    def put(self, chosen: npt.NDArray[np.intp], ends: Ends) -> None:
        """Writes the ends of some cells."""
        for name in ("weights", "loss", "steps", "reached", "length", "outcome"):
            getattr(self.ends, name)[chosen] = getattr(ends, name)
        self.known[chosen] = True

    def drawn(
        self, values: npt.NDArray[Scalar], known: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[Scalar]:
        """Values per cell as a picture (rows, columns), each unknown cell like the nearest
        computed one before it.  ``known`` is what counts as computed, by default all that is."""
        known = self.known if known is None else known
        picture = values.reshape(self.shape)
        if self.width == 1 and known.all():
            return picture
        rows = np.arange(self.shape[0]) // self.width * self.width
        columns = np.arange(self.shape[1]) // self.width * self.width
        coarse = picture[np.ix_(rows, columns)]
        mixed: npt.NDArray[Scalar] = np.where(known.reshape(self.shape), picture, coarse)
        return mixed


def fill_map(
    cells: Cells,
    buffer: MapBuffer,
    target: float = -math.inf,
    control: Control | None = None,
    store: KernelStore = NO_STORE,
    passed: Callable[[], None] | None = None,
    lengths: bool = True,
) -> bool:
    """Computes all cells into ``buffer``; whether all of them were reached.

    Without ``lengths`` of the paths it is a third quicker.

    Between tiles the work reports its progress and asks whether to stop.  ``passed`` is called
    after each pass but the last, and now and then within one, for whoever shows what is there.
    """
    control = control or Control()
    total, done = len(cells.starts), 0
    in_python = program_of(cells.spec).stepper is not None
    steps = max(1, cells.spec.steps)
    tile = _FEW_RUNS if in_python else min(max(LANES, _POINT_STEPS // steps), _MOST_CELLS)

    def work(chosen: npt.NDArray[np.intp]) -> int:
        if not control.cancelled():
            ends = run_cells(cells.part(chosen), target, store, lengths=lengths)
            buffer.put(chosen, ends)
            return len(chosen)
        return 0

    if not in_python:
        short = Cells(replace(cells.spec, steps=0), cells.starts, cells.varying)
        first = short.part(np.zeros(1, dtype=np.intp))
        run_cells(first, target, store, lengths=lengths)  # compiles, once
    with ThreadPoolExecutor(1 if in_python else max(1, os.cpu_count() or 1)) as pool:
        try:
            shown = time.monotonic()
            passes = refinement_passes(*buffer.shape)
            buffer.width = passes[0][0]
            for width, indices in passes:
                pieces = np.array_split(indices, max(1, -(-len(indices) // tile)))
                for taken in pool.map(work, pieces):
                    done += taken
                    control.progress(done, total)
                    if passed and done < total and time.monotonic() - shown > _SHOWN_EVERY:
                        passed()
                        shown = time.monotonic()
                if control.cancelled():
                    break
                buffer.width = max(1, width)
                if passed and done < total:
                    passed()
                    shown = time.monotonic()
        except BaseException:
            # What waits in the pool would be done before anybody hears of the interruption.
            control.cancel()
            raise
    return bool(buffer.known.all())


def basin_cells(spec: RunSpec, window: Window, resolution: int) -> tuple[Cells, MapBuffer]:
    """The cells of a basin map: every start of a grid over the window."""
    across, upwards = (axis.values() for axis in window_axes(window, resolution))
    w1, w2 = np.meshgrid(across, upwards)
    starts = np.column_stack((w1.ravel(), w2.ravel()))
    return Cells(spec, starts), MapBuffer((resolution, resolution), 2)


def basins(
    spec: RunSpec, window: Window, buffer: MapBuffer, known: npt.NDArray[np.bool_] | None = None
) -> BasinMap:
    """The basins as far as they are ``known``, by default all cells that were computed."""
    ends = _known_ends(buffer.ends, buffer.known if known is None else known)
    places = attractors(spec.problem, window, ends)
    return basin_map(window, ends, places)


def _known_ends(ends: Ends, known: npt.NDArray[np.bool_]) -> Ends:
    return Ends(
        ends.weights[known],
        ends.loss[known],
        ends.steps[known],
        ends.reached[known],
        ends.length[known],
        ends.outcome[known],
    )


def sweep_buffer(columns: Axis, rows: Axis, dimension: int) -> MapBuffer:
    """Room for a map over two settings."""
    return MapBuffer((rows.count, columns.count), dimension)
