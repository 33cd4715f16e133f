"""Requests for maps, the work that computes them, and the newest picture."""

from __future__ import annotations

import math
import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from optlab.core.executor import LOCAL, Executor
from optlab.core.maps import (
    COORDINATES,
    RECORDS,
    SEED,
    STEP_SECONDS,
    Axis,
    BasinPicture,
    Cells,
    CompiledCells,
    StartPlane,
    StepRecord,
    SweepPicture,
    basin_picture,
    cell_spec,
    measure_picture,
    step_seconds,
    sweep_cells,
)
from optlab.core.maps.basin import BasinMap
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.problems import MapWindow, pair
from optlab.core.run import RunSpec, has_scalar_code, program_of
from optlab.session.jobs import JobControl
from optlab.session.maps.map_compute import (
    MapBuffer,
    basin_cells,
    basins,
    fill_map,
    sweep_buffer,
)

TOLERANCE = 0.01
"""The gradient norm at which a run of a basin map has arrived, by default."""
FINEST, COARSEST = 1024, 16
"""Cells along an axis that a map may have."""
_FIRST_PICTURE = 0.15
"""Seconds that a compilation, which needs Python's lock as well, waits for it."""


@dataclass(frozen=True)
class BasinRequest:
    """Where every start of a grid over ``window`` leads; made by :func:`basin_request`."""

    spec: RunSpec
    window: MapWindow
    resolution: int
    starts: StartPlane | None = None

    @property
    def columns(self) -> Axis:
        """The values of w1, or of the first coordinate."""
        return Axis(self._names[0], *self.window[0], self.resolution)

    @property
    def rows(self) -> Axis:
        """The values of w2, or of the second coordinate."""
        return Axis(self._names[1], *self.window[1], self.resolution)

    @property
    def _names(self) -> tuple[str, str]:
        return ("w1", "w2") if self.starts is None else COORDINATES

    @property
    def extent(self) -> MapWindow:
        """The window in lengths of the space of the weights."""
        return self.window if self.starts is None else self.starts.extent

    @property
    def crosses(self) -> tuple[tuple[float, float], ...]:
        """Where the known minima are, or where they are projected to."""
        at = np.array([minimum.at for minimum in self.spec.problem.minima])
        if len(at) and self.starts is not None:
            at = self.starts.plane.coordinates(at)
        return tuple(pair(place) for place in at.tolist())

    @property
    def target(self) -> float:
        """No loss counts as arrived."""
        return -math.inf

    @property
    def records(self) -> tuple[StepRecord, ...]:
        """Runs keep nothing for measures."""
        return ()

    def cells(self) -> tuple[Cells, MapBuffer]:
        """All cells, and room for their ends."""
        return basin_cells(self.spec, self.window, self.resolution, self.starts)


@dataclass(frozen=True)
class SweepRequest:
    """The outcome of a run for each pair of two settings; made by :func:`sweep_request`."""

    spec: RunSpec
    columns: Axis
    rows: Axis
    target: float
    starts: StartPlane | None = None

    @property
    def records(self) -> tuple[StepRecord, ...]:
        """What runs keep for measures."""
        return RECORDS

    def cells(self) -> tuple[Cells, MapBuffer]:
        """All cells, and room for their ends."""
        size = self.spec.problem.dimension
        return sweep_cells(self.spec, self.columns, self.rows, self.starts), sweep_buffer(
            self.columns, self.rows, size
        )


Request = BasinRequest | SweepRequest


def usual_tolerance(spec: RunSpec) -> float:
    """Where a run stops anyway, else the usual one."""
    return TOLERANCE if spec.stop_gradient is None else spec.stop_gradient


def basin_request(
    spec: RunSpec,
    window: MapWindow,
    resolution: int,
    tolerance: float = TOLERANCE,
    starts: StartPlane | None = None,
) -> BasinRequest:
    """The basins of a run whose steps end where the gradient norm is at most ``tolerance``, of
    starts in a ``window`` of the weights or of a plane of ``starts``.

    Requests for the same map are equal: the start of the run has no part in it.
    """
    anywhere = replace(spec, start=spec.problem.start, stop_gradient=tolerance)
    return BasinRequest(anywhere, window, resolution, starts)


def sweep_request(
    spec: RunSpec,
    columns: Axis,
    rows: Axis,
    target: float = -math.inf,
    starts: StartPlane | None = None,
) -> SweepRequest:
    """A map of two settings. Raises SettingError for one that cannot be varied so.

    Requests for the same map are equal: what the run itself has for the two has no part in it.
    """
    if not {columns.name, rows.name} & set(COORDINATES):
        starts = None
    columns, rows = (_of_seeds(axis) for axis in (columns, rows))
    corners = sweep_cells(spec, replace(columns, count=2), replace(rows, count=2), starts)
    cell_spec(corners, len(corners.starts) - 1)  # the low ends are checked with the first corner
    return SweepRequest(cell_spec(corners, 0), columns, rows, target, starts)


def _of_seeds(axis: Axis) -> Axis:
    """An axis of seeds with a cell for each; any other as it is."""
    if axis.name != SEED:
        return axis
    return replace(axis, count=max(2, int(min(axis.high - axis.low + 1, 4096))), scale="linear")


def coarser(request: Request, resolution: int) -> Request:
    """The same map with at most so many cells along each axis."""
    if isinstance(request, BasinRequest):
        return replace(request, resolution=min(request.resolution, resolution))
    columns, rows = (
        axis if axis.name == SEED else replace(axis, count=min(axis.count, resolution))
        for axis in (request.columns, request.rows)
    )
    return replace(request, columns=columns, rows=rows)


def effort(request: Request) -> float:
    """How many steps of single runs in scalar code a map takes as long as, at most."""
    steps = float(max(1, request.spec.steps)) * (step_seconds(request.spec) / STEP_SECONDS)
    return request.columns.count * request.rows.count * steps


@lru_cache(maxsize=64)
def _kernel_is_there(*kind: Hashable) -> threading.Event:
    """Set once the kernel of such maps was made."""
    return threading.Event()


class MapWork:
    """A map under way: work for a desk, which can be looked at from another thread meanwhile.

    ``picture`` shows what is known; ``changes`` grows whenever there is more to see.  After a
    cancellation, what was computed stays.  With ``beside``, another thread calls :meth:`prepare` in
    another worker, and a coarse picture need not wait for it.
    """

    def __init__(
        self,
        request: Request,
        store: KernelStore = NO_STORE,
        measure: str = "loss",
        *,
        beside: bool = False,
        executor: Executor = LOCAL,
    ) -> None:
        self.request = request
        self.measure = measure
        """What the next picture of a map of two settings is made for."""
        self.changes = 0
        self.complete = False
        self.picture: BasinPicture | SweepPicture | None = None
        self.cells: Cells | None = None
        self._buffer: MapBuffer | None = None
        self._store, self._executor = store, executor
        self._records = request.records
        self._seen = threading.Event()
        self._ready: threading.Event | None = None
        if beside:
            few, _ = coarser(request, 2).cells()
            kind = program_of(few.spec), tuple(few.varying), self._records, store
            self._few, self._ready = few, _kernel_is_there(*kind)

    @classmethod
    def complete_one(cls, request: Request, measure: str, buffer: MapBuffer) -> MapWork:
        """A map whose cells were all computed before."""
        work = cls(request, measure=measure)
        work.cells, _ = request.cells()
        work._buffer = buffer
        work.draw()
        work.complete = True
        return work

    def prepare(self, _control: JobControl) -> None:
        """Makes the compiled kernel, after the first picture; called in a worker."""
        ready = self._ready
        if ready is None or ready.is_set():
            return
        try:
            if has_scalar_code(self._few.spec):
                self._seen.wait(_FIRST_PICTURE)
                CompiledCells(self._few, self.request.target, self._store, self._records)
        except Exception:
            # The map meets the same error where it can be shown.
            return
        finally:
            ready.set()

    def __call__(self, control: JobControl) -> MapWork:
        """Computes the map; called once, in a worker."""
        cells, buffer = self.request.cells()
        self.cells, self._buffer = cells, buffer
        complete = fill_map(
            cells,
            buffer,
            self.request.target,
            control,
            self._store,
            self.draw,
            self._records,
            self._ready,
            executor=self._executor,
            request=self.request,
        )
        self.draw()
        self.complete = complete
        return self

    def draw(self) -> None:
        """Makes a picture of what is known."""
        if self._buffer is None or not self._buffer.known.any():
            return
        if isinstance(self.request, BasinRequest):
            self.picture = self._basins(self.request, self._buffer)
        else:
            self.picture = self._measure(self._buffer)
        self.changes += 1
        self._seen.set()

    def shown_cell(self, row: int, column: int) -> int | None:
        """The index of the cell whose numbers are seen at a place of the picture."""
        return None if self._buffer is None else self._buffer.drawn_from(row, column)

    @property
    def buffer(self) -> MapBuffer:
        """The ends of the cells. Raises ValueError before the work began."""
        if self._buffer is None:
            raise ValueError("the map was not begun")
        return self._buffer

    def _basins(self, request: BasinRequest, buffer: MapBuffer) -> BasinPicture:
        known = buffer.known.copy()
        found: BasinMap = basins(request.spec, request.extent, buffer, known)
        picture = basin_picture(found, buffer.shape, known, len(request.spec.problem.minima))
        return replace(
            picture,
            labels=buffer.drawn(picture.labels, known),
            strength=buffer.drawn(picture.strength, known),
        )

    def _measure(self, buffer: MapBuffer) -> SweepPicture:
        known = buffer.known.copy()
        lowest = self.request.spec.problem.lowest_value
        picture = measure_picture(buffer.ends, self.measure, buffer.shape, known, lowest)
        return replace(
            picture,
            codes=buffer.drawn(picture.codes, known),
            shares=buffer.drawn(picture.shares, known),
        )
