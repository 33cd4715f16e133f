"""The mesh, the contour lines and the border on the surface, computed for each pixel.

A line is where a quantity is near a line's value. How near that is in pixels follows from the slope
of the quantity on the screen, which follows from the slopes of the surface: so lines keep their
width everywhere, and give way where they crowd.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from optlab.pictures.surface3d.camera import Projection
from optlab.pictures.surface3d.relief import Relief, Singles
from optlab.pictures.surface3d.shades import Shades

_F: Final = np.float32
CELLS: Final = 20  # of the mesh, along each axis
# A line is this wide, in pixels of the widget, and gives way when lines come this close.
LINE: Final = 1.0
CROWDED: Final = 7.0


@dataclass(frozen=True, eq=False)
class Motion:
    """How far the place that is seen moves when the pixel moves to the right and up by one."""

    x_right: Singles
    x_up: Singles
    y_right: Singles
    y_up: Singles

    @classmethod
    def of(cls, view: Projection, slope_x: Singles, slope_y: Singles) -> Motion:
        """From the slopes of the surface at the places."""
        cos_a, sin_a, cos_e = _F(view.cos_a), _F(view.sin_a), _F(view.cos_e)
        steep = _F(view.sin_e) + cos_e * (slope_y * cos_a - slope_x * sin_a)
        # How far the place moves away from the person; along a silhouette without bound.
        q_up = np.reciprocal(np.where(np.abs(steep) < 0.02, _F(0.02), steep), dtype=_F)
        q_right = -cos_e * (slope_x * cos_a + slope_y * sin_a) * q_up
        one = _F(1 / view.scale)
        return cls(
            (cos_a - sin_a * q_right) * one,
            -sin_a * q_up * one,
            (sin_a + cos_a * q_right) * one,
            cos_a * q_up * one,
        )


def line_tones(
    relief: Relief,
    view: Projection,
    shades: Shades,
    magnified: float,
    x: Singles,
    y: Singles,
    share: Singles,
) -> Singles:
    """By how many tones lines change the pixels that see the places ``x``, ``y``.

    ``share`` is the share of the colours there, ``magnified`` the pixels of the image that make one
    of the widget.
    """
    rows, columns = relief.heights.shape
    place = ((y + 1) * _F((rows - 1) / 2) + _F(0.5)).astype(np.int32).clip(0, rows - 1) * columns
    place += ((x + 1) * _F((columns - 1) / 2) + _F(0.5)).astype(np.int32).clip(0, columns - 1)
    slope_x, slope_y = relief.slope_x.ravel().take(place), relief.slope_y.ravel().take(place)
    motion = Motion.of(view, slope_x, slope_y)
    x_slope, y_slope = _size(motion.x_right, motion.x_up), _size(motion.y_right, motion.y_up)
    width, cell, whole = LINE * magnified, _F(2 / CELLS), _F(2)
    mesh = np.maximum(
        _line(_to_whole(x, cell), x_slope, width, cell),
        _line(_to_whole(y, cell), y_slope, width, cell),
    )
    edge = np.maximum(
        _line(1 - np.abs(x), x_slope, 2 * width, whole),
        _line(1 - np.abs(y), y_slope, 2 * width, whole),
    )
    if relief.colors_follow_height:
        part = _F(0.5 / relief.reach)
        slope_x, slope_y = slope_x * part, slope_y * part
    else:
        slope_x, slope_y = relief.shade_x.ravel().take(place), relief.shade_y.ravel().take(place)
    right = slope_x * motion.x_right + slope_y * motion.y_right
    up = slope_x * motion.x_up + slope_y * motion.y_up
    distances = relief.level_distance
    nearest = distances.take((share * _F(len(distances) - 1)).astype(np.int32), mode="clip")
    spacing = _F(relief.level_spacing)
    level = _line(nearest, _size(right, up), width, spacing)
    tones = mesh * _F(shades.mesh) + level * _F(shades.level) + edge * _F(shades.edge)
    return np.asarray(tones, _F)


def _size(right: Singles, up: Singles) -> Singles:
    return np.sqrt(right * right + up * up)


def _to_whole(values: Singles, cell: np.float32) -> Singles:
    """How far values lie from the nearest multiple of ``cell`` counted from -1."""
    cells = (values + 1) / cell
    return np.asarray(np.abs(cells - np.rint(cells)) * cell, _F)


def _line(distance: Singles, slope: Singles, width: float, spacing: np.float32) -> Singles:
    """Coverage 0 … 1 of pixels by lines of ``width`` pixels; it fades where they crowd."""
    one = np.reciprocal(np.maximum(slope, _F(1e-9)), dtype=_F)
    covered = np.clip(_F(width / 2 + 0.5) - distance * one, 0, 1)
    return np.asarray(covered * np.minimum(one * _F(spacing / (CROWDED * width)), 1), _F)
