"""Painting a path on the surface."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from optlab.pictures.surface3d.camera import Floats, Projection
from optlab.pictures.surface3d.paths import LaidPath, SeenPath
from optlab.pictures.trace import PathDrawing
from optlab.ui.plots.painting import line_pen, painter_path, polygon

# More lines or points than this are stroked as one shape.
_MANY, _MANY_POINTS = 40, 2_000


class Trace(SeenPath[PathDrawing]):
    """A path before one camera, to be stroked."""

    def __init__(self, laid: LaidPath[PathDrawing], view: Projection, quick: bool = False) -> None:
        super().__init__(laid, view, quick)
        self._along: Floats | None = None

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
        runs = self.runs(first, last, hidden)
        if len(runs) > _MANY or sum(end - begin for begin, end in runs) > _MANY_POINTS:
            return self._stroke_many(painter, runs, line_pen(color, width, style))
        for begin, end in runs:
            offset = float(self._length()[begin]) if style != "solid" else 0.0
            line = polygon(self.line(begin, end))
            painter.setPen(line_pen(color, width, style, offset))
            painter.drawPolyline(line)
            touched = touched.united(line.boundingRect())
        return touched.adjusted(-width, -width, width, width)

    def _stroke_many(self, painter: QPainter, runs: list[tuple[int, int]], pen: QPen) -> QRectF:
        """Draw all at once, which is far quicker."""
        shape = painter_path(self.line(*run) for run in runs)
        painter.strokePath(shape, pen)
        width = pen.widthF()
        return shape.controlPointRect().adjusted(-width, -width, width, width)

    def _length(self) -> Floats:
        if self._along is None:
            length = np.nan_to_num(np.hypot(*np.diff(self.pixels, axis=0).T))
            self._along = np.concatenate(([0.0], np.cumsum(length)))
        return self._along
