"""The row of the learning-rate schedule: its text, templates to begin from, a little curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QGridLayout, QMenu, QSizePolicy, QWidget

from optlab.ui import style
from optlab.ui.widgets.buttons import IconButton
from optlab.ui.widgets.formula_edit import FormulaEdit
from optlab.ui.widgets.labels import ElidedLabel
from optlab.ui.widgets.paint import GRID, menu_text

_TIP = "How the learning rate changes over the steps; parts are joined with +"


@dataclass(frozen=True)
class ScheduleTemplate:
    """A schedule to begin from: its text, a name for the menu, what it does."""

    text: str
    name: str
    help: str = ""


class Sparkline(QWidget):
    """A curve of a few dozen pixels without axes."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_values(self, values: Sequence[float]) -> None:
        """Draw ``values`` from 0 to their largest; none hides the curve."""
        self._values = tuple(values[:: max(1, len(values) // 120)])
        self.setVisible(bool(self._values))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(72, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        top = max(self._values, default=0.0)
        if len(self._values) < 2 or not top > 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self.width() - 4, self.height() - 4
        last = len(self._values) - 1
        points = [
            QPointF(2 + width * i / last, 2 + height * (1 - max(0.0, v) / top))
            for i, v in enumerate(self._values)
        ]
        painter.setPen(QPen(QColor(style.current().accent), 1.5))
        painter.drawPolyline(QPolygonF(points))


class ScheduleRow(QWidget):
    """Edit the schedule as text; the menu fills in a template."""

    schedule_edited = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._templates: tuple[ScheduleTemplate, ...] = ()
        label = ElidedLabel("schedule")
        label.set_tip(_TIP)
        self._curve = Sparkline("Learning rate over the steps")
        self._curve.setVisible(False)
        self._edit = FormulaEdit("Learning rate schedule")
        self._edit.field().setToolTip(_TIP)
        self._more = IconButton("chevron-down", "Schedule templates", "Begin from a template")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID // 2)
        grid.setVerticalSpacing(GRID // 2)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self._curve, 0, 1)
        grid.addWidget(self._more, 0, 2)
        grid.addWidget(self._edit, 1, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        self._edit.text_edited.connect(self.schedule_edited)
        self._more.clicked.connect(self._open)

    def set_schedule(self, text: str) -> None:
        """Show the schedule's text."""
        self._edit.set_text(text)

    def set_error(self, message: str = "", column: int = 0, length: int = 1) -> None:
        """Mark a mistake, or none."""
        self._edit.set_error(message, column, length)

    def set_templates(self, templates: Sequence[ScheduleTemplate]) -> None:
        """Offer these in the menu."""
        self._templates = tuple(templates)
        self._more.setEnabled(bool(templates))

    def set_curve(self, rates: Sequence[float]) -> None:
        """Draw the learning rate over the steps."""
        self._curve.set_values(rates)

    def edit(self) -> FormulaEdit:
        """The text field."""
        return self._edit

    def menu(self) -> QMenu:
        """The templates as a menu."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for template in self._templates:
            action = QAction(menu_text(template.name), menu)
            action.setData(template.text)
            action.setToolTip(template.help)
            menu.addAction(action)
        menu.triggered.connect(self._choose)
        return menu

    def _open(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _choose(self, action: QAction) -> None:
        text = str(action.data())
        self._edit.set_text(text)
        self.schedule_edited.emit(text)
