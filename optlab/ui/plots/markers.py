"""The shape that marks a run where its colour alone does not tell: one for each run colour."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPolygonF

from optlab.session.theme import Theme

# Corners, the turn of the first one in degrees from the top, how far every second one is in, and
# how much larger the shape is than a circle that looks as large.
_SHAPES: Final = (
    (0, 0.0, 1.0, 1.0),
    (4, 0.0, 1.0, 1.25),
    (3, 0.0, 1.0, 1.35),
    (4, 45.0, 1.0, 1.2),
    (3, 180.0, 1.0, 1.35),
    (8, 0.0, 0.5, 1.35),
    (8, 45.0, 0.4, 1.45),
    (10, 0.0, 0.5, 1.4),
)


def draw_marker(painter: QPainter, at: QPointF, radius: float, color: str, theme: Theme) -> None:
    """Draw the shape of a run colour around ``at`` with the pen and brush of ``painter``.

    A colour that is none of the runs' is marked with a circle.
    """
    number = theme.runs.index(color) if color in theme.runs else 0
    corners, turn, inner, larger = _SHAPES[number]
    if not corners:
        painter.drawEllipse(at, radius, radius)
        return
    points = []
    for corner in range(corners):
        angle = math.radians(turn + 360.0 * corner / corners)
        reach = radius * larger * (inner if corner % 2 else 1.0)
        points.append(at + QPointF(reach * math.sin(angle), -reach * math.cos(angle)))
    painter.drawPolygon(QPolygonF(points))
