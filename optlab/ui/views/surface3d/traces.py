"""A path on the surface: laid onto it once, projected for each camera."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from optlab.pictures.polyline import Piece, inside_pieces, simplified, thinned
from optlab.pictures.skeleton import Skeleton
from optlab.pictures.surface3d.camera import Floats, Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.visibility import unhidden
from optlab.ui.plots.pens import line_pen
from optlab.ui.plots.polyline import painter_path, polygon
from optlab.ui.views.surface3d.drawings import PathDrawing

# The path brightens over this many pixels towards the current step.
GLOW: Final = 110.0
_GLOW_POINTS: Final = 400
# In ground units (the window is 2 wide): a path follows the surface in pieces not longer than
# this, and movements shorter than that are drawn as one.
_LONGEST: Final = 1 / 60
_FINEST: Final = 1 / 900
_MOST_PIECES: Final = 200
# At most so many points of a path are looked at to see what hides it.
_QUICK, _CAREFUL = 400, 2500
# Points from which on what is drawn twice is looked for, on a grid of so many pixels to a unit.
_LONG: Final = 20_000
_PIXELS: Final = 450.0
# More lines or points than this are stroked as one shape.
_MANY, _MANY_POINTS = 40, 2_000
_GROUND: Final = QRectF(-1.0, -1.0, 2.0, 2.0)


class LaidPath:
    """The path of one run on the surface.

    ``points`` (m, 3) are x, y, z with rows of nan where the path is interrupted, ``at`` (m,) the
    step at which the path is there, rising. It is cut at the border of the window, and where it
    is long, what would be drawn twice is left out. With a ``stride`` it is a quick sketch, which
    knows only every so many-th step.
    """

    def __init__(self, path: PathDrawing, relief: Relief, stride: int = 1) -> None:
        self.path = path
        self.relief = relief
        with np.errstate(all="ignore"):
            w = np.asarray(path.w, dtype=np.float64).reshape(-1, 2)[::stride]
            ground = relief.ground(w)
        finite = np.asarray(np.isfinite(ground).all(axis=1))
        # A run that diverged ends where its weights were last finite.
        ends = not finite.all()
        row = int(np.argmin(finite)) - 1 if ends else len(finite) - 1
        self.last = row * stride if ends else len(path.w) - 1
        points, steps = [np.empty((0, 2))], [np.empty(0)]
        for at, piece in _pieces(ground[: row + 1]):
            some, when = _followed(piece, at)
            points += [some, np.full((1, 2), np.nan)]
            steps += [when, when[-1:]]
        ground, self.at = np.concatenate(points), np.concatenate(steps) * stride
        there = np.isfinite(ground[:, 0])
        heights = np.full(len(ground), np.nan)
        heights[there] = relief.at(ground[there, 0], ground[there, 1])
        self.points = np.column_stack((ground, heights))

    def head(self, step: int) -> Floats | None:
        """The x, y, z (1, 3) at ``step``; None outside the window or where there is no surface."""
        index = min(step, self.last)
        if index < 0:
            return None
        place = self.relief.ground(np.asarray(self.path.w[index : index + 1], dtype=np.float64))
        if np.abs(place).max() > 1.0:
            return None
        point: Floats = np.column_stack((place, self.relief.at(place[:, 0], place[:, 1])))
        return point if np.isfinite(point).all() else None


def _pieces(ground: Floats) -> Iterator[tuple[Floats, Floats]]:
    """The steps (n,) and the points (n, 2) of the lines inside the window."""
    for piece in inside_pieces(ground, _GROUND):
        if len(piece.points) <= _LONG:
            at = np.floor(piece.start) + np.arange(len(piece.points))
            at[0] = piece.start
            yield at, piece.points
            continue
        scaled = Piece(piece.points * _PIXELS, np.floor(piece.start))
        for steps, points in Skeleton(scaled).stretches(0, len(ground)):
            yield steps.astype(np.float64), points / _PIXELS


def _followed(points: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Leave out what is too short to be seen and divide what is too long to follow the surface."""
    length = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.empty(0)
    if length.size > 1:
        bucket = np.floor(np.concatenate(([0.0], np.cumsum(length))) / _FINEST)
        keep = np.concatenate(([True], np.diff(bucket) > 0.0))
        keep[-1] = True
        points, at = points[keep], at[keep]
        length = np.hypot(*np.diff(points, axis=0).T)
    pieces = np.clip(np.ceil(length / _LONGEST), 1, _MOST_PIECES).astype(np.intp)
    segment = np.repeat(np.arange(len(pieces)), pieces)
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (np.arange(len(segment)) - first) / pieces[segment]
    between = points[segment] + (points[segment + 1] - points[segment]) * share[:, None]
    when = at[segment] + (at[segment + 1] - at[segment]) * share
    return np.concatenate((between, points[-1:])), np.concatenate((when, at[-1:]))


class Trace:
    """A laid path before one camera: its pixels, and what of it the surface hides.

    ``quick`` looks at fewer points and leaves out movements below two pixels.
    """

    def __init__(self, laid: LaidPath, view: Projection, quick: bool = False) -> None:
        self.laid, self.path = laid, laid.path
        self._finest = 2.0 if quick else 0.5
        self.view = view
        self.pixels = view.pixels(laid.points)
        self.seen = unhidden(laid.points, laid.relief, view, _QUICK if quick else _CAREFUL)
        self._along: Floats | None = None

    @property
    def width(self) -> float:
        """The width of the line in pixels."""
        return 3.0 if self.path.selected else 2.4

    def head(self, step: int) -> tuple[QPointF, bool] | None:
        """The pixel at ``step`` and whether it is seen."""
        point = self.laid.head(step)
        if point is None:
            return None
        x, y = self.view.pixels(point)[0]
        seen = unhidden(point, self.laid.relief, self.view, 1)
        return QPointF(float(x), float(y)), bool(seen[0])

    def stroke(
        self,
        painter: QPainter,
        first: float,
        last: float,
        color: QColor | QBrush,
        width: float,
        hidden: bool = False,
    ) -> QRectF:
        """Draw what is seen (or ``hidden``) of the path between two steps; return its pixels."""
        touched = QRectF()
        style = self.path.style
        runs = self._runs(first, last, hidden)
        if len(runs) > _MANY or sum(end - begin for begin, end in runs) > _MANY_POINTS:
            return self._stroke_many(painter, runs, line_pen(color, width, style))
        for begin, end in runs:
            offset = float(self._length()[begin]) if style != "solid" else 0.0
            line = polygon(simplified(thinned(self.pixels[begin:end], self._finest)))
            painter.setPen(line_pen(color, width, style, offset))
            painter.drawPolyline(line)
            touched = touched.united(line.boundingRect())
        return touched.adjusted(-width, -width, width, width)

    def _stroke_many(self, painter: QPainter, runs: list[tuple[int, int]], pen: QPen) -> QRectF:
        """Draw all at once, which is far quicker."""
        shape = painter_path(
            simplified(thinned(self.pixels[begin:end], self._finest)) for begin, end in runs
        )
        painter.strokePath(shape, pen)
        width = pen.widthF()
        return shape.controlPointRect().adjusted(-width, -width, width, width)

    def glow_begin(self, step: int, head: QPointF) -> float:
        """The step where the glow before ``step`` begins."""
        end = int(np.searchsorted(self.laid.at, step, side="right"))
        begin = max(0, end - _GLOW_POINTS)
        if end <= begin:
            return float(step)
        away = self.pixels[begin:end] - (head.x(), head.y())
        with np.errstate(invalid="ignore"):
            far = np.flatnonzero(np.hypot(away[:, 0], away[:, 1]) > GLOW)
        return float(self.laid.at[begin + (int(far[-1]) if far.size else 0)])

    def _runs(self, first: float, last: float, hidden: bool) -> list[tuple[int, int]]:
        """Index ranges of unbroken lines between two steps that are seen, or hidden."""
        at = self.laid.at
        begin = max(0, int(np.searchsorted(at, first, side="right")) - 1)
        end = int(np.searchsorted(at, last, side="right"))
        if end - begin < 2:
            return []
        there = np.isfinite(self.pixels[begin:end, 1])
        # A segment belongs to what its first point is.
        wanted = there[:-1] & there[1:] & (self.seen[begin : end - 1] != hidden)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False]))))
        return [(begin + int(a), begin + int(b) + 1) for a, b in edges.reshape(-1, 2)]

    def _length(self) -> Floats:
        if self._along is None:
            length = np.nan_to_num(np.hypot(*np.diff(self.pixels, axis=0).T))
            self._along = np.concatenate(([0.0], np.cumsum(length)))
        return self._along


def seen_marks(
    places: NDArray[np.float64], relief: Relief, view: Projection
) -> list[tuple[QPointF, bool]]:
    """Pixels of points (n, 2) given as w1, w2, and whether each is seen; none outside."""
    if places.size == 0:
        return []
    ground = relief.ground(places)
    ground = ground[(np.abs(ground) <= 1.0).all(axis=1)]
    points = np.column_stack((ground, relief.at(ground[:, 0], ground[:, 1])))
    points = points[np.isfinite(points[:, 2])]
    seen = unhidden(points, relief, view, max(1, len(points)))
    pixels = view.pixels(points)
    return [(QPointF(float(x), float(y)), bool(s)) for (x, y), s in zip(pixels, seen, strict=True)]
