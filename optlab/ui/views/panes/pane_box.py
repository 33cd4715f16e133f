"""The inside of a pane under the mouse."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from optlab.ui.plots.plot_box import PlotBox

_LEFT: Final = Qt.MouseButton.LeftButton


class PaneBox(PlotBox):
    """The inside of a pane: the left button seeks, wheel and other buttons zoom the step axis.

    The axes themselves zoom and pan as pyqtgraph's do.
    """

    sought = Signal(float, bool)  # the step there, and whether the button was just pressed
    reset = Signal()
    finest, widest = 1e-13, 1e155

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Seek at once; clicks and drags are found out as usual."""
        if event.button() == _LEFT:
            self.sought.emit(self.pixel_map().world(event.pos())[0], True)
        event.ignore()

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Ask for all steps again."""
        if event.button() == _LEFT:
            self.reset.emit()
        event.ignore()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Seek with the left button; pan and zoom the step axis with the others."""
        if axis is None and event.button() == _LEFT:
            event.accept()
            self.sought.emit(self.pixel_map().world(QPointF(event.pos()))[0], False)
        else:
            super().mouseDragEvent(event, axis=0 if axis is None else axis)

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom the step axis, or the axis that the pointer is on."""
        super().wheelEvent(event, axis=0 if axis is None else axis)
