"""From where the surface is seen, and where its points come to lie on the screen.

Ground coordinates: x along w1 and y along w2, both -1 … 1 across the window; z is the height.
The projection is parallel, so that equal lengths stay equal and axes can be read. ``p`` runs along
the ground to the right of the person who looks, ``q`` along the ground away from that person:
``p = x cos a + y sin a``, ``q = -x sin a + y cos a`` with the azimuth a. With the elevation e a
point lies ``p`` to the right and ``q sin e + z cos e`` upwards on the screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOWEST, HIGHEST = 4.0, 88.0  # degrees of elevation
_ZOOMS: Final = (0.4, 30.0)
# Half of the ground's diagonal, and how high a tilted scene becomes, with a little room.
_HALF_WIDTH: Final = 1.44
_HALF_HEIGHT: Final = 1.30
# Pixels around the scene for numbers and names.
_BESIDE: Final = 42.0
_ABOVE, _BELOW = 14.0, 40.0


@dataclass(frozen=True)
class Camera:
    """Azimuth and elevation in degrees, zoom as a factor, pan in pixels to the right and down."""

    azimuth: float = 32.0
    elevation: float = 41.0
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    def orbited(self, right: float, up: float) -> Camera:
        """Turn by degrees; the elevation stays between 4 and 88."""
        azimuth = math.remainder(self.azimuth + right, 360.0)
        elevation = min(max(self.elevation + up, LOWEST), HIGHEST)
        return replace(self, azimuth=azimuth, elevation=elevation)

    def zoomed(self, factor: float, around: tuple[float, float] = (0.0, 0.0)) -> Camera:
        """Zoom in by ``factor``; what is at ``around``, pixels from the centre, stays there."""
        zoom = min(max(self.zoom * factor, _ZOOMS[0]), _ZOOMS[1])
        share = zoom / self.zoom
        x, y = (at + (was - at) * share for at, was in zip(around, self.pan, strict=True))
        return replace(self, zoom=zoom, pan=(x, y))

    def panned(self, right: float, down: float) -> Camera:
        """Move the scene by pixels."""
        return replace(self, pan=(self.pan[0] + right, self.pan[1] + down))


@dataclass(frozen=True)
class Projection:
    """A camera in front of a widget: ``scale`` pixels per unit, the origin at ``x0``, ``y0``."""

    cos_a: float
    sin_a: float
    cos_e: float
    sin_e: float
    scale: float
    x0: float
    y0: float
    width: float
    height: float

    @classmethod
    def of(cls, camera: Camera, width: float, height: float) -> Projection:
        """The projection on a widget of ``width`` x ``height`` pixels."""
        azimuth, elevation = math.radians(camera.azimuth), math.radians(camera.elevation)
        wide = (width - 2 * _BESIDE) / (2 * _HALF_WIDTH)
        high = (height - _ABOVE - _BELOW) / (2 * _HALF_HEIGHT)
        return cls(
            cos_a=math.cos(azimuth),
            sin_a=math.sin(azimuth),
            cos_e=math.cos(elevation),
            sin_e=math.sin(elevation),
            scale=max(12.0, min(wide, high)) * camera.zoom,
            x0=width / 2 + camera.pan[0],
            y0=(height + _ABOVE - _BELOW) / 2 + camera.pan[1],
            width=width,
            height=height,
        )

    def magnified(self, factor: float) -> Projection:
        """The same in pixels of which ``factor`` make one pixel of the widget."""
        names = ("scale", "x0", "y0", "width", "height")
        return replace(self, **{name: getattr(self, name) * factor for name in names})

    def along(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """``p`` and ``q`` of points on the ground."""
        return x * self.cos_a + y * self.sin_a, y * self.cos_a - x * self.sin_a

    def rise(self, q: Floats, z: Floats) -> Floats:
        """How far up on the screen a point lies, in ground units."""
        return q * self.sin_e + z * self.cos_e

    def pixels(self, points: Floats) -> Floats:
        """The pixels (n, 2) of the points (n, 3)."""
        p, q = self.along(points[:, 0], points[:, 1])
        up = self.rise(q, points[:, 2])
        return np.column_stack((self.x0 + self.scale * p, self.y0 - self.scale * up))

    def pixel(self, x: float, y: float, z: float) -> tuple[float, float]:
        """The pixel of one point."""
        at = self.pixels(np.array([[x, y, z]]))[0]
        return float(at[0]), float(at[1])
