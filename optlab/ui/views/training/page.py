"""The training page: models over the data, and the weights of the selected run below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from optlab.ui.views.training.layers import LayersView
from optlab.ui.views.training.models import ModelsView
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.paint import GRID, set_tip


class TrainingPage(QWidget):
    """Models above, heat maps of the weights and of chosen memory below; or why there are none."""

    memory_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Training")
        self.models, self.layers = ModelsView(), LayersView()
        self._reason = QLabel()
        self._reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._reason.setWordWrap(True)
        self._reason.setMargin(4 * GRID)
        self._reason.hide()
        self._whose = ElidedLabel("", Tone.MUTED)
        self._memory = DropDown("Memory beside the weights")
        set_tip(self._memory, "What is shown beside the weights, in their shapes")
        head = QHBoxLayout()
        head.setContentsMargins(GRID, 2, GRID, 0)
        head.addWidget(self._whose, 1)
        head.addWidget(self._memory)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.layers, 1)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        above = QWidget()
        pages = QVBoxLayout(above)
        pages.setContentsMargins(0, 0, 0, 0)
        pages.addWidget(self.models, 1)
        pages.addWidget(self._reason, 1)
        self._split.addWidget(above)
        self._split.addWidget(below)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 1)
        self._below = below
        self._split.setSizes([390, 170])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        self._memory.chosen.connect(self._on_memory)

    def set_reason(self, sentence: str) -> None:
        """Say why there is no model to draw; empty shows the models."""
        self._reason.setText(sentence)
        self._reason.setVisible(bool(sentence))
        self.models.setVisible(not sentence)

    def reason(self) -> str:
        """Why there is no model to draw."""
        return self._reason.text()

    def set_weights_of(self, text: str) -> None:
        """Say whose weights are shown below; an empty text hides them."""
        self._whose.set_text(text)
        self._below.setVisible(bool(text))

    def set_memories(self, entries: Sequence[tuple[str, str, str]], key: str) -> None:
        """Offer what can stand beside the weights."""
        self._memory.set_entries(entries)
        self._memory.set_key(key)

    def memory(self) -> DropDown:
        """The list of what can stand beside the weights."""
        return self._memory

    def _on_memory(self, key: object) -> None:
        self.memory_chosen.emit(str(key))
