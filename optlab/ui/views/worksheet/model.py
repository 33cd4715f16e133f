"""The rows of a worksheet as a table: equation, numbers put in, results."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from optlab.core.analysis.worksheet import Row, Worksheet, plain_number, plain_value
from optlab.ui.views.worksheet.layout import wrapped

EQUATION, NUMBERS, RESULTS = 0, 1, 2
"""The columns; the results take one for each weight."""
MOST_RESULTS: Final = 4

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class WorksheetModel(QAbstractTableModel):
    """What the table shows; a step changes texts only, another rule changes everything."""

    def __init__(self) -> None:
        super().__init__()
        self._sheet: Worksheet | None = None
        self._rows: tuple[Row, ...] = ()
        self._numbers: list[str] = []
        self._results: list[tuple[str, ...]] = []
        self._forms: list[int] = []
        self._room: list[tuple[int, int]] = []
        self._shortest: list[str] = []
        self.widest_result = ""

    def set_sheet(self, sheet: Worksheet | None) -> bool:
        """Show another step; whether the rows need to be laid out anew."""
        lines = [row.line for row in self._rows]
        size = self.result_columns()
        new_rows = sheet.rows if sheet is not None else ()
        same = [row.line for row in new_rows] == lines
        if same and (sheet is None or _columns(sheet) == size):
            self._sheet, self._rows = sheet, new_rows
            needed = [*self._shortest, self.widest_result]
            self._write()
            if new_rows:
                last = self.index(len(new_rows) - 1, self.columnCount() - 1)
                self.dataChanged.emit(self.index(0, NUMBERS), last)
            return needed != [*self._shortest, self.widest_result]
        self.beginResetModel()
        self._sheet, self._rows = sheet, new_rows
        self._forms = [0] * len(new_rows)
        self._room = [(0, 1)] * len(new_rows)
        self._shortest = [""] * len(new_rows)
        self.widest_result = ""
        self._write()
        self.endResetModel()
        return True

    def rows(self) -> tuple[Row, ...]:
        """The rows shown."""
        return self._rows

    def result_columns(self) -> int:
        """How many columns the results take."""
        return _columns(self._sheet) if self._sheet is not None else 0

    def numbers(self, row: int) -> str:
        """The numbers put into an equation, in the form that has room."""
        return self._numbers[row]

    def results(self, row: int) -> tuple[str, ...]:
        """The results of a row, one per component or a single one."""
        return self._results[row]

    def shortest(self, row: int) -> str:
        """A row's numbers in their shortest form, the longest seen so far."""
        return self._shortest[row]

    def set_room(self, room: list[tuple[int, int]]) -> None:
        """Say for each row how many characters a line of its numbers has, and how many lines.

        A row takes the most detailed form that fits, and never goes back to a longer one while
        the room stays the same, so that stepping does not make it jump.
        """
        if room == self._room:
            return
        self._room = room
        self._forms = [0] * len(self._rows)
        self._write()

    def _write(self) -> None:
        self._numbers, self._results = [], []
        for index, row in enumerate(self._rows):
            self._numbers.append(self._fitting(index, row))
            self._results.append(_result_texts(row, self.result_columns()))
        texts = (text for texts in self._results for text in texts)
        self.widest_result = max((self.widest_result, *texts), key=len)

    def _fitting(self, index: int, row: Row) -> str:
        if not row.forms:
            has_columns = len(row.values) in (1, self.result_columns())
            text = "" if has_columns else plain_value(row.shown)
            self._note(index, text)
            return text
        text = row.numbers(self._forms[index])
        while not self._fits(index, text) and self._forms[index] + 1 < row.forms:
            self._forms[index] += 1
            text = row.numbers(self._forms[index])
        if self._forms[index] + 1 == row.forms:
            self._note(index, text)
        return text

    def _fits(self, index: int, text: str) -> bool:
        characters, lines = self._room[index]
        return len(text) <= characters or (lines > 1 and len(wrapped(text, characters)) <= lines)

    def _note(self, index: int, text: str) -> None:
        if len(text) > len(self._shortest[index]):
            self._shortest[index] = text

    # --- what Qt asks ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One row for each equation."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Equation, numbers, and the results."""
        return 0 if parent.isValid() or not self._rows else RESULTS + self.result_columns()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; everything else is the delegate's business."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and index.column() == EQUATION:
            return self._rows[index.row()].line.help
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of rows and columns, for those who cannot see the table."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._rows[section].line.symbol if section < len(self._rows) else None
        if section in (EQUATION, NUMBERS):
            return ("equation", "with the numbers of this step")[section]
        return f"result, component {section - RESULTS + 1}"

    def _text(self, row: int, column: int) -> str:
        if column == EQUATION:
            return self._rows[row].line.text
        if column == NUMBERS:
            return self._numbers[row]
        texts = self._results[row]
        place = column - RESULTS - (self.result_columns() - len(texts))
        return texts[place] if place >= 0 else ""

    def _tip(self, row: int, column: int) -> str:
        shown = self._rows[row]
        if column == EQUATION:
            lines = [shown.line.text, shown.line.help]
        elif column == NUMBERS:
            lines = [shown.numbers(), shown.result_text()]
        else:
            lines = [f"{shown.line.symbol} = {shown.result_text(full=True)}"]
        return "<qt>" + "<br>".join(escape(line) for line in lines if line) + "</qt>"


def _columns(sheet: Worksheet) -> int:
    return min(sheet.size, MOST_RESULTS)


def _result_texts(row: Row, columns: int) -> tuple[str, ...]:
    """One text for each column; a single one for a scalar, none for what has no columns."""
    if not isinstance(row.shown, tuple):
        return (plain_value(row.shown),)
    if len(row.values) < columns or (columns < MOST_RESULTS and len(row.values) > columns):
        return ()
    return tuple(plain_number(value) for value in row.values[:columns])
