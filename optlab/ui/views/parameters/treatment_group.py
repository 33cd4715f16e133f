"""What happens to a gradient before the rule sees it, folded under one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from optlab.ui.widgets.labels import Notice
from optlab.ui.widgets.layouts import Disclosure
from optlab.ui.widgets.numbers import NumberEdit, write_number
from optlab.ui.widgets.setting_rows import labelled_row

# name, words in the row, words in the summary, may be zero, explanation
TREATMENTS: Final = (
    ("clip_norm", "clip norm", "clip norm", False, "Shorten the gradient to at most this length"),
    ("clip_value", "clip value", "clip", False, "Limit each component to ± this value"),
    ("l2", "L2 decay λ", "L2", True, "Add λ·w to the gradient"),
    ("noise", "noise σ", "noise", True, "Add normal noise of this deviation, drawn from the seed"),
    (
        "noise_relative",
        "relative noise",
        "noise ×",
        True,
        "Add normal noise to each component, this share of its size, drawn from the seed",
    ),
)


class TreatmentGroup(QWidget):
    """Optional numbers; an empty field means the treatment is off."""

    treatment_edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._group = Disclosure("clip · noise · decay", "What happens to the gradient first")
        self._fields: dict[str, NumberEdit] = {}
        self._notice = Notice()
        for name, words, _, zero, tip in TREATMENTS:
            field = NumberEdit(words, optional=True)
            field.setObjectName(name)
            field.setPlaceholderText("off")
            field.setToolTip(tip)
            field.set_check(_not_negative if zero else _positive)
            field.entered.connect(self._on_entered)
            field.refused.connect(self._notice.set_text)
            self._fields[name] = field
            self._group.add(labelled_row(words, tip, field))
        self._group.add(self._notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._group)
        self.set_treatment({})

    def set_treatment(self, values: Mapping[str, float | None]) -> None:
        """Show the values; a missing one and zero are off."""
        on = []
        for name, _, short, _, _ in TREATMENTS:
            value = values.get(name) or None
            self._fields[name].set_value(value)
            if value is not None:
                on.append(f"{short} {write_number(value, 0)}")
        self._group.set_summary(", ".join(on) or "none")

    def field(self, name: str) -> NumberEdit:
        """The field of one treatment. Raises KeyError for an unknown name."""
        return self._fields[name]

    def group(self) -> Disclosure:
        """The folding line."""
        return self._group

    def _on_entered(self, value: object) -> None:
        self.treatment_edited.emit(self.sender().objectName(), value)


def _positive(value: float) -> str:
    return "" if value > 0 else "a number above 0 is needed, or nothing"


def _not_negative(value: float) -> str:
    return "" if value >= 0 else "a number from 0 is needed, or nothing"
