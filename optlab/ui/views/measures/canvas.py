"""The maps of measures side by side, with one colour bar."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from optlab.pictures.ticks import linear_labels, linear_ticks
from optlab.session.theme import DARK, Theme
from optlab.ui.fonts import math_font, ui_font
from optlab.ui.plots.axes import NAME_ROOM, PlotAxis, draw_axes, left_room
from optlab.ui.plots.bar import bar_beside, draw_bar
from optlab.ui.plots.canvas import LayeredCanvas
from optlab.ui.plots.colors import diverging_table, map_image, with_alpha
from optlab.ui.plots.marks import draw_readout, readout_box
from optlab.ui.plots.polyline import painter_path
from optlab.ui.plots.scale import Plane
from optlab.ui.views.measures.drawings import MeasureDrawing, MeasuresDrawing

_TITLE: Final = 28.0
_BAR_ROOM: Final = 84.0
_BETWEEN: Final = 18.0
_EDGE: Final = 12.0
_NARROWEST: Final = 230.0


class MeasuresCanvas(LayeredCanvas):
    """Squares over (g1, g2); ``hovered`` tells the pointer's g1, g2."""

    hovered = Signal(float, float)
    hover_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._drawing: MeasuresDrawing | None = None
        self._images: list[QImage] = []
        self._hover_text = ""
        self._pointer = QPointF()
        self.setAccessibleName("Maps of the measures")
        self.setAccessibleDescription("Each place is a pair of gradients g1, g2 in a row.")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(220, 150)
        self.set_ground(self._theme.window)

    def sizeHint(self) -> QSize:
        """Two squares in which lines can be told apart."""
        return QSize(640, 360)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._images = []
        self.set_ground(theme.window)

    def set_drawing(self, drawing: MeasuresDrawing) -> None:
        """Show other maps."""
        self._drawing = drawing
        self._images = []
        names = ", ".join(f"{m.symbol} {m.title}" for m in drawing.maps)
        self.setAccessibleDescription(f"{names}, over two gradients g1 and g2 in a row.")
        self.redraw(0)

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        if text != self._hover_text:
            self._hover_text = text
            self.update()

    def squares(self) -> list[QRectF]:
        """The pixels of the maps, from the left."""
        drawing = self._drawing
        if drawing is None:
            return []
        count = len(drawing.maps)
        high = self.height() - _TITLE - NAME_ROOM
        left = left_room(_axis("g₂", drawing.reach), high)
        free = self.width() - 2 * _EDGE - _BAR_ROOM - count * left - (count - 1) * _BETWEEN
        # Squares, but where there is little height, wider: better than tiny.
        wide = max(40.0, min(max(high, _NARROWEST), free / count))
        tall = max(40.0, min(high, wide))
        used = count * (left + wide) + (count - 1) * _BETWEEN + _BAR_ROOM
        x = max(_EDGE, (self.width() - used) / 2) + left
        top = _TITLE + max(0.0, (high - tall) / 2)
        return [
            QRectF(round(x + k * (left + wide + _BETWEEN)), round(top), round(wide), round(tall))
            for k in range(count)
        ]

    def draw_layer(self, layer: int, painter: QPainter) -> None:
        """Draw all maps and the bar."""
        drawing = self._drawing
        if drawing is None:
            return
        if not self._images:
            self._images = [self._image(one, drawing.limit) for one in drawing.maps]
        squares = self.squares()
        for square, image, one in zip(squares, self._images, drawing.maps, strict=True):
            painter.drawImage(square, image)
            self._draw_lines(painter, square, one, drawing.reach)
            upwards = _axis("g₂", drawing.reach)
            draw_axes(painter, square, _axis("g₁", drawing.reach), upwards, self._theme)
            self._draw_title(painter, square, one)
        self._draw_bar(painter, squares[-1], drawing.limit)

    def draw_moving(self, painter: QPainter) -> None:
        """Draw the read-out."""
        if self._hover_text:
            box = readout_box(self._hover_text, self._pointer, QRectF(self.rect()))
            draw_readout(painter, box, self._hover_text, self._theme)

    def _image(self, one: MeasureDrawing, limit: float) -> QImage:
        shares = np.clip(np.nan_to_num(one.values) / (2 * limit) + 0.5, 0.0, 1.0)
        return map_image(shares, diverging_table(self._theme))

    def _draw_lines(
        self, painter: QPainter, square: QRectF, one: MeasureDrawing, reach: float
    ) -> None:
        window = (-reach, reach)
        plane = Plane((window, window), square)
        painter.save()
        painter.setClipRect(square)
        painter.setTransform(plane.transform(), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for lines, width, alpha in ((one.lines, 0.8, 0.32), (one.zero, 1.6, 0.85)):
            pen = QPen(with_alpha(self._theme.text, alpha), width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(painter_path(lines))
        painter.restore()

    def _draw_title(self, painter: QPainter, square: QRectF, one: MeasureDrawing) -> None:
        base = square.top() - 9
        letter, _, index = one.symbol.partition("_")
        painter.setPen(QColor(self._theme.text))
        left = square.left()
        for text, font, drop in ((letter, math_font(14), 0.0), (index, math_font(10), 3.0)):
            painter.setFont(font)
            painter.drawText(QPointF(left, base + drop), text)
            left += QFontMetricsF(font).horizontalAdvance(text)
        left += 8
        metrics = QFontMetricsF(ui_font(12))
        room = square.right() - left
        words = metrics.elidedText(one.title, Qt.TextElideMode.ElideRight, room)
        painter.setFont(ui_font(12))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QPointF(left, base), words)

    def _draw_bar(self, painter: QPainter, square: QRectF, limit: float) -> None:
        bar = bar_beside(square)
        shares = np.repeat(np.linspace(0.0, 1.0, 256)[:, None], 2, axis=1)
        values = linear_ticks(-limit, limit, max(2, int(bar.height() / 44)))
        places = [0.5 + value / (2 * limit) for value in values]
        ticks = zip(places, linear_labels(values), strict=True)
        colors = map_image(shares, diverging_table(self._theme))
        draw_bar(painter, bar, colors, ticks, self._theme)
        painter.setFont(ui_font(11))
        painter.drawText(QPointF(bar.left() - 4, bar.top() - 9), "speeds up")
        painter.drawText(QPointF(bar.left() - 4, bar.bottom() + 19), "slows down")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which pair of gradients the pointer is on."""
        self._pointer = event.position()
        drawing = self._drawing
        for square in self.squares():
            if drawing is not None and square.contains(self._pointer):
                window = (-drawing.reach, drawing.reach)
                self.hovered.emit(*Plane((window, window), square).world(self._pointer))
                self.update()
                return
        self.hover_left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone: no read-out."""
        self.hover_left.emit()
        super().leaveEvent(event)


def _axis(symbol: str, reach: float) -> PlotAxis:
    return PlotAxis(symbol, -reach, reach)
