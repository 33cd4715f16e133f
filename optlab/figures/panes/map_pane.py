"""The contour map: the picture that the window has, with Matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba

from optlab.core.contours import SurfacePicture
from optlab.core.problems import Problem
from optlab.figures import setting
from optlab.figures.painting import UNIT, UNITS, draw_items, units_of
from optlab.figures.setting import pt, theme
from optlab.pictures.color_tables import color_table
from optlab.pictures.contour import (
    ContourPicture,
    contour_groups,
    covered,
    dot_items,
    glow_items,
    loss_ticks,
    past_items,
    start_items,
    surface_colors,
    whole_items,
)
from optlab.pictures.items import Item, Measure, Text
from optlab.pictures.overlap import path_marks
from optlab.pictures.overlays import ArrowDrawing, StepOverlays, arrow_items, line_items
from optlab.pictures.places import Places, Window
from optlab.pictures.ticks import Ticks, apart, round_ticks, wanted_ticks
from optlab.pictures.trace import Trace
from optlab.session.compute import compute_picture, picture_style
from optlab.session.view import USUAL, View

_EACH: Final = (76.0, 56.0)
"""Units that a number takes across and upwards."""
_APART: Final = 0.03
"""Shares of the map that two names of places are apart at least."""


def picture_of(problem: Problem, window: Window, view: View = USUAL) -> SurfacePicture:
    """Grid, shading and contour lines of a view, finer than in the window, at the same levels."""
    return compute_picture(problem, window, picture_style(view), finer=2)


class MapPane:
    """The map in axes of ``width`` x ``height`` units; :meth:`show` draws it at a step."""

    def __init__(
        self,
        axes: Axes,
        picture: ContourPicture,
        places: Places,
        measure: Measure,
        arrows: Sequence[ArrowDrawing] = (),
        named: Sequence[tuple[tuple[float, float], str]] = (),
        overlays_at: Callable[[int], StepOverlays] = lambda _step: StepOverlays(),
    ) -> None:
        """``named`` are places on the map with their names; ``overlays_at`` is what a step adds."""
        self._axes, self._picture, self._places, self._measure = axes, picture, places, measure
        self._arrows, self._named = tuple(arrows), tuple(named)
        self._overlays_at = overlays_at
        self._units = units_of(axes, places.width, places.height)
        self._traces = [Trace(path, places).prepare() for path in picture.paths]
        self._marks = path_marks(self._traces, theme())
        self._draw_surface()
        self._dress()
        draw_items(axes, whole_items(picture, self._traces, places, measure), self._units, 5.0)
        self.layers = (draw_items(axes, (), self._units, 6.0),)

    def show(self, step: int) -> None:
        """Paths strong up to a step, bright before it, and the marks there."""
        picture, traces, places, measure = (
            self._picture,
            self._traces,
            self._places,
            self._measure,
        )
        items: list[Item] = []
        for trace in traces:
            items += past_items(picture, trace, 0, step, measure)
        for trace in traces:
            items += glow_items(picture, trace, step)
        items += [mark for first, mark in self._marks if first <= step]
        for start in picture.starts:
            named = len(picture.starts) == 1
            at = places.place(start)
            items += start_items(at, picture.mark_theme, measure, places, named=named)
        for trace in traces:
            items += dot_items(picture, trace, step)
        overlays = self._overlays_at(step)
        for line in overlays.lines:
            items += line_items(line, places, picture.theme, measure)
        items += arrow_items((*self._arrows, *overlays.arrows), places, measure)
        items += self._names()
        self.layers[0].items = items

    def _names(self) -> list[Text]:
        """The names of places, as far as they are not unreadable beside a near one."""
        texts: list[Text] = []
        least = _APART * max(self._places.width, self._places.height)
        starts = [self._places.place(start) for start in self._picture.starts]
        for at, name in self._named:
            x, y = self._places.place(at)
            width, _ = self._measure(name, "math", 10.5)
            spot = x - 6.0 - width / 2, y + 12.0
            taken = [*(text.at for text in texts), *starts]
            if all(np.hypot(spot[0] - x, spot[1] - y) >= least for x, y in taken):
                texts.append(Text(spot, name, self._picture.theme.muted, "math", 10.5))
        return texts

    def _draw_surface(self) -> None:
        """Shading and lines; what is outside the domain is hatched."""
        axes, surface = self._axes, self._picture.surface
        axes.set_facecolor(theme().panel)
        if surface is None or not _is_known(surface):
            return
        if surface.finite.count:
            axes.patch.set(hatch="////", edgecolor=theme().border)
        (left, right), (bottom, top) = covered(surface)
        axes.imshow(
            surface_colors(self._picture),
            origin="lower",
            extent=(left, right, bottom, top),
            aspect="auto",
            interpolation="bilinear",
        )
        for group in contour_groups(self._picture):
            ink = to_rgba(group.color, group.alpha)
            lines = LineCollection(list(group.lines), colors=[ink])
            lines.set_linewidth(pt(group.width * UNIT))
            axes.add_collection(lines, autolim=False)

    def _dress(self) -> None:
        places, axes = self._places, self._axes
        axes.set_xlim(*places.window[0])
        axes.set_ylim(*places.window[1])
        sizes = places.width, places.height
        for axis, name, limits, size, each in zip(
            (axes.xaxis, axes.yaxis),
            self._picture.names,
            places.window,
            sizes,
            _EACH,
            strict=True,
        ):
            set_ticks(axis, round_ticks(*limits, wanted_ticks(size, each)))
            font = setting.font(setting.MATH, 14 * UNIT, italic=True)
            axis.set_label_text(name, fontproperties=font)
        axes.yaxis.label.set(rotation=0, ha="right", va="center")
        for spine in axes.spines.values():
            spine.set(color=theme().border, linewidth=pt(UNIT))


def _is_known(surface: SurfacePicture) -> bool:
    """Whether there is a loss anywhere: a recording has none beside its path."""
    return surface.finite.count < surface.finite.mask.size


def set_ticks(axis: Axis, ticks: Ticks, size: float = 11.0, length: float = 3.0) -> None:
    """The numbers of an axis, and its small marks."""
    found, between = ticks
    axis.set_ticks([value for value, _ in found], [label for _, label in found])
    axis.set_ticks(between, minor=True)
    axis.set_tick_params(
        which="both",
        pad=pt(4 * UNIT),
        length=pt(length * UNIT),
        width=pt(0.8 * UNIT),
        color=theme().muted,
    )
    for label in axis.get_ticklabels():
        label.set_fontproperties(setting.font(setting.TEXT, size * UNIT))


def draw_color_bar(axes: Axes, picture: ContourPicture, height: float) -> None:
    """A narrow scale of the loss beside a map, ``height`` design inches high."""
    if picture.surface is None or not _is_known(picture.surface):
        axes.set_axis_off()
        return
    table = color_table(picture.colors, picture.theme)[:, None]
    axes.imshow(table, origin="lower", aspect="auto", extent=(0, 1, 0, 1))
    axes.set_xticks([])
    axes.yaxis.tick_right()
    ticks = apart(loss_ticks(picture.surface.colors, height * UNITS), height * UNITS, 13.0)
    set_ticks(axes.yaxis, (ticks, []), 10.0, 0.0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    font = setting.font(setting.MATH, 14 * UNIT, italic=True)
    axes.set_title("E", fontproperties=font, pad=pt(6), color=theme().muted)
