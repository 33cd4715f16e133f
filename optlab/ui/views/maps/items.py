"""What lies under and over the cells of a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from optlab.pictures.contour import cross_items, ink, outline, start_items
from optlab.pictures.maps import MapDrawing, MapMark
from optlab.pictures.polyline import inside_pieces, thinned
from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.painting import line_pen, measure, paint_items, polygon, with_alpha
from optlab.ui.plots.pixel_items import KeptItem, MovingItem
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.style.fonts import ui_font


@dataclass
class MapShown:
    """The picture and what is marked on it, in the values of its axes."""

    theme: Theme = DARK
    drawing: MapDrawing | None = None
    message: str = ""
    crosses: tuple[tuple[float, float], ...] = ()
    marks: tuple[MapMark, ...] = ()
    path: NDArray[np.float64] | None = None
    start: tuple[float, float] | None = None
    cell: tuple[int, int] | None = None


class GroundItem(KeptItem):
    """Under the cells: hatching, which says where there is none, and the frame."""

    def __init__(self, box: PlotBox, shown: MapShown) -> None:
        self._shown = shown
        super().__init__(box, -200.0, beyond=1.0)

    def draw(self, painter: QPainter) -> None:
        """Draw nothing where there is no picture."""
        if self._shown.drawing is None:
            return
        theme, rect = self._shown.theme, self.pixel_map().rect
        painter.fillRect(rect, QColor(theme.panel))
        painter.fillRect(rect, QBrush(with_alpha(theme.muted, 0.25), Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))


class MarksItem(KeptItem):
    """The path, the known minima, the runs, or a sentence in the middle."""

    def __init__(self, box: PlotBox, shown: MapShown) -> None:
        self._shown = shown
        super().__init__(box, 1.0)

    def draw(self, painter: QPainter) -> None:
        """Draw everything inside the map."""
        shown, places = self._shown, self.pixel_map()
        painter.setClipRect(places.rect)
        if shown.drawing is not None:
            self._draw_path(painter, places, shown.drawing)
            for cross in shown.crosses:
                at = point_of(shown.drawing, places, *cross).toTuple()
                paint_items(painter, cross_items(at, shown.theme))
            for mark in shown.marks:
                if mark.x > 0 or not shown.drawing.across.log:
                    self._draw_mark(painter, places, shown.drawing, mark)
        if shown.message:
            self._draw_message(painter, places.rect, shown.message)

    def _draw_message(self, painter: QPainter, rect: QRectF, message: str) -> None:
        theme = self._shown.theme
        painter.setFont(ui_font())
        painter.setPen(QColor(theme.muted))
        box = QFontMetricsF(ui_font()).boundingRect(
            rect.adjusted(16, 0, -16, 0), Qt.TextFlag.TextWordWrap, message
        )
        box.moveCenter(rect.center())
        if self._shown.drawing is not None:
            painter.fillRect(box.adjusted(-12, -8, 12, 8), with_alpha(theme.window, 0.85))
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
        painter.drawText(box, int(flags), message)

    def _draw_path(self, painter: QPainter, places: PixelMap, drawing: MapDrawing) -> None:
        path, theme = self._shown.path, self._shown.theme
        if path is None or len(path) < 2:
            return
        with np.errstate(all="ignore"):
            logs = np.array([drawing.across.log, drawing.upwards.log])
            pixels = places.pixels(np.where(logs, np.log10(path), path))
        pieces = [polygon(thinned(each.points)) for each in inside_pieces(pixels, places.rect)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (
            (with_alpha(outline(theme), 0.75), 3.6),
            (QColor(ink(theme)), 1.5),
        ):
            painter.setPen(line_pen(color, width))
            for piece in pieces:
                painter.drawPolyline(piece)

    def _draw_mark(
        self, painter: QPainter, places: PixelMap, drawing: MapDrawing, mark: MapMark
    ) -> None:
        if mark.best:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in ((outline(self._shown.theme), 4.5), (mark.color, 2.0)):
                painter.setPen(line_pen(QColor(color), width))
                painter.drawEllipse(point_of(drawing, places, mark.x, mark.y), 8.0, 8.0)
            return
        radius = 6.0 if mark.selected else 4.5
        painter.setPen(QPen(QColor(outline(self._shown.theme)), 2.0))
        painter.setBrush(QColor(mark.color))
        painter.drawEllipse(point_of(drawing, places, mark.x, mark.y), radius, radius)


class HandsItem(MovingItem):
    """The start, and the cell that the keys chose."""

    def __init__(self, box: PlotBox, shown: MapShown) -> None:
        self._shown = shown
        super().__init__(box, 2.0, beyond=1.0)

    def draw(self, painter: QPainter) -> None:
        """Draw both."""
        shown, places = self._shown, self.pixel_map()
        if shown.drawing is None:
            return
        painter.setClipRect(places.rect.adjusted(-1, -1, 1, 1))
        if shown.start is not None:
            at = point_of(shown.drawing, places, *shown.start).toTuple()
            paint_items(painter, start_items(at, shown.theme, measure))
        if shown.cell is not None:
            rows, columns, _ = shown.drawing.colors.shape
            x = shown.drawing.across.middle(shown.cell[1], columns)
            middle = places.point(x, shown.drawing.upwards.middle(shown.cell[0], rows))
            for color, width in ((outline(shown.theme), 3.0), (ink(shown.theme), 1.2)):
                painter.setPen(line_pen(QColor(color), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(middle, 7.0, 7.0)


def point_of(drawing: MapDrawing, places: PixelMap, x: float, y: float) -> QPointF:
    """The pixel of two values of the axes; far outside where an axis does not have one."""
    place = drawing.across.place(x), drawing.upwards.place(y)
    point = places.pixels(np.array([place]))[0].clip(-1e6, 1e6)
    return QPointF(float(point[0]), float(point[1]))
