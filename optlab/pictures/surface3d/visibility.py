"""What the surface hides from the person who looks, and which place a pixel shows."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.surface3d.camera import Floats, Projection
from optlab.pictures.surface3d.relief import Relief

# Places towards the person that are looked at for each point.
_SAMPLES: Final = 36
# The surface hides what it passes by more than this many pixels.
_TOLERANCE: Final = 2.0


def unhidden(points: Floats, relief: Relief, view: Projection, most: int) -> NDArray[np.bool_]:
    """Which of the points (n, 3) on the surface are seen, True where a point is not finite.

    At most about ``most`` points are looked at; the others share the answer of the one before.
    """
    if len(points) == 0:
        return np.ones(0, dtype=np.bool_)
    stride = -(-len(points) // most)
    x, y, z = points[::stride].T
    # Further away than this nothing is high enough to stand in front.
    farthest = np.clip((relief.reach - z) * view.cos_e / view.sin_e, 0.0, 2.9)
    share = np.linspace(0.0, 1.0, _SAMPLES + 1)[1:] ** 1.6
    away = farthest[:, None] * share
    # Towards the person is the direction (sin a, -cos a).
    there_x, there_y = x[:, None] + away * view.sin_a, y[:, None] - away * view.cos_a
    with np.errstate(invalid="ignore"):
        inside = (np.abs(there_x) <= 1.0) & (np.abs(there_y) <= 1.0)
        heights = relief.at(np.nan_to_num(there_x), np.nan_to_num(there_y))
        above = (heights - z[:, None]) * view.cos_e - away * view.sin_e
        covered = (above > _TOLERANCE / view.scale) & inside
    seen = ~covered.any(axis=1)
    return np.repeat(seen, stride)[: len(points)]


def place_under(x: float, y: float, relief: Relief, view: Projection) -> tuple[float, float] | None:
    """The place on the ground whose surface is seen at a pixel; None beside the surface."""
    p = (x - view.x0) / view.scale
    rise = (view.y0 - y) / view.scale
    q = np.linspace(-1.45, 1.45, 1400)
    ground_x, ground_y = p * view.cos_a - q * view.sin_a, p * view.sin_a + q * view.cos_a
    inside = (np.abs(ground_x) <= 1.0) & (np.abs(ground_y) <= 1.0)
    if not inside.any():
        return None
    q, ground_x, ground_y = q[inside], ground_x[inside], ground_y[inside]
    above = view.rise(q, relief.at(ground_x, ground_y).astype(np.float64)) - rise
    with np.errstate(invalid="ignore"):
        crossed = np.flatnonzero(above[1:] * above[:-1] <= 0.0)  # nan compares as False
    if crossed.size == 0:
        return None
    return float(ground_x[crossed[0]]), float(ground_y[crossed[0]])
