"""The colour bar of a map: which colour is which number."""

from __future__ import annotations

import math
from typing import Final

from optlab.core.maps import ValueScale
from optlab.pictures.map_colors import ramp_colors
from optlab.pictures.theme import Theme
from optlab.pictures.ticks import figures, round_ticks, wanted_ticks
from optlab.ui.plots.color_bar import ColorBar

BAR_ROOM: Final = 74.0
_EACH: Final = 48.0


def show_values(bar: ColorBar, scale: ValueScale, title: str, theme: Theme) -> None:
    """Show the colours of a map with round numbers and a title."""

    def ticks(height: float) -> list[tuple[float, str]]:
        return bar_ticks(scale, wanted_ticks(height, _EACH))

    bar.show_colors(ramp_colors(theme.surface_map, 256)[:, :3], ticks)
    bar.set_titles(title)


def bar_ticks(scale: ValueScale, wanted: int) -> list[tuple[float, str]]:
    """Where numbers stand at the bar (as shares), from below, and how they are written."""
    if not scale.high > scale.low:
        return [(0.5, figures(scale.base + scale.low, 3))]
    log = scale.scale == "log"
    base = 0.0 if log else scale.base
    ends = base + scale.low, base + scale.high
    low, high = (math.log10(end) for end in ends) if log else ends
    found, _ = round_ticks(low, high, wanted, log=log)
    return [((place - low) / (high - low), label) for place, label in found]
