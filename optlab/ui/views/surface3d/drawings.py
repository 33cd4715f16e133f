"""What a surface view is given to draw."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class PathDrawing(Protocol):
    """The path of one run, the same shape of data that the contour map takes.

    ``w`` (n + 1, 2) holds in row t the weights after t updates, ``color`` is ``#rrggbb``, ``style``
    one of solid, dash, dot, dashdot. Rows that are not finite are not drawn; rows of any size are.
    The height of a path is that of the surface beneath it.
    """

    @property
    def run_id(self) -> str:
        """Which run it is."""

    @property
    def color(self) -> str:
        """The colour of the run."""

    @property
    def w(self) -> NDArray[np.float64]:
        """The weights."""

    @property
    def style(self) -> str:
        """The line style of the run."""

    @property
    def visible(self) -> bool:
        """Whether it is drawn at all."""

    @property
    def selected(self) -> bool:
        """Whether it is drawn on top and bolder."""
