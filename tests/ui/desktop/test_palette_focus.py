"""The palette gives the keyboard back, to whatever is still there."""

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from shiboken6 import delete

from optlab.ui.menus.palette import Palette
from optlab.ui.widgets.command_list import Command


def test_what_had_the_keyboard_may_be_gone(app, show):
    window = QWidget()
    edit = QLineEdit()
    QVBoxLayout(window).addWidget(edit)
    show(window, 640, 480)
    edit.setFocus()
    palette = Palette(window)
    palette.open([Command("Nothing", lambda: None)])
    delete(edit)
    palette.dismiss()
    assert palette.isHidden()
