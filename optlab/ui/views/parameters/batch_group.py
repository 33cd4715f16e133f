"""Which rows, and which older weights, the gradients of a run are taken from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from optlab.ui.widgets.buttons import Switch, TextButton
from optlab.ui.widgets.labels import Notice
from optlab.ui.widgets.layouts import Disclosure
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.setting_rows import labelled_row


@dataclass(frozen=True)
class _Field:
    name: str
    words: str
    empty: str
    tip: str


_NUMBERS: Final = (
    _Field("batch", "batch size", "all rows", "Rows of a mini-batch; empty takes all rows"),
    _Field("epochs", "epochs", "", "How often the run goes through all rows; changes the steps"),
    _Field("workers", "workers", "1", "Each takes a batch; a step averages their gradients"),
    _Field("share", "written share", "all", "Share of the weights that an update writes (Hogwild)"),
    _Field("loss_every", "full loss every", "auto", "Steps between losses on all rows"),
)
_DELAY_TIP = "Updates that a gradient is old: 3, or uniform:3 for a random age from 0 to 3"


class BatchGroup(QWidget):
    """Mini-batches, epochs, workers and old gradients, folded under one line."""

    treatment_edited = Signal(str, object)
    epochs_edited = Signal(int)
    for_all_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = Disclosure("batches", "Rows and weights that gradients are taken from")
        self._notice = Notice()
        self._fields: dict[str, NumberEdit] = {}
        for field in _NUMBERS:
            share = field.name == "share"
            epochs = field.name == "epochs"
            edit = NumberEdit(field.words, optional=not epochs, whole=not (share or epochs))
            edit.setObjectName(field.name)
            edit.setPlaceholderText(field.empty)
            edit.setToolTip(field.tip)
            edit.set_check(_share if share else _whole)
            edit.entered.connect(self._on_number)
            edit.refused.connect(self._notice.set_text)
            self._fields[field.name] = edit
            self._group.add(labelled_row(field.words, field.tip, edit))
        self._delay = QLineEdit()
        self._delay.setAccessibleName("Age of the gradients")
        self._delay.setPlaceholderText("none")
        self._delay.setToolTip(_DELAY_TIP)
        self._delay.setMaximumWidth(self._fields["batch"].sizeHint().width())
        self._group.add(labelled_row("delay", _DELAY_TIP, self._delay))
        self._shuffle = Switch("shuffle", "A new random order for every epoch, by the seed")
        self._turns = Switch("asynchronous", "Workers take turns; their gradients are old")
        for switch in (self._shuffle, self._turns):
            self._group.add(switch)
        self.for_all = TextButton("use for all runs", "Give every run these settings of batches")
        self._group.add(self.for_all)
        self._group.add(self._notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._group)
        self._delay.editingFinished.connect(self._on_delay)
        self._shuffle.clicked.connect(self._on_shuffle)
        self._turns.clicked.connect(self._on_turns)
        self.for_all.clicked.connect(self._on_all)
        self._shown_delay = ""

    def set_treatment(self, values: Mapping[str, object], epochs: float) -> None:
        """Show the settings of a run, and how many epochs its steps are."""
        for name in ("batch", "share", "loss_every"):
            value = values.get(name)
            self._fields[name].set_value(float(value) if isinstance(value, (int, float)) else None)
        workers = values.get("workers", 1)
        self._fields["workers"].set_value(float(workers) if isinstance(workers, int) else 1.0)
        self._fields["epochs"].set_value(epochs)
        self._shown_delay = str(values.get("delay") or "")
        self._delay.setText(self._shown_delay)
        self._shuffle.set_on(bool(values.get("shuffle", True)))
        self._turns.set_on(values.get("mode") == "asynchronous")
        self._notice.set_text("")
        self._group.set_summary(_summary(values))

    def set_refusal(self, text: str) -> None:
        """Say why a setting was not taken."""
        self._notice.set_text(text)

    def field(self, name: str) -> NumberEdit:
        """The field of a number. Raises KeyError."""
        return self._fields[name]

    def delay(self) -> QLineEdit:
        """The field of the delay."""
        return self._delay

    def switches(self) -> tuple[Switch, Switch]:
        """Shuffling, and workers that take turns."""
        return self._shuffle, self._turns

    def group(self) -> Disclosure:
        """The folding line."""
        return self._group

    def _on_number(self, value: object) -> None:
        name = self.sender().objectName()
        if name == "epochs":
            if isinstance(value, float):
                self.epochs_edited.emit(int(value))
            return
        if name == "workers":
            value = 1.0 if value is None else value
        if isinstance(value, float) and name != "share":
            value = int(value)
        self.treatment_edited.emit(name, value)

    def _on_delay(self) -> None:
        text = self._delay.text().strip()
        if text != self._shown_delay:
            self._shown_delay = text
            self.treatment_edited.emit("delay", text)

    def _on_shuffle(self, on: bool) -> None:
        self.treatment_edited.emit("shuffle", on)

    def _on_turns(self, on: bool) -> None:
        self.treatment_edited.emit("mode", "asynchronous" if on else "synchronous")

    def _on_all(self) -> None:
        self.for_all_pressed.emit()


def _summary(values: Mapping[str, object]) -> str:
    """What differs from the full gradient at the weights of the step."""
    batch, workers, delay = values.get("batch"), values.get("workers", 1), values.get("delay")
    parts = ["all rows" if batch is None else f"{batch} rows"]
    if workers != 1:
        parts.append(f"{workers} workers")
    if delay:
        parts.append(f"delay {delay}")
    return ", ".join(parts)


def _whole(value: float) -> str:
    return "" if value == int(value) and value >= 1 else "a whole number from 1 is needed"


def _share(value: float) -> str:
    return "" if 0.0 < value <= 1.0 else "a share above 0, at most 1, is needed"
