"""How values become pixels along one axis, and on a plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

Floats = NDArray[np.float64]
Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Scale:
    """A linear map from ``low`` … ``high`` to the pixels ``first`` … ``last`` (may run down)."""

    low: float
    high: float
    first: float
    last: float

    @property
    def factor(self) -> float:
        """Pixels per unit, negative when the pixels run down."""
        return (self.last - self.first) / (self.high - self.low)

    def pixel(self, value: float) -> float:
        """The pixel of ``value``; any finite value, also outside the range."""
        return self.first + (value - self.low) * self.factor

    def pixels(self, values: Floats) -> Floats:
        """The pixels of an array; what is not finite stays so, what overflows becomes infinite."""
        with np.errstate(all="ignore"):
            return self.first + (values - self.low) * self.factor

    def value(self, pixel: float) -> float:
        """The value at ``pixel``."""
        return self.low + (pixel - self.first) / self.factor


@dataclass(frozen=True)
class Plane:
    """The map between a window of w1, w2 and a rectangle of pixels; w2 runs upwards."""

    window: Window
    rect: QRectF

    @property
    def x(self) -> Scale:
        """The scale of w1."""
        (low, high), _ = self.window
        return Scale(low, high, self.rect.left(), self.rect.right())

    @property
    def y(self) -> Scale:
        """The scale of w2."""
        _, (low, high) = self.window
        return Scale(low, high, self.rect.bottom(), self.rect.top())

    def pixels(self, points: Floats) -> Floats:
        """The pixels (n, 2) of the points (n, 2)."""
        return np.column_stack((self.x.pixels(points[:, 0]), self.y.pixels(points[:, 1])))

    def point(self, w1: float, w2: float) -> QPointF:
        """The pixel of one finite point."""
        return QPointF(self.x.pixel(w1), self.y.pixel(w2))

    def world(self, pixel: QPointF) -> tuple[float, float]:
        """The w1, w2 at a pixel."""
        return self.x.value(pixel.x()), self.y.value(pixel.y())

    def transform(self) -> QTransform:
        """The same map for a painter, so that paths can be kept in w1, w2."""
        x, y = self.x, self.y
        return QTransform(
            x.factor, 0.0, 0.0, y.factor, x.first - x.low * x.factor, y.first - y.low * y.factor
        )

    def rect_of(self, window: Window) -> QRectF:
        """The pixels that ``window`` covers."""
        (left, right), (bottom, top) = window
        return QRectF(self.point(left, top), self.point(right, bottom))


def zoomed(window: Window, factor: float, around: tuple[float, float]) -> Window:
    """Make ``window`` ``factor`` times as wide, the point ``around`` staying where it is.

    The window stays as it was when the zoom would leave what float64 can resolve or hold.
    """
    ranges = []
    for (low, high), fixed in zip(window, around, strict=True):
        new_low, new_high = fixed - (fixed - low) * factor, fixed + (high - fixed) * factor
        size = max(abs(new_low), abs(new_high))
        if not (1e-10 * size < new_high - new_low < 1e100) or new_high - new_low < 1e-100:
            return window
        ranges.append((new_low, new_high))
    return ranges[0], ranges[1]


def moved(window: Window, d1: float, d2: float) -> Window:
    """Shift ``window`` by ``d1``, ``d2`` in the units of w1, w2."""
    (left, right), (bottom, top) = window
    return (left + d1, right + d1), (bottom + d2, top + d2)
