"""The comparison: target and baseline above the table, the difference of two runs below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optlab.ui.style import fonts
from optlab.ui.views.comparison.model import ColumnShown, RowShown
from optlab.ui.views.comparison.table import ComparisonTable
from optlab.ui.widgets.buttons import IconButton
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import ElidedLabel, Notice, Tone
from optlab.ui.widgets.numbers import NumberEdit, write_number
from optlab.ui.widgets.paint import GRID, MARGIN

_TARGET_TIP = "The loss that a run has to reach; empty: 0.001 above the lowest known minimum"
_BASELINE_TIP = "× says how many times fewer gradients to the target a run took than this one"

_LONGEST_NAME = 20  # characters of a run's name in a list that is closed


class ComparisonView(QWidget):
    """Shows a table of runs; what its numbers mean is said from outside."""

    target_edited = Signal(object)
    """The number typed, or None for the usual target."""
    baseline_chosen = Signal(str)
    pair_chosen = Signal(str, str)
    run_chosen = Signal(str)
    copy_pressed = Signal()
    export_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Comparison")
        self._target = NumberEdit("Target loss", optional=True)
        self._target.setToolTip(_TARGET_TIP)
        self.baseline_list = DropDown("Baseline run")
        self.baseline_list.setToolTip(_BASELINE_TIP)
        self._copy = IconButton("copy", "Copy the comparison", "Copy the table as text")
        self._export = IconButton("export", "Export the comparison", "Save the table as CSV")
        self._table = ComparisonTable()
        self._longest = self.fontMetrics().averageCharWidth() * _LONGEST_NAME
        self.baseline_list.setMaximumWidth(self._longest)
        self._note = ElidedLabel("", Tone.MUTED)
        self._note.setFont(fonts.ui_font(fonts.NOTE))
        self._refusal = Notice()
        self.pair_lists = (DropDown("First run of the difference"), DropDown("Second run"))
        for choice in self.pair_lists:
            choice.setMaximumWidth(self._longest)
        self._difference = ElidedLabel("", Tone.MUTED)
        self._arrange()
        self._connect()
        self._note.hide()
        self._bottom.hide()
        self.setFocusProxy(self._table)

    def set_runs(self, runs: Sequence[tuple[str, str]]) -> None:
        """Offer runs (id, name) as baseline and for the difference."""
        entries = [(run_id, name, "") for run_id, name in runs]
        for choice in (self.baseline_list, *self.pair_lists):
            choice.set_entries(entries)
            choice.setEnabled(bool(entries))

    def set_target(self, typed: float | None, usual: float | None) -> None:
        """Show a typed target, or faintly the usual one, if there is any."""
        self._target.setPlaceholderText("" if usual is None else write_number(usual, 0))
        self._target.set_value(typed)

    def set_baseline(self, run_id: str) -> None:
        """Show which run the others are compared with."""
        self.baseline_list.set_key(run_id)

    def set_table(self, columns: Sequence[ColumnShown], rows: Sequence[RowShown]) -> None:
        """Show these rows; the order a person has chosen stays."""
        self._table.source().set_table(columns, rows)
        self._table.fit()

    def set_selected(self, run_id: str) -> None:
        """Mark the row of the selected run."""
        self._table.mark(run_id)

    def set_note(self, text: str) -> None:
        """Say what to keep in mind about the numbers."""
        self._note.set_text(text)
        self._note.setVisible(bool(text))

    def set_difference(self, first: str, second: str, sentence: str) -> None:
        """Show two runs and where they part; empty for fewer than two runs."""
        for choice, run_id in zip(self.pair_lists, (first, second), strict=True):
            choice.set_key(run_id)
        self._difference.set_text(sentence)
        self._bottom.setVisible(bool(sentence))

    def header(self) -> QWidget:
        """The row of target, baseline and buttons, which may be given another place."""
        return self._header

    def table(self) -> ComparisonTable:
        """The table, for the keyboard focus."""
        return self._table

    def target_field(self) -> NumberEdit:
        """The field of the target."""
        return self._target

    def difference_text(self) -> str:
        """What is said about the difference."""
        return self._difference.text()

    def sizeHint(self) -> QSize:
        """Room for all columns and a few runs."""
        return QSize(760, 220)

    def minimumSizeHint(self) -> QSize:
        """The titles and two runs."""
        return QSize(280, 110)

    def _arrange(self) -> None:
        self._header = QWidget()
        head = QHBoxLayout(self._header)
        head.setContentsMargins(0, 2, GRID, 0)
        head.setSpacing(GRID)
        head.addStretch(1)
        for words, control in (("target", self._target), ("against", self.baseline_list)):
            label = ElidedLabel(words, Tone.MUTED)
            label.reserve(words)
            label.set_tip(control.toolTip())
            head.addWidget(label)
            head.addWidget(control)
        head.addWidget(self._copy)
        head.addWidget(self._export)
        self._bottom = QWidget()
        bottom = QHBoxLayout(self._bottom)
        bottom.setContentsMargins(MARGIN, 0, MARGIN, GRID // 2)
        bottom.setSpacing(GRID // 2)
        joint = ElidedLabel("and", Tone.MUTED)
        joint.reserve("and")
        for widget in (self.pair_lists[0], joint, self.pair_lists[1]):
            bottom.addWidget(widget)
        bottom.addWidget(self._difference, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._header)
        table = QHBoxLayout()
        table.setContentsMargins(GRID, 0, GRID, 0)
        table.addWidget(self._table)
        column.addLayout(table, 1)
        notes = QVBoxLayout()
        notes.setContentsMargins(MARGIN + 4, 0, MARGIN, 0)
        notes.addWidget(self._refusal)
        notes.addWidget(self._note)
        column.addLayout(notes)
        column.addWidget(self._bottom)

    def _connect(self) -> None:
        self._target.entered.connect(self.target_edited)
        self._target.refused.connect(self._refusal.set_text)
        self.baseline_list.chosen.connect(self._on_baseline)
        for choice in self.pair_lists:
            choice.chosen.connect(self._on_pair)
        self._table.run_chosen.connect(self.run_chosen)
        self._table.copy_pressed.connect(self.copy_pressed)
        self._copy.clicked.connect(self.copy_pressed)
        self._export.clicked.connect(self.export_pressed)

    def _on_baseline(self, run_id: object) -> None:
        self.baseline_chosen.emit(str(run_id))

    def _on_pair(self, _run_id: object) -> None:
        first, second = (choice.key() for choice in self.pair_lists)
        self.pair_chosen.emit(str(first), str(second))
