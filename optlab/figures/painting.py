"""The items of a picture as artists: lines, shapes and texts as the description has them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import FigureBase
from matplotlib.patches import Polygon
from matplotlib.transforms import Affine2D, Transform

from optlab.figures import setting
from optlab.figures.setting import pt
from optlab.figures.texts import Ruler
from optlab.pictures.items import Floats, FontName, Item, Line, Measure, Shape, Text, dash_pattern
from optlab.pictures.theme import mix

UNITS: Final = 79.2
"""Units in a design inch: a number of 11 of them has 10 points."""
UNIT: Final = 72 / UNITS
"""Points of a unit."""
_GLOW_STEP: Final = 3.0
_LINE_HEIGHT: Final = 1.21


def units_of(target: Axes | FigureBase, width: float, height: float) -> Transform:
    """From units, counted from the top left, to the places of axes or a figure of this size."""
    # matplotlib declares no transform for what figures and their parts have in common.
    whole: Any = target
    inside: Transform = target.transAxes if isinstance(target, Axes) else whole.transSubfigure
    return Affine2D().scale(1.0 / width, -1.0 / height).translate(0.0, 1.0) + inside


def measure_with(ruler: Ruler) -> Measure:
    """Measures texts in units, as the picture will have them."""

    def measure(text: str, name: FontName, size: float) -> tuple[float, float]:
        font = setting.font(_family(name), size * UNIT, italic=name == "math")
        return ruler.width(text, font) * UNITS, _LINE_HEIGHT * size

    return measure


def draw_items(
    target: Axes | FigureBase, items: Iterable[Item], units: Transform, z: float
) -> list[Artist]:
    """Draws the items in order; the artists."""
    made: list[Artist] = []
    for item in items:
        if isinstance(item, Line):
            made.append(_line(item, units, z))
        elif isinstance(item, Shape):
            made.append(_shape(item, units, z))
        else:
            made.append(_text(target, item, units, z))
            continue
        if isinstance(target, Axes) and isinstance(made[-1], LineCollection):
            target.add_collection(made[-1], autolim=False)
        else:
            target.add_artist(made[-1])
    return made


def _line(line: Line, units: Transform, z: float) -> LineCollection:
    lines: list[Floats] = list(line.lines)
    colors = [to_rgba(line.color, line.alpha)]
    if line.glow is not None:
        lines, colors = _glowing(line)
    pattern = dash_pattern(line.style, line.width)
    return LineCollection(
        lines,
        colors=colors,
        linewidths=pt(line.width * UNIT),
        linestyles=[(line.offset / line.width, pattern)] if pattern else "solid",
        capstyle="butt" if pattern else "round",
        joinstyle="round",
        transform=units,
        zorder=z,
    )


def _glowing(line: Line) -> tuple[list[Floats], list[tuple[float, float, float, float]]]:
    """Short pieces, each in its own colour: no gradient runs along a line here."""
    glow = line.glow
    assert glow is not None
    pieces: list[Floats] = []
    colors = []
    for points in line.lines:
        fine = _dense(points)
        if len(fine) < 2:
            continue  # a run that stands still
        middles = (fine[1:] + fine[:-1]) / 2
        share = np.hypot(*(middles - np.array(glow.at)).T) / glow.radius
        strength = np.clip((1.0 - share) / (1.0 - glow.full), 0.0, 1.0)
        level = np.rint(strength * 24).astype(int)
        cuts = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), len(level)]
        for first, last in pairwise(cuts):
            if level[first]:
                pieces.append(fine[first : last + 1])
                colors.append(to_rgba(mix(glow.over, line.color, float(level[first]) / 24)))
    return pieces, colors


def _dense(points: Floats) -> Floats:
    """The line with a point every few units."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    wanted = np.union1d(along, np.arange(0.0, along[-1], _GLOW_STEP))
    return np.column_stack([np.interp(wanted, along, points[:, axis]) for axis in (0, 1)])


def _shape(shape: Shape, units: Transform, z: float) -> Polygon:
    return Polygon(
        shape.points,
        closed=True,
        facecolor=to_rgba(shape.color, shape.alpha),
        edgecolor=to_rgba(shape.edge, shape.edge_alpha) if shape.width else "none",
        linewidth=pt(shape.width * UNIT),
        transform=units,
        zorder=z,
    )


def _text(target: Axes | FigureBase, text: Text, units: Transform, z: float) -> Artist:
    italic = text.font == "math"
    return target.text(
        *text.at,
        text.text,
        fontproperties=setting.font(_family(text.font), text.size * UNIT, italic=italic),
        color=to_rgba(text.color, text.alpha),
        ha="left" if text.begins else "center",
        va="center_baseline",
        transform=units,
        zorder=z,
    )


def _family(name: FontName) -> list[str]:
    return setting.MATH if name == "math" else setting.TEXT
