"""Questions about files: a name to write to, and what becomes of unsaved changes."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_file_name(parent: QWidget, title: str, proposed: str, kinds: str) -> Path | None:
    """Where to write; None where a person decided not to.

    ``kinds`` are filters of a file dialog, ``PNG (*.png);;SVG (*.svg)``.  A name without an ending
    gets that of the kind; what was there under this longer name is asked for as well, for the
    dialog knew only the shorter one.
    """
    name, kind = QFileDialog.getSaveFileName(parent, title, proposed, kinds)
    if not name:
        return None
    path = Path(name)
    if path.suffix:
        return path
    path = path.with_suffix(suffix_of(kind) or suffix_of(kinds))
    return None if path.exists() and not _may_replace(parent, path) else path


def suffix_of(kinds: str) -> str:
    """The suffix of the first kind in a file dialog's list: ``.csv`` of ``CSV (*.csv)``."""
    return kinds.partition("(*")[2].partition(")")[0]


def _may_replace(parent: QWidget, path: Path) -> bool:
    """Whether a file may be replaced; closing the question keeps it."""
    box = QMessageBox(parent)
    box.setObjectName("replace")
    box.setWindowTitle("OptLab")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"{path.name} already exists.")
    box.setInformativeText("Replace it?")
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Yes | buttons.Cancel)
    box.setDefaultButton(buttons.Cancel)
    box.setEscapeButton(buttons.Cancel)
    box.button(buttons.Yes).setText("Replace")
    try:
        return buttons(box.exec()) == buttons.Yes
    finally:
        box.deleteLater()


class Answer(Enum):
    """What a person wants."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


_BUTTONS = {
    QMessageBox.StandardButton.Save: Answer.SAVE,
    QMessageBox.StandardButton.Discard: Answer.DISCARD,
    QMessageBox.StandardButton.Cancel: Answer.CANCEL,
}


def ask_unsaved(parent: QWidget, title: str) -> Answer:
    """Asks whether to save the experiment called ``title``; closing the question cancels."""
    box = QMessageBox(parent)
    box.setObjectName("unsaved")
    box.setWindowTitle("OptLab")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Save changes to “{title}”?")
    box.setInformativeText("Unsaved changes will be lost.")
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    box.setEscapeButton(buttons.Cancel)
    box.button(buttons.Discard).setText("Don’t save")
    try:
        pressed = buttons(box.exec())
    finally:
        box.deleteLater()
    return _BUTTONS.get(pressed, Answer.CANCEL)
