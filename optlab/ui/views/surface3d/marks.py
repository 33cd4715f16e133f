"""What is painted over a surface: axes, dots at the step, start, minima, the read-out; a sentence
where there is no surface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from optlab.pictures.surface3d.axes import Axes3D, AxisText
from optlab.pictures.surface3d.marks import dot_item, minimum_items, start_item
from optlab.pictures.surface3d.paths import Spot
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.theme import Theme, mix
from optlab.pictures.trace import PathDrawing
from optlab.ui.plots.painting import paint_items, polygon
from optlab.ui.plots.readout_item import draw_readout, readout_box
from optlab.ui.style.fonts import math_font, number_font, ui_font
from optlab.ui.views.surface3d.scene import Scene


def draw_start_and_dots(
    painter: QPainter,
    scene: Scene,
    relief: Relief,
    heads: Sequence[tuple[PathDrawing, Spot | None]],
) -> None:
    """Draw the square at the start, and a dot on each path that has a ``head`` in the window."""
    for spot in scene.start_spots(relief):
        paint_items(painter, [start_item(spot, scene.mark_theme)])
    for path, head in heads:
        if head is not None:
            paint_items(painter, [dot_item(head, path, scene.theme)])


def draw_minima(painter: QPainter, scene: Scene, relief: Relief) -> None:
    """Draw the crosses at the known minima."""
    for spot in scene.minima_spots(relief):
        paint_items(painter, minimum_items(spot, scene.mark_theme))


def draw_sentence(painter: QPainter, frame: QRectF, scene: Scene) -> None:
    """Say why there is nothing to see."""
    painter.setFont(ui_font())
    painter.setPen(QColor(scene.theme.muted))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(frame.adjusted(16, 16, -16, -16), flags, scene.sentence)


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


class Readout:
    """A text beside the pointer, inside a frame; empty text shows none."""

    def __init__(self) -> None:
        self.text = ""
        self.box = QRectF()

    def put(self, text: str, pointer: QPointF, frame: QRectF) -> list[QRectF]:
        """Show ``text``; returns the rectangles to repaint, none where nothing changes."""
        if not text and not self.text:
            return []
        old, self.text = self.box, text
        self.box = readout_box(text, pointer, frame) if text else QRectF()
        return [old, self.box]

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw it where it was put."""
        if self.text:
            draw_readout(painter, self.box, self.text, theme)
