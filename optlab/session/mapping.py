"""Maps that somebody asked for: what to compute, and the newest picture of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from optlab.core.maps import (
    Axis,
    BasinPicture,
    Cells,
    MeasurePicture,
    basin_picture,
    measure_picture,
    sweep_cells,
)
from optlab.core.maps.basin import BasinMap
from optlab.core.maps.batch import cell_spec
from optlab.core.native import KernelStore
from optlab.core.problems import Window
from optlab.core.run import RunSpec, program_of
from optlab.core.run.kernels import NO_STORE
from optlab.session.jobs import Control
from optlab.session.maps import MapBuffer, basin_cells, basins, fill_map, sweep_buffer

TOLERANCE = 0.01
"""The gradient norm at which a run of a basin map has arrived, where nothing else is said."""
FINEST, COARSEST = 1024, 16
"""Cells along an axis that a map may have."""


@dataclass(frozen=True)
class BasinRequest:
    """Where every start of a grid over ``window`` leads; made by :func:`basin_request`."""

    spec: RunSpec
    window: Window
    resolution: int

    @property
    def columns(self) -> Axis:
        """The values of w1."""
        return Axis("w1", *self.window[0], self.resolution)

    @property
    def rows(self) -> Axis:
        """The values of w2."""
        return Axis("w2", *self.window[1], self.resolution)

    @property
    def target(self) -> float:
        """No loss counts as arrived."""
        return -math.inf

    def cells(self) -> tuple[Cells, MapBuffer]:
        """All cells, and room for their ends."""
        return basin_cells(self.spec, self.window, self.resolution)


@dataclass(frozen=True)
class SweepRequest:
    """What becomes of a run for each pair of two settings; made by :func:`sweep_request`."""

    spec: RunSpec
    columns: Axis
    rows: Axis
    target: float

    def cells(self) -> tuple[Cells, MapBuffer]:
        """All cells, and room for their ends."""
        size = self.spec.problem.dimension
        return sweep_cells(self.spec, self.columns, self.rows), sweep_buffer(
            self.columns, self.rows, size
        )


Request = BasinRequest | SweepRequest


def basin_request(
    spec: RunSpec, window: Window, resolution: int, tolerance: float = TOLERANCE
) -> BasinRequest:
    """The basins of a run whose steps end where the gradient norm is at most ``tolerance``.

    Requests for the same map are equal: the start of the run has no part in it.
    """
    anywhere = replace(spec, start=spec.problem.start, stop_gradient=tolerance)
    return BasinRequest(anywhere, window, resolution)


def sweep_request(
    spec: RunSpec, columns: Axis, rows: Axis, target: float = -math.inf
) -> SweepRequest:
    """A map of two settings. Raises SettingError for one that cannot be varied so.

    Requests for the same map are equal: what the run itself has for the two has no part in it.
    """
    corners = sweep_cells(spec, replace(columns, count=2), replace(rows, count=2))
    cell_spec(corners, len(corners.starts) - 1)  # the low ends are checked with the first corner
    return SweepRequest(cell_spec(corners, 0), columns, rows, target)


def coarser(request: Request, resolution: int) -> Request:
    """The same map with at most so many cells along each axis."""
    if isinstance(request, BasinRequest):
        return replace(request, resolution=min(request.resolution, resolution))
    columns, rows = (
        replace(axis, count=min(axis.count, resolution)) for axis in (request.columns, request.rows)
    )
    return replace(request, columns=columns, rows=rows)


def effort(request: Request) -> float:
    """How many steps of single runs a map takes at most; one in Python counts a thousandfold."""
    in_python = program_of(request.spec).stepper is not None
    steps = float(max(1, request.spec.steps))
    return request.columns.count * request.rows.count * steps * (1000.0 if in_python else 1.0)


class MapWork:
    """A map under way: work for a desk, which can be looked at from another thread meanwhile.

    ``basins`` or ``measures`` make a picture of what is known; ``changes`` grows whenever there
    is more to see.  After a cancellation, what was computed stays.
    """

    def __init__(
        self, request: Request, store: KernelStore = NO_STORE, measure: str = "loss"
    ) -> None:
        self.request = request
        self.measure = measure
        """What the next picture of a map of two settings is made for."""
        self.changes = 0
        self.complete = False
        self.picture: BasinPicture | MeasurePicture | None = None
        self.cells: Cells | None = None
        self._buffer: MapBuffer | None = None
        self._store = store

    def __call__(self, control: Control) -> MapWork:
        """Computes the map; called once, in a worker."""
        cells, buffer = self.request.cells()
        self.cells, self._buffer = cells, buffer
        lengths = isinstance(self.request, SweepRequest)
        complete = fill_map(
            cells, buffer, self.request.target, control, self._store, self.draw, lengths
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

    def shown_cell(self, row: int, column: int) -> int | None:
        """The index of the cell whose numbers are seen at a place of the picture."""
        if self._buffer is None:
            return None
        index = row * self._buffer.shape[1] + column
        if not self._buffer.known[index]:
            width = self._buffer.width
            index = row // width * width * self._buffer.shape[1] + column // width * width
        return index if self._buffer.known[index] else None

    @property
    def buffer(self) -> MapBuffer:
        """The ends of the cells. Raises ValueError before the work began."""
        if self._buffer is None:
            raise ValueError("the map was not begun")
        return self._buffer

    def _basins(self, request: BasinRequest, buffer: MapBuffer) -> BasinPicture:
        known = buffer.known.copy()
        found: BasinMap = basins(request.spec, request.window, buffer, known)
        picture = basin_picture(found, buffer.shape, known, len(request.spec.problem.minima))
        return replace(
            picture,
            labels=buffer.drawn(picture.labels, known),
            strength=buffer.drawn(picture.strength, known),
        )

    def _measure(self, buffer: MapBuffer) -> MeasurePicture:
        known = buffer.known.copy()
        lowest = self.request.spec.problem.lowest_value
        picture = measure_picture(buffer.ends, self.measure, buffer.shape, known, lowest)
        return replace(
            picture,
            codes=buffer.drawn(picture.codes, known),
            shares=buffer.drawn(picture.shares, known),
        )
