"""What a map view is given to draw."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optlab.core.maps import ValueScale


@dataclass(frozen=True)
class MapAxis:
    """One side of a map: values from ``low`` to ``high`` (0 < low where logarithmic).

    A *place* is where a value stands in the plot: the value itself, or its decimal logarithm.
    """

    symbol: str
    low: float
    high: float
    log: bool = False

    @property
    def places(self) -> tuple[float, float]:
        """Where the ends stand."""
        return self.place(self.low), self.place(self.high)

    def place(self, value: float) -> float:
        """Where a value stands; -inf for one that a logarithm does not have."""
        if self.log:
            return math.log10(value) if value > 0 else -math.inf
        return value

    def value(self, place: float) -> float:
        """The value that stands there."""
        return float(10.0**place) if self.log else place

    def middle(self, cell: int, count: int) -> float:
        """The place of the middle of a cell; the first and the last lie on the ends."""
        first, last = self.places
        return first + cell / (count - 1) * (last - first)


@dataclass(frozen=True, eq=False)
class MapDrawing:
    """A picture: ``colors`` (rows, columns, 4) red, green, blue, opacity, row 0 at the bottom.

    The first and the last cell of a side are centred on the ends of its axis.  ``bar`` is the
    scale of a colour bar with its ``bar_title``, or None.
    """

    colors: NDArray[np.uint8]
    across: MapAxis
    upwards: MapAxis
    bar: ValueScale | None = None
    bar_title: str = ""


@dataclass(frozen=True)
class MapMark:
    """A run on the map: a ringed dot at x, y, in its colour."""

    x: float
    y: float
    color: str
    selected: bool = False


@dataclass(frozen=True)
class LegendItem:
    """One colour: its gradient (one colour or from strong to faint), what it is, and a share."""

    colors: tuple[str, ...]
    text: str
    value: str = ""
    tip: str = ""
