"""The colour bar of a map: which colour is which number."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from optlab.core.maps import ValueScale
from optlab.session.map_colors import ramp_colors
from optlab.session.theme import Theme
from optlab.ui.fonts import number_font, ui_font
from optlab.ui.plots.axes import PlotAxis, wanted_ticks
from optlab.ui.plots.colors import color_image
from optlab.ui.plots.ticks import figures

BAR_ROOM: Final = 74.0
_WIDTH: Final = 10.0
_GAP: Final = 16.0


def draw_bar(
    painter: QPainter, map_rect: QRectF, scale: ValueScale, title: str, theme: Theme
) -> None:
    """Draw the bar to the right of ``map_rect``, with round numbers and a title under it."""
    bar = QRectF(map_rect.right() + _GAP, map_rect.top(), _WIDTH, map_rect.height())
    ramp = ramp_colors(theme.surface_map, 256)[:, None, :].repeat(2, axis=1)
    painter.drawImage(bar, color_image(ramp))
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
    font = number_font(10)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(theme.muted))
    lowest = math.inf
    for share, label in bar_ticks(scale, wanted_ticks(bar.height(), 48)):
        y = bar.bottom() - share * bar.height()
        if lowest - y >= metrics.height():
            lowest = y
            painter.drawText(QPointF(bar.right() + 6, y + metrics.capHeight() / 2), label)
    painter.setFont(ui_font(11))
    painter.setPen(QColor(theme.text))
    wide = QFontMetricsF(painter.font()).horizontalAdvance(title)
    left = min(bar.left(), map_rect.right() + BAR_ROOM - wide)
    painter.drawText(QPointF(left, bar.bottom() + 19), title)


def bar_ticks(scale: ValueScale, wanted: int) -> list[tuple[float, str]]:
    """Where numbers stand at the bar (as shares), from below, and how they are written."""
    if not scale.high > scale.low:
        return [(0.5, figures(scale.base + scale.low, 3))]
    log = scale.scale == "log"
    base = 0.0 if log else scale.base
    return PlotAxis("", base + scale.low, base + scale.high, log).ticks(wanted)
