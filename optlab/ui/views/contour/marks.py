"""The small marks on a contour map alone: dots, exits, lines."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from optlab.pictures.polyline import Crossing
from optlab.session.theme import Theme
from optlab.ui.fonts import math_font, number_font
from optlab.ui.plots.colors import with_alpha
from optlab.ui.plots.markers import draw_marker
from optlab.ui.plots.marks import outline
from optlab.ui.plots.pens import line_pen
from optlab.ui.views.contour.drawings import LineDrawing

_NO_PEN: Final = QPen(Qt.PenStyle.NoPen)


def draw_dot(painter: QPainter, at: QPointF, color: str, theme: Theme, selected: bool) -> None:
    """Draw the ringed mark at the current step, in the shape of the run's colour."""
    radius = 6.0 if selected else 5.0
    painter.setPen(QPen(outline(theme), 2.0))
    painter.setBrush(QColor(color))
    draw_marker(painter, at, radius, color, theme)


def draw_exit(
    painter: QPainter, crossing: Crossing, rect: QRectF, color: QColor, theme: Theme
) -> QRectF:
    """Draw a small triangle on the border where a path leaves, with the step; return its pixels."""
    at = QPointF(crossing.x, crossing.y)
    outward = _outward(at, rect)
    side = QPointF(-outward.y(), outward.x())
    tip, back = at - outward * 1.0, at - outward * 8.0
    painter.setPen(QPen(with_alpha(outline(theme).name(), color.alphaF()), 1.0))
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([tip, back + side * 4.5, back - side * 4.5]))
    font = number_font(10)
    metrics = QFontMetricsF(font)
    text = str(crossing.step)
    box = QRectF(0, 0, metrics.horizontalAdvance(text) + 6, metrics.height())
    box.moveCenter(_beside(at, outward, box, rect))
    painter.setPen(_NO_PEN)
    painter.setBrush(with_alpha(outline(theme).name(), 0.5 * color.alphaF()))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return box.united(QRectF(at.x() - 10, at.y() - 10, 20, 20))


def _beside(at: QPointF, outward: QPointF, box: QRectF, rect: QRectF) -> QPointF:
    """The centre of a label beside a mark on the border: off the path, inside the map."""
    half_x, half_y = box.width() / 2, box.height() / 2
    inward_x = -outward.x() * (half_x + 3) if outward.x() else half_x + 7
    inward_y = -outward.y() * (half_y + 2) if outward.y() else half_y + 5
    x, y = at.x() + inward_x, at.y() + inward_y
    if x + half_x > rect.right():
        x = at.x() - half_x - 7
    if y + half_y > rect.bottom():
        y = at.y() - half_y - 5
    return QPointF(x, y)


def _outward(at: QPointF, rect: QRectF) -> QPointF:
    gaps = {
        (-1.0, 0.0): abs(at.x() - rect.left()),
        (1.0, 0.0): abs(at.x() - rect.right()),
        (0.0, -1.0): abs(at.y() - rect.top()),
        (0.0, 1.0): abs(at.y() - rect.bottom()),
    }
    return QPointF(*min(gaps, key=lambda side: gaps[side]))


def draw_line(painter: QPainter, points: list[QPointF], line: LineDrawing, theme: Theme) -> None:
    """Draw a line of the current step with a soft edge, and its label at its end."""
    if len(points) < 2:
        return
    shape = QPolygonF(points)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(line_pen(with_alpha(outline(theme).name(), 0.35), line.width + 1.6))
    if not line.dashed:
        painter.drawPolyline(shape)
    pen = line_pen(QColor(line.color), line.width)
    if line.dashed:
        pen.setDashPattern([4.0, 3.0])
    painter.setPen(pen)
    painter.drawPolyline(shape)
    if line.label:
        painter.setFont(math_font(12))
        painter.drawText(points[-1] + QPointF(5.0, -3.0), line.label)
