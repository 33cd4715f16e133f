"""The items of a picture, painted: lines, shapes and texts as the description has them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRadialGradient,
)
from shiboken6 import VoidPtr

from optlab.pictures.contour import LineGroup
from optlab.pictures.items import (
    FontName,
    Glow,
    Item,
    Line,
    Shape,
    Text,
    bounds,
    dash_pattern,
)
from optlab.pictures.polyline import Floats
from optlab.ui.style.fonts import math_font, scaled, ui_font

_NO_PEN: Final = QPen(Qt.PenStyle.NoPen)
_STRETCH: Final = 32
"""Points of a line that are stroked at once. Qt's time grows with the square of how often a stroke
crosses a row of pixels: 1400 points that go up and down take 36 ms whole, 6 ms in stretches."""


def with_alpha(color: str, alpha: float) -> QColor:
    """The colour with an opacity of 0 … 1."""
    answer = QColor(color)
    answer.setAlphaF(alpha)
    return answer


def line_pen(
    color: QColor | QBrush, width: float, style: str = "solid", offset: float = 0.0
) -> QPen:
    """A pen of ``width`` pixels whose pattern begins ``offset`` pixels along the line.

    An unknown style is drawn solid.
    """
    brush = color if isinstance(color, QBrush) else QBrush(color)
    pattern = dash_pattern(style, width)
    cap = Qt.PenCapStyle.FlatCap if pattern else Qt.PenCapStyle.RoundCap
    pen = QPen(brush, width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
    if pattern:
        pen.setDashPattern(pattern)
        pen.setDashOffset(offset / width)
    return pen


def paint_items(painter: QPainter, items: Iterable[Item]) -> None:
    """Paint the items in order."""
    for item in items:
        if isinstance(item, Line):
            _paint_line(painter, item)
        elif isinstance(item, Shape):
            painter.setPen(_edge(item))
            painter.setBrush(with_alpha(item.color, item.alpha))
            painter.drawPolygon(polygon(item.points))
        else:
            _paint_text(painter, item)


def item_rect(items: Iterable[Item]) -> QRectF:
    """The pixels of lines and shapes; empty without any."""
    found = bounds(items)
    return QRectF() if found is None else QRectF(QPointF(*found[:2]), QPointF(*found[2:]))


def measure(text: str, name: FontName, size: float) -> tuple[float, float]:
    """Width and height of a text in pixels."""
    return _measured(text, name, size, scaled(1.0))


@lru_cache(maxsize=256)
def _measured(text: str, name: FontName, size: float, _scale: float) -> tuple[float, float]:
    metrics = QFontMetricsF(_font(name, size))
    return metrics.horizontalAdvance(text), metrics.height()


@lru_cache(maxsize=256)
def _plain_pen(color: str, alpha: float, width: float, style: str, offset: float) -> QPen:
    return line_pen(with_alpha(color, alpha), width, style, offset)


def _paint_line(painter: QPainter, line: Line) -> None:
    if line.glow is not None:
        light = QBrush(_light(line.color, line.glow))
        pen = line_pen(light, line.width, line.style, line.offset)
    else:
        pen = _plain_pen(line.color, line.alpha, line.width, line.style, line.offset)
    if len(line.lines) > 1:
        painter.strokePath(painter_path(line.lines), pen)
        return
    painter.setPen(pen)
    # Stretches overlap where they join, which only an opaque colour hides.
    whole = line.alpha < 1.0 or line.glow is not None
    for points in line.lines:
        stretch = max(1, len(points)) if whole else _STRETCH
        for begin in range(0, max(1, len(points) - 1), stretch):
            if begin and pen.style() != Qt.PenStyle.SolidLine:
                pen, before = QPen(pen), points[begin - stretch : begin + 1]
                pen.setDashOffset(pen.dashOffset() + _length(before) / line.width)
                painter.setPen(pen)
            painter.drawPolyline(polygon(points[begin : begin + stretch + 1]))


def _length(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _light(color: str, glow: Glow) -> QRadialGradient:
    light = QRadialGradient(QPointF(*glow.at), glow.radius)
    light.setColorAt(0.0, QColor(color))
    light.setColorAt(glow.full, QColor(color))
    light.setColorAt(1.0, with_alpha(color, 0.0))
    return light


def _edge(shape: Shape) -> QPen:
    if not shape.width:
        return _NO_PEN
    return QPen(with_alpha(shape.edge, shape.edge_alpha), shape.width)


def _paint_text(painter: QPainter, text: Text) -> None:
    painter.setFont(_font(text.font, text.size))
    painter.setPen(with_alpha(text.color, text.alpha))
    width, height = measure(text.text, text.font, text.size)
    left = text.at[0] - (0.0 if text.begins else width / 2)
    box = QRectF(left - 2.0, text.at[1] - height / 2, width + 4.0, height)
    flags = Qt.AlignmentFlag.AlignVCenter
    flags |= Qt.AlignmentFlag.AlignLeft if text.begins else Qt.AlignmentFlag.AlignHCenter
    painter.drawText(box, flags, text.text)


def _font(name: FontName, size: float) -> QFont:
    return math_font(size) if name == "math" else ui_font(size)


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


def line_paths(groups: Iterable[LineGroup]) -> list[tuple[QPen, QPainterPath]]:
    """Contour lines as one path for each look, with its pen; widths are pixels at every zoom."""
    paths = []
    for group in groups:
        pen = QPen(with_alpha(group.color, group.alpha), group.width)
        pen.setCosmetic(True)
        paths.append((pen, painter_path(group.lines)))
    return paths
