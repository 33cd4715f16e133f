"""The surface in 3D with the paths on it; what the surface hides shows through faintly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import FigureBase
from matplotlib.patches import Polygon

from optlab.core.problems import pair
from optlab.figures import palette, setting
from optlab.figures.geometry import Box, Floats, starts_of
from optlab.figures.map_pane import picture_of
from optlab.figures.marked import MarkedRun
from optlab.figures.pictured import Pictured
from optlab.figures.setting import pt
from optlab.pictures.color_tables import color_table
from optlab.pictures.surface3d.axes import Axes3D, axes_of
from optlab.pictures.surface3d.camera import Projection
from optlab.pictures.surface3d.paths import LaidPath, SeenPath, Spot, spots_at
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.render import render
from optlab.pictures.surface3d.shades import Shades
from optlab.session.theme import LIGHT, mix

UNITS: Final = 79.2
"""Units of the projection in a design inch: a number of 11 of them has 10 points."""
_FINE: Final = 4.0
"""Dots of the image in a unit, so 317 an inch on a slide."""
_UNIT: Final = 72 / UNITS
"""Points of a unit."""
_FAINT: Final = 0.28
_FLOOR: Final = 0.7
"""How far the floor's colour lies from the ground's to the panel's."""


@dataclass(frozen=True, eq=False)
class _Walk:
    """The weights (n, 2) of a run."""

    w: Floats


def draw_surface_pane(
    figure: FigureBase,
    place: tuple[float, float, float, float],
    inches: tuple[float, float],
    pictured: Pictured,
    window: Box,
) -> None:
    """Draws into the rectangle ``place`` (left, bottom, width, height in shares of the figure).

    ``inches`` are the design inches of the rectangle.
    """
    width, height = (UNITS * length for length in inches)
    axes = figure.add_axes(place)
    axes.set_axis_off()
    axes.set_xlim(0.0, width)
    axes.set_ylim(height, 0.0)
    shown = pictured.experiment.shown
    picture = picture_of(pictured.resolved.problem, window, shown)
    view = Projection.of(pictured.seen_from, width, height)
    relief = Relief.of(picture, pictured.seen_from)
    _draw_axes(axes, axes_of(view, relief))
    _draw_image(axes, relief, view, pictured.experiment.shown.color_map)
    if pictured.experiment.shown.minima:
        minima = [pair(minimum.at) for minimum in pictured.resolved.problem.minima]
        _draw_minima(axes, spots_at(_places(minima), relief, view))
    for run in pictured.runs:
        _draw_path(axes, relief, view, run)
    _draw_starts(axes, spots_at(_places(sorted(starts_of(pictured.resolved))), relief, view))


def _draw_axes(axes: Axes, drawn: Axes3D) -> None:
    """The floor with its lines, and the texts beside it."""
    floor = Polygon(
        drawn.floor,
        facecolor=mix(palette.GROUND, palette.PANEL, _FLOOR),
        edgecolor=palette.BORDER,
        linewidth=pt(_UNIT),
        zorder=1,
    )
    axes.add_patch(floor)
    colors = {"grid": palette.GRID, "tick": palette.MUTED, "edge": palette.BORDER}
    axes.add_collection(
        LineCollection(
            [line.points for line in drawn.lines],
            colors=[colors[line.role] for line in drawn.lines],
            linewidths=pt(_UNIT),
            zorder=1.1,
        ),
        autolim=False,
    )
    for text in drawn.texts:
        number = text.role == "number"
        family, points = (setting.TEXT, 11 * _UNIT) if number else (setting.MATH, 14 * _UNIT)
        axes.text(
            text.x,
            text.y,
            text.text,
            fontproperties=setting.font(family, points, italic=not number),
            color=palette.MUTED if number else palette.TEXT,
            ha="right" if text.ends else "center",
            va="center",
        )


def _draw_image(axes: Axes, relief: Relief, view: Projection, color_map: str) -> None:
    shades = Shades(color_table(color_map, LIGHT), dark=False)
    packed = render(relief, view, shades, _FINE)
    channels = [packed >> shift & 255 for shift in (16, 8, 0, 24)]
    axes.imshow(
        np.stack(channels, axis=-1).astype(np.uint8),
        extent=(0.0, view.width, view.height, 0.0),
        aspect="auto",
        zorder=2,
    )


def _draw_path(axes: Axes, relief: Relief, view: Projection, run: MarkedRun) -> None:
    laid = LaidPath(_Walk(run.trajectory.weights), relief)
    path = SeenPath(laid, view)
    seen, hidden = (path.lines(0, laid.last, behind) for behind in (False, True))
    _draw_lines(axes, hidden, to_rgba(run.color, _FAINT), 1.6)
    _draw_lines(axes, seen, to_rgba(palette.GROUND, 0.7), 4.2)
    _draw_lines(axes, seen, to_rgba(run.color), 2.1)
    if run.dashes:
        _draw_lines(axes, seen, to_rgba(palette.GROUND), 0.8, run.dashes)
    head = path.head(laid.last)
    if head is not None:
        axes.plot(
            head.x, head.y, "o", markersize=pt(9), zorder=7,
            color=to_rgba(run.color, _strength(head)),
            markeredgecolor=palette.GROUND, markeredgewidth=pt(1.8),
        )  # fmt: skip


def _draw_lines(
    axes: Axes,
    lines: Sequence[Floats],
    color: tuple[float, float, float, float],
    width: float,
    dashes: tuple[float, ...] = (),
) -> None:
    collection = LineCollection(
        lines, colors=[color], linewidths=pt(width), zorder=6, capstyle="round"
    )
    if dashes:
        collection.set_linestyle((0, dashes))
    axes.add_collection(collection, autolim=False)


def _draw_minima(axes: Axes, spots: Iterable[Spot]) -> None:
    for spot in spots:
        axes.plot(
            spot.x, spot.y, "x", markersize=pt(8), markeredgewidth=pt(1.7),
            color=to_rgba(palette.TEXT, _strength(spot)), zorder=5,
        )  # fmt: skip


def _draw_starts(axes: Axes, spots: Sequence[Spot]) -> None:
    for spot in spots:
        axes.plot(
            spot.x, spot.y, "s", markersize=pt(7.5), markeredgecolor=palette.GROUND,
            color=to_rgba(palette.TEXT, _strength(spot)), markeredgewidth=pt(1.2), zorder=8,
        )  # fmt: skip
        if len(spots) == 1:
            axes.annotate(
                "start", (spot.x, spot.y), xytext=(pt(9), pt(9)), textcoords="offset points",
                ha="left", va="center", fontproperties=setting.font(setting.TEXT, 9.5), zorder=8,
                bbox={"boxstyle": "round,pad=0.15", "color": to_rgba(palette.GROUND, 0.55),
                      "lw": 0},
            )  # fmt: skip


def _strength(spot: Spot) -> float:
    return 1.0 if spot.seen else _FAINT


def _places(points: Sequence[Sequence[float]]) -> Floats:
    return np.array(points, dtype=np.float64).reshape(-1, 2)
