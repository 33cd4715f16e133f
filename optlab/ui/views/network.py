"""The panel of a network: its hidden layers, activation, initial weights and loss."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optlab.ui.widgets.buttons import IconButton
from optlab.ui.widgets.choice import Choice
from optlab.ui.widgets.labels import ElidedLabel, Notice, SectionTitle, Tone
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID, MARGIN

MOST_HIDDEN = 6
"""Hidden layers that the panel adds; files and the command line may have more."""
_USUAL_UNITS = 8
_MOST_UNITS = 100_000


class NetworkPanel(QWidget):
    """Number and width of the hidden layers by − and +, and what else makes a network."""

    hidden_edited = Signal(object)
    """The units of each hidden layer."""
    choice_edited = Signal(str, str)
    """``activation``, ``init`` or ``loss``, and its value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Network")
        self._hidden: tuple[int, ...] = ()
        self._size = ElidedLabel("", Tone.MUTED)
        self._count = ElidedLabel("")
        self._fewer = IconButton("minus", "Take a layer away", "One hidden layer less")
        self._more = IconButton("add", "Add a layer", "One hidden layer more")
        self._rows: list[_LayerRow] = []
        self._layers = QVBoxLayout()
        self._layers.setSpacing(1)
        self._choices = {
            "activation": Choice("activation", "What the units of hidden layers do"),
            "init": Choice("initial weights", "How the seed becomes the initial weights"),
            "loss": Choice("loss", "What is minimised over the rows to train on"),
        }
        self._notice = Notice()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        column.setSpacing(GRID // 2)
        title = QHBoxLayout()
        title.addWidget(SectionTitle("Network"), 1)
        title.addWidget(self._size)
        column.addLayout(title)
        column.addLayout(_row("hidden layers", self._fewer, self._count, self._more))
        column.addLayout(self._layers)
        for choice in self._choices.values():
            column.addWidget(choice)
        column.addWidget(self._notice)
        self._fewer.clicked.connect(self._on_fewer)
        self._more.clicked.connect(self._on_more)
        for name, choice in self._choices.items():
            choice.setObjectName(name)
            choice.chosen.connect(self._on_choice)

    def offer(self, name: str, entries: Sequence[tuple[str, str, str]]) -> None:
        """Offer values of ``activation``, ``init`` or ``loss``: key, text, help."""
        self._choices[name].set_entries(entries)

    def set_network(self, sizes: Sequence[int], weights: int, **chosen: str) -> None:
        """Show a network: the units of all its layers, inputs first, and what was chosen."""
        self._hidden = tuple(sizes[1:-1])
        self._size.set_text(f"{'-'.join(map(str, sizes))}, {weights} weights")
        self._count.set_text(str(len(self._hidden)))
        self._fewer.setEnabled(bool(self._hidden))
        self._more.setEnabled(len(self._hidden) < MOST_HIDDEN)
        self._notice.set_text("")
        while len(self._rows) < len(self._hidden):
            row = _LayerRow(len(self._rows))
            row.units_edited.connect(self._on_units)
            row.refused.connect(self._notice.set_text)
            self._rows.append(row)
            self._layers.addWidget(row)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(self._hidden))
            if index < len(self._hidden):
                row.set_units(self._hidden[index])
        for name, key in chosen.items():
            self._choices[name].set_key(key)

    def choice(self, name: str) -> Choice:
        """The row of ``activation``, ``init`` or ``loss``."""
        return self._choices[name]

    def buttons(self) -> tuple[IconButton, IconButton]:
        """One layer less, one more."""
        return self._fewer, self._more

    def layer(self, index: int) -> _LayerRow:
        """The row of a hidden layer, from 0."""
        return self._rows[index]

    def _on_fewer(self) -> None:
        self.hidden_edited.emit(self._hidden[:-1])

    def _on_more(self) -> None:
        units = self._hidden[-1] if self._hidden else _USUAL_UNITS
        self.hidden_edited.emit((*self._hidden, units))

    def _on_units(self, index: int, units: int) -> None:
        self.hidden_edited.emit((*self._hidden[:index], units, *self._hidden[index + 1 :]))

    def _on_choice(self, key: object) -> None:
        self.choice_edited.emit(self.sender().objectName(), str(key))


class _LayerRow(QWidget):
    """The units of one hidden layer."""

    units_edited = Signal(int, int)
    refused = Signal(str)

    def __init__(self, index: int) -> None:
        super().__init__()
        self._index = index
        name = f"layer {index + 1}"
        self.fewer = IconButton("minus", f"One unit less in {name}", "One unit less")
        self.more = IconButton("add", f"One unit more in {name}", "One unit more")
        self.units = NumberEdit(f"Units of {name}", quiet=True, whole=True)
        self.units.set_check(_units)
        row = _row(name, self.fewer, self.units, self.more)
        row.setContentsMargins(GRID, 0, 0, 0)
        self.setLayout(row)
        self.fewer.clicked.connect(self._on_fewer)
        self.more.clicked.connect(self._on_more)
        self.units.entered.connect(self._on_entered)
        self.units.refused.connect(self.refused)

    def set_units(self, units: int) -> None:
        """Show how many units there are."""
        self.units.set_value(float(units))
        self.fewer.setEnabled(units > 1)

    def _on_fewer(self) -> None:
        self.units_edited.emit(self._index, int(self.units.value() or 2) - 1)

    def _on_more(self) -> None:
        self.units_edited.emit(self._index, int(self.units.value() or 0) + 1)

    def _on_entered(self, value: object) -> None:
        if isinstance(value, float):
            self.units_edited.emit(self._index, int(value))


def _row(text: str, *widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID // 2)
    label = ElidedLabel(text)
    label.reserve(text)
    row.addWidget(label)
    row.addStretch(1)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _units(value: float) -> str:
    if value == int(value) and 1 <= value <= _MOST_UNITS:
        return ""
    return f"a whole number from 1 to {_MOST_UNITS} is needed"
