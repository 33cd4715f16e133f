"""The items of a picture as layers: lines, shapes and texts as the description has them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends import backend_agg
from matplotlib.colors import to_rgba
from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text as MplText
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray

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
_LEVELS: Final = 10
"""Tones of a glow."""
_LINE_HEIGHT: Final = 1.21


def units_of(target: Axes | FigureBase, width: float, height: float) -> Transform:
    """From units, counted from the top left, to the places of axes or a figure of this size."""
    # matplotlib declares no transform for what figures and their parts have in common.
    whole: Any = target
    inside: Transform = target.transAxes if isinstance(target, Axes) else whole.transSubfigure
    return Affine2D().scale(1.0 / width, -1.0 / height).translate(0.0, 1.0) + inside


def measure_with(ruler: Ruler) -> Measure:
    """Measures texts in units, as the picture will have them."""

    @lru_cache(maxsize=1000)
    def measure(text: str, name: FontName, size: float) -> tuple[float, float]:
        return ruler.width(text, font_of(name, size)) * UNITS, _LINE_HEIGHT * size

    return measure


class Layer(Artist):
    """Items drawn in order, below their ``z``; other ``items`` may take their place."""

    def __init__(self, items: Sequence[Item], units: Transform, z: float) -> None:
        super().__init__()
        self.items = items
        self._units, self._scale = units, setting.scale()
        self._texts: dict[Text, MplText] = {}
        self._stamps: dict[Text, tuple[int, int, NDArray[np.uint8]]] = {}
        self.set_zorder(z)
        self.set_in_layout(False)

    def draw(self, renderer: Any) -> None:  # matplotlib declares no types for its renderers
        """See Artist: straight to the renderer, no artist for each item of each frame."""
        with setting.scaled(self._scale):
            self._draw(renderer)

    def _draw(self, renderer: Any) -> None:
        units = self._units
        gc = renderer.new_gc()
        self._set_gc_clip(gc)  # type: ignore[attr-defined]
        for item in self.items:
            if isinstance(item, Line):
                _draw_line(renderer, gc, item, units)
            elif isinstance(item, Shape):
                _draw_shape(renderer, gc, item, units)
            elif self.get_animated():
                self._stamp(renderer, gc, item)
            else:
                self._text(item).draw(renderer)
        gc.restore()

    def _stamp(self, renderer: Any, gc: GraphicsContextBase, item: Text) -> None:
        """A text of a film: its pixels, made once, at whole pixels."""
        x, y = self._units.transform(item.at)
        still = replace(item, at=(0.0, 0.0))
        if still not in self._stamps:
            artist = self._text(still)
            box = artist.get_window_extent(renderer)
            left, bottom = (
                math.floor(edge) - 1 for edge in box.min - self._units.transform((0, 0))
            )
            width, height = (math.ceil(length) + 3 for length in (box.width, box.height))
            make: Any = backend_agg.RendererAgg
            alone = make(width, height, renderer.dpi)
            artist.set(transform=Affine2D().translate(-left, -bottom), clip_on=False)
            artist.draw(alone)
            pixels = np.asarray(alone.buffer_rgba())[::-1].copy()
            self._stamps[still] = left, bottom, pixels
            del self._texts[still]
        left, bottom, pixels = self._stamps[still]
        renderer.draw_image(gc, round(x) + left, round(y) + bottom, pixels)

    def _text(self, item: Text) -> MplText:
        """The text as an artist; those of a film come again in frame after frame."""
        still = replace(item, at=(0.0, 0.0))
        found = self._texts.get(still)
        if found is None:
            found = self._texts[still] = MplText(
                text=item.text,
                fontproperties=font_of(item.font, item.size),
                color=to_rgba(item.color, item.alpha),
                ha="left" if item.begins else "center",
                va="center_baseline",
                transform=self._units,
            )
            figure: Any = self.get_figure()
            found.set_figure(figure)
            found.set_clip_path(self.get_clip_path())
        found.set_position(item.at)
        return found


def draw_items(
    target: Axes | FigureBase, items: Iterable[Item], units: Transform, z: float
) -> Layer:
    """Draws the items in order, as one artist."""
    layer = Layer(list(items), units, z)
    target.add_artist(layer)
    return layer


def _draw_line(renderer: Any, gc: GraphicsContextBase, line: Line, units: Transform) -> None:
    pattern = dash_pattern(line.style, line.width)
    points = pt(line.width * UNIT)
    gc.set_linewidth(points)
    gc.set_capstyle("butt" if pattern else "round")
    gc.set_joinstyle("round")
    dashes = [length * points for length in pattern] or None
    gc.set_dashes(line.offset / line.width * points, dashes)
    pieces = ((points, to_rgba(line.color, line.alpha)) for points in line.lines)
    for piece, color in pieces if line.glow is None else _glowing(line):
        gc.set_foreground(color, isRGBA=True)
        renderer.draw_path(gc, Path(piece), units)


def _draw_shape(renderer: Any, gc: GraphicsContextBase, shape: Shape, units: Transform) -> None:
    gc.set_linewidth(pt(shape.width * UNIT))
    gc.set_dashes(0.0, None)
    gc.set_capstyle("butt")
    gc.set_joinstyle("miter")
    edge = shape.edge if shape.width else shape.color
    gc.set_foreground(to_rgba(edge, shape.edge_alpha), isRGBA=True)
    outline = np.concatenate((shape.points, shape.points[:1]))
    face = to_rgba(shape.color, shape.alpha)
    renderer.draw_path(gc, Path(outline, closed=True), units, face)


def _glowing(line: Line) -> Iterator[tuple[Floats, tuple[float, float, float, float]]]:
    """Short pieces, each in its own colour: no gradient runs along a line here."""
    glow = line.glow
    assert glow is not None
    for points in line.lines:
        fine = _dense(points)
        if len(fine) < 2:
            continue  # a run that stands still
        middles = (fine[1:] + fine[:-1]) / 2
        share = np.hypot(*(middles - np.array(glow.at)).T) / glow.radius
        strength = np.clip((1.0 - share) / (1.0 - glow.full), 0.0, 1.0)
        level = np.rint(strength * _LEVELS).astype(int)
        cuts = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), len(level)]
        for first, last in pairwise(cuts):
            if level[first]:
                color = mix(glow.over, line.color, float(level[first]) / _LEVELS)
                yield fine[first : last + 1], to_rgba(color)


def _dense(points: Floats) -> Floats:
    """The line with a point every few units."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    wanted = np.union1d(along, np.arange(0.0, along[-1], _GLOW_STEP))
    return np.column_stack([np.interp(wanted, along, points[:, axis]) for axis in (0, 1)])


def font_of(name: FontName, size: float) -> FontProperties:
    """The font of a text of ``size`` units."""
    family = setting.MATH if name == "math" else setting.TEXT
    return setting.font(family, size * UNIT, italic=name == "math")
