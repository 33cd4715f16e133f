"""The contour map: quiet surface, paths from dark to bright, start, ends, minima."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Affine2D

from optlab.core.contours import SurfacePicture, surface_picture
from optlab.core.problems import Problem, pair
from optlab.figures import palette, setting, words
from optlab.figures.geometry import Box, Floats, exit_of, path_of
from optlab.figures.marked import MarkedRun
from optlab.figures.setting import pt
from optlab.pictures.color_tables import QUIET, color_table
from optlab.session.theme import LIGHT, mix
from optlab.session.view import USUAL, View

RESOLUTION = 400
_ROUND = (1, 2, 5, 10)
_SHADES = 48
"""Colours along a path."""
_FEW_STEPS = 60
"""Up to so many steps each one gets a dot."""


def picture_of(problem: Problem, window: Box, view: View = USUAL) -> SurfacePicture:
    """Grid, shading and contour lines, with the levels of a view."""
    lowest = problem.lowest_value
    return surface_picture(problem.grid, window, RESOLUTION, view.scale, view.levels, lowest)


def draw_surface(axes: Axes, picture: SurfacePicture, view: View = USUAL) -> AxesImage:
    """Shading, lines and axes as a view has them; what is outside the domain is hatched."""
    (left, right), (bottom, top) = picture.window
    axes.set_facecolor(palette.PANEL)
    if picture.finite.count:
        axes.patch.set(hatch="////", edgecolor=palette.BORDER)
    image = axes.imshow(
        colored(picture.shading, picture.finite.mask, view),
        origin="lower",
        extent=(left, right, bottom, top),
        aspect="auto",
        interpolation="bilinear",
    )
    ink = to_rgba(mix(palette.SURFACE[0], palette.TEXT, 0.35), 0.30)
    if view.lines:
        axes.add_collection(
            LineCollection(list(picture.contours.lines), colors=[ink], linewidths=pt(0.55)),
            autolim=False,
        )
    _dress(axes, picture.window)
    if view.equal_scale:
        axes.set_aspect("equal", adjustable="box")
    return image


def colored(
    shares: Floats, missing: npt.NDArray[np.bool_] | None = None, view: View = USUAL
) -> Floats:
    """Red, green, blue, opacity (0 … 1) of shares 0 … 1 of a view's colour map."""
    if view.color_map == QUIET:
        stops = np.array([to_rgba(color) for color in palette.SURFACE])
    else:
        table = color_table(view.color_map, LIGHT) / 255.0
        stops = np.column_stack([table, np.ones(len(table))])
    places = np.linspace(0.0, 1.0, len(stops))
    colors = np.stack([np.interp(shares, places, channel) for channel in stops.T], axis=-1)
    if missing is not None:
        colors[missing, 3] = 0.0
    return colors


def _dress(axes: Axes, window: Box) -> None:
    axes.set_xlim(*window[0])
    axes.set_ylim(*window[1])
    for axis, name in ((axes.xaxis, "w₁"), (axes.yaxis, "w₂")):
        axis.set_major_locator(MaxNLocator(6, steps=_ROUND))
        axis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 6)))
        axis.set_label_text(name, fontproperties=setting.font(setting.MATH, 13, italic=True))
        axis.set_tick_params(length=0, pad=pt(5))
        for label in axis.get_ticklabels():
            label.set_fontproperties(setting.font(setting.TEXT, 10))
    axes.yaxis.label.set(rotation=0, ha="right", va="center")
    for spine in axes.spines.values():
        spine.set(color=palette.BORDER, linewidth=pt(0.8))


def draw_color_bar(axes: Axes, picture: SurfacePicture, view: View = USUAL) -> None:
    """A narrow scale of the loss beside the map."""
    ramp = colored(np.linspace(0.0, 1.0, 256)[:, None], view=view)
    axes.imshow(ramp, origin="lower", aspect="auto", extent=(0, 1, 0, 1))
    axes.set_xticks([])
    axes.yaxis.tick_right()
    shares, texts = color_scale(picture)
    axes.set_yticks(shares, texts)
    axes.tick_params(length=0, pad=pt(4))
    for label in axes.get_yticklabels():
        label.set_fontproperties(setting.font(setting.TEXT, 9))
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title("E", fontproperties=setting.font(setting.MATH, 12, italic=True), pad=pt(6))


def color_scale(picture: SurfacePicture) -> tuple[list[float], list[str]]:
    """Places on the bar and the losses there: round numbers, not too close together."""
    order = np.argsort(picture.shading, axis=None)[:: max(1, picture.shading.size // 4000)]
    shares, losses = picture.shading.ravel()[order], picture.finite.values.ravel()[order]
    if picture.finite.span <= 0:
        return [0.5], [words.number(picture.finite.low)]
    found: list[tuple[float, float]] = []
    for loss in _round_numbers(float(losses[0]), float(losses[-1])):
        share = float(np.interp(loss, losses, shares))
        if 0.0 <= share <= 1.0 and all(abs(share - other) > 0.06 for other, _ in found):
            found.append((share, loss))
    return [share for share, _ in found], [words.number(loss) for _, loss in found]


def _round_numbers(low: float, high: float) -> list[float]:
    """Candidates for ticks, the most welcome first: powers of ten, then round steps."""
    steps = [
        float(tick)
        for tick in MaxNLocator(7, steps=_ROUND).tick_values(low, high)
        if low <= tick <= high
    ]
    if low < 0:
        return steps
    top = math.floor(math.log10(high)) if high > 0 else 0
    powers = [10.0**k for k in range(top, top - 12, -1)]
    thin = [f * power for f in (1.0, 3.0) for power in powers if low <= f * power <= high]
    return [*thin, *steps]


def draw_minima(axes: Axes, problem: Problem) -> None:
    """A cross at each known minimum."""
    if not problem.minima:
        return
    axes.plot(
        *zip(*(pair(minimum.at) for minimum in problem.minima), strict=True),
        linestyle="none",
        marker="x",
        markersize=pt(8),
        markeredgewidth=pt(1.7),
        color=palette.TEXT,
        zorder=5,
        path_effects=[withStroke(linewidth=pt(3.4), foreground=to_rgba(palette.GROUND, 0.75))],
    )


def draw_starts(axes: Axes, places: Sequence[tuple[float, float]]) -> tuple[Artist, ...]:
    """A square at each start, with the word beside it where there is one; what was drawn."""
    squares = axes.plot(
        [place[0] for place in places],
        [place[1] for place in places],
        linestyle="none",
        marker="s",
        markersize=pt(7.5),
        markeredgewidth=pt(1.2),
        color=palette.TEXT,
        markeredgecolor=palette.GROUND,
        zorder=8,
    )
    artists: tuple[Artist, ...] = tuple(squares)
    if len(places) == 1:
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        share = (places[0][0] - left) / (right - left)
        at_left = 0.1 < share < 0.5 or share > 0.9
        near_bottom = places[0][1] < bottom + 0.08 * (top - bottom)
        word = axes.annotate(
            "start",
            places[0],
            xytext=(pt(-9 if at_left else 9), pt(9 if near_bottom else -9)),
            textcoords="offset points",
            ha="right" if at_left else "left",
            va="center",
            fontproperties=setting.font(setting.TEXT, 9.5),
            zorder=8,
            # Not an outline: an outlined text would be curves, and no text, in a vector picture.
            bbox={"boxstyle": "round,pad=0.15", "color": to_rgba(palette.GROUND, 0.55), "lw": 0},
        )
        artists = (*artists, word)
    return artists


class PathMarks:
    """One run on the map; :meth:`show` draws it up to a step."""

    def __init__(self, axes: Axes, run: MarkedRun, window: Box) -> None:
        self._window = window
        self._path = path_of(run.trajectory, window)
        self._last = max(len(self._path.points) - 1, 1)
        dark = mix(run.color, palette.TEXT, 0.55)
        ramp = (mix(dark, run.color, i / (_SHADES - 1)) for i in range(_SHADES))
        self._shades = [to_rgba(color) for color in ramp]
        round_ends = {"capstyle": "round", "joinstyle": "round"}
        halo = to_rgba(palette.GROUND, 0.7)
        self._halo = LineCollection([], colors=[halo], linewidths=pt(4.2), zorder=6, **round_ends)
        self._line = LineCollection([], linewidths=pt(2.1), zorder=6.1, **round_ends)
        for collection in (self._halo, self._line):
            axes.add_collection(collection, autolim=False)
        (self._dashes,) = axes.plot([], [], color=palette.GROUND, linewidth=pt(0.8), zorder=6.2)
        if run.dashes:
            self._dashes.set_dashes(run.dashes)
        else:
            self._dashes.set_visible(False)
        few = run.trajectory.steps <= _FEW_STEPS
        (self._dots,) = axes.plot([], [], "o", markersize=pt(3.6), color=run.color, zorder=6.3)
        self._dots.set(visible=few, markeredgecolor=palette.GROUND, markeredgewidth=pt(0.5))
        (self._end,) = axes.plot([], [], "o", markersize=pt(9), color=run.color, zorder=7)
        self._end.set(markeredgecolor=palette.GROUND, markeredgewidth=pt(1.8))
        (self._exit,) = axes.plot(
            [], [], color=run.color, markersize=pt(11), zorder=7, clip_on=False
        )
        self._exit.set(markeredgecolor=palette.GROUND, markeredgewidth=pt(1.2))
        self._axes = axes

    @property
    def artists(self) -> tuple[LineCollection | Line2D, ...]:
        """What :meth:`show` changes, in drawing order."""
        return (self._halo, self._line, self._dashes, self._dots, self._end, self._exit)

    def show(self, step: int) -> None:
        """The path up to a step, with a dot where it is or a triangle where it left the window."""
        points = self._path.points[: step + 1]
        pieces = self._path.until(step)
        self._halo.set_segments([piece for _, piece in pieces])
        self._color(pieces)
        gap = np.full((1, 2), np.nan)
        line = np.concatenate([part for _, piece in pieces for part in (piece, gap)] or [gap])
        self._dashes.set_data(line[:, 0], line[:, 1])
        near = [points[: self._last]] if len(points) else []
        dots = np.concatenate(near or [gap])
        self._dots.set_data(dots[:, 0], dots[:, 1])
        left = exit_of(points, self._window)
        end = points[-1:] if len(points) and left is None else gap
        self._end.set_data(end[:, 0], end[:, 1])
        self._exit.set_data(
            [] if left is None else [left.at[0]], [] if left is None else [left.at[1]]
        )
        if left is not None:
            box = self._axes.get_window_extent()
            angle = math.atan2(left.direction[1] * box.height, left.direction[0] * box.width)
            self._exit.set_marker(
                MarkerStyle("^", transform=Affine2D().rotate(angle - math.pi / 2))
            )

    def _color(self, pieces: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
        """Cuts the pieces where the shade changes; neighbours share the point between."""
        segments, colors = [], []
        for steps, points in pieces:
            # The root, because most of the way is usually made in the first steps.
            share = np.sqrt(steps[:-1] / self._last)
            shade = np.minimum((share * _SHADES).astype(np.int64), _SHADES - 1)
            cuts = [0, *(np.flatnonzero(np.diff(shade)) + 1).tolist(), len(shade)]
            for first, last in itertools.pairwise(cuts):
                segments.append(points[first : last + 1])
                colors.append(self._shades[int(shade[first])])
        self._line.set_segments(segments)
        self._line.set_color(colors)
