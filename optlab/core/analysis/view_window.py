"""Which part of a surface to show so that a path can be seen, and places as a hand means them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.problems import MapWindow

_AROUND = 0.08
"""Of the extent of the paths: what is left free at each side."""
_FARTHEST = 10.0
"""What lies farther from the middle of the home window, in its widths, is left out."""
_NARROWEST = 1e-9
"""Of the home window: what a path that stands still is given."""


def path_window(paths: Iterable[Array], home: MapWindow) -> MapWindow | None:
    """The window around paths (n, 2) with some room; None where nothing of them can be shown.

    A run that diverges counts as long as it is near the ``home`` window.  Neither side is made
    smaller than a fiftieth of the other, in units of ``home``: a straight path is a line in a
    window and not a window without height.
    """
    spans = np.array([high - low for low, high in home])
    middle = np.array([(low + high) / 2 for low, high in home])
    near = []
    for path in paths:
        with np.errstate(invalid="ignore"):
            kept = (np.abs(path - middle) <= _FARTHEST * spans).all(axis=1)
        near.append(path[kept])
    points = np.concatenate(near) if near else np.empty((0, 2))
    if not len(points):
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    share = (high - low) / spans
    share = np.maximum(share * (1 + 2 * _AROUND), max(float(share.max()) / 50, _NARROWEST))
    centre, half = (low + high) / 2, share * spans / 2
    left, bottom = (centre - half).tolist()
    right, top = (centre + half).tolist()
    return (left, right), (bottom, top)


def is_inside(path: Array, window: MapWindow) -> bool:
    """Whether any point of a path (n, 2) lies in a window."""
    low, high = np.array(window).T
    with np.errstate(invalid="ignore"):
        return bool(((path >= low) & (path <= high)).all(axis=1).any())


def window_around(at: tuple[float, float], like: MapWindow) -> MapWindow:
    """A window as large as another with a point in its middle."""
    (left, right), (bottom, top) = (
        (value - (high - low) / 2, value + (high - low) / 2)
        for value, (low, high) in zip(at, like, strict=True)
    )
    return (left, right), (bottom, top)


def on_border(at: tuple[float, float], width: float, height: float) -> tuple[float, float, float]:
    """Where the way from the middle of a rectangle to a point outside crosses its border.

    ``at`` is in pixels from the top left corner.  The third number is the angle of the way in
    degrees, clockwise from the right.
    """
    across, down = at[0] - width / 2, at[1] - height / 2
    share = min(
        (width / 2) / abs(across) if across else math.inf,
        (height / 2) / abs(down) if down else math.inf,
    )
    angle = math.degrees(math.atan2(down, across))
    return width / 2 + across * share, height / 2 + down * share, angle


def as_meant(at: tuple[float, float], window: MapWindow) -> tuple[float, float]:
    """A place that was pointed at, with the digits that a thousandth of the window has.

    Nobody points at the seventeen digits that a pixel happens to stand for.
    """
    first, second = (
        round(value, _digits(high - low)) for value, (low, high) in zip(at, window, strict=True)
    )
    return first, second


def _digits(span: float) -> int:
    return 3 - math.floor(math.log10(span))
