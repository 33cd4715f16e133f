"""The colour bar of a map: which colour is which number."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from optlab.core.maps import ValueScale
from optlab.pictures.ticks import figures
from optlab.session.map_colors import ramp_colors
from optlab.session.theme import Theme
from optlab.ui.fonts import ui_font
from optlab.ui.plots.axes import PlotAxis, wanted_ticks
from optlab.ui.plots.bar import bar_beside, draw_bar
from optlab.ui.plots.colors import color_image

BAR_ROOM: Final = 74.0


def draw_map_bar(
    painter: QPainter, map_rect: QRectF, scale: ValueScale, title: str, theme: Theme
) -> None:
    """Draw the bar to the right of ``map_rect``, with round numbers and a title under it."""
    bar = bar_beside(map_rect)
    ramp = ramp_colors(theme.surface_map, 256)[:, None, :].repeat(2, axis=1)
    ticks = bar_ticks(scale, wanted_ticks(bar.height(), 48))
    draw_bar(painter, bar, color_image(ramp), ticks, theme)
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
