"""The page of a fair comparison: problems and rules, the five charts, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from optlab.pictures.items import Line
from optlab.ui.plots.painting import paint_items
from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.views.tuning.trials_page import TrialsPage
from optlab.ui.widgets.buttons import Button
from optlab.ui.widgets.choice import Choice
from optlab.ui.widgets.labels import ElidedLabel, Notice, Tone
from optlab.ui.widgets.paint import focus_ring, row_height, shows_focus
from optlab.ui.widgets.setting_rows import NumberRow


@dataclass(frozen=True)
class RuleItem:
    """A rule in the legend: its line and mean rank."""

    key: str
    title: str
    color: str
    style: str
    rank: str
    hidden: bool


class _RuleRow(Button):
    """A rule with its line; pressing it hides or shows the rule."""

    def __init__(self) -> None:
        super().__init__("rule")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(fonts.number_font(fonts.NOTE))
        self.item = RuleItem("", "", "#000000", "solid", "", False)

    def set_item(self, item: RuleItem) -> None:
        self.item = item
        self.setText(item.title)
        self.setAccessibleName(f"{'Show' if item.hidden else 'Hide'} {item.title}")
        self.set_tip(f"{item.title}: {'show' if item.hidden else 'hide'}; the profile changes")
        self.setChecked(not item.hidden)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, row_height(self) - 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, item = theme_of(self), self.item
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(self.rect())
            if self.underMouse():
                painter.fillRect(area, QColor(theme.hover_row))
            middle = area.center().y()
            color = theme.faint if item.hidden else item.color
            points = np.array([[2.0, middle], [26.0, middle]])
            paint_items(painter, [Line((points,), color, 2.0, style=item.style)])
            painter.setPen(QColor(theme.faint if item.hidden else theme.text))
            words = area.adjusted(34, 0, -34, 0)
            side = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(words, int(side | Qt.AlignmentFlag.AlignLeft), item.title)
            painter.setPen(QColor(theme.muted))
            painter.drawText(
                area.adjusted(0, 0, -2, 0), int(side | Qt.AlignmentFlag.AlignRight), item.rank
            )
            if shows_focus(self):
                focus_ring(painter, self, area, 4)


class _NamesRow(QWidget):
    """Names with commas between, and a list that adds one; ``entered`` has the whole text."""

    entered = Signal(str)

    def __init__(self, label: str, tip: str) -> None:
        super().__init__()
        self.add = Choice(label, tip)
        self.field = QLineEdit()
        self.field.setAccessibleName(label)
        self.field.setToolTip(tip)
        self._notice = Notice()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(2)
        for widget in (self.add, self.field, self._notice):
            column.addWidget(widget)
        self.field.editingFinished.connect(self._tell)
        self.add.chosen.connect(self._add)

    def set_text(self, text: str) -> None:
        if text != self.field.text() and not self.field.hasFocus():
            self.field.setText(text)
            self.field.setCursorPosition(0)

    def set_error(self, reason: str) -> None:
        self._notice.set_text(reason)

    def error(self) -> str:
        return self._notice.text()

    def _add(self, key: object) -> None:
        names = [one.strip() for one in self.field.text().split(",") if one.strip()]
        if str(key) not in names:
            self.field.setText(", ".join([*names, str(key)]))
            self._tell()
        self.add.set_key(None)

    def _tell(self) -> None:
        self.entered.emit(self.field.text())


class FairPage(TrialsPage):
    """What is compared, and how; ``rule_toggled`` names a rule to be hidden or shown."""

    names_entered = Signal(str, str)  # problems or rules, the text
    number_entered = Signal(str, object)
    tuning_chosen = Signal(str)
    problem_chosen = Signal(str)
    against_chosen = Signal(str)
    rule_toggled = Signal(str)

    def __init__(self) -> None:
        super().__init__("Compare fairly")
        self.problems = _NamesRow("problems", "Surfaces and suites, with commas between")
        self.rules_field = _NamesRow("rules", "Optimizers, with commas between; all for every one")
        self.budget = NumberRow("gradients", "The budget of every run", whole=True)
        self.trials = NumberRow("trials", "Settings that are tried for each parameter", whole=True)
        self.seeds = NumberRow(
            "seeds", "Runs that are reported on, of other seeds than tuned on", whole=True
        )
        for widget in (self.problems, self.rules_field, self.budget, self.trials, self.seeds):
            self.rows.addWidget(widget)
        self.tuning = Choice("shown", "Which settings of the rules are shown")
        self.problem = Choice("on", "The problem of the charts about one problem")
        self.against = Choice(
            "in pairs with", "The profile: of all rules together, or of each with one rule"
        )
        self.verdict = Notice(Tone.NORMAL)
        self.verdict.setMinimumWidth(1)
        self._legend = QVBoxLayout()
        self._legend.setContentsMargins(0, 0, 0, 0)
        self._legend.setSpacing(0)
        self._items: list[_RuleRow] = []
        head = ElidedLabel("Rules by mean rank: press one to hide it", Tone.MUTED)
        self.below.addWidget(self.tuning)
        self.below.addWidget(self.problem)
        self.below.addWidget(self.against)
        self.below.addWidget(self.verdict)
        self.below.addWidget(head)
        self.below.addLayout(self._legend)
        self.problems.entered.connect(self._on_problems)
        self.rules_field.entered.connect(self._on_rules)
        self.tuning.chosen.connect(self._on_tuning)
        self.problem.chosen.connect(self._on_problem)
        self.against.chosen.connect(self._on_against)
        self.budget.entered.connect(self._on_budget)
        self.trials.entered.connect(self._on_trials)
        self.seeds.entered.connect(self._on_seeds)

    def set_rules(self, items: Sequence[RuleItem]) -> None:
        """Show which line is which."""
        while len(self._items) < len(items):
            row = _RuleRow()
            row.clicked.connect(self._on_rule)
            self._items.append(row)
            self._legend.addWidget(row)
        for index, row in enumerate(self._items):
            row.setVisible(index < len(items))
            if index < len(items):
                row.set_item(items[index])

    def rule_row(self, key: str) -> _RuleRow:
        """The row of a rule in the legend."""
        return next(row for row in self._items if row.item.key == key)

    def _on_problems(self, text: str) -> None:
        self.names_entered.emit("problems", text)

    def _on_rules(self, text: str) -> None:
        self.names_entered.emit("rules", text)

    def _on_tuning(self, key: object) -> None:
        self.tuning_chosen.emit(str(key))

    def _on_problem(self, key: object) -> None:
        self.problem_chosen.emit(str(key))

    def _on_against(self, key: object) -> None:
        self.against_chosen.emit(str(key))

    def _on_budget(self, value: object) -> None:
        self.number_entered.emit("budget", value)

    def _on_trials(self, value: object) -> None:
        self.number_entered.emit("trials", value)

    def _on_seeds(self, value: object) -> None:
        self.number_entered.emit("seeds", value)

    def _on_rule(self) -> None:
        row = self.sender()
        assert isinstance(row, _RuleRow)
        self.rule_toggled.emit(row.item.key)
