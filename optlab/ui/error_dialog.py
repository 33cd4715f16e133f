"""The dialog that tells of a mistake of the program, with all that a report needs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optlab.ui import fonts
from optlab.ui.widgets.paint import GRID, MARGIN

_MOST = 20


class ErrorDialog(QDialog):
    """Not in the way: the window goes on working behind it. Later errors are added to it."""

    def __init__(self, surroundings: str, log_file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error")
        self.setWindowTitle("Something went wrong")
        self.setModal(False)
        self._surroundings = surroundings
        self._errors: list[str] = []
        self._count = 0
        heading = QLabel("Something went wrong inside OptLab")
        heading.setFont(fonts.ui_font(fonts.BASE + 3, fonts.Weight.SEMIBOLD))
        self._summary = _text("")
        hint = _text(
            "What you were doing may not have worked; everything else goes on. "
            "If it happens again, copy the details into a report. They are also in the log."
        )
        hint.setToolTip(str(log_file))
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details")
        self._details.setFont(fonts.code_font(fonts.SMALL))
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QPushButton("Copy details")
        copy.setObjectName("copy")
        copy.clicked.connect(self.copy)
        close = QPushButton("Go on")
        close.setObjectName("go-on")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN + GRID, MARGIN + GRID, MARGIN + GRID, MARGIN)
        column.setSpacing(GRID + 4)
        for widget in (heading, self._summary, hint, self._details):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.resize(640, 420)

    def add(self, summary: str, details: str) -> None:
        """Tell one more error."""
        self._count += 1
        if len(self._errors) < _MOST:
            self._errors.append(details)
        more = f" (and {self._count - 1} more)" if self._count > 1 else ""
        if self._count == 1:
            self._first = summary
        self._summary.setText(f"{self._first}{more}")
        self._details.setPlainText(self.details())

    def summary(self) -> str:
        """The sentence shown."""
        return self._summary.text()

    def details(self) -> str:
        """Everything a report needs."""
        return "\n\n".join((self._surroundings, *self._errors))

    def copy(self) -> None:
        """Puts the details into the clipboard."""
        QGuiApplication.clipboard().setText(self.details())


def _text(words: str) -> QLabel:
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
