"""Charts of numbers found by many runs: lines, bands, dots and zones over two axes, as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from optlab.pictures.items import Floats, Item, Line, Point, Shape, Text, box
from optlab.pictures.places import Places, Window
from optlab.pictures.theme import Theme
from optlab.pictures.ticks import Ticks, round_ticks, wanted_ticks

_NEAR: Final = 9.0
"""Units within which a dot or a line is the one that is pointed at."""
_ACROSS_EACH, _UPWARDS_EACH, _MOST = 54.0, 26.0, 7
_LOWEST: Final = 1e-18
"""Share of the largest value below which a logarithmic axis does not reach."""


@dataclass(frozen=True, eq=False)
class ChartLine:
    """A line through (x, y), shapes (n,), in units of the axes; nan leaves a gap.

    ``steps``: each value holds until the next x.  ``key`` is what the line stands for, -1 for
    nothing that can be chosen.
    """

    x: Floats
    y: Floats
    color: str
    width: float = 1.6
    style: str = "solid"
    alpha: float = 1.0
    steps: bool = False
    key: int = -1


@dataclass(frozen=True, eq=False)
class ChartBand:
    """What lies between two lines over x, shapes (n,)."""

    x: Floats
    low: Floats
    high: Floats
    color: str
    alpha: float = 0.16


@dataclass(frozen=True, eq=False)
class ChartDots:
    """Marks at (x, y), shapes (n,); ``keys`` say what each stands for, shape (n,)."""

    x: Floats
    y: Floats
    color: str
    keys: npt.NDArray[np.int64]
    shape: Literal["dot", "cross", "ring"] = "dot"
    size: float = 3.0
    alpha: float = 0.85


@dataclass(frozen=True)
class ChartZone:
    """A part of the chart with a meaning of its own, tinted: left, right, low, high."""

    window: Window
    text: str = ""


@dataclass(frozen=True, eq=False)
class Chart:
    """What is drawn over two axes; all numbers are in units of the axes, which are decimal
    logarithms where ``log`` says so (across, upwards).

    ``window``: ranges across and upwards.  ``ticks``: fixed ones with their labels, None for round
    numbers.  ``about`` says in a sentence what is seen, ``short`` is a word or symbol for it.
    """

    key: str
    title: str
    names: tuple[str, str]
    window: Window
    log: tuple[bool, bool] = (False, False)
    lines: tuple[ChartLine, ...] = ()
    bands: tuple[ChartBand, ...] = ()
    dots: tuple[ChartDots, ...] = ()
    zones: tuple[ChartZone, ...] = ()
    ticks: tuple[tuple[tuple[float, str], ...] | None, tuple[tuple[float, str], ...] | None] = (
        None,
        None,
    )
    whole: bool = False
    about: str = ""
    short: str = ""

    @property
    def tab(self) -> str:
        """A word or symbol for the chart."""
        return self.short or self.key

    def axis_ticks(self, side: int, units: float) -> Ticks:
        """The ticks across (0) or upwards (1) on so many units."""
        fixed = self.ticks[side]
        if fixed is not None:
            return list(fixed), []
        wanted = wanted_ticks(units, (_ACROSS_EACH, _UPWARDS_EACH)[side], _MOST)
        whole = self.whole and side == 0
        return round_ticks(*self.window[side], wanted, log=self.log[side], whole=whole)


def chart_items(chart: Chart, places: Places, theme: Theme) -> list[Item]:
    """Zones, grid, bands, lines and dots, from the ground upwards, in units of the inside."""
    items: list[Item] = []
    for zone in chart.zones:
        (left, top), (right, bottom) = (
            places.place((zone.window[0][0], zone.window[1][1])),
            places.place((zone.window[0][1], zone.window[1][0])),
        )
        items.append(Shape(box(left, top, right - left, bottom - top), theme.warning, 0.10))
        if zone.text:
            at = (max(left, 0.0) + 6.0, max(top, 0.0) + 9.0)
            items.append(Text(at, zone.text, theme.warning, size=10.0, begins=True))
    items += _grid(chart, places, theme)
    for band in chart.bands:
        items += _band(band, places)
    for line in chart.lines:
        items += _line(line, places)
    for dots in chart.dots:
        items += _dots(dots, places, theme)
    return items


def nearest(chart: Chart, places: Places, at: Point) -> int:
    """The key of the dot or line that is pointed at, -1 for none."""
    best, found = _NEAR, -1
    for dots in chart.dots:
        if len(dots.x) and (dots.keys >= 0).any():
            away = np.hypot(*(places.pixels(np.column_stack((dots.x, dots.y))) - at).T)
            away[dots.keys < 0] = np.inf
            index = int(np.argmin(away))
            if away[index] < best:
                best, found = float(away[index]), int(dots.keys[index])
    for line in chart.lines:
        if line.key >= 0 and found < 0:
            away = _distance(places.pixels(np.column_stack((line.x, line.y))), at)
            if away < best:
                best, found = away, line.key
    return found


def padded(low: float, high: float, share: float = 0.05) -> tuple[float, float]:
    """The range with room at both ends, also where it is a single number."""
    room = share * (high - low) or share * max(abs(low), 1.0)
    return low - room, high + room


def loss_axis(parts: Iterable[npt.ArrayLike]) -> tuple[bool, tuple[float, float]]:
    """Whether losses are shown by their logarithm, and the range that shows the finite ones."""
    flat = [np.ravel(np.asarray(part, dtype=np.float64)) for part in parts]
    values = np.concatenate(flat) if flat else np.empty(0)
    known = values[np.isfinite(values)]
    if not known.size:
        return False, (0.0, 1.0)
    top = float(known.max())
    if known.min() >= 0 and top > 0:
        low = max(float(known[known > 0].min()), top * _LOWEST)
        return True, padded(np.log10(low), np.log10(top))
    return False, padded(float(known.min()), top)


def on_axis(values: npt.ArrayLike, log: bool, lowest: float = -np.inf) -> Floats:
    """Values in units of an axis, not below its ``lowest`` place; nan where they are no number."""
    numbers = np.asarray(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        shown = np.log10(np.maximum(numbers, 0.0)) if log else numbers
    return np.where(np.isfinite(numbers), np.maximum(shown, lowest), np.nan)


def _grid(chart: Chart, places: Places, theme: Theme) -> list[Item]:
    lines = []
    for side, units in enumerate((places.width, places.height)):
        for value, _ in chart.axis_ticks(side, units)[0]:
            low, high = chart.window[1 - side]
            ends = [(value, low), (value, high)] if side == 0 else [(low, value), (high, value)]
            lines.append(places.pixels(np.array(ends)))
    return [Line(tuple(lines), theme.grid, 1.0)] if lines else []


def _pieces(points: Floats) -> list[Floats]:
    """The stretches between points that are no numbers."""
    sound = np.isfinite(points).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], sound.astype(np.int8), [0]))))
    return [points[a:b] for a, b in edges.reshape(-1, 2)]


def _line(line: ChartLine, places: Places) -> list[Item]:
    x, y = line.x, line.y
    if line.steps and len(x) > 1:
        x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    pieces = _pieces(places.pixels(np.column_stack((x, y))))
    # A single point is a round dot.
    whole = [p if len(p) > 1 else p + np.array([[0.0, 0.0], [0.01, 0.0]]) for p in pieces]
    if not whole:
        return []
    return [Line(tuple(whole), line.color, line.width, line.alpha, line.style)]


def _band(band: ChartBand, places: Places) -> list[Item]:
    sound = np.isfinite(band.low) & np.isfinite(band.high)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], sound.astype(np.int8), [0]))))
    items: list[Item] = []
    for a, b in edges.reshape(-1, 2):
        x = np.concatenate((band.x[a:b], band.x[a:b][::-1]))
        y = np.concatenate((band.low[a:b], band.high[a:b][::-1]))
        if b - a > 1:
            items.append(Shape(places.pixels(np.column_stack((x, y))), band.color, band.alpha))
    return items


def _dots(dots: ChartDots, places: Places, theme: Theme) -> list[Item]:
    items: list[Item] = []
    points = places.pixels(np.column_stack((dots.x, dots.y)))
    angle = np.linspace(0.0, 2 * np.pi, 13)[:-1]
    circle = dots.size * np.column_stack((np.cos(angle), np.sin(angle)))
    arm = 0.8 * dots.size
    crosses: list[Floats] = []
    for at in points[np.isfinite(points).all(axis=1)]:
        if dots.shape == "cross":
            crosses += [at + np.array([[-arm, sign * -arm], [arm, sign * arm]]) for sign in (1, -1)]
        elif dots.shape == "ring":
            items.append(Shape(at + circle, dots.color, 0.0, dots.color, 2.0))
        else:
            items.append(Shape(at + circle, dots.color, dots.alpha, theme.window, 0.6))
    return [*items, Line(tuple(crosses), dots.color, 1.2, dots.alpha)] if crosses else items


def _distance(points: Floats, at: Point) -> float:
    """From a point to the nearest place of a polyline."""
    known = points[np.isfinite(points).all(axis=1)]
    if len(known) < 2:
        return float("inf")
    begin, along = known[:-1], np.diff(known, axis=0)
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((np.array(at) - begin) * along).sum(axis=1) / length, 0.0, 1.0)
    return float(np.hypot(*(begin + share[:, None] * along - at).T).min())


def fixed_ticks(labels: Sequence[str]) -> tuple[tuple[float, str], ...]:
    """A tick at 0, 1, 2 … for each label."""
    return tuple((float(index), label) for index, label in enumerate(labels))
