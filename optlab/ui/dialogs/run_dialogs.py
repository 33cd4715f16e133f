"""What is made from the selected run: branches, sweeps and code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from optlab.core.export.code import TARGETS
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.files.run_files import code_of_run
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.edits import run_edits
from optlab.session.embedded.own_texts import rule_of
from optlab.session.experiment import Experiment, Run
from optlab.session.session import Session
from optlab.ui.dialogs.file_dialogs import ask_file_name
from optlab.ui.style import fonts
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import Notice, Tone
from optlab.ui.widgets.paint import GRID, MARGIN


class RunDialogs:
    """Carries out what the menus ask of the selected run; ``say`` tells what went wrong."""

    def __init__(self, session: Session, window: QWidget, say: Callable[..., None]) -> None:
        self._session = session
        self._window = window
        self._say = say

    @property
    def _run(self) -> Run | None:
        return self._session.document.run(self._session.selected)

    def branch(self) -> None:
        """A run that shares the past of the selected one up to the cursor."""
        session = self._session
        step = session.playback.step
        self._propose(run_edits.branch_run(session.document, session.selected, step))

    def sweep(self) -> None:
        """Asks for a parameter and its values, and makes a run for each."""
        run = self._run
        if run is None or run.recording:
            return
        try:
            rule = rule_of(self._session.document, run.own)
        except (UnknownNameError, DataError) as error:
            self._say(str(error))
            return
        names = [(p.name, p.symbol, p.help) for p in rule.parameters.values()]
        dialog = SweepDialog(names, self._swept, self._window)
        dialog.exec()
        dialog.deleteLater()

    def _swept(self, name: str, values: list[float]) -> str:
        """Makes the runs; the sentence that says why not."""
        session = self._session
        try:
            document = run_edits.sweep_run(session.document, session.selected, name, values)
        except SettingError as error:
            return str(error)
        self._propose(document)
        return ""

    def code(self) -> None:
        """Shows the rule of the selected run as code."""
        run = self._run
        if run is not None and not run.recording:
            dialog = CodeDialog(self._session.document, run, self._say, self._window)
            dialog.exec()
            dialog.deleteLater()

    def _propose(self, document: Experiment) -> None:
        """Accepts the document and selects the first run that is new."""
        session = self._session
        before = {run.id for run in session.document.runs}
        if session.propose(document):
            new = [run.id for run in session.document.runs if run.id not in before]
            if new:
                session.select(new[0])


class SweepDialog(QDialog):
    """Asks for a parameter and values; ``make`` gives a sentence where they cannot be."""

    def __init__(
        self,
        names: list[tuple[str, str, str]],
        make: Callable[[str, list[float]], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sweep-dialog")
        self.setWindowTitle("Sweep a parameter")
        self._make = make
        self.parameter = DropDown("Parameter", boxed=True)
        self.parameter.set_entries(names)
        self.parameter.set_key(names[0][0])
        self.values = QLineEdit("0.001, 0.01, 0.1")
        self.values.setAccessibleName("Values")
        self._notice = Notice()
        form = QFormLayout()
        form.setHorizontalSpacing(2 * MARGIN)
        form.addRow("Parameter", self.parameter)
        form.addRow("Values, a run each", self.values)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton("Make runs", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, MARGIN + GRID)
        whole.addLayout(form)
        whole.addWidget(self._notice)
        whole.addWidget(buttons)

    def _accept(self) -> None:
        texts = [part.strip() for part in self.values.text().replace(";", ",").split(",")]
        try:
            values = [float(text.replace("\N{MINUS SIGN}", "-")) for text in texts if text]
        except ValueError:
            self._notice.set_text("Values are numbers with commas between them", Tone.WARNING)
            return
        reason = self._make(str(self.parameter.key()), values)
        if reason:
            self._notice.set_text(reason, Tone.WARNING)
        else:
            self.accept()


class CodeDialog(QDialog):
    """A run's rule as code, to read, copy or save."""

    def __init__(
        self,
        document: Experiment,
        run: Run,
        say: Callable[..., None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("code-dialog")
        self.setWindowTitle(f"Code of {run.title}")
        self.resize(820, 640)
        self._document, self._run, self._say = document, run, say
        self.target = DropDown("For", boxed=True)
        self.target.set_entries([(key, entry[0], "") for key, entry in TARGETS.items()])
        self.target.set_key("torch")
        self.leg = DropDown("Rule", boxed=True)
        rules = (run.optimizer, *(switch.optimizer for switch in run.then))
        self.leg.set_entries([(str(i), name, "") for i, name in enumerate(rules)])
        self.leg.set_key("0")
        self.leg.setVisible(len(rules) > 1)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Code")
        self.text.setFont(fonts.code_font(fonts.BASE - 0.5))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._notice = Notice()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.save = buttons.addButton("Save…", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * MARGIN)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("For", self.target)
        if len(rules) > 1:
            form.addRow("Rule", self.leg)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, MARGIN + GRID)
        whole.addLayout(form)
        whole.addWidget(self._notice)
        whole.addWidget(self.text, 1)
        whole.addWidget(buttons)
        self.target.chosen.connect(self._show)
        self.leg.chosen.connect(self._show)
        self._show()

    def _show(self, _what: object = None) -> None:
        leg = int(str(self.leg.key()))
        try:
            text, reason = code_of_run(self._document, self._run, str(self.target.key()), leg), ""
        except (SettingError, DataError, UnknownNameError) as error:
            text, reason = "", getattr(error, "reason", str(error))
        self.text.setPlainText(text)
        self._notice.set_text(reason, Tone.WARNING)
        for button in (self.copy, self.save):
            button.setEnabled(bool(text))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _save(self) -> None:
        title, suffix, _ = TARGETS[str(self.target.key())]
        name = f"{self._run.optimizer}{suffix}"
        path = ask_file_name(self, "Export code", name, f"{title} (*{suffix})")
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Writes what is shown."""
        content = self.text.toPlainText().encode()
        try:
            write_whole(path, lambda file: file.write(content))
        except FileProblemError as error:
            self._notice.set_text(str(error), Tone.WARNING)
            return
        self._say(f"Saved as {path}", good=True)
