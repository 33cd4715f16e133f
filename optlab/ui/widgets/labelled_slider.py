"""A parameter as a row: its symbol, a slider, and a field for the exact number."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from optlab.ui import fonts
from optlab.ui.widgets.labels import ElidedLabel, Notice
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID, set_tip
from optlab.ui.widgets.scale import POSITIONS, Scale
from optlab.ui.widgets.track import Track


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
