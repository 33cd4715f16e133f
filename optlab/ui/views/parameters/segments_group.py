"""Changes of the optimizer on the way: which stretch of a run is set, what it takes over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from optlab.ui.widgets.buttons import IconButton, Switch, TextButton
from optlab.ui.widgets.choice import Choice
from optlab.ui.widgets.labels import ElidedLabel, Notice, Tone
from optlab.ui.widgets.layouts import Disclosure
from optlab.ui.widgets.numbers import NumberEdit, write_number
from optlab.ui.widgets.paint import GRID

_FROM_STEP = "The updates before this change; from the next one on the settings below hold"
_FROM_EPOCH = "The epoch with which this change begins"
_MEMORY = "What becomes of the memory of the rule before"


class SegmentsGroup(QWidget):
    """The stretches of a run, one of which is set below; hidden where nothing changes.

    ``segment_chosen`` carries the updates before the stretch, ``moved`` those wanted before it,
    ``moved_to_epoch`` the epoch that it is to begin with.
    """

    segment_chosen = Signal(int)
    moved = Signal(int)
    moved_to_epoch = Signal(int)
    removed = Signal()
    memory_kept = Signal(bool)
    rate_taken = Signal(float)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._rate = 0.0
        self.segment_list = Choice("stretch", "Which part of the run the settings below are for")
        self.step_edit = _number("after step", _FROM_STEP)
        self.epoch_edit = _number("from epoch", _FROM_EPOCH)
        self._epoch_label = ElidedLabel("from epoch")
        self.remove_button = IconButton(
            "delete", "Remove the change", "What was before goes on instead"
        )
        self._notice = Notice()
        self.keep_switch = Switch(
            "keep memory", "Memory goes over where both rules have it by name"
        )
        self._memory = Disclosure("memory", _MEMORY)
        table = QWidget()
        self._table = QGridLayout(table)
        self._table.setContentsMargins(GRID, 0, 0, 0)
        self._table.setHorizontalSpacing(GRID)
        self._table.setVerticalSpacing(1)
        self._table.setColumnStretch(1, 1)
        self._memory.add(table)
        self.rate_button = TextButton("take η")
        self._change = QWidget()
        self._lay_out()
        self.segment_list.chosen.connect(self._on_chosen)
        self.step_edit.entered.connect(self._on_step)
        self.epoch_edit.entered.connect(self._on_epoch)
        for field in (self.step_edit, self.epoch_edit):
            field.refused.connect(self._notice.set_text)
        self.remove_button.clicked.connect(self.removed)
        self.keep_switch.toggled.connect(self.memory_kept)
        self.rate_button.clicked.connect(self._on_rate)
        self.set_segments((), 0)
        self.set_rate(None)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(ElidedLabel("after step"))
        row.addWidget(self.step_edit)
        row.addWidget(self._epoch_label)
        row.addWidget(self.epoch_edit)
        row.addStretch(1)
        row.addWidget(self.remove_button)
        inside = QVBoxLayout(self._change)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        inside.addLayout(row)
        inside.addWidget(self._notice)
        inside.addWidget(self.keep_switch)
        inside.addWidget(self._memory)
        proposal = QHBoxLayout()
        proposal.addStretch(1)
        proposal.addWidget(self.rate_button)
        inside.addLayout(proposal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.segment_list)
        column.addWidget(self._change)

    def set_segments(self, segments: Sequence[tuple[int, str]], shown: int) -> None:
        """Offer stretches: the updates before each, and its words; none where nothing changes."""
        self.segment_list.set_entries([(after, words, "") for after, words in segments])
        self.segment_list.set_key(shown)
        self._change.hide()
        self.setVisible(bool(segments))

    def set_change(
        self, after: int, epoch: int | None, keep: bool, memory: Sequence[tuple[str, str, str]]
    ) -> None:
        """Show the change that the stretch begins with.

        ``epoch`` None is for a run without batches; ``memory`` has names, what they mean, and what
        becomes of them.
        """
        self.step_edit.set_value(after)
        self.epoch_edit.set_value(epoch)
        for part in (self.epoch_edit, self._epoch_label):
            part.setVisible(epoch is not None)
        self.keep_switch.set_on(keep)
        self.keep_switch.setVisible(bool(memory))
        self._notice.set_text("")
        while (item := self._table.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, meaning, fate) in enumerate(memory):
            label = ElidedLabel(meaning, Tone.MUTED)
            label.set_tip(meaning)
            for column, part in enumerate((ElidedLabel(name), label, ElidedLabel(fate))):
                self._table.addWidget(part, row, column)
        self._memory.set_summary(", ".join(f"{name} {fate}" for name, _, fate in memory))
        self._memory.setVisible(bool(memory))
        self._change.show()

    def set_refusal(self, reason: str) -> None:
        """Say why the change cannot stand there."""
        self._notice.set_text(reason)

    def set_rate(self, rate: float | None) -> None:
        """Offer a learning rate that goes on as the rule before went; None for no offer."""
        self.rate_button.setVisible(rate is not None)
        if rate is None:
            return
        self._rate = float(f"{rate:.4g}")
        number = write_number(self._rate, 0)
        self.rate_button.setText(f"take η = {number}, as SWATS proposes")
        self.rate_button.setAccessibleName(self.rate_button.text())
        self.rate_button.set_tip(
            "The steps before, projected on the gradient and averaged: γ = pᵀp / (−pᵀg)"
        )
        self.rate_button.updateGeometry()

    def memory(self) -> list[tuple[str, str]]:
        """The rows of the table: each memory and what becomes of it."""
        cells = [self._table.itemAtPosition(row, 0) for row in range(self._table.rowCount())]
        found = []
        for row, cell in enumerate(cells):
            fate = self._table.itemAtPosition(row, 2)
            if cell is not None and fate is not None:
                name, words = cell.widget(), fate.widget()
                if isinstance(name, ElidedLabel) and isinstance(words, ElidedLabel):
                    found.append((name.text(), words.text()))
        return found

    def _on_chosen(self, after: object) -> None:
        if isinstance(after, int):
            self.segment_chosen.emit(after)

    def _on_step(self, value: object) -> None:
        if isinstance(value, float):
            self.moved.emit(round(value))

    def _on_epoch(self, value: object) -> None:
        if isinstance(value, float):
            self.moved_to_epoch.emit(round(value))

    def _on_rate(self) -> None:
        self.rate_taken.emit(self._rate)


def _number(name: str, tip: str) -> NumberEdit:
    field = NumberEdit(name, whole=True)
    field.setToolTip(tip)
    field.set_check(lambda value: "" if 1 <= value < 1e7 else "a whole number from 1 is needed")
    return field
