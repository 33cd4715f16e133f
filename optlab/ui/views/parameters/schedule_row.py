"""The row of the learning-rate schedule: its curve, its text, templates to begin from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from optlab.session.edits.choices import EDITOR_ACTIONS
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import IconButton
from optlab.ui.widgets.choice import Choice
from optlab.ui.widgets.formula_edit import FormulaEdit
from optlab.ui.widgets.labels import ElidedLabel
from optlab.ui.widgets.numbers import write_number
from optlab.ui.widgets.paint import GRID, row_height, set_tip
from optlab.ui.widgets.search_list import Picker


class Sparkline(QWidget):
    """Draws values from the left to the right edge, zero at the bottom, in the accent."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_values(self, values: Sequence[float], tip: str = "") -> None:
        """Show these values, evenly spaced; hidden when there is no curve in them."""
        finite = tuple(value for value in values if math.isfinite(value))
        if finite == self._values:
            return
        self._values = finite
        set_tip(self, tip)
        self.setAccessibleDescription(tip)
        self.setVisible(len(set(self._values)) > 1)
        self.update()

    def values(self) -> tuple[float, ...]:
        """What is drawn."""
        return self._values

    def sizeHint(self) -> QSize:
        height = row_height(self)
        return QSize(round(1.7 * height), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self._values) < 2:
            return
        theme = theme_of(self)
        area = QRectF(self.rect()).adjusted(2, 5, -2, -5)
        low, high = min(0.0, *self._values), max(self._values)
        scale = area.height() / (high - low) if high > low else 0.0
        step = area.width() / (len(self._values) - 1)
        line = QPolygonF(
            [
                QPointF(area.left() + number * step, area.bottom() - (value - low) * scale)
                for number, value in enumerate(self._values)
            ]
        )
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.track), 1.0))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
            pen = QPen(QColor(theme.accent if self.isEnabled() else theme.faint), 1.6)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(line)


_TIP = "How the learning rate changes over the steps; parts are joined with +"


@dataclass(frozen=True)
class ScheduleTemplate:
    """A schedule to begin from: its text, a name for the menu, what it does."""

    text: str
    name: str
    help: str = ""


class ScheduleRow(QWidget):
    """Edit the schedule as text beside its curve; the menu fills in a template.

    ``unit_chosen`` carries whether it is to count epochs, which a run with data offers.
    """

    schedule_edited = Signal(str)
    unit_chosen = Signal(object)
    editor_asked = Signal(str)
    templates_asked = Signal()
    """The menu is about to open: who knows the templates sets them."""

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
        self._unit = Choice("schedule counts", "What k and the lengths of the schedule are")
        self._unit.set_entries(
            [
                (False, "steps", "The rate may change with every update"),
                (True, "epochs", "The rate is set once for each epoch"),
            ]
        )
        self._unit.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self._unit)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(label, 0, top)
        row.addWidget(self._curve, 0, top)
        row.addWidget(self._edit, 1, top)
        row.addWidget(self._more, 0, top)
        self._edit.text_edited.connect(self.schedule_edited)
        self._unit.chosen.connect(self.unit_chosen)
        self._picker = Picker("Schedules", self)
        self._picker.picked.connect(self._choose)
        self._more.clicked.connect(self._open)

    def set_schedule(self, text: str) -> None:
        """Show the schedule's text."""
        self._edit.set_text(text)

    def set_unit(self, epochs: bool | None, *, offered: bool) -> None:
        """Show whether it counts epochs, None where its parts differ, and offer the choice."""
        self._unit.set_key(epochs)
        self._unit.setVisible(offered)

    def unit(self) -> Choice:
        """The choice between steps and epochs."""
        return self._unit

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
        self.templates_asked.emit()
        entries = [(one.text, one.name, one.help) for one in self._templates]
        self._picker.open(entries, self._more, self._edit.text())

    def _choose(self, text: object) -> None:
        if str(text) in EDITOR_ACTIONS:
            self.editor_asked.emit(str(text))
            return
        self._edit.set_text(str(text))
        self.schedule_edited.emit(str(text))
