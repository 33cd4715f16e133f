"""The marks on a surface: dots at the step, the start, minima; a sentence where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from optlab.pictures.surface3d.marks import dot_item, minimum_items, start_item
from optlab.pictures.surface3d.paths import Spot
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.trace import PathDrawing
from optlab.ui.plots.painting import paint_items
from optlab.ui.style.fonts import ui_font
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
