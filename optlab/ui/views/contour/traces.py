"""A path on the screen: its pixels, the part up to a step, where it leaves the window."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF, QRadialGradient

from optlab.pictures.polyline import Crossing, Floats, crossings, inside_pieces, simplified, thinned
from optlab.pictures.skeleton import LONG, Skeleton
from optlab.ui.plots.colors import with_alpha
from optlab.ui.plots.drawings import PathDrawing
from optlab.ui.plots.pens import line_pen
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.plots.polyline import painter_path, polygon

# The path brightens over this many pixels towards the current step.
GLOW: Final = 150.0
_GLOW_POINTS: Final = 400
# Lines are cut a little outside the border, so that their ends are not seen.
_BEYOND: Final = 16.0
_MOST_MARKS: Final = 40


class Trace:
    """The path of one run in the pixels of one plane; made anew when either changes.

    With a ``stride`` it is a quick sketch: only every so many-th step has a corner, and where the
    path leaves is not known yet.
    """

    def __init__(self, path: PathDrawing, plane: PixelMap, stride: int = 1) -> None:
        self.path = path
        self.plane = plane
        self.rect = plane.rect
        self.stride = stride
        points = np.asarray(path.w, dtype=np.float64).reshape(-1, 2)[::stride]
        self.pixels: Floats = plane.pixels(points)
        self._cut = plane.rect.adjusted(-_BEYOND, -_BEYOND, _BEYOND, _BEYOND)
        finite = np.asarray(np.isfinite(self.pixels).all(axis=1))
        # A run that diverged ends where its weights were last finite.
        ends = not finite.all()
        self.last = (int(np.argmin(finite)) - 1) * stride if ends else len(path.w) - 1
        self.exits = crossings(self.pixels, plane.rect)[:_MOST_MARKS] if stride == 1 else []
        self._along: Floats | None = None
        self._whole: list[tuple[float, QPolygonF]] | None = None
        self._skeletons: list[Skeleton] | None = None

    def prepare(self) -> Trace:
        """Works out what a long path takes to be drawn; for a worker."""
        if self.last > LONG * self.stride:
            self._reduced()
        return self

    @property
    def width(self) -> float:
        """The width of the line in pixels."""
        return 2.8 if self.path.selected else 2.2

    def index(self, step: int) -> int:
        """The row to show at ``step``; -1 when there is none."""
        return min(step, self.last)

    def head(self, step: int) -> QPointF | None:
        """The pixel of the weights at ``step``, None when outside the window."""
        index = self.index(step)
        if index < 0:
            return None
        pixel = self.plane.pixels(np.asarray(self.path.w[index : index + 1], dtype=np.float64))
        x, y = (float(value) for value in np.clip(pixel[0], -1e6, 1e6))
        grown = self.rect.adjusted(-0.5, -0.5, 0.5, 0.5)
        return QPointF(x, y) if grown.contains(x, y) else None

    def exits_until(self, step: int, after: int = -1) -> list[Crossing]:
        """The places where the path left during the updates ``after`` + 1 … ``step``."""
        return [crossing for crossing in self.exits if after < crossing.step <= step]

    def stroke(
        self,
        painter: QPainter,
        first: int,
        last: int,
        color: QColor | QBrush,
        width: float,
        solid: bool = False,
    ) -> QRectF:
        """Draw the path from step ``first`` to ``last``; return the pixels that were touched."""
        first, last = max(0, first) // self.stride, min(last, self.last) // self.stride
        touched = QRectF()
        if last <= first:
            return touched
        style = "solid" if solid else self.path.style
        if last - first > LONG:
            return self._stroke_long(painter, first, last, line_pen(color, width, style))
        for start, line in self._lines(first, last):
            offset = self._length_to(start) if style != "solid" else 0.0
            painter.setPen(line_pen(color, width, style, offset))
            painter.drawPolyline(line)
            touched = touched.united(line.boundingRect())
        return touched.adjusted(-width, -width, width, width)

    def _stroke_long(self, painter: QPainter, first: int, last: int, pen: QPen) -> QRectF:
        """Draw a long stretch in its reduced form, as one shape: it never covers itself."""
        lines = (line for part in self._reduced() for _, line in part.lines(first, last))
        shape = painter_path(lines)
        painter.strokePath(shape, pen)
        width = pen.widthF()
        return shape.controlPointRect().adjusted(-width, -width, width, width)

    def _reduced(self) -> list[Skeleton]:
        if self._skeletons is None:
            self._skeletons = [Skeleton(piece) for piece in inside_pieces(self.pixels, self._cut)]
        return self._skeletons

    def glow(self, painter: QPainter, step: int) -> None:
        """Draw the stretch before ``step`` in the full colour, fading out backwards."""
        head, last = self.head(step), self.index(step)
        if head is None or last < 1:
            return
        light = QRadialGradient(head, GLOW)
        light.setColorAt(0.0, QColor(self.path.color))
        light.setColorAt(0.25, QColor(self.path.color))
        light.setColorAt(1.0, with_alpha(self.path.color, 0.0))
        begin = self._glow_begin(last // self.stride) * self.stride
        self.stroke(painter, begin, last, QBrush(light), self.width)

    def glow_rect(self, step: int) -> QRectF:
        """The pixels that the glow and the dot at ``step`` can touch."""
        head, last = self.head(step), self.index(step)
        if head is None or last < 0:
            return QRectF()
        row = last // self.stride
        stretch = self.pixels[self._glow_begin(row) : row + 1]
        limits = self.rect
        left, top = np.maximum(stretch.min(axis=0), (limits.left(), limits.top()))
        right, bottom = np.minimum(stretch.max(axis=0), (limits.right(), limits.bottom()))
        return QRectF(left, top, right - left, bottom - top).adjusted(-10, -10, 10, 10)

    def _glow_begin(self, last: int) -> int:
        earliest = max(0, last - _GLOW_POINTS)
        points = self.pixels[earliest : last + 1]
        away = np.hypot(*(np.clip(points, -1e6, 1e6) - np.clip(points[-1], -1e6, 1e6)).T)
        far = np.flatnonzero(away > GLOW)
        return earliest + int(far[-1]) if far.size else earliest

    def _lines(self, first: int, last: int) -> list[tuple[float, QPolygonF]]:
        """The visible lines between two steps, each with the step at which it begins."""
        whole = first == 0 and last == self.last // self.stride
        if whole and self._whole is not None:
            return self._whole
        found = [
            (first + piece.start, polygon(simplified(thinned(piece.points))))
            for piece in inside_pieces(self.pixels[first : last + 1], self._cut)
        ]
        if whole:
            self._whole = found
        return found

    def _length_to(self, place: float) -> float:
        """Pixels along the path to ``place`` in steps; what lies far outside counts little."""
        if self._along is None:
            with np.errstate(all="ignore"):
                change = np.diff(np.clip(self.pixels, -1e4, 1e4), axis=0)
                length = np.nan_to_num(np.hypot(*change.T))
            self._along = np.concatenate(([0.0], np.cumsum(length)))
        return float(np.interp(place, np.arange(len(self._along)), self._along))
