"""A parameter as a row: its symbol, a slider on a scale, and a field for the exact number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QGridLayout, QSizePolicy, QWidget

from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.labels import ElidedLabel, Notice
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID, note_focus, set_tip, shows_focus

POSITIONS = 400


@dataclass(frozen=True)
class Scale:
    """A linear or logarithmic scale from ``low`` to ``high`` over positions 0 … POSITIONS.

    A logarithmic scale needs 0 < low; one that begins at 0 begins six decades below ``high``.
    """

    low: float
    high: float
    logarithmic: bool = False

    def value(self, position: int) -> float:
        """The value at ``position``, rounded to what a drag can mean; the ends are exact."""
        if position <= 0:
            return self.low
        if position >= POSITIONS:
            return self.high
        share = position / POSITIONS
        if self.logarithmic:
            low = self._floor()
            return float(f"{low * (self.high / low) ** share:.3g}")
        step = 10.0 ** math.floor(math.log10(abs(self.high - self.low) / POSITIONS * 2))
        places = max(0, -round(math.log10(step)))
        return round(self.low + share * (self.high - self.low), places)

    def position(self, value: float) -> int:
        """The nearest position of ``value``; beyond the scale, the nearer end."""
        if self.high <= self.low or value <= self.low:
            return 0
        if value >= self.high:
            return POSITIONS
        if self.logarithmic:
            low = self._floor()
            share = math.log(max(value, low) / low) / math.log(self.high / low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(POSITIONS * share)

    def covers(self, value: float) -> bool:
        """Whether ``value`` lies on the scale."""
        return self.low <= value <= self.high

    def _floor(self) -> float:
        return self.low if self.low > 0 else self.high * 1e-6


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
        if (position, beyond) == (self.value(), self._beyond):
            return
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


class SymbolLabel(ElidedLabel):
    """A symbol in the serif of formulas; a double click asks for the default."""

    reset_asked = Signal()

    def __init__(self, symbol: str, parent: QWidget | None = None):
        super().__init__(symbol, parent=parent)
        self.setFont(fonts.math_font(fonts.SYMBOL + 1))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_asked.emit()


class LabelledSlider(QWidget):
    """Edit one number by hand or exactly.

    ``moved`` follows a drag and every key; ``settled`` comes once at its end and for an entry in
    the field. The field takes any number the check allows, also one that is not on the track.
    """

    moved = Signal(float)
    settled = Signal(float)

    def __init__(
        self,
        symbol: str,
        scale: Scale,
        default: float,
        *,
        name: str = "",
        tip: str = "",
        check: Callable[[float], str] | None = None,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self._scale = scale
        self._default = default
        self._check = check
        self._value = default
        spoken = name or symbol
        self.setAccessibleName(spoken)
        self._symbol = SymbolLabel(symbol)
        self._track = Track(f"{spoken} slider")
        self._track.setRange(0, POSITIONS)
        self._track.setSingleStep(POSITIONS // 100)
        self._track.setPageStep(POSITIONS // 10)
        self._edit = NumberEdit(f"{spoken} exact value")
        self._edit.set_check(check)
        self._notice = Notice()
        self.set_tip(tip)
        self._arrange()
        self._connect()
        self.set_value(default)

    def set_tip(self, tip: str) -> None:
        """Explain the number in a tooltip, and to those who listen."""
        for widget in (self._symbol, self._track, self._edit):
            set_tip(widget, tip)
            widget.setAccessibleDescription(tip)
        self._symbol.set_tip(tip)

    def value(self) -> float:
        """The number shown."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show ``value``, on the track or beyond it; emits nothing."""
        self._value = value
        if not self._track.isSliderDown():
            self._place(value)
        self._edit.set_value(value)

    def symbol_width(self) -> int:
        """The room the symbol needs, in pixels."""
        metrics = QFontMetricsF(self._symbol.font())
        return round(metrics.horizontalAdvance(self._symbol.text())) + 2

    def set_symbol_width(self, width: int) -> None:
        """Give the symbol ``width`` pixels, so that sliders above each other line up."""
        self._symbol.setFixedWidth(width)

    def track(self) -> Track:
        """The slider, for the keyboard focus."""
        return self._track

    def edit(self) -> NumberEdit:
        """The field."""
        return self._edit

    def notice(self) -> str:
        """The reason the field's text is refused, or an empty text."""
        return self._notice.text()

    def _arrange(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(2)
        middle = Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(self._symbol, 0, 0, middle)
        grid.addWidget(self._track, 0, 1, middle)
        grid.addWidget(self._edit, 0, 2, middle)
        grid.addWidget(self._notice, 1, 0, 1, 3)
        grid.setColumnStretch(1, 1)

    def _connect(self) -> None:
        self._track.dragged.connect(self._on_dragged)
        self._track.released.connect(self._on_released)
        self._track.reset_asked.connect(self._on_reset)
        self._symbol.reset_asked.connect(self._on_reset)
        self._edit.entered.connect(self._on_entered)
        self._edit.refused.connect(self._on_refused)

    def _place(self, value: float) -> None:
        self._track.show_position(self._scale.position(value), not self._scale.covers(value))

    def _on_dragged(self, position: int) -> None:
        value = self._scale.value(position)
        if self._check and self._check(value):
            return
        self._value = value
        self._edit.set_value(value)
        self.moved.emit(value)

    def _on_released(self, position: int) -> None:
        self._place(self._value)
        self.settled.emit(self._value)

    def _on_reset(self) -> None:
        self._on_entered(self._default)

    def _on_entered(self, value: object) -> None:
        if isinstance(value, (int, float)):
            self.set_value(float(value))
            self.settled.emit(float(value))

    def _on_refused(self, reason: str) -> None:
        self._notice.set_text(reason)
