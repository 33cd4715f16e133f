"""Painting the axes of a surface."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from optlab.pictures.surface3d.axes import Axes3D, AxisText
from optlab.pictures.theme import Theme, mix
from optlab.ui.plots.painting import polygon
from optlab.ui.style.fonts import math_font, number_font

# A number never begins further to the left than this.
_LEFTMOST: Final = 2.0


def draw_axes(painter: QPainter, axes: Axes3D, theme: Theme) -> None:
    """Draw the floor, its lines and the texts beside it."""
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(QColor(mix(theme.window, theme.panel, 0.7)))
    painter.drawPolygon(polygon(axes.floor))
    colors = {"grid": theme.grid, "tick": theme.muted, "edge": theme.border}
    for line in axes.lines:
        painter.setPen(QPen(QColor(colors[line.role]), 1.0))
        painter.drawPolyline(polygon(line.points))
    for text in axes.texts:
        _draw_text(painter, text, theme)


def _draw_text(painter: QPainter, text: AxisText, theme: Theme) -> None:
    number = text.role == "number"
    font = number_font(11) if number else math_font(14)
    metrics = QFontMetricsF(font)
    wide = metrics.horizontalAdvance(text.text)
    left = max(_LEFTMOST, text.x - wide) if text.ends else text.x - wide / 2
    painter.setFont(font)
    painter.setPen(QColor(theme.muted if number else theme.text))
    painter.drawText(QPointF(left, text.y + metrics.capHeight() / 2), text.text)
