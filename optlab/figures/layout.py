"""Where things stand in a picture: by view (whole sheet or a single pane) and by size.

Lengths are in design inches; the picture and everything in it is ``scale`` times as large.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

Size = Literal["column", "page", "slide"]
SIZES: tuple[Size, ...] = get_args(Size)
SHEET, CONTOUR, SURFACE, WORKSHEET = "sheet", "contour", "surface", "worksheet"
MODEL, LAYERS = "model", "layers"
VIEWS = (SHEET, CONTOUR, SURFACE, WORKSHEET, "loss")
"""What can be drawn of every experiment; any other quantity over the steps goes by its key."""
MODEL_VIEWS = (MODEL, LAYERS)
"""What can be drawn of models over data: networks and formulas."""

Box = tuple[float, float, float, float]
"""Left, bottom, width, height."""

MARGIN = 0.42
FOOT = 0.62
"""Below a pane: room for the numbers and the name of its axis."""
PANE_GAP, TITLE_ROW = 0.46, 0.21
"""From one pane down to the next, whose title stands there, and what each more line of it adds."""
HEAD, NO_HEAD = 1.06, 0.4
"""Above a sheet: title and one line of formula and facts, or neither."""
MOST_HEIGHT = 9.0
"""Inches that a page of A4 or letter has for a figure; its caption stands below."""
_LEGEND_ROW = 0.27
_PANE, _LOW_PANE, _LEAST_PANE = 2.0, 1.4, 0.66
"""Height of a pane, of one among columns, and of any."""
_ENOUGH = 0.3
"""Of what map and panes would like beyond the least: with less, the panes take more columns."""
_MOST_COLUMNS: dict[Size, int] = {"column": 2, "page": 3}
_GUTTER = 0.74
"""Between two columns of panes, for numbers."""
_BELOW_MAP = 0.62 + 0.72
_SLIDE, _SLIDE_HEIGHT, _TITLE = (8.86, 12.36), 7.2, 0.28
"""Beside the map of a slide: left and right; its height, and the room above the highest pane."""
_GRID_LEFT = 6.3
"""Where the panes of a slide begin that has more than one column of them."""
_WIDTHS: dict[Size, tuple[float, float]] = {
    "column": (3.4, 0.74),
    "page": (6.8, 0.8),
    "slide": (12.8, 1.0),
}
"""Width of the picture in inches, and the scale: letters of a column have some 7.4 points."""


def scale_of(size: Size) -> float:
    """How large letters and lines are, 1 on a slide."""
    return _WIDTHS[size][1]


def width_of(size: Size) -> float:
    """The width of a picture in design inches."""
    width, scale = _WIDTHS[size]
    return width / scale


@dataclass(frozen=True)
class Layout:
    """Boxes of what is shown: ``map`` and ``bar`` (its colour scale), ``surface``, ``panes``, and
    ``models`` or layers of weights.

    ``table`` is where the list of runs begins and ends (left, right, top) or None, and ``legend``
    the baseline of a legend's first row, or None.  ``lowest`` are the panes that have the numbers
    of their steps below them.
    """

    width: float
    height: float
    scale: float
    map: Box | None = None
    bar: Box | None = None
    surface: Box | None = None
    models: Box | None = None
    panes: tuple[Box, ...] = ()
    lowest: frozenset[int] = frozenset({0})
    table: tuple[float, float, float] | None = None
    legend: float | None = None

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height of the picture, a whole number of pixels at 100 dots an inch."""
        return round(self.width * self.scale, 2), round(self.height * self.scale, 2)

    @property
    def edge(self) -> float:
        """Where text ends at the right."""
        return edge_of(self.width, self.scale)


def edge_of(width: float, scale: float) -> float:
    """Where text ends at the right of a picture of so many design inches."""
    return width - (0.44 if scale == 1 else 0.3)


def table_room(size: Size, panes: int, least: float, head: float) -> tuple[float, float]:
    """Width and height that the list of runs may take on a sheet; it takes ``least`` inches."""
    if size != "slide":
        return width_of(size) - 0.3 - MARGIN, math.inf
    stack = _LEAST_PANE * panes + PANE_GAP * (panes - 1)
    room = _SLIDE_HEIGHT - head - _TITLE - 2 * FOOT - stack
    if room >= least:
        return _SLIDE[1] - _SLIDE[0], room
    return _GRID_LEFT - 0.88 - MARGIN, 2.6


def layout_of(view: str, size: Size, legend_rows: int) -> Layout:
    """The layout of a single view with a legend of so many rows."""
    width, scale = width_of(size), scale_of(size)
    curves = 0.7 if size == "column" else 0.55
    shape = {CONTOUR: 0.92, SURFACE: 0.84}.get(view, curves) if size != "slide" else 7.2 / 12.8
    top = MARGIN - 0.1 + legend_rows * _LEGEND_ROW
    height = width * shape + (legend_rows * _LEGEND_ROW if size != "slide" else 0.0)
    legend = height - MARGIN + 0.1
    if view == CONTOUR:
        box, bar = _map_boxes(width, 0.72, height - top - 0.3 - 0.72)
        return Layout(width, height, scale, map=box, bar=bar, legend=legend)
    if view in (MODEL, LAYERS):
        whole = (0.3, 0.15, width - 0.6, height - top - 0.25)
        return Layout(width, height, scale, models=whole, legend=legend if legend_rows else None)
    if view == SURFACE:
        surface = (0.3, 0.15, width - 0.6, height - top - 0.2)
        return Layout(width, height, scale, surface=surface, legend=legend)
    left = 0.92
    box = (left, FOOT, width - 0.3 - left, height - top - 0.42 - FOOT)
    return Layout(width, height, scale, panes=(box,), legend=legend)


TitleRows = Callable[[float], Sequence[int]]
"""The lines that the title of each pane takes above panes of a width."""


def sheet_of(size: Size, table: float, head: float, titles: TitleRows) -> Layout:
    """The layout of a sheet with a ``head`` and a ``table`` of so many inches.

    The panes stand below each other, in columns where that would leave them flat.  A page and a
    column are at most :data:`MOST_HEIGHT` high.
    """
    return _wide(table, head, titles) if size == "slide" else _tall(size, table, head, titles)


def _map_boxes(right: float, bottom: float, height: float) -> tuple[Box, Box]:
    """The map and its scale, from the left to a right edge."""
    end = right - 0.86
    return (0.92, bottom, end - 0.16 - 0.92, height), (end, bottom, 0.11, height)


class _Grid:
    """Panes in columns between ``left`` and ``right``, filled from the top."""

    def __init__(self, left: float, right: float, columns: int, titles: TitleRows) -> None:
        self._left = left
        self._wide = (right - left - _GUTTER * (columns - 1)) / columns
        lines = titles(self._wide)
        ends = [-(-len(lines) * column // columns) for column in range(columns + 1)]
        self._columns = [lines[a:b] for a, b in itertools.pairwise(ends) if b > a]

    def least(self, pane: float) -> float:
        """Inches of panes of a height with their titles, below :data:`_TITLE` for the first."""
        return max((pane * len(one) + self._titles(one) for one in self._columns), default=0.0)

    @staticmethod
    def _titles(lines: Sequence[int]) -> float:
        """Inches of the titles of a column, that of the first pane beyond its first line."""
        return PANE_GAP * (len(lines) - 1) + TITLE_ROW * (sum(lines) - len(lines))

    def within(self, bottom: float, height: float) -> dict[str, Any]:
        """The panes, each column as high as all, and which are the lowest."""
        panes: list[Box] = []
        lowest = set()
        for column, lines in enumerate(self._columns):
            high = (height - self._titles(lines)) / len(lines)
            x, y = self._left + column * (self._wide + _GUTTER), bottom + height + PANE_GAP
            for each in lines:
                y -= PANE_GAP + TITLE_ROW * (each - 1) + high
                panes.append((x, y, self._wide, high))
            lowest.add(len(panes) - 1)
        return {"panes": tuple(panes), "lowest": frozenset(lowest)}


def _wide(table: float, head: float, titles: TitleRows) -> Layout:
    """Map at the left, panes at the right; the table below the panes, or below the map where
    they take more than one column."""
    left, edge = _SLIDE
    top = _SLIDE_HEIGHT - head
    rest = top - _TITLE - FOOT - (table + FOOT if table else 0.0)
    whole: dict[str, Any] = {"width": 12.8, "height": _SLIDE_HEIGHT, "scale": 1.0}
    grid = _Grid(left, edge, 1, titles)
    if rest >= grid.least(_LEAST_PANE) - 1e-9:
        return Layout(
            **whole,
            map=(0.92, 0.72, 6.28, top - 0.72),
            bar=(7.36, 0.72, 0.11, top - 0.72),
            **grid.within(top - _TITLE - rest, rest),
            table=(left, edge, FOOT + table),
        )
    rest = top - _TITLE - FOOT
    for columns in (2, 3):
        grid = _Grid(_GRID_LEFT, edge, columns, titles)
        if rest >= grid.least(_LEAST_PANE):
            break
    bottom = 0.3 + table + 0.72 if table else 0.72
    box, bar = _map_boxes(_GRID_LEFT - 0.7, bottom, top - bottom)
    return Layout(
        **whole,
        map=box,
        bar=bar,
        **grid.within(FOOT, rest),
        table=(MARGIN, _GRID_LEFT - 0.88, 0.3 + table),
    )


def _tall(size: Size, table: float, head: float, titles: TitleRows) -> Layout:
    """Map, panes, table from top to bottom: as high as they like, or as a page lets them."""
    width, scale = width_of(size), scale_of(size)
    left, edge = 0.92, width - 0.3
    bottom = 0.3 + table + FOOT
    most = MOST_HEIGHT / scale - (head + 0.1 + _BELOW_MAP + bottom)
    low, high = 0.34 * width, 0.74 * width
    for columns in range(1, _MOST_COLUMNS[size] + 1):
        grid = _Grid(left, edge, columns, titles)
        flat, liked = grid.least(_LEAST_PANE), grid.least(_PANE if columns == 1 else _LOW_PANE)
        share = (most - low - flat) / (high - low + liked - flat)
        if share >= _ENOUGH:
            break
    share = min(max(share, 0.0), 1.0)
    panes = flat + share * (liked - flat)
    map_bottom = bottom + panes + _BELOW_MAP
    map_height = low + share * (high - low)
    box, bar = _map_boxes(width, map_bottom, map_height)
    return Layout(
        width=width,
        height=map_bottom + map_height + head + 0.1,
        scale=scale,
        map=box,
        bar=bar,
        **grid.within(bottom, panes),
        table=(MARGIN, edge, 0.3 + table),
    )
