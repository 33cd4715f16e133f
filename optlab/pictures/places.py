"""Between the data of a plot and its units, for whole arrays and in full precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optlab.pictures.items import Floats, Point

Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Frame:
    """A rectangle in units, y downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    def left(self) -> float:
        """The lowest x."""
        return self.x0

    def top(self) -> float:
        """The lowest y."""
        return self.y0

    def right(self) -> float:
        """The highest x."""
        return self.x1

    def bottom(self) -> float:
        """The highest y."""
        return self.y1

    def grown(self, by: float) -> Frame:
        """The rectangle that reaches further by so much at each side."""
        return Frame(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def has(self, other: Frame) -> bool:
        """Whether another rectangle lies inside."""
        inside = self.x0 <= other.x0 and other.x1 <= self.x1
        return inside and self.y0 <= other.y0 and other.y1 <= self.y1

    def has_point(self, at: Point) -> bool:
        """Whether a point lies inside."""
        return self.x0 <= at[0] <= self.x1 and self.y0 <= at[1] <= self.y1

    def meets(self, other: Frame) -> bool:
        """Whether two rectangles have more than an edge in common."""
        across = self.x0 < other.x1 and other.x0 < self.x1
        return across and self.y0 < other.y1 and other.y0 < self.y1


@dataclass(frozen=True)
class Places:
    """The map between the ``window`` that a plot shows and its ``width`` x ``height`` units.

    Units begin at the top left; the second coordinate runs upwards.  Distances are taken from the
    low end, so that a small window far from zero stays exact.
    """

    window: Window
    width: float
    height: float

    @property
    def frame(self) -> Frame:
        """All of the plot."""
        return Frame(0.0, 0.0, self.width, self.height)

    @property
    def per_unit(self) -> tuple[float, float]:
        """Units for each unit of the data across (positive) and upwards (negative)."""
        (left, right), (bottom, top) = self.window
        return self.width / (right - left), -self.height / (top - bottom)

    def pixels(self, points: Floats) -> Floats:
        """The places (n, 2) of the points (n, 2); what overflows becomes infinite."""
        (left, _), (bottom, _) = self.window
        with np.errstate(all="ignore"):
            away = (points - (left, bottom)) * self.per_unit
        away[:, 1] += self.height
        return np.asarray(away)

    def place(self, at: Point) -> Point:
        """The place of one finite point."""
        (left, _), (bottom, _) = self.window
        across, upwards = self.per_unit
        return (at[0] - left) * across, self.height + (at[1] - bottom) * upwards
