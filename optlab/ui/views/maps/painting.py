"""How a map is painted; the mouse and the keys are in ``canvas``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from optlab.pictures.polyline import inside_pieces, thinned
from optlab.session.theme import DARK, Theme
from optlab.ui.fonts import ui_font
from optlab.ui.plots.axes import NAME_ROOM, draw_axes, left_room
from optlab.ui.plots.canvas import LayeredCanvas
from optlab.ui.plots.colors import color_image, with_alpha
from optlab.ui.plots.marks import (
    draw_cross,
    draw_readout,
    draw_start,
    ink,
    outline,
    readout_box,
)
from optlab.ui.plots.pens import line_pen
from optlab.ui.plots.polyline import polygon
from optlab.ui.views.maps.bar import BAR_ROOM, draw_map_bar
from optlab.ui.views.maps.drawings import MapDrawing, MapMark

_MAP, _MARKS = 0, 1
_TOP: Final = 10.0
_RIGHT: Final = 16.0


class MapPainting(LayeredCanvas):
    """The setters and the painting of a map.

    The picture with its axes stands still; on it crosses, the path and the marks; a frame paints
    only the start, the chosen cell and the read-out.
    """

    LAYERS = 2

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._drawing: MapDrawing | None = None
        self._image: QImage | None = None
        self._message = ""
        self._crosses: tuple[tuple[float, float], ...] = ()
        self._marks: tuple[MapMark, ...] = ()
        self._path: NDArray[np.float64] | None = None
        self._path_color = ""
        self._start: tuple[float, float] | None = None
        self._start_hot = False
        self._cell: tuple[int, int] | None = None
        self._hover_text = ""
        self._pointer = QPointF()
        self.set_ground(self._theme.window)

    # --- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``; the picture is given anew by whoever made it."""
        self._theme = theme
        self.set_ground(theme.window)

    def set_drawing(self, drawing: MapDrawing | None) -> None:
        """Show another picture; None shows none."""
        before, self._drawing = self._drawing, drawing
        self._image = None if drawing is None else color_image(drawing.colors)
        if before is None or drawing is None or not _same_cells(before, drawing):
            self._cell = None
            self._hover_text = ""
        self.redraw(_MAP)

    def drawing(self) -> MapDrawing | None:
        """The picture that is shown."""
        return self._drawing

    def set_message(self, text: str) -> None:
        """Say in the middle why there is no picture; empty says nothing."""
        if text != self._message:
            self._message = text
            self.redraw(_MARKS)

    def set_crosses(self, crosses: Sequence[tuple[float, float]]) -> None:
        """Mark these places with crosses: the known minima."""
        self._crosses = tuple(crosses)
        self.redraw(_MARKS)

    def set_marks(self, marks: Sequence[MapMark]) -> None:
        """Mark these runs; the selected one comes on top."""
        self._marks = tuple(sorted(marks, key=lambda mark: mark.selected))
        self.redraw(_MARKS)

    def set_path(self, path: NDArray[np.float64] | None, color: str = "") -> None:
        """Draw a path (n, 2) over the map, or none."""
        self._path, self._path_color = path, color
        self.redraw(_MARKS)

    def set_start(self, start: tuple[float, float] | None) -> None:
        """Put the square of the start there, or take it away."""
        if start != self._start:
            self._start = start
            self.update()

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        if text != self._hover_text:
            self._hover_text = text
            self.update()

    # --- where things are ------------------------------------------------------------------

    def plot_rect(self) -> QRectF:
        """The pixels of the picture."""
        drawing = self._drawing
        height = max(24.0, self.height() - _TOP - NAME_ROOM)
        left = 60.0 if drawing is None else left_room(drawing.upwards, height)
        right = _RIGHT if drawing is None or drawing.bar is None else BAR_ROOM
        width = max(24.0, self.width() - left - right)
        return QRectF(round(left), _TOP, round(width), round(height))

    def pixel(self, x: float, y: float) -> QPointF:
        """The pixel of two values of the axes; (0, 0) without a picture."""
        if self._drawing is None:
            return QPointF()
        rect = self.plot_rect()
        across, upwards = self._drawing.across.share(x), self._drawing.upwards.share(y)
        return QPointF(rect.left() + across * rect.width(), rect.bottom() - upwards * rect.height())

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column of the cell at a pixel, or None outside the picture."""
        rect = self.plot_rect()
        if self._drawing is None or not rect.contains(at):
            return None
        rows, columns, _ = self._drawing.colors.shape
        column = round((at.x() - rect.left()) / rect.width() * (columns - 1))
        row = round((rect.bottom() - at.y()) / rect.height() * (rows - 1))
        return row, column

    def values_at(self, cell: tuple[int, int]) -> tuple[float, float]:
        """The values of the axes at the middle of a cell."""
        assert self._drawing is not None
        rows, columns, _ = self._drawing.colors.shape
        x = self._drawing.across.value(cell[1] / (columns - 1))
        return x, self._drawing.upwards.value(cell[0] / (rows - 1))

    # --- layers ----------------------------------------------------------------------------

    def draw_layer(self, layer: int, painter: QPainter) -> None:
        """Draw the picture with its axes, or what is marked on it."""
        rect = self.plot_rect()
        if layer == _MAP and self._drawing is not None:
            self._draw_map(painter, rect, self._drawing)
        elif layer == _MARKS:
            self._draw_marks(painter, rect)

    def _draw_map(self, painter: QPainter, rect: QRectF, drawing: MapDrawing) -> None:
        draw_axes(painter, rect, drawing.across, drawing.upwards, self._theme)
        if drawing.bar is not None:
            draw_map_bar(painter, rect, drawing.bar, drawing.bar_title, self._theme)
        painter.setClipRect(rect)
        hatch = QBrush(with_alpha(self._theme.muted, 0.25), Qt.BrushStyle.BDiagPattern)
        painter.fillRect(rect, QColor(self._theme.panel))
        painter.fillRect(rect, hatch)
        rows, columns, _ = drawing.colors.shape
        half_x, half_y = rect.width() / (columns - 1) / 2, rect.height() / (rows - 1) / 2
        # Cells are sharp as long as one can see them.
        smooth = min(half_x, half_y) < 1.0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        assert self._image is not None
        painter.drawImage(rect.adjusted(-half_x, -half_y, half_x, half_y), self._image)

    def _draw_marks(self, painter: QPainter, rect: QRectF) -> None:
        if self._message:
            painter.setFont(ui_font())
            painter.setPen(QColor(self._theme.muted))
            box = QFontMetricsF(ui_font()).boundingRect(
                rect.adjusted(16, 0, -16, 0), Qt.TextFlag.TextWordWrap, self._message
            )
            box.moveCenter(rect.center())
            if self._drawing is not None:
                ground = box.adjusted(-12, -8, 12, 8)
                painter.fillRect(ground, with_alpha(self._theme.window, 0.85))
            flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
            painter.drawText(box, int(flags), self._message)
        if self._drawing is None:
            return
        painter.setClipRect(rect)
        self._draw_path(painter, rect)
        for cross in self._crosses:
            draw_cross(painter, self.pixel(*cross), self._theme)
        for mark in self._marks:
            if mark.x > 0 or not self._drawing.across.log:
                self._draw_mark(painter, mark)

    def _draw_path(self, painter: QPainter, rect: QRectF) -> None:
        if self._path is None or len(self._path) < 2 or self._drawing is None:
            return
        across, upwards = self._drawing.across, self._drawing.upwards
        scale = np.array([rect.width(), -rect.height()])
        low = np.array([across.low, upwards.low])
        span = np.array([across.high - across.low, upwards.high - upwards.low])
        with np.errstate(all="ignore"):
            pixels = (self._path - low) / span * scale + [rect.left(), rect.bottom()]
        pieces = [polygon(thinned(piece.points)) for piece in inside_pieces(pixels, rect)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (
            (with_alpha(outline(self._theme).name(), 0.75), 3.6),
            (QColor(ink(self._theme)), 1.5),
        ):
            painter.setPen(line_pen(color, width))
            for piece in pieces:
                painter.drawPolyline(piece)

    def _draw_mark(self, painter: QPainter, mark: MapMark) -> None:
        radius = 6.0 if mark.selected else 4.5
        painter.setPen(QPen(outline(self._theme), 2.0))
        painter.setBrush(QColor(mark.color))
        painter.drawEllipse(self.pixel(mark.x, mark.y), radius, radius)

    def draw_moving(self, painter: QPainter) -> None:
        """Draw the start, the cell that the keys chose, and the read-out."""
        if self._drawing is None:
            return
        rect = self.plot_rect()
        painter.setClipRect(rect.adjusted(-1, -1, 1, 1))
        if self._start is not None:
            draw_start(painter, self.pixel(*self._start), self._theme, self._start_hot)
        if self._cell is not None:
            at = self.pixel(*self.values_at(self._cell))
            for color, width in ((outline(self._theme), 3.0), (ink(self._theme), 1.2)):
                painter.setPen(line_pen(color, width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(at, 7.0, 7.0)
        if self._hover_text:
            box = readout_box(self._hover_text, self._pointer, rect)
            draw_readout(painter, box, self._hover_text, self._theme)


def _same_cells(one: MapDrawing, other: MapDrawing) -> bool:
    same_axes = (one.across, one.upwards) == (other.across, other.upwards)
    return same_axes and one.colors.shape == other.colors.shape
