"""The inside of a contour map under the mouse."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from optlab.ui.plots.plot_box import PlotBox

_LEFT: Final = Qt.MouseButton.LeftButton


class MapBox(PlotBox):
    """The left button is for the start, the others pan; wheel and axes are pyqtgraph's.

    All places are pixels of the box. With ``uniform`` both axes are zoomed by the same factor.
    """

    pressed = Signal()
    dragged = Signal(QPointF)
    dropped = Signal(QPointF)
    clicked = Signal(QPointF)
    double_clicked = Signal()
    panning = Signal(bool)
    uniform = False

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Tell of it; clicks and drags are found out as usual."""
        if event.button() == _LEFT:
            self.pressed.emit()
        event.ignore()

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Tell of it at once."""
        if event.button() == _LEFT:
            self.double_clicked.emit()
        event.ignore()

    def mouseClickEvent(self, event: Any) -> None:
        """Tell of a click inside; axes hand on theirs."""
        if event.button() == _LEFT and event.currentItem is self and not event.double():
            event.accept()
            self.clicked.emit(QPointF(event.pos()))

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Drag the start with the left button, the map with the others."""
        if axis is not None:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        at, before = QPointF(event.pos()), QPointF(event.lastPos())
        if event.button() == _LEFT:
            (self.dropped if event.isFinish() else self.dragged).emit(at)
            return
        if event.isStart():
            self.panning.emit(True)
        places = self.pixel_map()
        now, then = places.world(at), places.world(before)
        self._resetTarget()
        self.translateBy(x=then[0] - now[0], y=then[1] - now[1])
        self.sigRangeChangedManually.emit(self.state["mouseEnabled"])
        if event.isFinish():
            self.panning.emit(False)

    def scaleBy(self, s: Any = None, center: Any = None, x: Any = None, y: Any = None) -> None:
        """Zoom; both axes alike where they shall stay so."""
        across, upwards = (x, y) if s is None else (s[0], s[1])
        if self.uniform:
            factor = upwards if across is None else across
            across = upwards = factor
        super().scaleBy(None, center, across, upwards)
