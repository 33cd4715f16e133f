"""Between the data of a view box and its pixels, for whole arrays and in full precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

Floats = NDArray[np.float64]
Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class PixelMap:
    """The map between the ``window`` that a view box shows and its ``width`` x ``height`` pixels.

    Pixels are device-independent and begin at the top left; the second coordinate runs upwards.
    Distances are taken from the low end, so that a small window far from zero stays exact, which
    the matrix of a view box does not.
    """

    window: Window
    width: float
    height: float

    @property
    def rect(self) -> QRectF:
        """All pixels."""
        return QRectF(0.0, 0.0, self.width, self.height)

    @property
    def per_unit(self) -> tuple[float, float]:
        """Pixels for each unit across (positive) and upwards (negative)."""
        (left, right), (bottom, top) = self.window
        return self.width / (right - left), -self.height / (top - bottom)

    def pixels(self, points: Floats) -> Floats:
        """The pixels (n, 2) of the points (n, 2); what overflows becomes infinite."""
        (left, _), (bottom, _) = self.window
        with np.errstate(all="ignore"):
            away = (points - (left, bottom)) * self.per_unit
        away[:, 1] += self.height
        return np.asarray(away)

    def point(self, x: float, y: float) -> QPointF:
        """The pixel of one finite point."""
        (left, _), (bottom, _) = self.window
        across, upwards = self.per_unit
        return QPointF((x - left) * across, self.height + (y - bottom) * upwards)

    def world(self, pixel: QPointF) -> tuple[float, float]:
        """The data at a pixel."""
        (left, _), (bottom, _) = self.window
        across, upwards = self.per_unit
        return left + pixel.x() / across, bottom + (pixel.y() - self.height) / upwards

    def transform(self) -> QTransform:
        """The same map for a painter, so that paths can be kept in data."""
        (left, _), (bottom, _) = self.window
        across, upwards = self.per_unit
        return QTransform(across, 0.0, 0.0, upwards, -left * across, self.height - bottom * upwards)

    def rect_of(self, window: Window) -> QRectF:
        """The pixels that ``window`` covers."""
        (left, right), (bottom, top) = window
        return QRectF(self.point(left, top), self.point(right, bottom))
