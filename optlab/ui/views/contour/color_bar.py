"""The colour bar beside a map: which colour is which loss."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from optlab.core.contours import Shading
from optlab.pictures.color_tables import color_table
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
from optlab.ui.plots.color_bar import ColorBar

BAR_ROOM: Final = 66.0


def show_losses(bar: ColorBar, shading: Shading, theme: Theme, colors: str) -> None:
    """Show the colours of a map with round losses and the name E."""

    def ticks(height: float) -> list[tuple[float, str]]:
        return [
            (float(shading.share(np.array(value))), label)
            for value, label in _losses(shading, height)
        ]

    bar.show_colors(color_table(colors, theme), ticks)
    bar.set_titles("E", math_font(14), theme.muted)


def _losses(shading: Shading, height: float) -> list[tuple[float, str]]:
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
