"""How paths and marks look on a surface: what it hides shines through it faintly."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from optlab.pictures.contour import cross_items, ink, outline
from optlab.pictures.items import Glow, Item, Line, Shape, box, marker
from optlab.pictures.surface3d.paths import LaidPath, SeenPath, Spot, glow_begin
from optlab.pictures.theme import Theme, mix
from optlab.pictures.trace import PathDrawing

GLOW: Final = 110.0
"""The path brightens over so many units towards the current step."""
FUTURE: Final = 0.5
FAR_FUTURE: Final = 0.25
FUTURE_WIDTH: Final = 1.1
"""Opacity of a path after the current step, where it is seen and where it is hidden; its width."""
BEHIND_WIDTH: Final = 1.5
_BEHIND: Final = 0.4
_START_HALF: Final = 4.5


def path_width(path: PathDrawing) -> float:
    """The width of a path up to the current step."""
    return 3.0 if path.selected else 2.4


def past_colors(color: str, theme: Theme) -> tuple[str, str]:
    """The colours of a path up to the step where it is hidden and where it is seen, opaque."""
    ground = theme.surface_map[3 if theme.is_dark else 2]
    return mix(color, ground, 0.5), mix(color, ground, 0.25)


def dot_item(spot: Spot, path: PathDrawing, theme: Theme) -> Shape:
    """The ringed mark at the current step; behind the surface, a ring of its colour."""
    radius = (6.0 if path.selected else 5.0) - (0.0 if spot.seen else 1.0)
    shape = marker(theme, path.color, (spot.x, spot.y), radius)
    edge = outline(theme) if spot.seen else path.color
    return Shape(shape, path.color, 1.0 if spot.seen else _BEHIND, edge, 2.0)


def start_item(spot: Spot, theme: Theme) -> Shape:
    """The square at the start."""
    strength = 1.0 if spot.seen else _BEHIND
    side = 2 * _START_HALF
    square = box(spot.x - _START_HALF, spot.y - _START_HALF, side, side)
    return Shape(square, ink(theme), strength, outline(theme), 2.0, strength)


def minimum_items(spot: Spot, theme: Theme) -> list[Item]:
    """The cross at a known minimum."""
    strength = 1.0 if spot.seen else _BEHIND
    return [replace(item, alpha=strength * item.alpha) for item in cross_items(spot[:2], theme)]


def future_items(laid: LaidPath[PathDrawing], seen: SeenPath[PathDrawing]) -> list[Line]:
    """All of a path, faint."""
    color, style = laid.path.color, laid.path.style
    return [
        Line((line,), color, FUTURE_WIDTH, alpha, style)
        for hidden, alpha in ((True, FAR_FUTURE), (False, FUTURE))
        for line in seen.lines(0, laid.last, hidden)
    ]


def past_items(
    laid: LaidPath[PathDrawing], seen: SeenPath[PathDrawing], theme: Theme
) -> list[Line]:
    """A path up to its end: strong where it is seen, bright before the end."""
    path, width = laid.path, path_width(laid.path)
    behind, strong = past_colors(path.color, theme)
    items = [
        Line((line,), color, thick, 1.0, path.style)
        for hidden, color, thick in ((True, behind, BEHIND_WIDTH), (False, strong, width))
        for line in seen.lines(0, laid.last, hidden)
    ]
    head = seen.head(laid.last)
    if head is not None:
        light = Glow((head.x, head.y), GLOW, strong)
        first = glow_begin(laid, seen.view, laid.last, head, GLOW)
        lines = seen.lines(first, laid.last, False)
        items += [Line((np.asarray(line),), path.color, width, glow=light) for line in lines]
    return items
