"""The contour view: the map, the paths and what a person does on it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from optlab.session.sight import as_meant
from optlab.ui.plots.scale import Window, moved, zoomed
from optlab.ui.views.contour.painting import ContourCanvas

_REACH: Final = 12.0
_DRAG_BEGINS: Final = 4.0
_ZOOM: Final = 1.2
_PAN_SHARE: Final = 0.1
_LEFT: Final = Qt.MouseButton.LeftButton
_PANNING: Final = (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)


class ContourView(ContourCanvas):
    """A contour map of the loss over w1, w2 with the paths of runs on it.

    Mouse: a click chooses the start, dragging takes the start along, the wheel zooms around the
    pointer, the right or middle button pans, a double click fits. Keys: + and - zoom, 0 fits,
    Ctrl with an arrow pans, Escape lets go of the start. Coordinates in signals are w1, w2.
    """

    hovered = Signal(float, float)
    hover_left = Signal()
    start_chosen = Signal(float, float)
    start_moved = Signal(float, float)
    window_changed = Signal(float, float, float, float)  # w1 low, w1 high, w2 low, w2 high
    menu_requested = Signal(QPoint, float, float)  # where on the screen, and the w1, w2 there

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Contour map")
        self.setAccessibleDescription(
            "Loss over w1 and w2 with the paths of the runs. Plus and minus zoom, 0 fits, "
            "Ctrl with an arrow key pans."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 160)
        self._pressed: QPointF | None = None
        self._dragging = False
        self._start_before: tuple[float, float] | None = None
        self._panned_from: QPointF | None = None
        self._panned = False

    def sizeHint(self) -> QSize:
        """A size at which details can be seen."""
        return QSize(640, 520)

    # --- the window ------------------------------------------------------------------------

    def fit(self) -> None:
        """Return to the home window."""
        if self._home is not None:
            self._change_window(self._home)

    def zoom(self, factor: float, around: tuple[float, float] | None = None) -> None:
        """Make the window ``factor`` times as wide around a point, else around its centre."""
        (left, right), (bottom, top) = self._window
        centre = ((left + right) / 2, (bottom + top) / 2)
        self._change_window(zoomed(self._window, factor, around or centre))

    def _change_window(self, window: Window) -> None:
        if window != self._window:
            self.set_window(window)
            self.window_changed.emit(*window[0], *window[1])

    # --- the mouse -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the start or of the map."""
        at = event.position()
        if not self._plane().rect.contains(at):
            return
        if event.button() == _LEFT and self._panned_from is None:
            self._pressed, self._dragging = at, False
            self._start_before = self._start
        elif event.button() in _PANNING and self._pressed is None:
            self._panned_from, self._panned = at, False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; without a button, tell where the pointer is."""
        at = event.position()
        self._move_pointer(at)
        if self._panned_from is not None:
            self._pan_to(at)
        elif self._pressed is not None:
            away = (at - self._pressed).manhattanLength()
            self._dragging = self._dragging or away >= _DRAG_BEGINS
            if self._dragging:
                self.set_start(*self._world_inside(at))
                self.start_moved.emit(*self._world_inside(at))
        elif self._plane().rect.contains(at):
            self.hovered.emit(*self._plane().world(at))
        else:
            self._leave()
        if self._panned_from is not None or self._dragging:
            self.set_hover_text("")  # it would be about the place where the drag began
        self._show_handle(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: the start is chosen here, or a right click asks for a menu."""
        at = event.position()
        if event.button() == _LEFT and self._pressed is not None:
            chosen = self._world_inside(at if self._dragging else self._pressed)
            self._pressed, self._dragging = None, False
            self.set_start(*chosen)
            self.start_chosen.emit(*chosen)
        elif event.button() in _PANNING and self._panned_from is not None:
            self._panned_from = None
            if not self._panned and event.button() == Qt.MouseButton.RightButton:
                self.menu_requested.emit(event.globalPosition().toPoint(), *self._plane().world(at))
        self._show_handle(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the window; the start that the first click moved goes back."""
        if event.button() != _LEFT:
            self.mousePressEvent(event)
            return
        before, self._pressed = self._start_before, None
        if before is not None and before != self._start:
            self.set_start(*before)
            self.start_chosen.emit(*before)
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        at = event.position()
        turns = event.angleDelta().y() / 120.0
        if turns == 0.0 or not self._plane().rect.contains(at):
            event.ignore()
            return
        self.zoom(_ZOOM**-turns, self._plane().world(at))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button pans; its menu comes at release, from ``menu_requested``."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            centre = self._plane().rect.center()
            where = self.mapToGlobal(centre.toPoint())
            self.menu_requested.emit(where, *self._plane().world(centre))
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Know where the pointer is before it moves."""
        self._move_pointer(event.position())
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:
        """The pointer is gone: no read-out."""
        self._leave()

    # --- the keys --------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """While the start is held, Escape lets go of it before it is a shortcut."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._pressed is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, fit and pan; all other keys belong to the window."""
        key, ctrl = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Escape and self._pressed is not None:
            self._let_go()
        elif ctrl and key in ways:
            (left, right), (bottom, top) = self._window
            one, other = ways[Qt.Key(key)]
            shift1, shift2 = one * _PAN_SHARE * (right - left), other * _PAN_SHARE * (top - bottom)
            self._change_window(moved(self._window, shift1, shift2))
        else:
            super().keyPressEvent(event)

    # --- small things ----------------------------------------------------------------------

    def _let_go(self) -> None:
        self._pressed, self._dragging = None, False
        if self._start_before is not None:
            self.set_start(*self._start_before)
            self.start_moved.emit(*self._start_before)

    def _pan_to(self, at: QPointF) -> None:
        assert self._panned_from is not None
        if not self._panned and (at - self._panned_from).manhattanLength() < _DRAG_BEGINS:
            return
        self._panned = True
        plane = self._plane()
        now, then = plane.world(at), plane.world(self._panned_from)
        self._panned_from = at
        self._change_window(moved(self._window, then[0] - now[0], then[1] - now[1]))

    def _world_inside(self, at: QPointF) -> tuple[float, float]:
        rect = self._plane().rect
        x = min(max(at.x(), rect.left()), rect.right())
        y = min(max(at.y(), rect.top()), rect.bottom())
        return as_meant(self._plane().world(QPointF(x, y)), self._window)

    def _move_pointer(self, at: QPointF) -> None:
        old = self._readout_rect()
        self._pointer = at
        if self._hover_text:
            self.update_rects([old, self._readout_rect()])

    def _leave(self) -> None:
        self.set_hover_text("")
        self.hover_left.emit()

    def _show_handle(self, at: QPointF) -> None:
        """Show by the square and the pointer what a press would take hold of."""
        inside = self._plane().rect.contains(at)
        hot = inside and self._start is not None and self._near_start(at)
        if (hot or self._dragging) != self._start_hot:
            self._start_hot = hot or self._dragging
            self.update_rects([self._start_rect()])
        shape = Qt.CursorShape.ArrowCursor
        if self._panned_from is not None or self._dragging:
            shape = Qt.CursorShape.ClosedHandCursor
        elif inside:
            shape = Qt.CursorShape.OpenHandCursor if hot else Qt.CursorShape.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _near_start(self, at: QPointF) -> bool:
        assert self._start is not None
        grip = QRectF(-_REACH, -_REACH, 2 * _REACH, 2 * _REACH)
        return grip.translated(self._plane().point(*self._start)).contains(at)
