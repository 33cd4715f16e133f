"""A widget with plots in it, which leaves keys, menus and dropped files to the window."""

from __future__ import annotations

from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from optlab.ui.plots.plot_box import ZOOM

# A drag begins after so many pixels.
_DRAG_BEGINS: Final = 4
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}

# Every movement of the mouse counts: who drags a start sees each place on its way.
pg.setConfigOptions(mouseRateLimit=0)


class PlotView(pg.GraphicsView):
    """pyqtgraph's view without scroll bars, menu or keys of its own.

    Keys: + and - zoom, 0 and A fit, Ctrl with an arrow pans; all others belong to the window.
    ``context_menu`` tells where a menu is asked for, on the screen and in the view.
    """

    context_menu = Signal(QPoint, QPointF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setCentralItem(None)  # plots are placed one by one
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.scene().setMoveDistance(_DRAG_BEGINS)
        self.scene().sigMouseClicked.connect(self._clicked)

    def close(self) -> bool:
        """Close as any widget does; pyqtgraph takes the scene apart, which Qt may still paint."""
        return QGraphicsView.close(self)

    def arrange(self) -> None:
        """Place the plots; to be written by the subclass."""

    def zoom(self, factor: float) -> None:
        """Make what is shown ``factor`` times as wide; to be written by the subclass."""

    def pan(self, across: int, upwards: int) -> None:
        """Go a little that way; to be written by the subclass."""

    def fit(self) -> None:
        """Show everything; to be written by the subclass."""

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The plots lie elsewhere."""
        super().resizeEvent(event)
        if event is not None:  # pyqtgraph calls it once before there is anything
            self.arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep what is pressed here from the widgets below."""
        if event.buttons() == event.button():
            # Where a menu took the release of an earlier press, that press is over.
            scene = self.scene()
            scene.clickEvents, scene.dragButtons = [], []
            scene.dragItem = scene.lastDrag = None
        super().mousePressEvent(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep what is let go here from the widgets below."""
        super().mouseReleaseEvent(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Keep a double click here from the widgets below."""
        super().mouseDoubleClickEvent(event)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, fit and pan; the items get no keys."""
        key, ctrl = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1 / ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(ZOOM)
        elif key == Qt.Key.Key_0 or (key == Qt.Key.Key_A and not event.modifiers()):
            self.fit()
        elif ctrl and key in _ARROWS:
            self.pan(*_ARROWS[Qt.Key(key)])
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The items get no keys."""
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu that the keyboard wants; that of the mouse comes at release.

        The right button may begin a drag.
        """
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            self.context_menu.emit(event.globalPos(), QPointF(event.pos()))
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files that are dropped belong to the window."""
        event.ignore()

    def _clicked(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.context_menu.emit(QPointF(event.screenPos()).toPoint(), QPointF(event.scenePos()))
