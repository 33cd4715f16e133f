"""Items of a plot that draw in the pixels of its view box: kept as pixmaps, or moving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from optlab.pictures.places import Window
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.plots.plot_box import PlotBox

_HINTS = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


class PixelItem(pg.GraphicsObject):
    """An item over a view box, in whose pixels it draws; ``beyond`` it by so many at each side.

    It lies beside the box in the plot, since a box cuts off its children at its edge.
    """

    def __init__(self, box: PlotBox, z: float, beyond: float = 0.0) -> None:
        super().__init__()
        self.box = box
        self._beyond = beyond
        self._area = QRectF()
        self._map: PixelMap | None = None
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(z)
        self.setParentItem(box.parentItem())
        box.geometryChanged.connect(self._follow)
        box.sigRangeChanged.connect(self._range_changed)
        self._follow()

    def pixel_map(self) -> PixelMap:
        """Where the data of the box are."""
        if self._map is None:
            self._map = self.box.pixel_map()
        return self._map

    def boundingRect(self) -> QRectF:
        """The pixels of the box, and those beyond."""
        return self._area

    def view_changed(self) -> None:
        """Called when the box shows another range or has another size."""
        self.update()

    def _follow(self) -> None:
        """Lie where the box lies."""
        size, more = self.box.size(), self._beyond
        area = QRectF(QPointF(), size).adjusted(-more, -more, more, more)
        if area != self._area or self.box.pos() != self.pos():
            self.prepareGeometryChange()
            self._area = area
            self.setPos(self.box.pos())
            self._range_changed()

    def _range_changed(self) -> None:
        self._map = None
        self.view_changed()


class KeptItem(PixelItem):
    """What stands still, kept as a pixmap: a frame copies the part that it needs.

    A subclass draws everything in :meth:`draw`. What a step adds is painted on the pixmap with
    :meth:`adding`; whatever changes more says :meth:`redraw`. An item that lies directly ``on``
    another, as large as that, begins with a copy of its pixmap, so that a frame copies only the
    topmost of them.
    """

    def __init__(
        self, box: PlotBox, z: float, beyond: float = 0.0, on: KeptItem | None = None
    ) -> None:
        self._kept: QPixmap | None = None
        self._ground: QColor | None = None
        self._on = on
        self._above: KeptItem | None = None
        super().__init__(box, z, beyond)
        if on is not None:
            on._above = self

    def set_ground(self, color: str) -> None:
        """Fill the pixmap with an opaque colour first, which makes copying it cheaper."""
        self._ground = QColor(color)
        self.redraw()

    def draw(self, painter: QPainter) -> None:
        """Draw everything; to be written by the subclass."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Say that everything has to be drawn again, and what lies on it."""
        self._kept = None
        if self._above is not None:
            self._above.redraw()
        else:
            self.update()

    def view_changed(self) -> None:
        """Nothing is where it was."""
        self.redraw()

    @contextmanager
    def adding(self) -> Iterator[QPainter | None]:
        """Give a painter on what is kept, None where everything has to be drawn anyway."""
        if self._kept is None:
            yield None
            return
        with QPainter(self._kept) as painter:
            self._prepare(painter)
            yield painter

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Copy what is exposed; draw it anew where a picture is sharper than the screen."""
        ratio = 0.0 if widget is None else widget.devicePixelRatioF()
        if painter.deviceTransform().m11() != ratio:
            self._draw_directly(painter)
            return
        if self._above is not None:
            return
        kept = self._up_to_date(ratio)
        if ratio != round(ratio):
            painter.drawPixmap(self._area.topLeft(), kept)
            return
        part = option.exposedRect.toAlignedRect().intersected(self._area.toAlignedRect())
        times, corner = round(ratio), self._area.topLeft()
        source = QRectF(part).translated(-corner)
        painter.drawPixmap(
            QRectF(part),
            kept,
            QRectF(
                source.x() * times,
                source.y() * times,
                source.width() * times,
                source.height() * times,
            ),
        )

    def _up_to_date(self, ratio: float) -> QPixmap:
        if self._kept is None or self._kept.devicePixelRatio() != ratio:
            self._kept = self._drawn(ratio)
        return self._kept

    def _drawn(self, ratio: float) -> QPixmap:
        pixmap = self._blank(ratio) if self._on is None else self._on._up_to_date(ratio).copy()
        with QPainter(pixmap) as painter:
            self._prepare(painter)
            self.draw(painter)
        return pixmap

    def _blank(self, ratio: float) -> QPixmap:
        size = QSize(ceil(self._area.width() * ratio), ceil(self._area.height() * ratio))
        pixmap = QPixmap(size.expandedTo(QSize(1, 1)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._ground or QColor(Qt.GlobalColor.transparent))
        return pixmap

    def _prepare(self, painter: QPainter) -> None:
        painter.setRenderHints(_HINTS)
        painter.translate(-self._area.topLeft())

    def _draw_directly(self, painter: QPainter) -> None:
        painter.setRenderHints(_HINTS)
        painter.setClipRect(self._area, Qt.ClipOperation.IntersectClip)
        if self._ground is not None:
            painter.fillRect(self._area, self._ground)
        self.draw(painter)


class MovingItem(PixelItem):
    """What changes with every frame: painted anew, but only where it was and where it is.

    ``exposed`` are the pixels that are being painted, for drawing no more than these.
    """

    def __init__(self, box: PlotBox, z: float, beyond: float = 0.0) -> None:
        self._touched: list[QRectF] = []
        self.exposed = QRectF()
        super().__init__(box, z, beyond)

    def draw(self, painter: QPainter) -> None:
        """Draw everything; to be written by the subclass."""
        raise NotImplementedError

    def rects(self) -> list[QRectF]:
        """The pixels that drawing touches now; to be written by the subclass."""
        return [self._area]

    def moved(self) -> None:
        """Repaint where it was and where it is."""
        now = self.rects()
        self.touch(*self._touched, *now)
        self._touched = now

    def touch(self, *rects: QRectF) -> None:
        """Repaint these pixels, with the soft edges around them."""
        for rect in rects:
            if not rect.isEmpty():
                self.update(rect.adjusted(-1, -1, 1, 1).intersected(self._area))

    def view_changed(self) -> None:
        """Nothing is where it was."""
        self._touched = [QRectF(self._area)]
        self.update()

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint what is exposed of it."""
        painter.setRenderHints(_HINTS)
        self.exposed = option.exposedRect
        self.draw(painter)


class CellsImage(pg.ImageItem):
    """pyqtgraph's image, row 0 at the bottom; cells run into each other where ``smooth``."""

    def __init__(self) -> None:
        self.smooth = True
        super().__init__(axisOrder="row-major")

    def cover(self, window: Window) -> None:
        """Lie on a window of the plot, from border to border."""
        (left, right), (bottom, top) = window
        self.setRect(left, bottom, right - left, top - bottom)

    def paint(self, painter: QPainter, *more: Any) -> None:
        """Draw the cells sharp or smooth."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
        super().paint(painter, *more)
