"""Pens of lines in plots: colour, width and the line style that tells runs apart."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

LineStyle = Literal["solid", "dash", "dot", "dashdot"]

# Lengths in pixels of line and gap, alternating.
PATTERNS: Final[dict[str, tuple[float, ...]]] = {
    "dash": (7.0, 4.0),
    "dot": (1.5, 3.5),
    "dashdot": (8.0, 3.5, 1.5, 3.5),
}


def line_pen(
    color: QColor | QBrush, width: float, style: str = "solid", offset: float = 0.0
) -> QPen:
    """A pen of ``width`` pixels whose pattern begins ``offset`` pixels along the line.

    An unknown style is drawn solid.
    """
    brush = color if isinstance(color, QBrush) else QBrush(color)
    pattern = PATTERNS.get(style)
    cap = Qt.PenCapStyle.RoundCap if pattern is None else Qt.PenCapStyle.FlatCap
    pen = QPen(brush, width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
    if pattern is not None:
        stretch = max(1.0, width / 2.0)
        pen.setDashPattern([length * stretch / width for length in pattern])
        pen.setDashOffset(offset / width)
    return pen
