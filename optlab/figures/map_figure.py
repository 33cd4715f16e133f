"""The picture of a map of many runs: title, map with axes, and what its colours mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import Locator, LogLocator, MaxNLocator

from optlab.core.maps import CATEGORIES, MEASURES, Axis, BasinPicture, SweepPicture, ValueScale
from optlab.figures import setting, words
from optlab.figures.experiment_figure import HEIGHT, WIDTH
from optlab.figures.layout import Box, Size, scale_of, width_of
from optlab.figures.map_head import MapHead
from optlab.figures.save import PNG_DPI, picture_bytes
from optlab.figures.setting import drawing, pt, theme
from optlab.figures.texts import Ruler, Texts
from optlab.files.temp_files import write_whole
from optlab.pictures.map_colors import (
    basin_colors,
    category_color,
    has_numbers,
    lost_color,
    measure_colors,
    place_color,
    ramp_colors,
    shade,
    under_way_color,
)
from optlab.pictures.theme import LIGHT
from optlab.session.experiment import Experiment, Run
from optlab.session.maps.map_request import BasinRequest, MapWork

_LEFT, _FOOT, _HEAD = 0.95, 0.78, 1.12
_ROW = 0.3
_BAR = 2.1
"""The scale of a measure below its map."""
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class _Places:
    """A picture's size and where the map and its legend stand, in design inches."""

    width: float
    height: float
    map: Box
    legend: float
    top: float
    bottom: float
    edge: float


def _places(size: Size, legend: float, head: float) -> _Places:
    """On a slide the legend is beside the map, else a legend of so many inches is below it.

    ``head`` is what the words above it need beyond three lines.
    """
    if size == "slide":
        top = HEIGHT - _HEAD
        return _Places(
            WIDTH, HEIGHT, (_LEFT, _FOOT, 7.65, top - _FOOT), 9.1, top, _FOOT, WIDTH - 0.44
        )
    width = width_of(size)
    side = 0.8 * (width - _LEFT - 0.4)
    bottom = 0.3 + legend + 0.1 + _FOOT
    height = bottom + side + _HEAD + 0.22 + head
    box = (_LEFT, bottom, width - _LEFT - 0.4, side)
    return _Places(width, height, box, 0.42, 0.3 + legend, 0.3, width - 0.4)


class MapFigure:
    """A sheet with one map on it."""

    def __init__(self, work: MapWork, run: Run, size: Size = "slide") -> None:
        """``work`` is complete. Must be called within ``drawing()`` of the size's scale."""
        picture, scale = work.picture, scale_of(size)
        ruler, narrow = Ruler(scale), size != "slide"
        edge = _places(size, 0.0, 0.0).edge
        self._head = MapHead(work, run, ruler, edge, narrow)
        self._at = at = _places(size, _legend_height(picture), self._head.more)
        inches = round(at.width * scale, 2), round(at.height * scale, 2)
        self.figure = Figure(figsize=inches, dpi=100)
        self._texts = Texts(self.figure, ruler, at.width, at.height)
        self._work = work
        self._y = at.top
        self._head.draw(self._texts, at.height - 0.48)
        if isinstance(picture, BasinPicture):
            self._map(basin_colors(picture, LIGHT))
            self._basin_legend(picture)
        elif isinstance(picture, SweepPicture):
            self._map(measure_colors(picture, LIGHT))
            self._measure_legend(picture)

    # -- the map -----------------------------------------------------------------------------

    def _axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        w, h = self._at.width, self._at.height
        return self.figure.add_axes((left / w, bottom / h, width / w, height / h))

    def _map(self, colors: np.ndarray) -> None:
        axes = self._axes(*self._at.map)
        axes.set_facecolor(theme().panel)
        rows, columns, _ = colors.shape
        half_x, half_y = 0.5 / (columns - 1), 0.5 / (rows - 1)
        extent = (-half_x, 1 + half_x, -half_y, 1 + half_y)
        axes.imshow(
            colors, origin="lower", extent=extent, aspect="auto", interpolation="antialiased"
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        request = self._work.request
        for side, axis in ((axes.xaxis, request.columns), (axes.yaxis, request.rows)):
            ticks = axis_ticks(axis)
            side.set_ticks([share for share, _ in ticks], [text for _, text in ticks])
            side.set_tick_params(length=pt(3), color=theme().border, pad=pt(4))
            for label in side.get_ticklabels():
                label.set_fontproperties(setting.font(setting.TEXT, 10))
            font = setting.font(setting.MATH, 13, italic=True)
            symbol = self._head.symbol_of(axis.name)
            side.set_label_text(symbol, fontproperties=font, color=theme().text)
        word = len(self._head.symbol_of(request.rows.name)) > 3
        if not word:
            axes.yaxis.label.set(rotation=0, ha="right", va="center")
        for spine in axes.spines.values():
            spine.set(color=theme().border, linewidth=pt(0.8))
        if isinstance(request, BasinRequest):
            self._crosses(axes, request)

    def _crosses(self, axes: Axes, request: BasinRequest) -> None:
        places = [minimum.at for minimum in request.spec.problem.minima]
        axes.plot(
            [_share(request.columns, at[0]) for at in places],
            [_share(request.rows, at[1]) for at in places],
            linestyle="none",
            marker="x",
            markersize=pt(8),
            markeredgewidth=pt(1.7),
            color=theme().text,
            path_effects=[withStroke(linewidth=pt(3.4), foreground=theme().window)],
        )

    # -- the legend --------------------------------------------------------------------------

    def _basin_legend(self, picture: BasinPicture) -> None:
        self._title("attractor, median steps, share of starts")
        for index, place in enumerate(picture.places):
            color = shade(LIGHT, place_color(LIGHT, index), 0.85)
            median = "" if math.isnan(place.steps) else f"{place.steps:.0f} steps"
            at = words.point(tuple(round(value, 4) + 0.0 for value in place.at))
            self._row([color], at, _percent(place.share), median)
        if picture.under_way:
            self._row([under_way_color(LIGHT)], "under way", _percent(picture.under_way))
        if picture.lost:
            self._row([lost_color(LIGHT)], "diverged", _percent(picture.lost))
        if picture.most > picture.fewest:
            ramp = [shade(LIGHT, theme().text, share) for share in np.linspace(1, 0, 32)]
            self._y -= 0.12
            self._row(ramp, f"{picture.fewest} to {picture.most} steps", "")

    def _measure_legend(self, picture: SweepPicture) -> None:
        used = [index for index, share in enumerate(picture.categories) if share]
        if picture.scale is not None and has_numbers(picture):
            self._title(self._bar_title(picture, picture.scale))
            bottom = self._at.bottom + _ROW * (len(used) + 1)
            self._bar(picture.scale, bottom, self._y - bottom + 0.1)
            self._y = bottom - 0.4
        for index in used:
            color = category_color(LIGHT, index)
            self._row([color], CATEGORIES[index], _percent(picture.categories[index]))

    def _bar_title(self, picture: SweepPicture, scale: ValueScale) -> str:
        title = MEASURES[picture.measure].title
        if picture.measure != "loss":
            return title
        above = scale.scale == "log" and scale.base != 0.0
        return f"{title} above {words.number(scale.base)}" if above else title

    def _bar(self, scale: ValueScale, bottom: float, height: float) -> None:
        axes = self._axes(self._at.legend, bottom, 0.16, height)
        ramp = ramp_colors(LIGHT.surface_map, 256)[:, None, :]
        axes.imshow(ramp, origin="lower", extent=(0, 1, 0, 1), aspect="auto")
        axes.set_xticks([])
        axes.yaxis.tick_right()
        base = 0.0 if scale.scale == "log" else scale.base
        low, high = base + scale.low, base + scale.high
        ticks = axis_ticks(Axis("", low, high, 2, scale.scale)) if high > low else []
        axes.set_yticks([share for share, _ in ticks], [text for _, text in ticks])
        axes.tick_params(length=0, pad=pt(5))
        for label in axes.get_yticklabels():
            label.set_fontproperties(setting.font(setting.TEXT, 10))
        for spine in axes.spines.values():
            spine.set(color=theme().border, linewidth=pt(0.8))

    def _title(self, text: str) -> None:
        font = setting.font(setting.TEXT, 11.5)
        self._texts.put(self._at.legend, self._y - 0.12, text, font, theme().text)
        self._y -= 0.34

    def _row(self, colors: list[str], text: str, value: str, note: str = "") -> None:
        width = 0.28 / len(colors)
        y = self._y - _ROW / 2
        for index, color in enumerate(colors):
            self.figure.add_artist(
                Rectangle(
                    (
                        (self._at.legend + index * width) / self._at.width,
                        (y - 0.02) / self._at.height,
                    ),
                    width * (1.0 if index == len(colors) - 1 else 1.1) / self._at.width,
                    0.16 / self._at.height,
                    facecolor=color,
                    linewidth=0,
                )
            )
        font = setting.font(setting.TEXT, 10.5)
        taken = (
            self._texts.put(self._at.edge, y, value, font, theme().text, "right") if value else 0.0
        )
        room = self._at.edge - self._at.legend - 0.4 - taken - 0.1
        used = self._texts.put(self._at.legend + 0.4, y, text, font, theme().text, room=room)
        small = setting.font(setting.TEXT, 9)
        if note and room - used > 0.5:
            x = self._at.legend + 0.4 + used + 0.15
            self._texts.put(x, y, note, small, theme().muted, room=room - used - 0.15)
        self._y -= _ROW


def _legend_height(picture: BasinPicture | SweepPicture | None) -> float:
    """The inches that the legend takes below a map."""
    if isinstance(picture, BasinPicture):
        rows = len(picture.places) + bool(picture.under_way) + bool(picture.lost)
        return 0.4 + _ROW * rows + (_ROW + 0.12) * (picture.most > picture.fewest)
    if isinstance(picture, SweepPicture):
        used = sum(1 for share in picture.categories if share)
        bar = picture.scale is not None and has_numbers(picture)
        return _ROW * (used + 1) + (_BAR if bar else 0.0)
    return 0.0


def axis_ticks(axis: Axis) -> list[tuple[float, str]]:
    """Where ticks stand on a side, as shares of it, and what is written there."""
    locator: Locator
    if axis.scale == "linear":
        locator = MaxNLocator(6, steps=list(_STEPS))
    elif axis.high / axis.low >= 100:
        locator = LogLocator(numticks=8)
    else:
        locator = LogLocator(subs=(1, 2, 5))
    with np.errstate(over="ignore"):
        values = [float(value) for value in locator.tick_values(axis.low, axis.high)]
    inside = [v for v in values if axis.low * (1 - 1e-9) <= v <= axis.high * (1 + 1e-9)]
    if axis.scale == "linear":
        slack = 1e-9 * (axis.high - axis.low)
        inside = [v for v in values if axis.low - slack <= v <= axis.high + slack]
        return [(_share(axis, v), words.number(v + 0.0, 6)) for v in inside]
    decades = axis.high / axis.low >= 100
    return [
        (
            _share(axis, v),
            words.power_of_ten(round(math.log10(v))) if decades else words.number(v),
        )
        for v in inside
    ]


def _share(axis: Axis, value: float) -> float:
    if axis.scale == "log":
        return (math.log(value) - math.log(axis.low)) / (math.log(axis.high) - math.log(axis.low))
    return (value - axis.low) / (axis.high - axis.low)


def _percent(share: float) -> str:
    return "< 0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"


def draw_map(work: MapWork, run: Run, size: Size = "slide") -> Figure:
    """The picture of a complete map of ``run``, for a slide, a page or a journal's column."""
    with drawing(scale_of(size)):
        return MapFigure(work, run, size).figure


def save_map_figure(
    work: MapWork,
    experiment: Experiment,
    run: Run,
    path: Path,
    dpi: int = PNG_DPI,
    size: Size = "slide",
) -> None:
    """Writes the picture as the kind of file that the suffix of ``path`` names.

    Raises ValueError for another kind, FileProblemError where it cannot be written.
    """
    figure = draw_map(work, run, size)
    content = picture_bytes(figure, path.suffix.lower().lstrip("."), experiment, dpi)
    write_whole(path, lambda file: file.write(content))
