"""The bare slider: a thin track, filled in the accent up to a round handle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from optlab.ui.style import theme_of
from optlab.ui.widgets.paint import note_focus, shows_focus

_KEYS = frozenset(
    (
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Delete,
    )
)
_HANDLE = 6.0


class Track(QAbstractSlider):
    """A slider over whole positions; what they mean is for the owner to say.

    ``dragged`` follows the mouse and the keys, ``released`` tells once at the end where it rests.
    ``reset_asked`` is a double click or the Delete key. Setting the value emits neither.
    """

    dragged = Signal(int)
    released = Signal(int)
    reset_asked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._pending = False
        self._beyond = False
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)

    def show_position(self, position: int, beyond: bool = False) -> None:
        """Move the handle without a signal; ``beyond`` when the true value is off the track."""
        blocked = self.blockSignals(True)
        self.setValue(position)
        self.blockSignals(blocked)
        self._beyond = beyond
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(140, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(56, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = self.height() / 2
            left, right, at = _HANDLE + 1, self.width() - _HANDLE - 1, self._handle()
            accent = theme.accent if self.isEnabled() else theme.faint
            painter.setPen(
                QPen(QColor(theme.track), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            painter.drawLine(QPointF(left - 4, middle), QPointF(right + 4, middle))
            painter.setPen(
                QPen(QColor(accent), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            painter.drawLine(QPointF(left - 4, middle), QPointF(max(left - 4, at), middle))
            radius = _HANDLE if not (self.underMouse() or self.isSliderDown()) else _HANDLE + 0.7
            fill = theme.handle
            painter.setBrush(QColor(theme.panel if self._beyond else fill))
            painter.setPen(QPen(QColor(accent), 1.6))
            painter.drawEllipse(QPointF(at, middle), radius - 0.5, radius - 0.5)
            if shows_focus(self):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.focus), 1.2))
                painter.drawEllipse(QPointF(at, middle), radius + 2.2, radius + 2.2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self._follow(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)
            self._settle()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self._pending = False
        self.reset_asked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the keyboard focus, so that scrolling a panel changes nothing by accident."""
        if not self.hasFocus():
            event.ignore()
            return
        before = self.value()
        super().wheelEvent(event)
        self._tell(before)
        self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.reset_asked.emit()
            return
        before = self.value()
        super().keyPressEvent(event)
        self._tell(before)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self._settle()

    def focusInEvent(self, event: QFocusEvent) -> None:
        note_focus(self, event)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.isSliderDown():
            self._settle()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of a slider from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and event.key() in _KEYS:
                event.accept()
                return True
        return super().event(event)

    def _span(self) -> float:
        return max(1.0, self.width() - 2 * (_HANDLE + 1))

    def _handle(self) -> float:
        extent = max(1, self.maximum() - self.minimum())
        return _HANDLE + 1 + self._span() * (self.value() - self.minimum()) / extent

    def _follow(self, x: float) -> None:
        share = min(1.0, max(0.0, (x - _HANDLE - 1) / self._span()))
        before = self.value()
        self.setValue(self.minimum() + round(share * (self.maximum() - self.minimum())))
        self._tell(before)

    def _tell(self, before: int) -> None:
        if self.value() != before or self._beyond:
            self._beyond = False
            self._pending = True
            self.dragged.emit(self.value())
        self.update()

    def _settle(self) -> None:
        if self._pending:
            self._pending = False
            self.released.emit(self.value())


def area_of(track: Track) -> QRectF:
    """The rectangle of the track's handle, for tests and pictures."""
    return QRectF(track._handle() - _HANDLE, track.height() / 2 - _HANDLE, 2 * _HANDLE, 2 * _HANDLE)
