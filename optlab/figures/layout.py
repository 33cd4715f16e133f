"""Where things stand in a picture: by view (whole sheet or a single pane) and by size.

Lengths are in design inches; the picture and everything in it is ``scale`` times as large.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

Size = Literal["column", "page", "slide"]
SIZES: tuple[Size, ...] = get_args(Size)
SHEET, CONTOUR, SURFACE, WORKSHEET = "sheet", "contour", "surface", "worksheet"
VIEWS = (SHEET, CONTOUR, SURFACE, WORKSHEET, "loss")
"""What can be drawn of every experiment; any other quantity over the steps goes by its key."""

Box = tuple[float, float, float, float]
"""Left, bottom, width, height."""

MARGIN = 0.42
FOOT = 0.62
"""Below a pane: room for the numbers and the name of its axis."""
BETWEEN = 0.46
"""From one pane down to the next, whose title stands there."""
_HEAD = 1.06
HEAD_ROW = 0.24
"""From the formula under the title down to what has no room beside it."""
_LEGEND_ROW = 0.27
_PANE, _LEAST_PANE = 2.0, 0.75
_SLIDE, _SLIDE_TOP = (8.86, 12.36), 5.86
"""Beside the map of a slide: left and right, and the top of the highest pane."""
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
    """Boxes of what is shown: ``map`` and ``bar`` (its colour scale), ``surface``, ``panes``.

    ``head`` is how many lines stand under the title, 0 without one, ``table`` is where the list
    of runs begins and ends (left, right, top) or None, and ``legend`` the baseline of a legend's
    first row, or None.
    """

    width: float
    height: float
    scale: float
    head: int = 0
    map: Box | None = None
    bar: Box | None = None
    surface: Box | None = None
    panes: tuple[Box, ...] = ()
    table: tuple[float, float, float] | None = None
    legend: float | None = None

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height of the picture, a whole number of pixels at 100 dots an inch."""
        return round(self.width * self.scale, 2), round(self.height * self.scale, 2)

    @property
    def edge(self) -> float:
        """Where text ends at the right."""
        return self.width - (0.44 if self.scale == 1 else 0.3)


def table_room(size: Size, panes: int) -> tuple[float, float]:
    """Width and height that the list of runs may take under the panes of a sheet."""
    if size != "slide":
        return width_of(size) - 0.3 - MARGIN, math.inf
    least = _LEAST_PANE * panes + BETWEEN * max(panes - 1, 0)
    return _SLIDE[1] - _SLIDE[0], _SLIDE_TOP - 2 * FOOT - least


def layout_of(
    view: str, size: Size, table: float, legend_rows: int, panes: int = 1, titled: bool = True
) -> Layout:
    """The layout for a ``table`` of so many inches, or a legend of so many rows.

    ``panes`` are those of a sheet, which has a title where it is ``titled``.
    """
    width, scale = width_of(size), scale_of(size)
    if view == SHEET:
        wide = _wide(table, panes, titled)
        return wide if size == "slide" else _tall(width, scale, table, panes, titled)
    curves = 0.7 if size == "column" else 0.55
    shape = {CONTOUR: 0.92, SURFACE: 0.84}.get(view, curves) if size != "slide" else 7.2 / 12.8
    top = MARGIN - 0.1 + legend_rows * _LEGEND_ROW
    height = width * shape + (legend_rows * _LEGEND_ROW if size != "slide" else 0.0)
    legend = height - MARGIN + 0.1
    if view == CONTOUR:
        box, bar = _map_boxes(width, 0.72, height - top - 0.3 - 0.72)
        return Layout(width, height, scale, map=box, bar=bar, legend=legend)
    if view == SURFACE:
        surface = (0.3, 0.15, width - 0.6, height - top - 0.2)
        return Layout(width, height, scale, surface=surface, legend=legend)
    left = 0.92
    box = (left, FOOT, width - 0.3 - left, height - top - 0.42 - FOOT)
    return Layout(width, height, scale, panes=(box,), legend=legend)


def _map_boxes(width: float, bottom: float, height: float) -> tuple[Box, Box]:
    """The map and its scale across the picture."""
    right = width - 0.86
    return (0.92, bottom, right - 0.16 - 0.92, height), (right, bottom, 0.11, height)


def _stacked(left: float, edge: float, bottom: float, top: float, count: int) -> tuple[Box, ...]:
    """Panes of one height, from the top."""
    height = (top - bottom - BETWEEN * (count - 1)) / max(count, 1)
    return tuple(
        (left, top - height - index * (height + BETWEEN), edge - left, height)
        for index in range(count)
    )


def _wide(table: float, panes: int, titled: bool) -> Layout:
    """Map at the left, panes and table at the right."""
    left, edge = _SLIDE
    higher = 0.0 if titled else _HEAD - 0.4
    high = 5.42 + higher
    bottom = FOOT + table + FOOT if table else FOOT
    return Layout(
        width=12.8,
        height=7.2,
        scale=1.0,
        head=int(titled),
        map=(0.92, 0.72, 6.28, high),
        bar=(7.36, 0.72, 0.11, high),
        panes=_stacked(left, edge, bottom, _SLIDE_TOP + higher, panes),
        table=(left, edge, FOOT + table),
    )


def _tall(width: float, scale: float, table: float, panes: int, titled: bool) -> Layout:
    """Map, panes, table from top to bottom."""
    left, edge = 0.92, width - 0.3
    curves = _PANE * panes + BETWEEN * max(panes - 1, 0)
    map_height = 0.74 * width
    bottom = 0.3 + table + FOOT
    map_bottom = bottom + curves + 0.62 + 0.72
    height = map_bottom + map_height + (_HEAD + 0.1 if titled else 0.42)
    box, bar = _map_boxes(width, map_bottom, map_height)
    return Layout(
        width=width,
        height=height,
        scale=scale,
        head=int(titled),
        map=box,
        bar=bar,
        panes=_stacked(left, edge, bottom, bottom + curves, panes),
        table=(MARGIN, edge, 0.3 + table),
    )


def with_two_lines(layout: Layout, size: Size) -> Layout:
    """The layout of a sheet with a second line under its title; a slide has no room for it."""
    if size == "slide":
        return layout
    return replace(layout, height=layout.height + HEAD_ROW, head=2)
