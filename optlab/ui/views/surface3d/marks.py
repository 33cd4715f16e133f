"""The small marks on a surface: dots at the step, the start, minima."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from optlab.session.theme import Theme
from optlab.ui.plots.colors import with_alpha
from optlab.ui.plots.pens import line_pen

# What lies behind the surface shines through it faintly.
_BEHIND = 0.4


def outline(theme: Theme) -> str:
    """The colour around marks, which sets them off from the surface."""
    return "#0b0e13" if theme.is_dark else "#ffffff"


def ink(theme: Theme) -> str:
    """The colour of marks that belong to no run."""
    return "#ffffff" if theme.is_dark else "#1f2328"


def draw_dot(
    painter: QPainter, at: QPointF, color: str, theme: Theme, selected: bool, seen: bool
) -> None:
    """Draw the ringed dot at the current step; behind the surface, a ring of its colour."""
    radius = 6.0 if selected else 5.0
    painter.setPen(QPen(QColor(outline(theme)), 2.0) if seen else QPen(QColor(color), 2.0))
    painter.setBrush(QColor(color) if seen else with_alpha(color, _BEHIND))
    radius -= 0.0 if seen else 1.0
    painter.drawEllipse(at, radius, radius)


def draw_start(painter: QPainter, at: QPointF, theme: Theme, seen: bool) -> None:
    """Draw the square at the start."""
    strength = 1.0 if seen else _BEHIND
    painter.setPen(QPen(with_alpha(outline(theme), strength), 2.0))
    painter.setBrush(with_alpha(ink(theme), strength))
    painter.drawRect(QRectF(at.x() - 4.5, at.y() - 4.5, 9.0, 9.0))


def draw_cross(painter: QPainter, at: QPointF, theme: Theme, seen: bool) -> None:
    """Draw the cross at a known minimum."""
    strength = 1.0 if seen else _BEHIND
    halo, line = with_alpha(outline(theme), 0.55 * strength), with_alpha(ink(theme), strength)
    for color, width in ((halo, 3.6), (line, 1.8)):
        painter.setPen(line_pen(QColor(color), width))
        for slope in (1.0, -1.0):
            arm = QPointF(3.6, 3.6 * slope)
            painter.drawLine(at - arm, at + arm)
