"""The surface in ground coordinates: heights, slopes, light, and where the levels lie."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.core.contours import LevelScale, Shading, SurfacePicture, shading
from optlab.pictures.surface3d.camera import Camera, Projection

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]

# From the deepest to the highest place, in ground units (the window is 2 wide), at exaggeration 1.
_HEIGHT: Final = 0.84
# Distances to the nearest level are tabulated at this many heights.
_STEPS: Final = 4096
# Where the light comes from: to the right, away, up, as the person sees it.
_LIGHT: Final = (-0.45, 0.25, 0.86)


class Relief:
    """Heights of one surface picture; what is drawn lies between ``-reach`` and ``reach``.

    ``scale`` says how a loss becomes a height: "log" or "linear", as the colours of a picture;
    ``exaggeration`` (> 0) stretches the heights. Heights are nan where the loss is not finite.
    """

    def __init__(self, picture: SurfacePicture, scale: LevelScale, exaggeration: float) -> None:
        self.picture = picture
        self.reach = _HEIGHT / 2 * exaggeration
        same = scale == picture.colors.scale
        self.lift: Shading = (
            picture.colors if same else shading(picture.finite, scale, picture.colors.low)
        )
        self.share = picture.shading if same else self.lift.share(picture.finite.values)
        heights = ((self.share * 2.0 - 1.0) * self.reach).astype(np.float32)
        self.has_holes = picture.finite.count > 0
        if self.has_holes:
            heights[picture.finite.mask] = np.nan
            heights = _with_fringe(heights)
        self.heights: Singles = heights
        self.colors_follow_height = same
        rows, columns = heights.shape
        steps = (2.0 / (rows - 1), 2.0 / (columns - 1))
        self.slope_y, self.slope_x = _slopes(heights, steps)
        self.shading: Singles = picture.shading.astype(np.float32)
        if same:
            # The colour is a share of the height: its slopes are those of the height.
            self.shade_y = self.slope_y * np.float32(0.5 / self.reach)
            self.shade_x = self.slope_x * np.float32(0.5 / self.reach)
        else:
            self.shade_y, self.shade_x = _slopes(self.shading, steps)
        self._upright = 1.0 / np.sqrt(1.0 + self.slope_x**2 + self.slope_y**2)

    @classmethod
    def of(cls, picture: SurfacePicture, camera: Camera) -> Relief:
        """The heights that a camera asks for."""
        height = camera.height
        scale = picture.colors.scale if height == "levels" else height
        return cls(picture, scale, camera.exaggeration)

    def light(self, projection: Projection) -> Singles:
        """How much lighter (> 0) or darker (< 0) than flat ground each place is, about -1 … 1.

        The light turns with the camera: it always comes from the upper left.
        """
        x, y, up = light_from(projection)
        turned = np.float32(up) - self.slope_x * np.float32(x) - self.slope_y * np.float32(y)
        return np.asarray(turned * self._upright - np.float32(up))

    @cached_property
    def nearest_level(self) -> Floats:
        """For shares 0 … 1 of the colours, in 4096 steps: the share of the nearest level.

        Far away from all of them where there are no levels.
        """
        share = self.picture.colors.share(self.picture.contours.levels)
        places = np.linspace(0.0, 1.0, _STEPS)
        if share.size == 0:
            return np.full(_STEPS, 9.0)
        after = np.clip(np.searchsorted(share, places), 0, share.size - 1)
        before = np.clip(after - 1, 0, share.size - 1)
        closer = np.abs(places - share[before]) < np.abs(places - share[after])
        return np.where(closer, share[before], share[after])

    @cached_property
    def level_distance(self) -> Singles:
        """For shares 0 … 1 of the colours, in 4096 steps: how far the nearest level is."""
        places = np.linspace(0.0, 1.0, _STEPS)
        return np.abs(places - self.nearest_level).astype(np.float32)

    @property
    def level_spacing(self) -> float:
        """How far apart levels lie, as a share of the colours."""
        return 1.0 / max(1, len(self.picture.contours.levels))

    def height_of(self, loss: float) -> float:
        """The height at which a loss lies, cut off at the lowest and the highest place drawn."""
        return (2.0 * float(self.lift.share(np.array(loss))) - 1.0) * self.reach

    def loss_at(self, share: float) -> float:
        """The loss at a share 0 … 1 of the height of the surface."""
        lift = self.lift
        if lift.scale == "linear" or lift.floor <= 0.0:
            return lift.low + share * (lift.high - lift.low)
        top = float(np.log1p((lift.high - lift.low) / lift.floor))
        return lift.low + lift.floor * float(np.expm1(share * top))

    def ground(self, w: Floats) -> Floats:
        """The x, y on the ground of the points ``w`` (n, 2), both given as w1, w2."""
        low, high = np.array(self.picture.window).T
        return np.asarray((w - low) / (high - low) * 2.0 - 1.0)

    def slopes_at(self, x: Floats, y: Floats) -> tuple[Singles, Singles]:
        """The slopes along x and y at places on the ground, any shape."""
        at = x.astype(np.float32), y.astype(np.float32)
        return sampled(self.slope_x, *at), sampled(self.slope_y, *at)

    def share_of_heights(self, z: Singles) -> Singles:
        """The share 0 … 1 of the colours at the places of the grid, whose heights are ``z``."""
        if self.colors_follow_height:
            return np.asarray(np.clip(z * np.float32(0.5 / self.reach) + 0.5, 0, 1), np.float32)
        return self.shading

    def weights(self, x: float, y: float) -> tuple[float, float]:
        """The w1, w2 at a place on the ground."""
        (left, right), (bottom, top) = self.picture.window
        return left + (right - left) * (x + 1.0) / 2.0, bottom + (top - bottom) * (y + 1.0) / 2.0

    def point_at(self, place: tuple[float, float] | None) -> tuple[float, float, float] | None:
        """The point of the surface over a place on the ground; None where there is none."""
        if place is None:
            return None
        x, y = place
        z = float(self.at(np.array([x]), np.array([y]))[0])
        return (x, y, z) if np.isfinite(z) else None

    def at(self, x: Floats, y: Floats) -> Singles:
        """The heights at places on the ground, any shape; outside, those of the border."""
        return sampled(self.heights, x.astype(np.float32), y.astype(np.float32))


def light_from(projection: Projection) -> tuple[float, float, float]:
    """Where the light comes from, in ground coordinates: the upper left of the picture."""
    right, away, up = _LIGHT
    x = right * projection.cos_a - away * projection.sin_a
    y = right * projection.sin_a + away * projection.cos_a
    return x, y, up


def sampled(grid: Singles, x: Singles, y: Singles) -> Singles:
    """Values of ``grid`` at x, y in -1 … 1, interpolated between the four places around."""
    rows, columns = grid.shape
    across = (x + np.float32(1.0)) * np.float32((columns - 1) / 2)
    along = (y + np.float32(1.0)) * np.float32((rows - 1) / 2)
    np.clip(across, 0.0, columns - 1, out=across)
    np.clip(along, 0.0, rows - 1, out=along)
    column, row = across.astype(np.int32), along.astype(np.int32)
    np.minimum(column, columns - 2, out=column)
    np.minimum(row, rows - 2, out=row)
    across -= column
    along -= row
    place = row * columns + column
    flat = grid.ravel()
    near, near_right = flat.take(place), flat.take(place + 1)
    place += columns
    far, far_right = flat.take(place), flat.take(place + 1)
    near += (near_right - near) * across
    far += (far_right - far) * across
    near += (far - near) * along
    return np.asarray(near, np.float32)


def _slopes(grid: Singles, steps: tuple[float, float]) -> tuple[Singles, Singles]:
    down, across = np.gradient(grid, *steps)
    rows, columns = np.nan_to_num(np.stack((down, across))).astype(np.float32)
    return rows, columns


def _with_fringe(heights: Singles) -> Singles:
    """Continue the heights by one place beyond their border with nan.

    The surface then ends on level ground: where exactly a steep edge is cut off does not show.
    """
    filled = heights
    for axis in (0, 1):
        ahead, behind = (np.roll(filled, shift, axis=axis) for shift in (-1, 1))
        for near, edge in ((ahead, -1), (behind, 0)):
            np.moveaxis(near, axis, 0)[edge] = np.nan  # nothing comes around from the other side
            filled = np.where(np.isnan(filled), near, filled)
    return filled
