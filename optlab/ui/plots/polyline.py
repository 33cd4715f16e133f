"""Arrays of points as shapes that Qt draws."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
from PySide6.QtGui import QPainterPath, QPolygonF
from shiboken6 import VoidPtr

from optlab.pictures.polyline import Floats


def polygon(points: Floats) -> QPolygonF:
    """Make a Qt polygon of the points (n, 2) in one copy."""
    shape = QPolygonF()
    if len(points):
        shape.resize(len(points))
        # Its memory is x, y, x, y, …: exactly the array. (The stub of VoidPtr lacks its arguments.)
        pointer = cast("Any", VoidPtr)
        memory = pointer(shape.data(), len(points) * 16, True)
        np.frombuffer(memory, dtype=np.float64).reshape(-1, 2)[:] = points
    return shape


def painter_path(lines: Iterable[Floats]) -> QPainterPath:
    """Join many open lines (n, 2) into one path, which is far quicker to draw than many."""
    path = QPainterPath()
    for line in lines:
        path.addPolygon(polygon(line))
    return path
