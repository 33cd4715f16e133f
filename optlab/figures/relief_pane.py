"""The surface in space with the paths on it; what the surface hides shows through faintly."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from optlab.figures import palette, setting, words
from optlab.figures.geometry import Box, Floats, path_of
from optlab.figures.map_pane import color_scale, colored, picture_of
from optlab.figures.marked import MarkedRun
from optlab.figures.pictured import Pictured
from optlab.figures.relief import REACH, Relief, distance, light, project
from optlab.figures.setting import pt
from optlab.session.theme import mix

_CELLS: Final = 160
_ROUND: Final = (1, 2, 5, 10)
_LIGHT: Final = 0.42
_TICK: Final = 0.045
_FAINT: Final = 0.28
_PAD: Final = 0.26
_APART: Final = 0.14
"""Numbers of the upright axis are at least so far apart, in shares of it."""
_NUMBER: Final = 10.0
_LINE: Final = 1.3
"""The size of numbers in points, and of a line in letters."""


def draw_relief(
    figure: FigureBase, place: tuple[float, float, float, float], pictured: Pictured, window: Box
) -> None:
    """Draws into the rectangle ``place`` (left, bottom, width, height in shares of the figure)."""
    axes = figure.add_axes(place)
    axes.set_axis_off()
    axes.set_aspect("equal")
    picture = picture_of(pictured.resolved.problem, window)
    relief = Relief(picture)
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-REACH, REACH)])
    shown = project(corners)
    (left, bottom), (right, top) = shown.min(axis=0), shown.max(axis=0)
    axes.set_xlim(left - _PAD, right + _PAD)
    axes.set_ylim(bottom - _PAD, top + 0.06)
    _box(axes, window, *color_scale(picture))
    _surface(axes, relief)
    _front(axes, relief)
    ink = to_rgba(mix(palette.SURFACE[0], palette.TEXT, 0.35), 0.32)
    levels = [relief.draped(line) for line in picture.contours.lines]
    seen, _ = _parts(relief, levels)
    axes.add_collection(LineCollection(seen, colors=[ink], linewidths=pt(0.5), zorder=3))
    _minima(axes, relief, [minimum.at for minimum in pictured.resolved.problem.minima])
    for run in pictured.runs:
        _path(axes, relief, run, window)
    starts = {spec.start for spec in pictured.resolved.specs.values()}
    _starts(axes, relief, sorted(starts or {pictured.resolved.start}))


# -- the surface ---------------------------------------------------------------------------


def _surface(axes: Axes, relief: Relief) -> None:
    """Cells from the farthest to the nearest, so that what is in front covers what is behind."""
    sides = np.linspace(-1.0, 1.0, _CELLS + 1)
    x, y = np.meshgrid(sides, sides)
    heights = relief.height(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    heights[relief.missing(x, y)] = np.nan
    flat = project(np.column_stack([x.ravel(), y.ravel(), heights.ravel()])).reshape(*x.shape, 2)
    cells = np.stack([flat[:-1, :-1], flat[:-1, 1:], flat[1:, 1:], flat[1:, :-1]], axis=2)
    share = np.nan_to_num((heights[:-1, :-1] + heights[1:, 1:]) / (4 * REACH) + 0.5)
    colors = _lit(colored(share), light(heights))
    whole = np.isfinite(cells).all(axis=(2, 3)).ravel()
    middle = (sides[:-1] + sides[1:]) / 2
    order = np.argsort(-distance(*np.meshgrid(middle, middle)).ravel(), kind="stable")
    order = order[whole[order]]
    faces = colors.reshape(-1, 4)[order]
    # Drawn as points at the picture's dots an inch: as shapes, a thousand seams would show.
    axes.add_collection(
        PolyCollection(
            list(cells.reshape(-1, 4, 2)[order]),
            facecolors=faces,
            edgecolors=faces,
            linewidths=pt(0.35),
            rasterized=True,
            zorder=2,
        ),
        autolim=False,
    )


def _lit(colors: Floats, shine: Floats) -> Floats:
    """Colours in the light: towards white, or towards the colour of the text."""
    amount = np.clip(np.nan_to_num(shine), -1.0, 1.0)[..., None] * _LIGHT
    white, dark = np.array(to_rgba(palette.GROUND)), np.array(to_rgba(palette.TEXT))
    towards = np.where(amount > 0, white, dark)
    lit = colors + np.abs(amount) * (towards - colors)
    lit[..., 3] = 1.0
    return np.asarray(lit)


def _front(axes: Axes, relief: Relief) -> None:
    """The two sides that are cut open, from the surface down to the floor."""
    along = np.linspace(-1.0, 1.0, 400)
    for ground in (
        np.column_stack([along, np.full_like(along, -1.0)]),
        np.column_stack([np.full_like(along, 1.0), along]),
    ):
        heights = relief.height(ground)
        upper = project(np.column_stack([ground, heights]))
        lower = project(np.column_stack([ground[::-1], np.full_like(along, -REACH)]))
        side = Polygon(
            np.concatenate([upper, lower]),
            facecolor=palette.PANEL,
            edgecolor=palette.BORDER,
            linewidth=pt(0.6),
            zorder=2.5,
        )
        axes.add_patch(side)


# -- the box with its numbers --------------------------------------------------------------


def _box(axes: Axes, window: Box, shares: Sequence[float], texts: Sequence[str]) -> None:
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    floor = project(np.array([(x, y, -REACH) for x, y in corners]))
    axes.plot(*floor.T, color=palette.BORDER, linewidth=pt(0.8), zorder=1)
    number = setting.font(setting.TEXT, _NUMBER)
    name = setting.font(setting.MATH, 13, italic=True)
    for index, limits in enumerate(window):
        for value in MaxNLocator(5, steps=_ROUND).tick_values(*limits):
            if limits[0] <= value <= limits[1]:
                at = 2 * (value - limits[0]) / (limits[1] - limits[0]) - 1
                shown = words.number(float(value) + 0.0, 6)
                _tick(axes, _edge(index, at), _outward(index), shown, number)
        _tick(axes, _edge(index, 0.0), _outward(index), "w₁" if index == 0 else "w₂", name, 5.0)
    upright = project(np.array([(-1, -1, -REACH), (-1, -1, REACH)]))
    axes.plot(*upright.T, color=palette.BORDER, linewidth=pt(0.8), zorder=1)
    apart = max(_APART, _line_share(axes, float(np.ptp(upright[:, 1]))))
    drawn: list[float] = []
    for share, text in zip(shares, texts, strict=True):
        if any(abs(share - other) < apart for other in drawn):
            continue
        drawn.append(share)
        _tick(axes, (-1.0, -1.0, (2 * share - 1) * REACH), (-1.0, 0.0), text, number)
    top = project(np.array([(-1, -1, REACH)]))[0]
    axes.text(
        top[0], top[1] + 0.05, "E", fontproperties=name, color=palette.TEXT, ha="center",
        va="bottom",
    )  # fmt: skip


def _line_share(axes: Axes, upright: float) -> float:
    """The share of an axis ``upright`` units long that a line of numbers takes."""
    box, whole = axes.get_window_extent(), axes.get_figure(root=True)
    assert whole is not None
    across, along = np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())
    dots = upright * min(box.width / across, box.height / along)
    return float(_LINE * pt(_NUMBER) / 72 * whole.dpi / dots)


def _edge(axis: int, at: float) -> tuple[float, float, float]:
    """A point of the front edge along an axis."""
    return (at, -1.0, -REACH) if axis == 0 else (1.0, at, -REACH)


def _outward(axis: int) -> tuple[float, float]:
    """Away from the floor, on the paper, at the front edge of an axis."""
    floor = project(np.array([(0, 0, 0), (0, -1, 0) if axis == 0 else (1, 0, 0)]))
    way = floor[1] - floor[0]
    return tuple(way / np.hypot(*way))


def _tick(
    axes: Axes,
    point: tuple[float, float, float],
    way: tuple[float, float],
    text: str,
    font: FontProperties,
    far: float = 1.6,
) -> None:
    """A short line outwards, and a text that begins or ends there."""
    at = project(np.array([point]))[0]
    end = at + _TICK * np.array(way)
    if far < 2:
        line = np.array([at, end])
        axes.plot(*line.T, color=palette.BORDER, linewidth=pt(0.8), zorder=1)
    at = at + far * _TICK * np.array(way)
    side = "center" if abs(way[0]) < 0.3 else "left" if way[0] > 0 else "right"
    level = "center" if abs(way[1]) < 0.3 else "bottom" if way[1] > 0 else "top"
    color = palette.MUTED if far < 2 else palette.TEXT
    axes.text(float(at[0]), float(at[1]), text, fontproperties=font, color=color, ha=side, va=level)


# -- what lies on it -----------------------------------------------------------------------


def _parts(relief: Relief, lines: Iterable[Floats]) -> tuple[list[Floats], list[Floats]]:
    """What is seen and what is hidden of lines in space, as lines on the paper."""
    seen: list[Floats] = []
    hidden: list[Floats] = []
    for line in lines:
        if len(line) < 2:
            continue
        shown = relief.visible(line)
        known = np.asarray(np.isfinite(line).all(axis=1))
        flat = project(line)
        kind = np.where(known[:-1] & known[1:], np.where(shown[:-1] & shown[1:], 2, 1), 0)
        cuts = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
        for first, last in itertools.pairwise(cuts):
            if kind[first]:
                (seen if kind[first] == 2 else hidden).append(flat[first : last + 1])
    return seen, hidden


def _path(axes: Axes, relief: Relief, run: MarkedRun, window: Box) -> None:
    path = path_of(run.trajectory, window)
    draped = [relief.draped(points) for _, points in path.pieces]
    seen, hidden = _parts(relief, draped)
    for lines, color, width, dashes in (
        (hidden, to_rgba(run.color, _FAINT), 1.6, ()),
        (seen, to_rgba(palette.GROUND, 0.7), 4.2, ()),
        (seen, to_rgba(run.color), 2.1, ()),
        (seen, to_rgba(palette.GROUND), 0.8 if run.dashes else 0.0, run.dashes),
    ):
        collection = LineCollection(
            lines, colors=[color], linewidths=pt(width), zorder=6, capstyle="round"
        )
        if dashes:
            collection.set_linestyle((0, dashes))
        if width:
            axes.add_collection(collection, autolim=False)
    end = relief.on_surface(path.points[-1:])
    if len(end) and np.isfinite(end).all():
        faint = 1.0 if relief.visible(end)[0] else _FAINT
        axes.plot(
            *project(end).T, "o", markersize=pt(9), color=to_rgba(run.color, faint), zorder=7,
            markeredgecolor=palette.GROUND, markeredgewidth=pt(1.8),
        )  # fmt: skip


def _minima(axes: Axes, relief: Relief, places: Sequence[Sequence[float]]) -> None:
    if not places:
        return
    points = relief.on_surface(np.array(places, dtype=np.float64))
    for point, shown in zip(points, relief.visible(points), strict=True):
        if shown:
            axes.plot(
                *project(point[None]).T, "x", markersize=pt(8), markeredgewidth=pt(1.7),
                color=palette.TEXT, zorder=5,
            )  # fmt: skip


def _starts(axes: Axes, relief: Relief, starts: Sequence[tuple[float, ...]]) -> None:
    points = relief.on_surface(np.array(starts, dtype=np.float64)[:, :2])
    for point, shown in zip(points, relief.visible(points), strict=True):
        if not np.isfinite(point).all():
            continue
        at = project(point[None])[0]
        color = to_rgba(palette.TEXT, 1.0 if shown else _FAINT)
        axes.plot(
            *at, "s", markersize=pt(7.5), color=color, markeredgecolor=palette.GROUND,
            markeredgewidth=pt(1.2), zorder=8,
        )  # fmt: skip
        if len(points) == 1:
            axes.annotate(
                "start", at, xytext=(pt(9), pt(9)), textcoords="offset points", ha="left",
                va="center", fontproperties=setting.font(setting.TEXT, 9.5), zorder=8,
                bbox={"boxstyle": "round,pad=0.15", "color": to_rgba(palette.GROUND, 0.55),
                      "lw": 0},
            )  # fmt: skip
