"""The data panel: source and settings at the left, the rows, and a picture of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from optlab.core.data import Table
from optlab.pictures.training import Rows
from optlab.ui.views.data.scatter import Scatter
from optlab.ui.views.data.table import RowsTable
from optlab.ui.widgets.buttons import IconButton, Switch
from optlab.ui.widgets.choice import Choice, DropDown
from optlab.ui.widgets.labels import ElidedLabel, Notice, Tone
from optlab.ui.widgets.layouts import Column
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.paint import GRID, set_tip

_ABREAST = 2
_SHARE_TIP = "The share of the rows that is kept for the test and not trained on"
_SEED_TIP = "Decides which rows are kept for the test"


@dataclass(frozen=True)
class DataNumber:
    """A number that a generator takes."""

    name: str
    value: float
    low: float
    high: float
    whole: bool


class DataPanel(QWidget):
    """Choose data, say how they are used, and look at them."""

    source_chosen = Signal(str)
    number_edited = Signal(str, float)
    test_edited = Signal(float)
    split_seed_edited = Signal(int)
    standardize_toggled = Signal(bool)
    target_chosen = Signal(str)
    sides_chosen = Signal(str, str)
    import_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Data")
        self._facts = ElidedLabel("", Tone.MUTED)
        self._source = DropDown("Data", boxed=True)
        self._source.setPlaceholderText("no data")
        set_tip(self._source, "A generator, a shipped table, or one of this experiment")
        self._import = IconButton("open", "Import data", "Import data from a CSV file…")
        self._numbers: dict[str, NumberEdit] = {}
        self._grid = QGridLayout()
        self.test_share = NumberEdit("Share of rows for the test", quiet=True)
        self.test_share.setToolTip(_SHARE_TIP)
        self._seed = NumberEdit("Seed of the split", quiet=True, whole=True)
        self._seed.setToolTip(_SEED_TIP)
        self._standardize = Switch("standardise", "Inputs with mean 0 and standard deviation 1")
        self._target = Choice("target", "The column that the model answers")
        self._across, self._upwards = DropDown("Column across"), DropDown("Column upwards")
        self._notice = Notice()
        self.table, self.scatter = RowsTable(), Scatter()
        self._arrange()
        self._connect()

    def header(self) -> QWidget:
        """What stands beside the tabs: how many rows there are."""
        return self._facts

    def set_facts(self, text: str) -> None:
        """Say how many rows there are, and what was dropped."""
        self._facts.set_text(text)

    def set_sources(self, entries: Sequence[tuple[str, str, str]], key: str) -> None:
        """Offer these data: key, name, what they are."""
        self._source.set_entries(entries)
        self._source.set_key(key)

    def set_numbers(self, numbers: Sequence[DataNumber]) -> None:
        """Show the numbers that a generator takes; the fields stay while the names do."""
        if [number.name for number in numbers] != list(self._numbers):
            self._make_fields(numbers)
        for number in numbers:
            self._numbers[number.name].set_value(number.value)

    def set_split(self, test: float, seed: int, standardize: bool) -> None:
        """Show how the rows are used."""
        self.test_share.set_value(test)
        self._seed.set_value(float(seed))
        self._standardize.set_on(standardize)

    def set_target(self, names: Sequence[str], target: str) -> None:
        """Offer the columns as the target."""
        self._target.set_entries([(name, name, "") for name in names])
        self._target.set_key(target)

    def set_data(self, table: Table | None, rows: Rows | None, names: Sequence[str]) -> None:
        """Show the rows of a table, and a picture whose sides may be any of the columns."""
        self.table.set_table(table)
        self.scatter.set_rows(rows)
        for side, drop_down in enumerate((self._across, self._upwards)):
            drop_down.set_entries([(name, name, "") for name in names])
            drop_down.set_key(rows.names[side] if rows is not None else None)
        for widget in (self._controls, self.table, self._picture):
            widget.setEnabled(table is not None or widget is self._controls)

    def set_refusal(self, text: str) -> None:
        """Say why data could not be taken; empty says nothing."""
        self._notice.set_text(text)

    def refusal(self) -> str:
        """Why data could not be taken."""
        return self._notice.text()

    def source(self) -> DropDown:
        """The list of data."""
        return self._source

    def number(self, name: str) -> NumberEdit:
        """The field of a generator's number. Raises KeyError."""
        return self._numbers[name]

    def standardize(self) -> Switch:
        """The switch that standardises."""
        return self._standardize

    def target(self) -> DropDown:
        """The list of columns that can be the target."""
        return self._target.drop_down

    def _arrange(self) -> None:
        self._controls = Column("Settings of the data")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID)
        column.setSpacing(4)
        first = QHBoxLayout()
        first.addWidget(self._source, 1)
        first.addWidget(self._import)
        column.addLayout(first)
        for place in range(_ABREAST):
            self._grid.setColumnStretch(2 * place + 1, 1)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(1)
        column.addLayout(self._grid)
        split = QHBoxLayout()
        split.setSpacing(GRID)
        for text, field, tip in (
            ("test share", self.test_share, _SHARE_TIP),
            ("split seed", self._seed, _SEED_TIP),
        ):
            split.addWidget(_label(text, tip))
            split.addWidget(field, 1)
        column.addLayout(split)
        column.addWidget(self._standardize)
        column.addWidget(self._target)
        column.addWidget(self._notice)
        self._controls.add(inside)
        self._picture = QWidget()
        beside = QVBoxLayout(self._picture)
        beside.setContentsMargins(0, 0, GRID, 0)
        beside.setSpacing(0)
        sides = QHBoxLayout()
        sides.addStretch(1)
        sides.addWidget(self._upwards)
        sides.addWidget(ElidedLabel("over", Tone.MUTED))
        sides.addWidget(self._across)
        beside.addLayout(sides)
        beside.addWidget(self.scatter, 1)
        whole = QSplitter()
        whole.setChildrenCollapsible(False)
        for index, (part, share) in enumerate(
            ((self._controls, 0), (self.table, 1), (self._picture, 1))
        ):
            whole.addWidget(part)
            whole.setStretchFactor(index, share)
        whole.setSizes([270, 270, 240])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(whole)

    def _make_fields(self, numbers: Sequence[DataNumber]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._numbers = {}
        for place, number in enumerate(numbers):
            field = NumberEdit(f"{number.name} of the data", quiet=True, whole=number.whole)
            field.setObjectName(number.name)
            kind = "a whole number" if number.whole else "a number"
            field.setToolTip(f"{number.name}: {kind} from {number.low:g} to {number.high:g}")
            field.set_check(_between(number))
            field.entered.connect(self._on_number)
            field.refused.connect(self._notice.set_text)
            row, side = divmod(place, _ABREAST)
            self._grid.addWidget(_label(number.name, field.toolTip()), row, 2 * side)
            self._grid.addWidget(field, row, 2 * side + 1)
            self._numbers[number.name] = field

    def _connect(self) -> None:
        self._source.chosen.connect(self._on_source)
        self._import.clicked.connect(self._on_import)
        self.test_share.set_check(_share)
        self._seed.set_check(_whole)
        self.test_share.entered.connect(self._on_test)
        self._seed.entered.connect(self._on_seed)
        for field in (self.test_share, self._seed):
            field.refused.connect(self._notice.set_text)
        self._standardize.clicked.connect(self.standardize_toggled)
        self._target.chosen.connect(self._on_target)
        self._across.chosen.connect(self._on_sides)
        self._upwards.chosen.connect(self._on_sides)

    def _on_source(self, key: object) -> None:
        self.source_chosen.emit(str(key))

    def _on_import(self) -> None:
        self.import_pressed.emit()

    def _on_number(self, value: object) -> None:
        if isinstance(value, float):
            self.number_edited.emit(self.sender().objectName(), value)

    def _on_test(self, value: object) -> None:
        if isinstance(value, float):
            self.test_edited.emit(value)

    def _on_seed(self, value: object) -> None:
        if isinstance(value, float):
            self.split_seed_edited.emit(int(value))

    def _on_target(self, key: object) -> None:
        self.target_chosen.emit(str(key))

    def _on_sides(self, _key: object) -> None:
        self.sides_chosen.emit(str(self._across.key()), str(self._upwards.key()))


def _label(text: str, tip: str) -> ElidedLabel:
    label = ElidedLabel(text)
    label.set_tip(tip)
    label.reserve(text)
    return label


def _share(value: float) -> str:
    return "" if 0.0 <= value < 1.0 else "a share from 0 to below 1 is needed"


def _whole(value: float) -> str:
    return "" if value == int(value) and 0 <= value < 2**31 else "a whole number from 0 is needed"


def _between(number: DataNumber) -> Callable[[float], str]:
    def check(value: float) -> str:
        fits = number.low <= value <= number.high and (not number.whole or value == int(value))
        kind = "a whole number" if number.whole else "a number"
        return "" if fits else f"{kind} from {number.low:g} to {number.high:g} is needed"

    return check
