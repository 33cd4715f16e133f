"""Axes of a map, and the order in which its cells are computed: coarse first, then finer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import Array
from optlab.core.problems import MapWindow

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Axis:
    """``count`` values of a setting from ``low`` to ``high``, evenly or by equal factors.

    Raises ValueError where that is not possible.
    """

    name: str
    low: float
    high: float
    count: int
    scale: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"{self.name}: needs a low end below its high end")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.name}: a logarithmic axis begins above 0")
        if not 2 <= self.count <= 4096:
            raise ValueError(f"{self.name}: needs 2 to 4096 values, not {self.count}")

    def values(self) -> Array:
        """The values, shape (count,), both ends included."""
        if self.scale == "log":
            return np.geomspace(self.low, self.high, self.count)
        return np.linspace(self.low, self.high, self.count)


def window_axes(window: MapWindow, resolution: int) -> tuple[Axis, Axis]:
    """The start points of a window as axes w1 and w2."""
    (w1, w2) = window
    return Axis("w1", *w1, resolution), Axis("w2", *w2, resolution)


@lru_cache(maxsize=4)
def refinement_passes(
    rows: int, columns: int, coarsest: int = 8
) -> tuple[tuple[int, Indices], ...]:
    """The cells (row by row indices) of each pass and how wide a computed cell is drawn then.

    The first pass takes every ``coarsest``-th cell along both axes, each further pass halves
    that; together they take every cell once.
    """
    passes = []
    taken = np.zeros((rows, columns), dtype=bool)
    width = coarsest
    while width >= 1:
        chosen = np.zeros((rows, columns), dtype=bool)
        chosen[::width, ::width] = True
        chosen &= ~taken
        taken |= chosen
        indices = np.flatnonzero(chosen.ravel())
        indices.flags.writeable = False
        if indices.size:
            passes.append((width, indices))
        width //= 2
    return tuple(passes)
