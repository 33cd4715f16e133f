"""The question what becomes of changes that are not saved."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


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
