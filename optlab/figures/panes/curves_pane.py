"""A quantity over the steps: the pane that the window has, with Matplotlib."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes

from optlab.figures import setting
from optlab.figures.painting import UNIT, draw_items, units_of
from optlab.figures.panes.map_pane import set_ticks
from optlab.figures.setting import pt, theme
from optlab.pictures.charts.curves import Pane, PaneSpec, curve_items, dot_items
from optlab.pictures.charts.ranges import shown_range
from optlab.pictures.overlap import curve_marks
from optlab.pictures.places import Places
from optlab.pictures.ticks import round_ticks, wanted_ticks

_STEP_EACH: Final = 46.0
_EACH: Final = 26.0
"""Units that a number takes across and upwards."""
_MOST: Final = 7


class CurvesPane:
    """The curves of a pane in axes of ``width`` x ``height`` units over a span of steps;
    :meth:`show` draws them up to a step."""

    def __init__(
        self, axes: Axes, spec: PaneSpec, span: tuple[int, int], width: float, height: float
    ) -> None:
        self.spec = spec
        self._axes, self._pane = axes, Pane(spec, set(), set())
        heights = self._pane.low, self._pane.high
        if span[0] > 0 or any(len(curve.values) - 1 > span[1] for curve in spec.curves):
            shown = [curve.values[span[0] : span[1] + 1] for curve in spec.curves]
            heights = shown_range(shown, spec.log)
        window = (float(span[0]), float(span[1])), heights
        self._places = Places(window, width, height)
        self._units = units_of(axes, width, height)
        self.layers = tuple(draw_items(axes, (), self._units, z) for z in (3.0, 4.0))
        self.layers[1].set_clip_on(False)
        self._marks = curve_marks(self._pane.made, self._places, theme())
        self._dress()

    def show(self, step: int) -> None:
        """The curves up to a step."""
        curves, dots = self.layers
        items = [item for made in self._pane.made for item in curve_items(made, self._places, step)]
        curves.items = [*items, *(mark for first, mark in self._marks if first <= step)]
        dots.items = dot_items(self._pane.made, self._places, step, theme(), held=True)

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
