"""What stands beside a map: rows to set something, and what the colours mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from optlab.pictures.maps import LegendItem
from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import Toggle
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import ElidedLabel, Notice, Tone
from optlab.ui.widgets.layouts import Column
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID, row_height, set_tip

_WIDTH = 236
_SWATCH = 22


class SidePanel(Column):
    """A column beside a map, no wider than it must be."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(max(_WIDTH, super().minimumSizeHint().width()), 400)


class NumberRow(QWidget):
    """A name and a field for a number; ``entered`` carries a new value, None for an empty one."""

    entered = Signal(object)

    def __init__(
        self,
        label: str,
        tip: str,
        check: Callable[[float], str] | None = None,
        *,
        optional: bool = False,
    ) -> None:
        super().__init__()
        self._label = ElidedLabel(label)
        self._label.set_tip(tip)
        self.field = NumberEdit(label, optional=optional)
        self.field.set_check(check)
        set_tip(self.field, tip)
        self._notice = Notice()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._label)
        row.addStretch(1)
        row.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._notice)
        self.field.entered.connect(self.entered)
        self.field.refused.connect(self._refuse)

    def _refuse(self, reason: str) -> None:
        self._notice.set_text(reason)


class AxisControls(QWidget):
    """A setting and its range on one side of a map."""

    setting_chosen = Signal(str)
    range_entered = Signal(float, float)
    log_toggled = Signal(bool)

    def __init__(self, label: str, tip: str) -> None:
        super().__init__()
        self.setAccessibleName(f"Setting {label}")
        self._name = ElidedLabel(label)
        self._name.set_tip(tip)
        self.choice = DropDown(f"Setting {label}")
        self.low = NumberEdit(f"Lowest value {label}")
        self.high = NumberEdit(f"Highest value {label}")
        self.log = Toggle("log", "Equal factors instead of equal steps")
        self.log.setAccessibleName(f"Logarithmic {label}")
        self._notice = Notice()
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self.choice)
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        to = ElidedLabel("–", Tone.MUTED)
        for widget in (self.low, to, self.high):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.log)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(3)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self._notice)
        self.choice.chosen.connect(self._chosen)
        self.log.clicked.connect(self.log_toggled)
        for field in (self.low, self.high):
            field.entered.connect(self._entered)
            field.refused.connect(self._notice.set_text)

    def set_range(self, low: float, high: float, log: bool) -> None:
        """Show the ends and how it is divided."""
        self.low.set_value(low)
        self.high.set_value(high)
        self.log.set_on(log)

    def set_error(self, reason: str) -> None:
        """Say what is wrong with the range, or nothing."""
        self._notice.set_text(reason)

    def _chosen(self, key: object) -> None:
        self.setting_chosen.emit(str(key))

    def _entered(self, _value: object) -> None:
        low, high = self.low.value(), self.high.value()
        if low is not None and high is not None:
            self.range_entered.emit(low, high)


class _Swatch(QWidget):
    """A colour, or colours from left to right."""

    def __init__(self) -> None:
        super().__init__()
        self._colors: tuple[str, ...] = ("#000000",)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_colors(self, colors: tuple[str, ...]) -> None:
        if colors != self._colors:
            self._colors = colors
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SWATCH, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(self.rect()).adjusted(0, 1, 0, -1)
            gradient = QLinearGradient(QPointF(area.left(), 0), QPointF(area.right(), 0))
            last = max(1, len(self._colors) - 1)
            for index, color in enumerate(self._colors):
                gradient.setColorAt(index / last, QColor(color))
            painter.setBrush(gradient if len(self._colors) > 1 else QColor(self._colors[0]))
            painter.setPen(QColor(theme_of(self).border))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


class _Entry(QWidget):
    """A colour, what it is, and how much of the map it takes."""

    def __init__(self) -> None:
        super().__init__()
        self._swatch = _Swatch()
        self._text = ElidedLabel()
        self._text.setFont(fonts.number_font(fonts.NOTE))
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._value = ElidedLabel("", Tone.MUTED)
        self._value.setFont(fonts.number_font(fonts.NOTE))
        self._value.set_alignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._swatch)
        row.addWidget(self._text, 1)
        row.addWidget(self._value)
        self.setFixedHeight(row_height(self) - 6)

    def set_item(self, item: LegendItem) -> None:
        self._swatch.set_colors(item.colors)
        self._text.set_text(item.text)
        self._value.set_text(item.value)
        self._text.set_tip(item.tip)
        self.setAccessibleName(", ".join(part for part in (item.text, item.value) if part))
        self.setAccessibleDescription(item.tip)


class Legend(QWidget):
    """What the colours of a map mean, one line each."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Legend")
        self._entries: list[_Entry] = []
        self._items: tuple[LegendItem, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_items(self, items: Sequence[LegendItem]) -> None:
        """Show these lines."""
        self._items = tuple(items)
        while len(self._entries) < len(items):
            entry = _Entry()
            self._entries.append(entry)
            self._column.addWidget(entry)
        for index, entry in enumerate(self._entries):
            entry.setVisible(index < len(items))
            if index < len(items):
                entry.set_item(items[index])

    def items(self) -> tuple[LegendItem, ...]:
        """The lines shown."""
        return self._items
