"""Between the data of a view box and its pixels, with the types of Qt."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from optlab.pictures.places import Places, Window


@dataclass(frozen=True)
class PixelMap(Places):
    """The map between the ``window`` that a view box shows and its pixels."""

    @property
    def rect(self) -> QRectF:
        """All pixels."""
        return QRectF(0.0, 0.0, self.width, self.height)

    def point(self, x: float, y: float) -> QPointF:
        """The pixel of one finite point."""
        return QPointF(*self.place((x, y)))

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
