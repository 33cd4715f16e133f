"""The picture of a map of many runs: title, map with axes, and what its colours mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from optlab.core.analysis.worksheet.number_text import MOST
from optlab.core.display import display_symbol, typeset_number
from optlab.core.maps import MEASURES, SEED, BasinPicture, ValueScale
from optlab.figures import setting, words
from optlab.figures.experiment_figure import HEIGHT, WIDTH
from optlab.figures.layout import Box, Size, scale_of, width_of
from optlab.figures.options import PNG_DPI
from optlab.figures.painting import UNIT, UNITS, draw_items, units_of
from optlab.figures.panes.map_pane import set_ticks
from optlab.figures.save import picture_bytes
from optlab.figures.setting import drawing, pt, theme
from optlab.figures.texts import BETWEEN, Ruler, Texts
from optlab.files.temp_files import write_whole
from optlab.pictures.color_tables import ramp
from optlab.pictures.contour import cross_items
from optlab.pictures.maps import MapDrawing, bar_ticks, map_drawing
from optlab.pictures.places import Places
from optlab.pictures.ticks import round_ticks, wanted_ticks
from optlab.session.experiment import Experiment, Run
from optlab.session.maps.map_axes import settings_of
from optlab.session.maps.map_request import BasinRequest, MapWork

_LEFT = 0.42
_TITLE, _BELOW, _FIRST = 0.28, 0.22, 0.3
"""From a line of the title to the next, of what stands below it, and between the two."""
_TITLES = (18.0, 15.0, 12.5)
_MOST_SETTINGS = 3


@dataclass(frozen=True)
class MapHead:
    """Title, settings and facts of a map, to be laid out within ``drawing()``.

    ``edge`` is where the lines end, in design inches.  A ``narrow`` head has a line for each, or
    more; else there is one line of settings and facts.
    """

    work: MapWork
    run: Run
    ruler: Ruler
    edge: float
    narrow: bool

    def symbol_of(self, name: str) -> str:
        """How a side of the map is called."""
        found = settings_of(self.work.request.spec, self.work.request.starts).get(name)
        return display_symbol(name) if found is None else found.symbol

    @property
    def more(self) -> float:
        """The inches that the lines need beyond one of the title and two below it."""
        if not self.narrow:
            return 0.0
        return _TITLE * (len(self._title[1]) - 1) + _BELOW * (len(self._settings) - 1)

    def draw(self, texts: Texts, top: float) -> None:
        """Writes the lines, the first one's baseline at ``top``."""
        font, lines = self._title
        for index, line in enumerate(lines):
            y = top - index * _TITLE
            texts.put(_LEFT, y, line, font, theme().text, room=self._room)
        low, small = y - _FIRST, self._small
        facts = BETWEEN.join(self._facts)
        if self.narrow:
            for line in filter(None, (*self._settings, facts)):
                texts.put(_LEFT, low, line, small, theme().muted, room=self._room)
                low -= _BELOW
            return
        taken = texts.put(self.edge, low, facts, small, theme().muted, "right")
        settings = BETWEEN.join(self._parts)
        texts.put(_LEFT, low, settings, small, theme().muted, room=self._room - taken - 0.3)

    @property
    def _room(self) -> float:
        return self.edge - _LEFT

    @property
    def _small(self) -> FontProperties:
        return setting.font(setting.TEXT, 10)

    @cached_property
    def _title(self) -> tuple[FontProperties, list[str]]:
        """In one line if some size fits; where there is room below, in two of the middle one."""
        fonts = [setting.font(setting.TEXT, points, "semibold") for points in _TITLES]
        text = self._words
        for font in fonts:
            if self.ruler.width(text, font) <= self._room:
                return font, [text]
        if not self.narrow:
            return fonts[-1], [text]
        lines: list[str] = []
        for font in fonts[1:]:
            lines = self.ruler.wrap(text, font, self._room, 2, between=" ")
            if not lines[-1].endswith("…"):
                break
        return font, lines

    @property
    def _words(self) -> str:
        request = self.work.request
        problem = request.spec.problem
        whose = self.run.name or request.spec.rule.name
        where = problem.title
        if isinstance(request, BasinRequest):
            return f"Basins of {whose} on {where}"
        sides = " and ".join(self.symbol_of(axis.name) for axis in (request.columns, request.rows))
        what = MEASURES[self.work.measure].title.capitalize()
        return f"{what} of {whose} on {where}, by {sides}"

    @property
    def _facts(self) -> list[str]:
        request, spec = self.work.request, self.work.request.spec
        if isinstance(request, BasinRequest):
            facts = self._start if request.starts is not None else []
            facts += [f"arrived at |g| ≤ {typeset_number(spec.stop_gradient or 0.0)}"]
        else:
            facts = self._start
            if self.work.measure == "steps" and math.isfinite(request.target):
                facts.append(f"target E {typeset_number(request.target, 3)}")
        runs = f"{request.columns.count} × {request.rows.count} runs"
        return [*facts, f"{spec.steps} steps", runs]

    @property
    def _start(self) -> list[str]:
        """The start of all runs, without the component that the map varies."""
        request = self.work.request
        if request.starts is not None:
            return [f"starts on a plane: {request.starts.plane.kind}"]
        if SEED in self._varied or len(request.spec.start) > MOST:
            return []
        start = {f"w{index + 1}": value for index, value in enumerate(self.work.request.spec.start)}
        same = {name: value for name, value in start.items() if name not in self._varied}
        if same == start:
            return [f"start {words.point(tuple(start.values()))}"]
        return [f"start {self.symbol_of(name)} {typeset_number(same[name])}" for name in same]

    @property
    def _varied(self) -> set[str]:
        return {self.work.request.columns.name, self.work.request.rows.name}

    @cached_property
    def _settings(self) -> list[str]:
        settings = BETWEEN.join(self._parts)
        return self.ruler.wrap(settings, self._small, self._room, _MOST_SETTINGS)

    @property
    def _parts(self) -> list[str]:
        """The settings of the run, without those that the map varies."""
        symbols = [f"{self.symbol_of(name)} " for name in self._varied]
        parts = words.settings(self.work.request.spec).split(BETWEEN)
        return [p for p in parts if not any(p.startswith(s) for s in symbols)]


_INSIDE, _FOOT, _HEAD = 0.95, 0.78, 1.12
_ROW = 0.3
_BAR = 2.1
"""The scale of a measure below its map."""


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
            WIDTH, HEIGHT, (_INSIDE, _FOOT, 7.65, top - _FOOT), 9.1, top, _FOOT, WIDTH - 0.44
        )
    width = width_of(size)
    side = 0.8 * (width - _INSIDE - 0.4)
    bottom = 0.3 + legend + 0.1 + _FOOT
    height = bottom + side + _HEAD + 0.22 + head
    box = (_INSIDE, bottom, width - _INSIDE - 0.4, side)
    return _Places(width, height, box, 0.42, 0.3 + legend, 0.3, width - 0.4)


class MapFigure:
    """A sheet with one map on it."""

    def __init__(self, work: MapWork, run: Run, size: Size = "slide") -> None:
        """``work`` is complete. Must be called within ``drawing()`` of the size's scale."""
        map_, scale = map_drawing(work, theme()), scale_of(size)
        ruler, narrow = Ruler(scale), size != "slide"
        edge = _places(size, 0.0, 0.0).edge
        self._head = MapHead(work, run, ruler, edge, narrow)
        self._at = at = _places(size, _legend_height(map_), self._head.more)
        inches = round(at.width * scale, 2), round(at.height * scale, 2)
        self.figure = Figure(figsize=inches, dpi=100)
        self._texts = Texts(self.figure, ruler, at.width, at.height)
        self._work = work
        self._y = at.top
        self._head.draw(self._texts, at.height - 0.48)
        if map_ is not None:
            self._map(map_)
            self._legend(map_)

    # -- the map -----------------------------------------------------------------------------

    def _axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        w, h = self._at.width, self._at.height
        return self.figure.add_axes((left / w, bottom / h, width / w, height / h))

    def _map(self, drawn: MapDrawing) -> None:
        left, bottom, width, height = self._at.map
        axes = self._axes(left, bottom, width, height)
        axes.set_facecolor(theme().panel)
        (low_x, high_x), (low_y, high_y) = drawn.covered
        axes.imshow(
            drawn.colors,
            origin="lower",
            extent=(low_x, high_x, low_y, high_y),
            aspect="auto",
            interpolation="antialiased",
        )
        axes.set_xlim(*drawn.across.places)
        axes.set_ylim(*drawn.upwards.places)
        for axis, side, size, each in (
            (axes.xaxis, drawn.across, width, 76.0),
            (axes.yaxis, drawn.upwards, height, 56.0),
        ):
            wanted = wanted_ticks(UNITS * size, each)
            set_ticks(axis, round_ticks(*side.places, wanted, log=side.log))
            font = setting.font(setting.MATH, 14 * UNIT, italic=True)
            axis.set_label_text(side.symbol, fontproperties=font, color=theme().text)
        if len(drawn.upwards.symbol) <= 3:
            axes.yaxis.label.set(rotation=0, ha="right", va="center")
        for spine in axes.spines.values():
            spine.set(color=theme().border, linewidth=pt(UNIT))
        places = Places((drawn.across.places, drawn.upwards.places), UNITS * width, UNITS * height)
        units = units_of(axes, places.width, places.height)
        for x, y in drawn.crosses:
            at = places.place((drawn.across.place(x), drawn.upwards.place(y)))
            draw_items(axes, cross_items(at, theme()), units, 5.0)

    # -- the legend --------------------------------------------------------------------------

    def _legend(self, drawn: MapDrawing) -> None:
        if drawn.bar is not None:
            self._title(drawn.bar_words)
            bottom = self._at.bottom + _ROW * (len(drawn.legend) + 1)
            self._bar(drawn.bar, bottom, self._y - bottom + 0.1)
            self._y = bottom - 0.4
        elif isinstance(self._work.picture, BasinPicture):
            self._title("attractor, median steps, share of starts")
        for item in drawn.legend:
            self._row(item.colors, item.text, item.value, item.note)

    def _bar(self, scale: ValueScale, bottom: float, height: float) -> None:
        axes = self._axes(self._at.legend, bottom, 0.16, height)
        table = ramp(theme().surface_map)[:, None]
        axes.imshow(table, origin="lower", extent=(0, 1, 0, 1), aspect="auto")
        axes.set_xticks([])
        axes.yaxis.tick_right()
        ticks = bar_ticks(scale, wanted_ticks(UNITS * height, 48.0))
        set_ticks(axes.yaxis, (ticks, []), length=0.0)
        axes.set_ylim(0, 1)
        for spine in axes.spines.values():
            spine.set(color=theme().border, linewidth=pt(UNIT))

    def _title(self, text: str) -> None:
        font = setting.font(setting.TEXT, 11.5)
        self._texts.put(self._at.legend, self._y - 0.12, text, font, theme().text)
        self._y -= 0.34

    def _row(self, colors: Sequence[str], text: str, value: str, note: str = "") -> None:
        if len(colors) > 1:
            colors = [to_hex(color) for color in ramp(colors)[::8] / 255.0]
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


def _legend_height(drawn: MapDrawing | None) -> float:
    """The inches that the legend takes below a map."""
    if drawn is None:
        return 0.0
    return 0.4 + _ROW * len(drawn.legend) + (_BAR if drawn.bar is not None else 0.0)


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
