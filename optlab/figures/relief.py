"""The surface in space as geometry: heights, a camera, and what hides what.

Ground coordinates: the window is -1 … 1 along both weights, heights are -REACH … REACH.  The
projection is parallel, so all rays to the eye have one direction.  Points have shape (n, 3).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from optlab.core.contours import SurfacePicture
from optlab.figures.geometry import Box, Floats

REACH: Final = 0.38
AZIMUTH: Final = math.radians(-58.0)
"""Where the eye stands, seen from above and counted from the first axis: to the front right."""
ELEVATION: Final = math.radians(40.0)
_TOWARDS: Final = (math.cos(AZIMUTH), math.sin(AZIMUTH))
_STRIDE: Final = 0.02
"""Points of a line on the ground are at most so far apart, so that it hugs the surface."""
_RAY: Final = np.linspace(0.015, 2.9, 120)
_SLACK: Final = 0.012


class Relief:
    """Heights of a picture of a surface; the height is what the colour is on the map."""

    def __init__(self, picture: SurfacePicture) -> None:
        self._window: Box = picture.window
        self._colors = picture.colors
        self._mask = picture.finite.mask
        self._solid = np.where(self._mask, -REACH, (picture.shading * 2 - 1) * REACH)

    def ground(self, weights: Floats) -> Floats:
        """Weights (n, 2) in ground coordinates."""
        limits = np.asarray(self._window)
        spans = limits[:, 1] - limits[:, 0]
        return np.asarray(2.0 * (weights - limits[:, 0]) / spans - 1.0)

    def height(self, ground: Floats) -> Floats:
        """The heights (n,) at points (n, 2) of the ground; -inf outside of the window."""
        rows, columns = self._solid.shape
        inside = (np.abs(ground) <= 1.0 + 1e-9).all(axis=1)
        place = (np.clip(ground, -1.0, 1.0) + 1.0) / 2.0 * (columns - 1, rows - 1)
        first = np.minimum(place.astype(np.int64), (columns - 2, rows - 2))
        (x, y), (s, t) = first.T, (place - first).T
        grid = self._solid
        low = grid[y, x] * (1 - s) + grid[y, x + 1] * s
        high = grid[y + 1, x] * (1 - s) + grid[y + 1, x + 1] * s
        return np.where(inside, low * (1 - t) + high * t, -np.inf)

    def missing(self, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
        """Where the loss is no finite number, at places of the ground."""
        rows, columns = self._mask.shape
        row = np.rint((y + 1.0) / 2.0 * (rows - 1)).astype(np.int64)
        column = np.rint((x + 1.0) / 2.0 * (columns - 1)).astype(np.int64)
        return np.asarray(self._mask[row, column])

    def on_surface(self, weights: Floats) -> Floats:
        """Points of the surface under weights (n, 2), shape (n, 3); nan outside of the window."""
        ground = self.ground(weights)
        heights = self.height(ground)
        missing = ~np.isfinite(heights)
        points = np.column_stack([ground, np.where(missing, 0.0, heights)])
        points[missing] = np.nan
        return points

    def draped(self, weights: Floats) -> Floats:
        """A polyline of weights laid on the surface, with more points where it needs them."""
        ground = self.ground(weights)
        parts = [weights[:1]]
        for begin, end, length in zip(
            weights[:-1],
            weights[1:],
            np.hypot(*np.diff(ground, axis=0).T),
            strict=True,
        ):
            count = min(max(1, math.ceil(length / _STRIDE)), 400)
            shares = np.arange(1, count + 1)[:, None] / count
            parts.append(begin + shares * (end - begin))
        return self.on_surface(np.concatenate(parts))

    def visible(self, points: Floats) -> npt.NDArray[np.bool_]:
        """Whether nothing of the surface lies between a point and the eye, shape (n,)."""
        seen: npt.NDArray[np.bool_] = np.asarray(np.isfinite(points).all(axis=1))
        if not seen.any():
            return seen
        known = points[seen]
        ahead = known[:, None, :2] + _RAY[None, :, None] * np.array(_TOWARDS)
        ray = known[:, None, 2] + _RAY[None, :] * math.tan(ELEVATION)
        heights = self.height(ahead.reshape(-1, 2)).reshape(ray.shape)
        seen[seen] = (heights <= ray + _SLACK).all(axis=1)
        return seen


def project(points: Floats) -> Floats:
    """Where points appear, shape (n, 2): to the right and up."""
    x, y, z = np.asarray(points, dtype=np.float64).T
    right = -x * math.sin(AZIMUTH) + y * math.cos(AZIMUTH)
    away = -(x * math.cos(AZIMUTH) + y * math.sin(AZIMUTH))
    return np.column_stack([right, z * math.cos(ELEVATION) + away * math.sin(ELEVATION)])


def distance(x: Floats, y: Floats) -> Floats:
    """How far from the eye places of the ground are; only differences mean something."""
    return np.asarray(-(x * math.cos(AZIMUTH) + y * math.sin(AZIMUTH)))


def light(heights: Floats) -> Floats:
    """How much lighter (> 0) or darker (< 0) than flat ground each cell is, about -1 … 1."""
    rows, columns = heights.shape
    down = np.diff(heights, axis=0)[:, :-1] * (rows - 1) / 2
    across = np.diff(heights, axis=1)[:-1] * (columns - 1) / 2
    # From the upper left, as the eye sees it.
    right, away, up = -0.45, 0.25, 0.86
    x = -right * math.sin(AZIMUTH) - away * math.cos(AZIMUTH)
    y = right * math.cos(AZIMUTH) - away * math.sin(AZIMUTH)
    return np.asarray((up - across * x - down * y) / np.sqrt(1 + across**2 + down**2) - up)
