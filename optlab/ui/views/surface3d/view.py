"""The surface view: the surface, the paths on it and how a person turns it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from optlab.pictures.surface3d.camera import Camera
from optlab.pictures.surface3d.visibility import place_under
from optlab.ui.plots.marks import draw_readout, readout_box
from optlab.ui.views.surface3d.painting import SurfaceCanvas

_ZOOM: Final = 1.15
_DEGREES_PER_PIXEL: Final = 0.45
_KEY_DEGREES: Final = 6.0
_LEFT: Final = Qt.MouseButton.LeftButton
_PANNING: Final = (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)


class Surface3DView(SurfaceCanvas):
    """The loss over w1, w2 as a surface in space with the paths of runs on it.

    Mouse: dragging orbits, with the right or middle button or Shift it pans, the wheel zooms around
    the pointer, a double click returns to the first view. Keys: arrows orbit (with Ctrl too, for
    windows that use the plain ones), + and - zoom, 0 returns. Coordinates in signals are w1, w2.
    """

    hovered = Signal(float, float)
    hover_left = Signal()
    camera_changed = Signal(float, float, float)  # azimuth, elevation in degrees, zoom

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Loss surface in 3D")
        self.setAccessibleDescription(
            "Loss as a height over w1 and w2 with the paths of the runs. Arrow keys orbit, "
            "plus and minus zoom, 0 returns to the first view."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 160)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._held: QPointF | None = None
        self._panning = False
        self._hover_text = ""
        self._readout = QRectF()
        self._pointer = QPointF()

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        if text or self._hover_text:
            old, self._hover_text = self._readout, text
            frame = QRectF(self.rect())
            self._readout = readout_box(text, self._pointer, frame) if text else QRectF()
            self.update_rects([old, self._readout])

    def draw_moving(self, painter: QPainter) -> None:
        """Draw what moves with the steps, then the read-out over it."""
        super().draw_moving(painter)
        if self._hover_text:
            draw_readout(painter, self._readout, self._hover_text, self._theme)

    def sizeHint(self) -> QSize:
        """A size at which details can be seen."""
        return QSize(560, 520)

    def reset(self) -> None:
        """Return to the first view."""
        self._look(Camera())

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom in by ``factor``; what is at the pixel ``around``, else the middle, stays there."""
        x, y = 0.0, 0.0
        if around is not None:
            x, y = around.x() - self.width() / 2, around.y() - self.height() / 2
        self._look(self._camera.zoomed(factor, (x, y)))

    def orbit(self, right: float, up: float) -> None:
        """Turn by degrees around the vertical axis and up or down."""
        self._look(self._camera.orbited(right, up))

    def _look(self, camera: Camera) -> None:
        if camera != self._camera:
            self.hover_left.emit()  # another place of the surface is under the pointer
            self.set_camera(camera)
            self.camera_changed.emit(camera.azimuth, camera.elevation, camera.zoom)

    # --- the mouse -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the scene."""
        if self._held is None and (event.button() == _LEFT or event.button() in _PANNING):
            self._held = event.position()
            self.hover_left.emit()
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._panning = shift or event.button() != _LEFT
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Orbit or pan what is held; without a button, tell where the pointer is."""
        at = event.position()
        if self._held is None:
            self._tell(at)
            return
        way, self._held = at - self._held, at
        if self._panning:
            self._look(self._camera.panned(way.x(), way.y()))
        else:
            self.orbit(-way.x() * _DEGREES_PER_PIXEL, way.y() * _DEGREES_PER_PIXEL)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if not event.buttons():
            self._held = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Return to the first view."""
        if event.button() == _LEFT:
            self.reset()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        turns = event.angleDelta().y() / 120.0
        if turns == 0.0:
            event.ignore()
            return
        self.zoom(_ZOOM**turns, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone."""
        self.hover_left.emit()
        super().leaveEvent(event)

    def _tell(self, at: QPointF) -> None:
        relief = self._relief
        place = None
        if relief is not None:
            place = place_under(at.x(), at.y(), relief, self._projection())
        if relief is None or place is None:
            self.hover_left.emit()
        else:
            self._pointer = at
            self.hovered.emit(*relief.weights(*place))

    # --- the keys --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Orbit, zoom and return; all other keys belong to the window."""
        ways = {
            Qt.Key.Key_Left: (-_KEY_DEGREES, 0.0),
            Qt.Key.Key_Right: (_KEY_DEGREES, 0.0),
            Qt.Key.Key_Up: (0.0, _KEY_DEGREES),
            Qt.Key.Key_Down: (0.0, -_KEY_DEGREES),
        }
        key = event.key()
        if key in ways:
            self.orbit(*ways[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_0:
            self.reset()
        else:
            super().keyPressEvent(event)
