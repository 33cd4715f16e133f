"""The editor of rules, surfaces and schedules: formulas with their mistakes, tables, typeset below.

Every text that is right is a change of the experiment, so the runs follow each key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from optlab.core.formula.dialects.latex import latex_symbol, to_latex
from optlab.core.formula.dialects.unicode import display_text
from optlab.core.formula.nodes import Symbol
from optlab.core.resources import DataError
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.edits.choices import own_folder
from optlab.session.edits.drafts import Draft, Mistake, Row
from optlab.session.embedded.own_texts import own_texts
from optlab.session.session import Session
from optlab.ui.style.typesetting import typeset
from optlab.ui.widgets.formula_edit import FormulaEdit
from optlab.ui.widgets.labels import Notice, Tone, Typeset
from optlab.ui.widgets.paint import GRID, MARGIN

_PREVIEW_DELAY = 120
"""Milliseconds without a key after which formulas are typeset."""
_WIDE = 3
"""Fields that have a line of their own; the others are two in a line."""


class DraftEditor(QDialog):
    """Edits the rule, surface or schedule ``key`` of the session's experiment.

    ``say`` tells what became of a file.
    """

    def __init__(
        self,
        session: Session,
        made: type[Draft],
        key: str,
        say: Callable[..., None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._what = made.KIND.removesuffix("s")
        self.setObjectName(f"{self._what}-editor")
        self.setWindowTitle(f"Edit {self._what}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, min(760, self.screen().availableGeometry().height() - 60))
        self._session, self._made, self._key, self._say = session, made, key, say
        self._filling = False
        self._text = ""
        self.fields = {name: QLineEdit() for name in made.FIELDS}
        title = "Equations" if made.LINES else "Formula"
        self.formula = FormulaEdit(title, multiline=not made.LINES, lines=made.LINES)
        self.tables = {name: PartsTable(*shown) for name, shown in made.TABLES.items()}
        self._notice = Notice()
        self._preview = QVBoxLayout()
        self._preview.setSpacing(GRID // 2)
        self._timer = QTimer(self, singleShot=True, interval=_PREVIEW_DELAY)
        self._timer.timeout.connect(self._typeset)
        self._read: object = None
        self._lay_out()
        for name, field in self.fields.items():
            field.setAccessibleName(made.FIELDS[name])
            field.setPlaceholderText(made.EXAMPLES.get(name, ""))
            field.textEdited.connect(self._edited)
        self.formula.text_edited.connect(self._edited)
        for table in self.tables.values():
            table.edited = self._edited
        for sequence, act in (
            (QKeySequence.StandardKey.Undo, session.undo),
            (QKeySequence.StandardKey.Redo, session.redo),
        ):
            QShortcut(QKeySequence(sequence), self).activated.connect(act)
        session.document_changed.connect(self._follow)
        self.finished.connect(self._leave)
        self._follow()

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(MARGIN)
        for number, (name, field) in enumerate(self.fields.items()):
            wide = number < _WIDE
            row = number if wide else _WIDE + (number - _WIDE) // 2
            column = 0 if wide else (number - _WIDE) % 2 * 2
            label = QLabel(self._made.FIELDS[name])
            label.setBuddy(field)
            form.addWidget(label, row, column)
            form.addWidget(field, row, column + 1, 1, 3 if wide else 1)
        tabs = QTabWidget()
        for table in self.tables.values():
            tabs.addTab(table, table.title)
        shown = QWidget()
        shown.setLayout(self._preview)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(shown)
        area.setMinimumHeight(110 if self._made.LINES else 64)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        title = f"Save to my {self._made.KIND}"
        self.keep = buttons.addButton(title, QDialogButtonBox.ButtonRole.ActionRole)
        self.keep.clicked.connect(self.save_to_own)
        buttons.rejected.connect(self.close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, MARGIN + GRID)
        whole.setSpacing(MARGIN)
        whole.addLayout(form)
        whole.addWidget(QLabel(self._made.HINT))
        whole.addWidget(self.formula)
        whole.addWidget(self._notice)
        whole.addWidget(tabs, 2)
        whole.addWidget(area, 1)
        whole.addWidget(buttons)

    def draft(self) -> Draft:
        """What is typed now."""
        values: dict[str, Any] = {name: field.text() for name, field in self.fields.items()}
        text = self.formula.text().rstrip("\n")
        values[self._made.FORMULA] = f"{text}\n" if self._made.LINES else text
        values |= {name: table.rows() for name, table in self.tables.items()}
        return self._made(**values)

    def _edited(self, _text: str = "") -> None:
        if self._filling:
            return
        typed = self.draft()
        draft = typed.fitted()
        if draft != typed:
            self._fill_tables(draft)
        if self._shown(draft):
            self._text = draft.text()
            document = draft.placed(self._session.document, self._key)
            self._session.propose(document, f"{self._made.KIND}:{self._key}")

    def _shown(self, draft: Draft) -> bool:
        """Shows what is wrong, under the formula where it is there; whether nothing is."""
        self.formula.set_words(draft.words())
        found = draft.checked(self._key, self._session.document)
        mistake = found if isinstance(found, Mistake) else None
        here = mistake is not None and mistake.column > 0
        if mistake is not None and here:
            self.formula.set_error(mistake.message, mistake.column, mistake.length)
        else:
            self.formula.set_error()
        self._notice.set_text("" if here or mistake is None else mistake.message, Tone.WARNING)
        self.keep.setEnabled(mistake is None)
        if mistake is None:
            self._read = found
            self._timer.start()
        return mistake is None

    def _follow(self, _what: object = None) -> None:
        """Shows it as the experiment has it: after an undo, or an edit elsewhere."""
        text = own_texts(self._session.document, self._made.KIND).get(self._key)
        if text is None:
            self.close()
            return
        if text == self._text:
            return
        try:
            draft = self._made.of(text)
        except DataError:
            return
        self._text = text
        for name, field in self.fields.items():
            field.setText(getattr(draft, name))
        self.formula.set_text(getattr(draft, self._made.FORMULA).rstrip("\n"))
        self._fill_tables(draft)
        self._shown(draft)
        self.setWindowTitle(f"Edit {self._what}: {draft.name}")

    def _fill_tables(self, draft: Draft) -> None:
        self._filling = True
        for name, table in self.tables.items():
            table.fill(getattr(draft, name))
        self._filling = False

    def _typeset(self) -> None:
        """The formulas as they stand in a paper, with the options at their defaults."""
        while (item := self._preview.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if self._read is None:
            return
        arrow, sign = ("\\gets", "←") if self._made.LINES else ("=", "=")
        for name, tree in self.draft().formulas(self._read):
            latex = f"{latex_symbol(name)} {arrow} {to_latex(tree, inline=True)}"
            words = f"{display_text(Symbol(name))} {sign} {display_text(tree)}"
            drawn = typeset(latex)
            self._preview.addWidget(Typeset(words, None if drawn is None else drawn.svg))
        self._preview.addStretch(1)

    def save_to_own(self) -> Path | None:
        """Keeps it for all experiments; gives its file."""
        folder = own_folder(self._made.KIND)
        path = folder / f"{self._key}.toml"
        content = self.draft().text().encode()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, lambda file: file.write(content))
        except (FileProblemError, OSError) as error:
            self._say(str(error))
            return None
        self._say(f"Saved as {path}", good=True)
        return path

    def _leave(self, _result: int) -> None:
        self._timer.stop()
        self._session.settle()
        self._session.document_changed.disconnect(self._follow)


class PartsTable(QWidget):
    """Rows of text cells under named columns, to which rows are added and from which they go."""

    def __init__(self, title: str, columns: Sequence[str]) -> None:
        super().__init__()
        self.title = title
        self.edited: Callable[[], None] = _nothing
        self.table = QTableWidget(0, len(columns))
        self.table.setAccessibleName(title)
        self.table.setHorizontalHeaderLabels([name.capitalize() for name in columns])
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.more = QPushButton("Add row")
        self.fewer = QPushButton("Delete row")
        self.more.clicked.connect(self._add)
        self.fewer.clicked.connect(self._remove)
        self.table.cellChanged.connect(self._changed)
        below = QHBoxLayout()
        below.addWidget(self.more)
        below.addWidget(self.fewer)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self.table)
        column.addLayout(below)

    def rows(self) -> tuple[Row, ...]:
        """The texts of all rows with a name."""
        table = self.table
        found = (
            tuple(_text(table.item(row, column)) for column in range(table.columnCount()))
            for row in range(table.rowCount())
        )
        return tuple(row for row in found if any(row))

    def fill(self, rows: Sequence[Row]) -> None:
        """Shows other rows."""
        self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                self.table.setItem(number, column, QTableWidgetItem(text))
        self.table.blockSignals(False)

    def _add(self) -> None:
        place = self.table.rowCount()
        self.table.insertRow(place)
        first = QTableWidgetItem("")
        self.table.setItem(place, 0, first)
        self.table.setCurrentCell(place, 0)
        self.table.editItem(first)

    def _remove(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self.table.removeRow(row)
            self.edited()

    def _changed(self, _row: int, _column: int) -> None:
        self.edited()


def _nothing() -> None:
    """Until somewhere is to be told."""


def _text(item: QTableWidgetItem | None) -> str:
    return "" if item is None else item.text().strip()
