"""Rows of a panel beside a picture: a number, a range, and the panel itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from optlab.ui.widgets.buttons import Toggle
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import ElidedLabel, Notice, Tone
from optlab.ui.widgets.layouts import Column
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID, set_tip

_WIDTH = 236


class SidePanel(Column):
    """A column beside a map, no wider than it must be."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(max(_WIDTH, super().minimumSizeHint().width()), 400)


def labelled_row(words: str, tip: str, field: QWidget) -> QWidget:
    """A name, and at the other end of the line the field that it stands for."""
    row = QWidget()
    label = ElidedLabel(words)
    label.set_tip(tip)
    label.reserve(words)
    line = QHBoxLayout(row)
    line.setContentsMargins(GRID, 0, 0, 0)
    line.setSpacing(GRID)
    line.addWidget(label)
    line.addStretch(1)
    line.addWidget(field)
    return row


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
        whole: bool = False,
    ) -> None:
        super().__init__()
        self._label = ElidedLabel(label)
        self._label.set_tip(tip)
        self.field = NumberEdit(label, optional=optional, whole=whole)
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
