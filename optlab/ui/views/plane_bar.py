"""The line over the map of a loss of many weights: which plane it is, and how far it is true."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.paint import GRID

Entry = tuple[object, str, str]
"""Key, text, and what a tooltip says about it."""


class PlaneBar(QWidget):
    """Chooses the plane, of two weights which ones; shows what it holds and its read-out.

    ``weight_chosen`` carries the axis (0 or 1) and the number of the weight, from 1.
    """

    kind_chosen = Signal(object)
    weight_chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Plane")
        self._kind = DropDown("Plane")
        self._kind.chosen.connect(self.kind_chosen)
        self._weights = DropDown("Weight to the right"), DropDown("Weight upwards")
        self._held, self._readout = ElidedLabel("", Tone.MUTED), ElidedLabel("", Tone.MUTED)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        row.setSpacing(GRID)
        row.addWidget(self._kind)
        for weight in self._weights:
            weight.chosen.connect(self._choose_weight)
            weight.hide()
            row.addWidget(weight)
        row.addWidget(self._held, 0)
        self._readout.set_alignment(Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._readout, 1)

    def _choose_weight(self, number: object) -> None:
        axis = next(i for i, weight in enumerate(self._weights) if weight is self.sender())
        self.weight_chosen.emit(axis, number)

    def kind(self) -> DropDown:
        """The list of kinds."""
        return self._kind

    def weight(self, axis: int) -> DropDown:
        """The list of weights of an axis."""
        return self._weights[axis]

    def set_kinds(self, kinds: Sequence[Entry], chosen: str) -> None:
        """Offers kinds of planes."""
        self._kind.set_entries(kinds)
        self._kind.set_key(chosen)

    def set_weights(self, weights: Sequence[Entry], chosen: tuple[int, int]) -> None:
        """Offers weights for both axes; none for a plane that is not of two weights."""
        for drop_down, number in zip(self._weights, chosen, strict=True):
            drop_down.set_entries(weights)
            drop_down.set_key(number)
            drop_down.setVisible(bool(weights))

    def set_held(self, text: str, tip: str) -> None:
        """Shows how much of the paths the plane holds; the ``tip`` is the whole sentence."""
        self._held.set_text(text)
        self._held.set_tip(tip)
        self._held.setVisible(bool(text))

    def set_readout(self, text: str, tip: str) -> None:
        """Shows the true loss at the step, and that of the plane."""
        self._readout.set_text(text)
        self._readout.set_tip(tip)

    def texts(self) -> tuple[str, str]:
        """What it says of the plane and of the step."""
        return self._held.text(), self._readout.text()
