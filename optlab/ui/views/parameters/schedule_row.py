"""The row of the learning-rate schedule: its curve, its text, templates to begin from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from optlab.ui.widgets.buttons import IconButton
from optlab.ui.widgets.formula_edit import FormulaEdit
from optlab.ui.widgets.labels import ElidedLabel
from optlab.ui.widgets.numbers import write_number
from optlab.ui.widgets.paint import GRID
from optlab.ui.widgets.search_list import Picker
from optlab.ui.widgets.sparkline import Sparkline

_TIP = "How the learning rate changes over the steps; parts are joined with +"


@dataclass(frozen=True)
class ScheduleTemplate:
    """A schedule to begin from: its text, a name for the menu, what it does."""

    text: str
    name: str
    help: str = ""


class ScheduleRow(QWidget):
    """Edit the schedule as text beside its curve; the menu fills in a template."""

    schedule_edited = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._templates: tuple[ScheduleTemplate, ...] = ()
        label = ElidedLabel("schedule")
        label.set_tip(_TIP)
        label.reserve("schedule")
        self._edit = FormulaEdit("Learning rate schedule", quiet=True)
        self._edit.field().setToolTip(_TIP)
        self._more = IconButton("chevron-down", "Schedule templates", "Begin from a template")
        self._curve = Sparkline("Curve of the learning rate")
        height = max(self._more.sizeHint().height(), self._curve.sizeHint().height())
        for part in (label, self._more):
            part.setFixedHeight(height)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(label, 0, top)
        row.addWidget(self._curve, 0, top)
        row.addWidget(self._edit, 1, top)
        row.addWidget(self._more, 0, top)
        self._edit.text_edited.connect(self.schedule_edited)
        self._picker = Picker("Schedules", self)
        self._picker.picked.connect(self._choose)
        self._more.clicked.connect(self._open)

    def set_schedule(self, text: str) -> None:
        """Show the schedule's text."""
        self._edit.set_text(text)

    def set_curve(self, rates: Sequence[float]) -> None:
        """Draw the learning rate over the steps; a constant one needs no curve."""
        tip = ""
        if rates:
            first, last = (write_number(float(f"{rate:.3g}"), 0) for rate in (rates[0], rates[-1]))
            tip = f"The learning rate over the steps, from {first} to {last}"
        self._curve.set_values(rates, tip)

    def curve(self) -> Sparkline:
        """The small curve."""
        return self._curve

    def set_error(self, message: str = "", column: int = 0, length: int = 1) -> None:
        """Mark a mistake, or none."""
        self._edit.set_error(message, column, length)

    def set_templates(self, templates: Sequence[ScheduleTemplate]) -> None:
        """Offer these in the menu."""
        self._templates = tuple(templates)
        self._more.setEnabled(bool(templates))

    def edit(self) -> FormulaEdit:
        """The text field."""
        return self._edit

    def more(self) -> IconButton:
        """The button that opens the list of templates."""
        return self._more

    def picker(self) -> Picker:
        """The list of templates that opens at the button."""
        return self._picker

    def _open(self) -> None:
        entries = [(one.text, one.name, one.help) for one in self._templates]
        self._picker.open(entries, self._more, self._edit.text())

    def _choose(self, text: object) -> None:
        self._edit.set_text(str(text))
        self.schedule_edited.emit(str(text))
