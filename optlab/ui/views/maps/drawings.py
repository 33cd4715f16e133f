"""What a map view is given to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optlab.core.maps import ValueScale
from optlab.ui.plots.axes import PlotAxis


@dataclass(frozen=True, eq=False)
class MapDrawing:
    """A picture: ``colors`` (rows, columns, 4) red, green, blue, opacity, row 0 at the bottom.

    The first and the last cell of a side are centred on the ends of its axis.  ``bar`` is the
    scale of a colour bar with its ``bar_title``, or None.
    """

    colors: NDArray[np.uint8]
    across: PlotAxis
    upwards: PlotAxis
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
