"""The page of a study: what is varied and how it is judged, and the charts of its trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from optlab.ui.views.tuning.trials_page import TrialsPage
from optlab.ui.widgets.buttons import Toggle
from optlab.ui.widgets.choice import Choice, DropDown
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID
from optlab.ui.widgets.setting_rows import NumberRow

SCALES = (
    ("linear", "even", "Equal steps"),
    ("log", "log", "Equal factors"),
    ("decay", "decay", "Equal factors of the distance from 1"),
)


@dataclass(frozen=True)
class AxisItem:
    """A setting that can be varied: its range, None for an option, and whether it is."""

    name: str
    symbol: str
    help: str
    low: float | None
    high: float | None
    scale: str
    varied: bool


class _AxisRow(QWidget):
    """A chip that takes a setting into the study, its range and scale."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chip = Toggle("", "Vary this setting")
        self.low, self.high = NumberEdit("Lowest value"), NumberEdit("Highest value")
        self.scale = DropDown("Scale")
        self.scale.set_entries(list(SCALES))
        self.scale.setFixedWidth(self.fontMetrics().horizontalAdvance("decay") + 34)
        for field in (self.low, self.high):
            field.setFixedWidth(68)
        self._dash = ElidedLabel("–", Tone.MUTED)
        self.item = AxisItem("", "", "", None, None, "linear", False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(GRID // 2)
        row.addWidget(self.chip)
        row.addStretch(1)
        for widget in (self.low, self._dash, self.high, self.scale):
            row.addWidget(widget)
        self.chip.clicked.connect(self._tell)
        self.scale.chosen.connect(self._tell)
        for field in (self.low, self.high):
            field.entered.connect(self._tell)

    def set_item(self, item: AxisItem) -> None:
        self.item = item
        self.chip.setText(item.symbol)
        self.chip.setAccessibleName(f"Vary {item.name}")
        self.chip.set_tip(item.help)
        self.chip.set_on(item.varied)
        self.chip.updateGeometry()
        ranged = item.varied and item.low is not None
        for widget in (self.low, self._dash, self.high, self.scale):
            widget.setVisible(ranged)
        if item.low is not None and item.high is not None:
            self.low.set_value(item.low)
            self.high.set_value(item.high)
            self.scale.set_key(item.scale)

    def now(self) -> AxisItem:
        """What the row says now."""
        ranged = self.item.low is not None
        return AxisItem(
            self.item.name,
            self.item.symbol,
            self.item.help,
            self.low.value() if ranged else None,
            self.high.value() if ranged else None,
            str(self.scale.key()),
            self.chip.isChecked(),
        )

    def _tell(self, *_value: object) -> None:
        self.changed.emit()


class StudyPage(TrialsPage):
    """What a person sets of a study; ``field_set`` says which field, and its value."""

    run_chosen = Signal(str)
    axes_changed = Signal(object)  # tuple[AxisItem, ...]
    field_set = Signal(str, object)
    best_pressed = Signal()

    def __init__(self) -> None:
        super().__init__("Tune")
        self.run = Choice("run", "The run whose settings are searched")
        self._axes: list[_AxisRow] = []
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.sampler = Choice("sampler", "How the next settings are found")
        self.trials = NumberRow("trials", "How many settings are tried", whole=True)
        self.seeds = NumberRow("seeds", "Runs of each setting; the median counts", whole=True)
        self.gradients = NumberRow(
            "gradients", "The budget of a run; empty for its steps", optional=True, whole=True
        )
        self.measure = Choice("judged by", "What is as small as possible")
        self.target = NumberRow("target E", "The loss that counts as reached", optional=True)
        self.click = Choice("a click on a trial", "What becomes of it")
        self.click.set_entries([("add", "adds a run", ""), ("set", "sets the run", "")])
        self.click.set_key("add")
        self.best_button = QPushButton("Take the best")
        self.best_button.setToolTip("Give the run the settings of the best trial")
        self.rows.addWidget(self.run)
        self.rows.addLayout(self._column)
        widgets = (self.sampler, self.trials, self.seeds, self.gradients, self.measure, self.target)
        for widget in widgets:
            self.rows.addWidget(widget)
        self.below.addWidget(self.click)
        self.below.addWidget(self.best_button)
        self.run.chosen.connect(self._on_run)
        self.sampler.chosen.connect(partial(self.field_set.emit, "sampler"))
        self.measure.chosen.connect(partial(self.field_set.emit, "measure"))
        for name in ("trials", "seeds", "gradients", "target"):
            getattr(self, name).entered.connect(partial(self.field_set.emit, name))
        self.best_button.clicked.connect(self._on_best)

    def set_axes(self, items: Sequence[AxisItem]) -> None:
        """Offer these settings."""
        while len(self._axes) < len(items):
            row = _AxisRow()
            row.changed.connect(self._on_axes)
            self._axes.append(row)
            self._column.addWidget(row)
        for index, row in enumerate(self._axes):
            row.setVisible(index < len(items))
            if index < len(items):
                row.set_item(items[index])

    def axis_row(self, name: str) -> _AxisRow:
        """The row of a setting."""
        return next(row for row in self._axes if row.item.name == name)

    def click_adds(self) -> bool:
        """Whether a click adds a run, or sets the one that is tuned."""
        return self.click.drop_down.key() == "add"

    def _on_axes(self) -> None:
        # Not isVisible: the page itself may be hidden.
        self.axes_changed.emit(tuple(row.now() for row in self._axes if not row.isHidden()))

    def _on_run(self, key: object) -> None:
        self.run_chosen.emit(str(key))

    def _on_best(self) -> None:
        self.best_pressed.emit()
