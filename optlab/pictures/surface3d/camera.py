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
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from optlab.session.view import CameraView, View

Floats = NDArray[np.float64]

Height = Literal["levels", "log", "linear"]
HEIGHTS: Final[tuple[Height, ...]] = get_args(Height)
LOWEST: Final = 4.0
HIGHEST: Final = 88.0
"""Degrees of elevation."""
NEAREST: Final = 1 / 30
FARTHEST: Final = 2.5
EXAGGERATIONS: Final = (0.1, 5.0)
# Half of the ground's diagonal, and how high a tilted scene becomes, with a little room.
_HALF_WIDTH: Final = 1.44
_HALF_HEIGHT: Final = 1.30
# Pixels around the scene for numbers and names.
_BESIDE: Final = 42.0
_ABOVE, _BELOW = 14.0, 40.0


@dataclass(frozen=True)
class Camera:
    """From where a surface is seen and how its losses become heights.

    ``azimuth`` and ``elevation`` (4 … 88) are in degrees. ``distance`` (1/30 … 2.5) is 1 where the
    whole scene fits the picture; half of it shows everything twice as large. The scene turns around
    ``centre`` (ground coordinates), which is in the middle of the picture moved by ``pan``, ground
    units to the right and up. ``height`` says how a loss becomes a height, "log", "linear" or as
    the "levels" of the picture; ``exaggeration`` (0.1 … 5) stretches the heights. All of it holds
    for a picture of any size. Raises ValueError for what is outside these ranges.
    """

    azimuth: float = 32.0
    elevation: float = 41.0
    distance: float = 1.0
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    pan: tuple[float, float] = (0.0, 0.0)
    height: Height = "levels"
    exaggeration: float = 1.0

    def __post_init__(self) -> None:
        if self.height not in HEIGHTS:
            raise ValueError(f"heights are {', '.join(HEIGHTS)}, not {self.height!r}")
        for name, value, (low, high) in (
            ("elevation", self.elevation, (LOWEST, HIGHEST)),
            ("distance", self.distance, (NEAREST, FARTHEST)),
            ("exaggeration", self.exaggeration, EXAGGERATIONS),
        ):
            if not low <= value <= high:
                raise ValueError(f"the {name} {value:g} is outside {low:g} … {high:g}")
        if not all(map(math.isfinite, (self.azimuth, *self.centre, *self.pan))):
            raise ValueError("azimuth, centre and pan of a camera are finite numbers")

    @property
    def moved(self) -> bool:
        """Whether the scene was panned, or is nearer or farther than at first."""
        return self.distance != 1.0 or self.pan != (0.0, 0.0)

    def home(self) -> Camera:
        """The first view, with the heights as they are."""
        return Camera(height=self.height, exaggeration=self.exaggeration)

    def orbited(self, right: float, up: float) -> Camera:
        """Turn by degrees around the centre; the elevation stays between 4 and 88."""
        azimuth = math.remainder(self.azimuth + right, 360.0)
        elevation = min(max(self.elevation + up, LOWEST), HIGHEST)
        return replace(self, azimuth=azimuth, elevation=elevation)

    def zoomed(self, factor: float, around: tuple[float, float] = (0.0, 0.0)) -> Camera:
        """Zoom in by ``factor``; what is ``around`` the middle, right and up, stays there."""
        distance = min(max(self.distance / factor, NEAREST), FARTHEST)
        share = distance / self.distance - 1.0
        right, up = (was + at * share for at, was in zip(around, self.pan, strict=True))
        return replace(self, distance=distance, pan=(right, up))

    def panned(self, right: float, up: float) -> Camera:
        """Move the scene by ground units."""
        return replace(self, pan=(self.pan[0] + right, self.pan[1] + up))

    def turning_around(self, centre: tuple[float, float, float]) -> Camera:
        """The same picture, but turning it keeps the point ``centre`` where it is."""
        (old_right, old_up), (right, up) = self.seen(self.centre), self.seen(centre)
        pan = (self.pan[0] + right - old_right, self.pan[1] + up - old_up)
        return replace(self, centre=centre, pan=pan)

    def seen(self, point: tuple[float, float, float]) -> tuple[float, float]:
        """How far to the right of the origin and above it a point appears, in ground units."""
        x, y, z = point
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        right = x * math.cos(azimuth) + y * math.sin(azimuth)
        away = y * math.cos(azimuth) - x * math.sin(azimuth)
        return right, away * math.sin(elevation) + z * math.cos(elevation)


def camera_of(view: View) -> Camera:
    """The camera that the view of an experiment asks for."""
    seen = view.camera
    return Camera(
        azimuth=seen.azimuth,
        elevation=seen.elevation,
        distance=seen.distance,
        centre=seen.centre,
        pan=seen.pan,
        height=view.height,
        exaggeration=view.exaggeration,
    )


def camera_view(camera: Camera) -> CameraView:
    """What an experiment keeps of a camera; the heights are fields of the view itself."""
    return CameraView(
        azimuth=camera.azimuth,
        elevation=camera.elevation,
        distance=camera.distance,
        centre=camera.centre,
        pan=camera.pan,
    )


@dataclass(frozen=True)
class Projection:
    """A camera in front of a picture: ``scale`` pixels per unit, the origin at ``x0``, ``y0``."""

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
        """The projection on a picture of ``width`` x ``height`` pixels."""
        azimuth, elevation = math.radians(camera.azimuth), math.radians(camera.elevation)
        right, up = camera.seen(camera.centre)
        wide = (width - 2 * _BESIDE) / (2 * _HALF_WIDTH)
        high = (height - _ABOVE - _BELOW) / (2 * _HALF_HEIGHT)
        scale = max(12.0, min(wide, high)) / camera.distance
        return cls(
            cos_a=math.cos(azimuth),
            sin_a=math.sin(azimuth),
            cos_e=math.cos(elevation),
            sin_e=math.sin(elevation),
            scale=scale,
            x0=width / 2 + scale * (camera.pan[0] - right),
            y0=_middle(height) - scale * (camera.pan[1] - up),
            width=width,
            height=height,
        )

    def magnified(self, factor: float) -> Projection:
        """The same in pixels of which ``factor`` make one of these."""
        names = ("scale", "x0", "y0", "width", "height")
        return replace(self, **{name: getattr(self, name) * factor for name in names})

    def units(self, x: float, y: float) -> tuple[float, float]:
        """How far to the right of the middle and above it a pixel lies, in ground units."""
        return (x - self.width / 2) / self.scale, (_middle(self.height) - y) / self.scale

    @property
    def towards(self) -> tuple[float, float, float]:
        """The direction (x, y, z) of length 1 in which the person who looks is."""
        return self.sin_a * self.cos_e, -self.cos_a * self.cos_e, self.sin_e

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


def _middle(height: float) -> float:
    """The pixel row of the scene's middle: numbers and names need more room below."""
    return (height + _ABOVE - _BELOW) / 2
