"""The marks on a surface: dots at the step, the start, minima; a sentence where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from optlab.pictures.contour import ink, outline
from optlab.pictures.surface3d.paths import Spot
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.theme import Theme
from optlab.pictures.trace import PathDrawing
from optlab.ui.fonts import ui_font
from optlab.ui.plots.painting import draw_marker, line_pen, with_alpha
from optlab.ui.views.surface3d.scene import Scene

FUTURE: Final = 0.5
FAR_FUTURE: Final = 0.25
FUTURE_WIDTH: Final = 1.1
"""Opacity of a path after the current step, where it is seen and where it is hidden; its width."""

# What lies behind the surface shines through it faintly.
_BEHIND: Final = 0.4


def draw_start_and_dots(
    painter: QPainter,
    scene: Scene,
    relief: Relief,
    heads: Sequence[tuple[PathDrawing, Spot | None]],
) -> None:
    """Draw the square at the start, and a dot on each path that has a ``head`` in the window."""
    for spot in scene.start_spots(relief):
        _draw_start(painter, spot, scene.mark_theme)
    for path, head in heads:
        if head is not None:
            _draw_dot(painter, head, path, scene.theme)


def draw_minima(painter: QPainter, scene: Scene, relief: Relief) -> None:
    """Draw the crosses at the known minima."""
    for spot in scene.minima_spots(relief):
        _draw_cross(painter, spot, scene.mark_theme)


def draw_sentence(painter: QPainter, frame: QRectF, scene: Scene) -> None:
    """Say why there is nothing to see."""
    painter.setFont(ui_font())
    painter.setPen(QColor(scene.theme.muted))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(frame.adjusted(16, 16, -16, -16), flags, scene.sentence)


def _draw_dot(painter: QPainter, spot: Spot, path: PathDrawing, theme: Theme) -> None:
    """Draw the ringed dot at the current step; behind the surface, a ring of its colour."""
    radius = 6.0 if path.selected else 5.0
    painter.setPen(QPen(QColor(outline(theme) if spot.seen else path.color), 2.0))
    painter.setBrush(QColor(path.color) if spot.seen else with_alpha(path.color, _BEHIND))
    radius -= 0.0 if spot.seen else 1.0
    draw_marker(painter, QPointF(spot.x, spot.y), radius, path.color, theme)


def _draw_start(painter: QPainter, spot: Spot, theme: Theme) -> None:
    strength = 1.0 if spot.seen else _BEHIND
    painter.setPen(QPen(with_alpha(outline(theme), strength), 2.0))
    painter.setBrush(with_alpha(ink(theme), strength))
    painter.drawRect(QRectF(spot.x - 4.5, spot.y - 4.5, 9.0, 9.0))


def _draw_cross(painter: QPainter, spot: Spot, theme: Theme) -> None:
    strength, at = 1.0 if spot.seen else _BEHIND, QPointF(spot.x, spot.y)
    halo = with_alpha(outline(theme), 0.55 * strength)
    line = with_alpha(ink(theme), strength)
    for color, width in ((halo, 3.6), (line, 1.8)):
        painter.setPen(line_pen(color, width))
        for slope in (1.0, -1.0):
            arm = QPointF(3.6, 3.6 * slope)
            painter.drawLine(at - arm, at + arm)
