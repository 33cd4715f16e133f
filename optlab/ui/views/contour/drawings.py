"""What a contour view is given to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class LineDrawing:
    """A line over the map at the current step: ``points`` (n, 2) in w1, w2; label at its end."""

    points: NDArray[np.float64]
    color: str
    width: float = 1.4
    dashed: bool = False
    label: str = ""


@dataclass(frozen=True)
class ArrowDrawing:
    """An arrow that begins at the point ``at`` and goes ``change`` far, both in w1, w2."""

    at: tuple[float, float]
    change: tuple[float, float]
    color: str
    label: str = ""
