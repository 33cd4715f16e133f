"""What the page of measures is given to draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MeasureDrawing:
    """One map: ``values`` (rows, columns), row 0 below, filling the square; contour ``lines``
    (n, 2) in g1, g2, of which those in ``zero`` are where the measure is 0."""

    symbol: str
    title: str
    values: NDArray[np.float64]
    lines: tuple[NDArray[np.float64], ...] = ()
    zero: tuple[NDArray[np.float64], ...] = ()


@dataclass(frozen=True, eq=False)
class MeasuresDrawing:
    """Maps side by side over g1, g2 from -``reach`` to ``reach``; colours go from -``limit`` to
    ``limit`` in all of them."""

    maps: tuple[MeasureDrawing, ...]
    reach: float
    limit: float


@dataclass(frozen=True)
class SettingRow:
    """A slider: ``check`` returns a reason to refuse a number, or an empty text."""

    name: str
    symbol: str
    default: float
    low: float
    high: float
    log: bool
    tip: str
    check: Callable[[float], str]
