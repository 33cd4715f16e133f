"""A quantity over the steps: the pane that the window has, with Matplotlib."""

from __future__ import annotations

from typing import Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from optlab.figures import setting
from optlab.figures.painting import UNIT, draw_items, units_of
from optlab.figures.panes.map_pane import set_ticks
from optlab.figures.setting import pt, theme
from optlab.pictures.charts.curves import Pane, PaneSpec, curve_items, dot_items
from optlab.pictures.items import Item
from optlab.pictures.places import Places
from optlab.pictures.ticks import round_ticks, wanted_ticks

_STEP_EACH: Final = 46.0
_EACH: Final = 26.0
"""Units that a number takes across and upwards."""
_MOST: Final = 7


class CurvesPane:
    """The curves of a pane in axes of ``width`` x ``height`` units up to step ``last`` (>= 1);
    :meth:`show` draws them up to a step."""

    def __init__(self, axes: Axes, spec: PaneSpec, last: int, width: float, height: float) -> None:
        self.spec = spec
        self._axes, self._pane = axes, Pane(spec, set(), set())
        window = (0.0, float(max(last, 1))), (self._pane.low, self._pane.high)
        self._places = Places(window, width, height)
        self._units = units_of(axes, width, height)
        self.artists: list[Artist] = []
        self.animated = False
        self._dress()

    def show(self, step: int) -> None:
        """The curves up to a step."""
        for artist in self.artists:
            artist.remove()
        items: list[Item] = []
        for made in self._pane.made:
            items += curve_items(made, self._places, step)
        self.artists = draw_items(self._axes, items, self._units, 3.0)
        dots = dot_items(self._pane.made, self._places, step, theme(), held=True)
        ends = draw_items(self._axes, dots, self._units, 4.0)
        for artist in ends:
            artist.set_clip_on(False)
        self.artists += ends
        for artist in self.artists:
            artist.set_animated(self.animated)

    def _dress(self) -> None:
        axes, places = self._axes, self._places
        axes.set_xlim(*places.window[0])
        axes.set_ylim(*places.window[1])
        across = wanted_ticks(places.width, _STEP_EACH, 99)
        upwards = wanted_ticks(places.height, _EACH, _MOST)
        set_ticks(axes.xaxis, round_ticks(*places.window[0], across, whole=True), length=0.0)
        ticks, _ = round_ticks(*places.window[1], upwards, log=self.spec.log)
        set_ticks(axes.yaxis, (ticks, []), length=0.0)
        font = setting.font(setting.TEXT, 12 * UNIT)
        axes.set_xlabel("step t", fontproperties=font, labelpad=pt(4))
        axes.grid(color=theme().grid, linewidth=pt(UNIT))
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_visible(False)
