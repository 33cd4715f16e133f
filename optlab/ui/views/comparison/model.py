"""The rows of the comparison as a sortable table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor

from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.labels import Tone, tone_color

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROLE = Qt.ItemDataRole
SORT, COLOR = _ROLE.UserRole, _ROLE.UserRole + 1
"""Roles: the number to sort by, and the run colour of a row."""


@dataclass(frozen=True)
class ColumnShown:
    """A column: its title (lines separated by a line feed), what a tooltip says, whether it
    holds words, and its title where there is little room (empty: the same)."""

    title: str
    tip: str = ""
    words: bool = False
    short: str = ""


@dataclass(frozen=True)
class CellShown:
    """A cell: its text, the number to sort by (nan comes last, whichever way), its tone."""

    text: str
    sort: float = nan
    tone: str = Tone.NORMAL
    tip: str = ""


@dataclass(frozen=True)
class RowShown:
    """A run: its id, the index of its colour, and a cell for each column."""

    run_id: str
    color: int
    cells: tuple[CellShown, ...]


class ComparisonModel(QAbstractTableModel):
    """What the table shows; new numbers of the same runs keep selection and place."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._columns: tuple[ColumnShown, ...] = ()
        self._rows: tuple[RowShown, ...] = ()
        self._tight = False

    def set_tight(self, tight: bool) -> None:
        """Show the short titles, or the whole ones."""
        if tight != self._tight:
            self._tight = tight
            if self._columns:
                last = len(self._columns) - 1
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    def title(self, column: int) -> str:
        """The title shown over a column."""
        shown = self._columns[column]
        return (self._tight and shown.short) or shown.title

    def set_table(self, columns: Sequence[ColumnShown], rows: Sequence[RowShown]) -> bool:
        """Show these rows; whether columns or runs are others than before."""
        same = len(self._columns) == len(columns) and _ids(self._rows) == _ids(rows)
        if not same:
            self.beginResetModel()
        titles_differ = tuple(columns) != self._columns
        self._columns, self._rows = tuple(columns), tuple(rows)
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(columns) - 1))
        if same and titles_differ and columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)
        return not same or titles_differ

    def rows(self) -> tuple[RowShown, ...]:
        """The rows, unsorted."""
        return self._rows

    def columns(self) -> tuple[ColumnShown, ...]:
        """The columns."""
        return self._columns

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        row = self._rows[index.row()]
        cell = row.cells[index.column()]
        if role == _ROLE.DisplayRole:
            return cell.text
        if role == SORT:
            return float(index.row()) if index.column() == 0 else cell.sort
        if role == COLOR:
            return row.color
        if role == _ROLE.ForegroundRole:
            return QColor(tone_color(cell.tone, theme_of(self)))
        if role == _ROLE.TextAlignmentRole:
            return self._align(index.column())
        if role == _ROLE.ToolTipRole:
            return cell.tip or cell.text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == _ROLE.DisplayRole:
            return self.title(section)
        if role == _ROLE.ToolTipRole:
            return column.tip
        if role == _ROLE.AccessibleTextRole:
            return column.title.replace("\n", " ")
        if role == _ROLE.TextAlignmentRole:
            return self._align(section)
        return None

    def _align(self, column: int) -> int:
        words = self._columns[column].words
        side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
        return int(side | Qt.AlignmentFlag.AlignVCenter)


class SortedRuns(QSortFilterProxyModel):
    """Rows by the numbers of a column; what has no number comes last both ways."""

    def __init__(self, source: ComparisonModel) -> None:
        super().__init__()
        self.setSourceModel(source)
        self.setSortRole(SORT)

    def lessThan(self, left: Index, right: Index) -> bool:
        one, other = float(left.data(SORT)), float(right.data(SORT))
        if isnan(one) or isnan(other):
            upwards = self.sortOrder() == Qt.SortOrder.AscendingOrder
            return (not isnan(one)) == upwards if isnan(one) != isnan(other) else False
        return one < other


def _ids(rows: Sequence[RowShown]) -> list[str]:
    return [row.run_id for row in rows]
