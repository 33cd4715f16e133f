"""What a picture consists of: lines, shapes and texts, in units from its top left corner.

A unit is a device-independent pixel of the window, and 1/79.2 of a design inch in a file. Whatever
draws these items draws the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.theme import Theme

Floats = NDArray[np.float64]
Point = tuple[float, float]
FontName = Literal["text", "math"]
Measure = Callable[[str, FontName, float], tuple[float, float]]
"""Width and height of a text in a font of some size, all in units."""

LINE_STYLES: Final = ("solid", "dash", "dot", "dashdot")
PATTERNS: Final[dict[str, tuple[float, ...]]] = {
    "dash": (7.0, 4.0),
    "dot": (1.5, 3.5),
    "dashdot": (8.0, 3.5, 1.5, 3.5),
}
"""Lengths of line and gap, alternating, of a line up to 2 units wide; wider ones have longer."""
# Corners, the turn of the first one in degrees from the top, how far every second one is in, and
# how much larger the shape is than a circle that looks as large.
_MARKERS: Final = (
    (48, 0.0, 1.0, 1.0),
    (4, 0.0, 1.0, 1.25),
    (3, 0.0, 1.0, 1.35),
    (4, 45.0, 1.0, 1.2),
    (3, 180.0, 1.0, 1.35),
    (8, 0.0, 0.5, 1.35),
    (8, 45.0, 0.4, 1.45),
    (10, 0.0, 0.5, 1.4),
)


def dash_pattern(style: str, width: float) -> tuple[float, ...]:
    """Lengths of line and gap in widths of the line; empty for a solid or an unknown style."""
    stretch = max(1.0, width / 2.0) / width
    return tuple(length * stretch for length in PATTERNS.get(style, ()))


@dataclass(frozen=True)
class Glow:
    """A line is in its full colour near a point and lets the colour ``over`` through elsewhere."""

    at: Point
    radius: float
    over: str
    full: float = 0.25
    """The share of the radius within which the colour is full."""


@dataclass(frozen=True, eq=False)
class Line:
    """Open ``lines``, each (n, 2), stroked as one; a pattern begins ``offset`` units along."""

    lines: tuple[Floats, ...]
    color: str
    width: float
    alpha: float = 1.0
    style: str = "solid"
    offset: float = 0.0
    glow: Glow | None = None


@dataclass(frozen=True, eq=False)
class Shape:
    """A filled polygon (n, 2) with an edge of a ``width``, 0 for none."""

    points: Floats
    color: str
    alpha: float = 1.0
    edge: str = ""
    width: float = 0.0
    edge_alpha: float = 1.0


@dataclass(frozen=True)
class Text:
    """A line of text around ``at``, or beginning there."""

    at: Point
    text: str
    color: str
    font: FontName = "text"
    size: float = 11.0
    alpha: float = 1.0
    begins: bool = False


Item = Line | Shape | Text


def box(left: float, top: float, width: float, height: float) -> Floats:
    """A rectangle as a polygon."""
    right, bottom = left + width, top + height
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def marker(theme: Theme, color: str, at: Point, radius: float) -> Floats:
    """The shape of a run colour, a polygon; that of any other colour is a circle."""
    number = theme.runs.index(color) if color in theme.runs else 0
    corners, turn, inner, larger = _MARKERS[number]
    angle = np.radians(turn + 360.0 / corners * np.arange(corners))
    reach = radius * larger * np.where(np.arange(corners) % 2, inner, 1.0)
    return np.column_stack((at[0] + reach * np.sin(angle), at[1] - reach * np.cos(angle)))


def bounds(items: Iterable[Item]) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of lines and shapes with their widths; None without any."""
    low, high = np.full(2, math.inf), np.full(2, -math.inf)
    for item in items:
        if isinstance(item, Text):
            continue
        for points in item.lines if isinstance(item, Line) else (item.points,):
            low = np.minimum(low, points.min(axis=0) - item.width)
            high = np.maximum(high, points.max(axis=0) + item.width)
    if not low[0] <= high[0]:
        return None
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
