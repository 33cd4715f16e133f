"""The editor of a rule: equations with their mistakes, tables of what they use, typeset below.

Every text that is right is a change of the experiment, so the runs of the rule follow each key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
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

from optlab.core.formula.latex import latex_symbol, to_latex
from optlab.core.formula.nodes import Symbol
from optlab.core.formula.unicode import display_text
from optlab.core.resources import DataError
from optlab.core.rules import Rule
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.edits.choices import own_rules_folder
from optlab.session.edits.rule_draft import (
    OPTION_COLUMNS,
    PARAMETER_COLUMNS,
    STATE_COLUMNS,
    Mistake,
    Row,
    RuleDraft,
    checked,
    draft_of,
    with_rule,
    words_of,
)
from optlab.session.session import Session
from optlab.ui.style.typesetting import typeset
from optlab.ui.widgets.formula_edit import FormulaEdit
from optlab.ui.widgets.labels import Notice, Tone, Typeset
from optlab.ui.widgets.paint import GRID, MARGIN

_PREVIEW_DELAY = 120
"""Milliseconds without a key after which equations are typeset."""


class RuleEditor(QDialog):
    """Edits the rule ``key`` of the session's experiment; ``say`` tells what became of a file."""

    def __init__(
        self, session: Session, key: str, say: Callable[..., None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("rule-editor")
        self.setWindowTitle("Edit rule")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 760)
        self._session, self._key, self._say = session, key, say
        self._filling = False
        self._text = ""
        self.name, self.summary, self.reference = QLineEdit(), QLineEdit(), QLineEdit()
        self.equations = FormulaEdit("Equations", lines=True)
        self.parameters = PartsTable("Parameters", PARAMETER_COLUMNS)
        self.options = PartsTable("Options", OPTION_COLUMNS)
        self.state = PartsTable("Memory", STATE_COLUMNS)
        self._notice = Notice()
        self._preview = QVBoxLayout()
        self._preview.setSpacing(GRID // 2)
        self._timer = QTimer(self, singleShot=True, interval=_PREVIEW_DELAY)
        self._timer.timeout.connect(self._typeset)
        self._rule: Rule | None = None
        self._lay_out()
        for field in (self.name, self.summary, self.reference):
            field.textEdited.connect(self._edited)
        self.equations.text_edited.connect(self._edited)
        for table in (self.parameters, self.options, self.state):
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
        form = QFormLayout()
        form.setHorizontalSpacing(2 * MARGIN)
        form.addRow("Name", self.name)
        form.addRow("Summary", self.summary)
        form.addRow("Reference", self.reference)
        tabs = QTabWidget()
        for table in (self.parameters, self.options, self.state):
            tabs.addTab(table, table.title)
        shown = QWidget()
        shown.setLayout(self._preview)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(shown)
        area.setMinimumHeight(110)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.keep = buttons.addButton("Save to my rules", QDialogButtonBox.ButtonRole.ActionRole)
        self.keep.clicked.connect(self.save_to_own)
        buttons.rejected.connect(self.close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, MARGIN + GRID)
        whole.setSpacing(MARGIN)
        whole.addLayout(form)
        hint = QLabel(
            "In order: g gradient, w weights, t step from 1. A line may end in: if OPTION"
        )
        whole.addWidget(hint)
        whole.addWidget(self.equations)
        whole.addWidget(self._notice)
        whole.addWidget(tabs, 2)
        whole.addWidget(area, 1)
        whole.addWidget(buttons)

    def draft(self) -> RuleDraft:
        """What is typed now."""
        return RuleDraft(
            self.name.text(),
            self.summary.text(),
            self.reference.text(),
            self.equations.text().rstrip("\n") + "\n",
            self.parameters.rows(),
            self.options.rows(),
            self.state.rows(),
        )

    def _edited(self, _text: str = "") -> None:
        if self._filling:
            return
        draft = self.draft()
        self.equations.set_words(words_of(draft))
        found = checked(draft, self._key)
        if isinstance(found, Mistake):
            self._tell(found)
            return
        self._tell(None)
        self._rule = found
        self._text = draft.text()
        self._session.propose(
            with_rule(self._session.document, self._key, draft), f"rule:{self._key}"
        )
        self._timer.start()

    def _tell(self, mistake: Mistake | None) -> None:
        """A mistake of the equations stands under them, another one below."""
        here = mistake is not None and mistake.column > 0
        if mistake is not None and here:
            self.equations.set_error(mistake.message, mistake.column, mistake.length)
        else:
            self.equations.set_error()
        self._notice.set_text("" if here or mistake is None else mistake.message, Tone.WARNING)
        self.keep.setEnabled(mistake is None)

    def _follow(self, _what: object = None) -> None:
        """Shows the rule as the experiment has it: after an undo, or an edit elsewhere."""
        text = self._session.document.rules.get(self._key)
        if text is None:
            self.close()
            return
        if text == self._text:
            return
        try:
            draft = draft_of(text)
        except DataError:
            return
        self._text = text
        self._filling = True
        for field, value in (
            (self.name, draft.name),
            (self.summary, draft.summary),
            (self.reference, draft.reference),
        ):
            field.setText(value)
        self.equations.set_text(draft.update.rstrip("\n"))
        self.parameters.fill(draft.parameters)
        self.options.fill(draft.options)
        self.state.fill(draft.state)
        self._filling = False
        self.equations.set_words(words_of(draft))
        found = checked(draft, self._key)
        self._tell(found if isinstance(found, Mistake) else None)
        self._rule = None if isinstance(found, Mistake) else found
        self.setWindowTitle(f"Edit rule: {draft.name}")
        self._timer.start()

    def _typeset(self) -> None:
        """The equations as they stand in a paper, with the options at their defaults."""
        while (item := self._preview.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if self._rule is None:
            return
        for equation in self._rule.variant(self._rule.complete_options({})).equations:
            latex = f"{latex_symbol(equation.target)} \\gets {to_latex(equation.tree, inline=True)}"
            words = f"{display_text(Symbol(equation.target))} ← {display_text(equation.tree)}"
            drawn = typeset(latex)
            self._preview.addWidget(Typeset(words, None if drawn is None else drawn.svg))
        self._preview.addStretch(1)

    def save_to_own(self) -> Path | None:
        """Keeps the rule for all experiments; gives its file."""
        folder = own_rules_folder()
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
