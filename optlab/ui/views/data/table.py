"""The rows of the data as a table."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from optlab.core.data import Table
from optlab.core.display import display_symbol, short
from optlab.ui.style import fonts
from optlab.ui.widgets.table import QuietTable

_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
_MOST_COLUMNS = 200
_WIDTH, _NUMBERS = 66, 40


class RowsModel(QAbstractTableModel):
    """Rows and columns; the target is the last one and says so."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._table: Table | None = None

    def set_table(self, table: Table | None) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: _Index = _NONE) -> int:
        """How many rows there are."""
        return 0 if self._table is None or parent.isValid() else self._table.rows

    def columnCount(self, parent: _Index = _NONE) -> int:
        """The number of the row, then the columns."""
        if self._table is None or parent.isValid():
            return 0
        return 1 + min(len(self._table.names), _MOST_COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A number as people write it."""
        if self._table is None or not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return str(index.row() + 1)
            column = self._table.columns[self._table.names[index.column() - 1]]
            return short(float(column[index.row()]))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns."""
        if orientation != Qt.Orientation.Horizontal or self._table is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole:
            if section == 0:
                return "row"
            name = self._table.names[section - 1]
            return (
                f"{display_symbol(name)} ▸" if name == self._table.target else display_symbol(name)
            )
        if role == Qt.ItemDataRole.ToolTipRole and section:
            name = self._table.names[section - 1]
            return f"{name}: the target" if name == self._table.target else name
        return None


class RowsTable(QuietTable):
    """The rows of the data, to be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Rows of the data", parent)
        self._model = RowsModel(self)
        self.setModel(self._model)
        self.setFont(fonts.number_font(fonts.NOTE))
        head = self.horizontalHeader()
        head.setFont(fonts.ui_font(fonts.NOTE))
        head.setHighlightSections(False)
        head.setDefaultSectionSize(_WIDTH)
        self.verticalHeader().setDefaultSectionSize(20)

    def set_table(self, table: Table | None) -> None:
        """Show other rows."""
        self._model.set_table(table)
        if table is not None:
            self.setColumnWidth(0, _NUMBERS)
