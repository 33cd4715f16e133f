"""A widget that keeps what stands still as pixmaps and paints only what moves."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget


class LayeredCanvas(QWidget):
    """Layers 0, 1, … each drawn on a copy of the one below and kept until they change.

    A subclass draws a whole layer in :meth:`draw_layer` and, on every frame, what moves in
    :meth:`draw_moving`. A frame then costs one copy of the changed rectangles plus what moves.
    """

    LAYERS = 1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._pixmaps: list[QPixmap] = []
        self._ground = QColor("black")

    def set_ground(self, color: str) -> None:
        """Choose the colour beneath everything."""
        self._ground = QColor(color)
        self.redraw(0)

    def redraw(self, layer: int) -> None:
        """Say that ``layer`` and all above it have to be drawn again."""
        self.forget(layer)
        self.update()

    def forget(self, layer: int) -> None:
        """Drop ``layer`` and all above it without asking for a repaint."""
        del self._pixmaps[layer:]

    def is_drawn(self, layer: int) -> bool:
        """Whether ``layer`` is there and can be added to."""
        return len(self._pixmaps) > layer and self._fits(self._pixmaps[layer])

    def add_to_layer(self, layer: int) -> QPainter:
        """Give a painter on a layer that is already drawn; the caller ends it."""
        return self._painter(self._pixmaps[layer])

    def draw_layer(self, layer: int, painter: QPainter) -> None:
        """Draw a whole layer; to be written by the subclass."""
        raise NotImplementedError

    def draw_moving(self, painter: QPainter) -> None:
        """Draw what changes with every frame; to be written by the subclass."""

    def update_rects(self, rects: list[QRectF]) -> None:
        """Ask for a repaint of these rectangles only, with the soft edges around them."""
        region = QRegion()
        for rect in rects:
            if not rect.isEmpty():
                region = region.united(rect.adjusted(-1, -1, 1, 1).toAlignedRect())
        self.update(region)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the layers into the part that is asked for and paint what moves."""
        top = self._top_layer()
        painter = QPainter(self)
        ratio = top.devicePixelRatio()
        if ratio == round(ratio):
            for rect in event.region():  # type: ignore[attr-defined]
                painter.drawPixmap(rect, top, _times(rect, round(ratio)))
        else:
            painter.drawPixmap(0, 0, top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_moving(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything is drawn again at the new size."""
        self.redraw(0)
        super().resizeEvent(event)

    def _top_layer(self) -> QPixmap:
        if self._pixmaps and not self._fits(self._pixmaps[0]):
            self._pixmaps.clear()  # moved to a screen of another density
        while len(self._pixmaps) < self.LAYERS:
            pixmap = self._pixmaps[-1].copy() if self._pixmaps else self._blank()
            painter = self._painter(pixmap)
            self.draw_layer(len(self._pixmaps), painter)
            painter.end()
            self._pixmaps.append(pixmap)
        return self._pixmaps[-1]

    def _blank(self) -> QPixmap:
        pixmap = QPixmap(self._pixel_size())
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        pixmap.fill(self._ground)
        return pixmap

    def _pixel_size(self) -> QSize:
        ratio = self.devicePixelRatioF()
        size = self.size()
        return QSize(max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio)))

    def _fits(self, pixmap: QPixmap) -> bool:
        return pixmap.size() == self._pixel_size()

    @staticmethod
    def _painter(pixmap: QPixmap) -> QPainter:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        return painter


def _times(rect: QRect, ratio: int) -> QRect:
    return QRect(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
