"""The surface in 3D with the paths on it; what the surface hides shows through faintly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import FigureBase
from matplotlib.patches import Polygon

from optlab.core.problems import pair
from optlab.figures import setting
from optlab.figures.painting import UNIT, UNITS, draw_items, units_of
from optlab.figures.panes.geometry import starts_of
from optlab.figures.panes.map_pane import picture_of
from optlab.figures.setting import pt, theme
from optlab.pictures.color_tables import QUIET, color_table
from optlab.pictures.contour import path_drawings
from optlab.pictures.items import Floats, Item
from optlab.pictures.places import Window
from optlab.pictures.surface3d.axes import Axes3D, axes_of
from optlab.pictures.surface3d.camera import Projection, camera_of
from optlab.pictures.surface3d.marks import (
    dot_item,
    future_items,
    minimum_items,
    past_items,
    start_item,
)
from optlab.pictures.surface3d.paths import LaidPath, SeenPath, spots_at
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.render import render
from optlab.pictures.surface3d.shades import Shades
from optlab.pictures.theme import DARK, mix
from optlab.session.experiment import Experiment
from optlab.session.maps.planes import Flat

_FINE: Final = 4.0
"""Dots of the image in a unit, so 317 an inch on a slide."""
_FLOOR: Final = 0.7
"""How far the floor's colour lies from the ground's to the panel's."""


def draw_surface_pane(
    figure: FigureBase,
    place: tuple[float, float, float, float],
    inches: tuple[float, float],
    flat: Flat,
    experiment: Experiment,
    window: Window,
    selected: str = "",
) -> None:
    """Draws into the rectangle ``place`` (left, bottom, width, height in shares of the figure).

    ``inches`` are the design inches of the rectangle; the path of the run ``selected`` is drawn
    stronger.
    """
    width, height = (UNITS * length for length in inches)
    axes = figure.add_axes(place)
    axes.set_axis_off()
    axes.set_xlim(0.0, width)
    axes.set_ylim(height, 0.0)
    shown, camera = experiment.shown, camera_of(experiment.shown)
    picture = picture_of(flat.resolved.problem, window, shown)
    view = Projection.of(camera, width, height)
    relief = Relief.of(picture, camera)
    _draw_axes(axes, axes_of(view, relief, flat.names))
    _draw_image(axes, relief, view, shown.color_map)
    marks = theme() if shown.color_map == QUIET else DARK
    drawings = path_drawings(experiment, flat.trajectories, theme(), selected, flat.nearness)
    laid = [LaidPath(drawing, relief) for drawing in drawings]
    paths = [(path, SeenPath(path, view)) for path in laid]
    items: list[Item] = []
    for path, seen in paths:
        items += future_items(path, seen)
    if shown.minima:
        minima = [pair(minimum.at) for minimum in flat.resolved.problem.minima]
        for spot in spots_at(_places(minima), relief, view):
            items += minimum_items(spot, marks)
    for path, seen in paths:
        items += past_items(path, seen, theme())
    for spot in spots_at(_places(sorted(starts_of(flat.resolved))), relief, view):
        items.append(start_item(spot, marks))
    for path, seen in paths:
        head = seen.head(path.last)
        if head is not None:
            items.append(dot_item(head, path.path, theme()))
    draw_items(axes, items, units_of(axes, width, height), 6.0)


def _draw_axes(axes: Axes, drawn: Axes3D) -> None:
    """The floor with its lines, and the texts beside it."""
    floor = Polygon(
        drawn.floor,
        facecolor=mix(theme().window, theme().panel, _FLOOR),
        edgecolor=theme().border,
        linewidth=pt(UNIT),
        zorder=1,
    )
    axes.add_patch(floor)
    colors = {"grid": theme().grid, "tick": theme().muted, "edge": theme().border}
    axes.add_collection(
        LineCollection(
            [line.points for line in drawn.lines],
            colors=[colors[line.role] for line in drawn.lines],
            linewidths=pt(UNIT),
            zorder=1.1,
        ),
        autolim=False,
    )
    for text in drawn.texts:
        number = text.role == "number"
        family, points = (setting.TEXT, 11 * UNIT) if number else (setting.MATH, 14 * UNIT)
        axes.text(
            text.x,
            text.y,
            text.text,
            fontproperties=setting.font(family, points, italic=not number),
            color=theme().muted if number else theme().text,
            ha="right" if text.ends else "center",
            va="center",
        )


def _draw_image(axes: Axes, relief: Relief, view: Projection, color_map: str) -> None:
    shades = Shades(color_table(color_map, theme()), dark=theme().is_dark)
    packed = render(relief, view, shades, _FINE)
    channels = [packed >> shift & 255 for shift in (16, 8, 0, 24)]
    axes.imshow(
        np.stack(channels, axis=-1).astype(np.uint8),
        extent=(0.0, view.width, view.height, 0.0),
        aspect="auto",
        zorder=2,
    )


def _places(points: Sequence[Sequence[float]]) -> Floats:
    return np.array(points, dtype=np.float64).reshape(-1, 2)
