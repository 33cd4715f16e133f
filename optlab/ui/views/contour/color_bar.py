"""The colour bar beside a map: which colour is which loss."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from optlab.core.contours import Shading
from optlab.pictures.ticks import (
    MINUS,
    figures,
    linear_labels,
    linear_ticks,
    log_ticks,
    power_of_ten,
)
from optlab.session.theme import Theme
from optlab.ui.fonts import math_font
from optlab.ui.plots.bar import bar_beside, draw_bar
from optlab.ui.plots.colors import color_table, map_image

BAR_ROOM: Final = 66.0


def draw_color_bar(
    painter: QPainter, map_rect: QRectF, shading: Shading, theme: Theme, colors: str
) -> None:
    """Draw the bar to the right of ``map_rect``, with round losses and the name E."""
    bar = bar_beside(map_rect)
    shares = np.repeat(np.linspace(0.0, 1.0, 256)[:, None], 2, axis=1)
    ticks = [
        (float(shading.share(np.array(value))), label)
        for value, label in _ticks(shading, bar.height())
    ]
    draw_bar(painter, bar, map_image(shares, color_table(colors, theme)), ticks, theme)
    painter.setFont(math_font(14))
    painter.drawText(QPointF(bar.left(), bar.bottom() + 19), "E")


def _ticks(shading: Shading, height: float) -> list[tuple[float, str]]:
    """Losses to write at the bar, increasing, with their labels."""
    wanted = max(2, min(8, int(height / 48)))
    low, high = shading.low, shading.high
    if not high > low:
        return [(low, figures(low, 3))]
    if shading.scale == "linear":
        values = linear_ticks(low, high, wanted)
        return list(zip(values, linear_labels(values), strict=True))
    # Heights above the minimum in powers of ten; written as such when the minimum is 0.
    span = high - low
    at_zero = abs(low) < 1e-3 * shading.floor
    exponents = log_ticks(math.log10(max(shading.floor, span * 1e-12)), math.log10(span), wanted)
    ground = "0" if at_zero else figures(low, 3).replace("-", MINUS)
    above = [
        (low + 10.0**k, power_of_ten(k) if at_zero else figures(low + 10.0**k, 3))
        for k in exponents
    ]
    return [(low, ground), *above]
