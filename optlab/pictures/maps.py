"""Maps of many runs: the cells in their colours, axes, marks, and what the colours mean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optlab.core.analysis.update_measures import REACH, UpdateMeasurePicture
from optlab.core.analysis.worksheet.number_text import MOST
from optlab.core.display import display_symbol, short
from optlab.core.maps import (
    CATEGORIES,
    MEASURES,
    Axis,
    BasinPicture,
    SweepPicture,
    ValueScale,
)
from optlab.pictures.color_tables import diverging_table
from optlab.pictures.contour import LineGroup
from optlab.pictures.items import Point
from optlab.pictures.map_colors import (
    basin_colors,
    category_color,
    has_numbers,
    lost_color,
    measure_colors,
    place_color,
    shade,
    under_way_color,
)
from optlab.pictures.places import Window
from optlab.pictures.theme import Theme
from optlab.pictures.ticks import figures, linear_labels, linear_ticks, round_ticks
from optlab.session.maps.map_axes import settings_of
from optlab.session.maps.map_request import BasinRequest, MapWork

_BAR_TITLES = {"steps": "steps", "length": "length"}


@dataclass(frozen=True)
class MapAxis:
    """One side of a map: values from ``low`` to ``high`` (0 < low where logarithmic).

    A *place* is where a value stands in the plot: the value itself, or its decimal logarithm.
    """

    symbol: str
    low: float
    high: float
    log: bool = False

    @property
    def places(self) -> tuple[float, float]:
        """Where the ends stand."""
        return self.place(self.low), self.place(self.high)

    def place(self, value: float) -> float:
        """Where a value stands; -inf for one that a logarithm does not have."""
        if self.log:
            return math.log10(value) if value > 0 else -math.inf
        return value

    def value(self, place: float) -> float:
        """The value that stands there."""
        return float(10.0**place) if self.log else place

    def middle(self, cell: int, count: int) -> float:
        """The place of the middle of a cell; the first and the last lie on the ends."""
        first, last = self.places
        return first + cell / (count - 1) * (last - first)


@dataclass(frozen=True)
class LegendItem:
    """One colour: its gradient (one colour or from strong to faint), what it is, and a share;
    ``note`` stands beside the text, ``tip`` explains it."""

    colors: tuple[str, ...]
    text: str
    value: str = ""
    tip: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class MapDrawing:
    """A picture: ``colors`` (rows, columns, 4) red, green, blue, opacity, row 0 at the bottom.

    The first and the last cell of a side are centred on the ends of its axis.  ``bar`` is the
    scale of a colour bar with its ``bar_title``, short and in words, or None; ``crosses`` are the
    known minima, ``legend`` says what the other colours mean.
    """

    colors: NDArray[np.uint8]
    across: MapAxis
    upwards: MapAxis
    bar: ValueScale | None = None
    bar_title: str = ""
    bar_words: str = ""
    crosses: tuple[Point, ...] = ()
    legend: tuple[LegendItem, ...] = ()

    @property
    def covered(self) -> Window:
        """The places that the cells cover, half of the outer ones beyond the axes."""
        rows, columns, _ = self.colors.shape
        sides = []
        for axis, count in ((self.across, columns), (self.upwards, rows)):
            first, last = axis.places
            half = (last - first) / (count - 1) / 2
            sides.append((first - half, last + half))
        return sides[0], sides[1]


@dataclass(frozen=True)
class MapMark:
    """A run on the map: a ringed dot at x, y, in its colour; the ``best`` cell is a ring."""

    x: float
    y: float
    color: str
    selected: bool = False
    best: bool = False


def map_drawing(work: MapWork, theme: Theme) -> MapDrawing | None:
    """The picture of a map of either kind; None as long as nothing is computed."""
    picture, request = work.picture, work.request
    if isinstance(picture, BasinPicture) and isinstance(request, BasinRequest):
        return MapDrawing(
            basin_colors(picture, theme),
            MapAxis(display_symbol(request.columns.name), *request.window[0]),
            MapAxis(display_symbol(request.rows.name), *request.window[1]),
            crosses=request.crosses,
            legend=tuple(_basin_legend(picture, theme)),
        )
    if not isinstance(picture, SweepPicture):
        return None
    settings = settings_of(request.spec, request.starts)

    def side(axis: Axis) -> MapAxis:
        return MapAxis(settings[axis.name].symbol, axis.low, axis.high, axis.scale == "log")

    title, words = _bar_titles(picture)
    return MapDrawing(
        measure_colors(picture, theme),
        side(request.columns),
        side(request.rows),
        picture.scale if has_numbers(picture) else None,
        title,
        words,
        legend=tuple(
            LegendItem((category_color(theme, index),), CATEGORIES[index], _percent(share))
            for index, share in enumerate(picture.categories)
            if share
        ),
    )


def _bar_titles(picture: SweepPicture) -> tuple[str, str]:
    """What is written at a colour bar, short and in words."""
    scale, words = picture.scale, MEASURES[picture.measure].title
    if picture.measure != "loss":
        return _BAR_TITLES.get(picture.measure, ""), words
    if scale is not None and scale.scale == "log" and scale.base != 0.0:
        return "E − Emin", f"{words} above {figures(scale.base, 4)}"
    return "E", words


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


def _basin_legend(picture: BasinPicture, theme: Theme) -> list[LegendItem]:
    """One line for each attractor, for the rest, and for what brightness means."""
    items = []
    for index, place in enumerate(picture.places):
        color = place_color(theme, index)
        what = "known minimum" if place.known else "minimum"
        tip = f"{what}; half of these starts need {place.steps:.0f} steps or less"
        tip = tip if place.share else f"{what}; no start leads here"
        colors = (shade(theme, color, 0.85),)
        note = "" if math.isnan(place.steps) else f"{place.steps:.0f} steps"
        items.append(LegendItem(colors, _near(place.at), _percent(place.share), tip, note))
    if picture.under_way:
        tip = "Runs that end at no minimum: on their way when their steps were over, or in circles"
        text = "under way"
        items.append(LegendItem((under_way_color(theme),), text, _percent(picture.under_way), tip))
    if picture.lost:
        tip = "Runs that diverged or left the domain of the formula"
        items.append(LegendItem((lost_color(theme),), "diverged", _percent(picture.lost), tip))
    if picture.most > picture.fewest:
        ramp = tuple(shade(theme, theme.text, share) for share in (1.0, 0.5, 0.0))
        text = f"{picture.fewest} … {picture.most} steps"
        items.append(LegendItem(ramp, text, "", "The stronger the colour, the fewer steps"))
    return items


def _near(at: tuple[float, ...]) -> str:
    """A place, as exactly as it is worth knowing."""
    shown = ", ".join(short(round(value, 4) + 0.0, 4) for value in at[:MOST])
    return f"({shown}{', …' * (len(at) > MOST)})"


def _percent(share: float) -> str:
    """A share without claiming that something is nothing."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share:.1%}".replace("%", " %")


@dataclass(frozen=True, eq=False)
class MeasureDrawing:
    """One map: ``colors`` (rows, columns, 4) red, green, blue, opacity, row 0 at the bottom,
    filling the square; contour ``lines`` in g1, g2, bold where the measure is 0."""

    symbol: str
    title: str
    colors: NDArray[np.uint8]
    lines: tuple[LineGroup, ...]


@dataclass(frozen=True, eq=False)
class MeasuresDrawing:
    """Maps side by side over g1, g2 from -``reach`` to ``reach``; the colours of ``table`` go
    from -``limit`` to ``limit`` in all of them."""

    maps: tuple[MeasureDrawing, ...]
    table: NDArray[np.uint8]
    limit: float
    reach: float = REACH

    def bar_ticks(self, wanted: int) -> list[tuple[float, str]]:
        """Where numbers stand at the bar (as shares), from below, and how they are written."""
        values = linear_ticks(-self.limit, self.limit, wanted)
        shares = [0.5 + value / (2 * self.limit) for value in values]
        return list(zip(shares, linear_labels(values), strict=True))


def measures_drawing(picture: UpdateMeasurePicture, theme: Theme) -> MeasuresDrawing:
    """The maps of a group of measures in the colours of a theme."""
    table, maps = diverging_table(theme), []
    for one in picture.maps:
        share = (np.clip(np.nan_to_num(one.values) / picture.limit, -1.0, 1.0) + 1.0) / 2.0
        colors = table[(share * (len(table) - 1) + 0.5).astype(int)]
        opaque = np.dstack((colors, np.full(share.shape, 255, dtype=np.uint8)))
        looks = []
        for is_zero, alpha, width in ((False, 0.32, 0.8), (True, 0.85, 1.6)):
            pairs = zip(one.lines, one.line_levels, strict=True)
            lines = tuple(each for each, k in pairs if (picture.levels[k] == 0) == is_zero)
            looks.append(LineGroup(lines, theme.text, alpha, width))
        maps.append(MeasureDrawing(one.measure.symbol, one.measure.title, opaque, tuple(looks)))
    return MeasuresDrawing(tuple(maps), table, picture.limit)
