import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from optlab.session.actions import ACTIONS
from optlab.ui.dialogs.shortcut_sheet import ShortcutSheet, in_columns, sections
from optlab.ui.widgets.command_list import KeyCaps, caps_of, caps_width


def test_f1_shows_every_key_of_the_table(program):
    QTest.keyClick(program.window.contour, Qt.Key.Key_F1)
    sheet = program.commands.sheet
    assert sheet.isVisible()
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    caps = {caps.accessibleName() for caps in sheet.findChildren(KeyCaps)}
    for action in ACTIONS:
        if action.keys:
            assert action.title.rstrip("…") in shown
            assert " or ".join(action.keys) in caps


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Escape])
def test_f1_and_escape_close_it(program, key, wait):
    program.commands.menus.actions["shortcuts"].trigger()
    sheet = program.commands.sheet
    assert wait(lambda: QApplication.activeWindow() is sheet)
    QTest.keyClick(sheet, key)
    assert not sheet.isVisible()


def test_it_does_not_stand_in_the_way(program):
    program.commands.menus.actions["shortcuts"].trigger()
    assert QApplication.activeModalWidget() is None
    program.commands.sheet.close()


def test_nothing_is_cut_off(program):
    program.commands.menus.actions["shortcuts"].trigger()
    sheet = program.commands.sheet
    QTest.qWait(50)
    for label in sheet.findChildren(QLabel):
        if label.text():
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()) - 1
    for caps in sheet.findChildren(KeyCaps):
        assert caps.width() >= caps.sizeHint().width()
    sheet.close()


@pytest.mark.parametrize("columns", [2, 3])
def test_the_columns_are_about_equally_high(columns):
    parts = in_columns(sections(), columns)
    heights = [sum(len(rows) + 2 for _, rows in part) for part in parts]
    assert len(parts) == columns
    assert max(heights) - min(heights) <= max(len(rows) + 2 for _, rows in sections())
    assert [section for part in parts for section in part] == sections()


@pytest.mark.parametrize("room", [QSize(1920, 1040), QSize(1440, 860), QSize(1280, 690)])
def test_all_is_seen_at_once_on_every_usual_screen(show, room):
    sheet = ShortcutSheet(None, room)
    size = sheet.size()
    assert size.width() <= room.width() and size.height() <= room.height()
    show(sheet, size.width(), size.height())
    assert sheet.findChild(QScrollArea).verticalScrollBar().maximum() == 0


def test_a_small_screen_scrolls_downwards_only(show):
    sheet = ShortcutSheet(None, QSize(800, 600))
    assert sheet.width() <= 800 and sheet.height() <= 600
    show(sheet, sheet.width(), sheet.height())
    assert sheet.findChild(QScrollArea).verticalScrollBar().maximum() > 0
    assert sheet.minimumSizeHint().width() <= 800


def test_caps():
    assert caps_of("Ctrl+Shift+P") == ("Ctrl", "Shift", "P")
    assert caps_of("Shift+Right") == ("Shift", "→")
    assert caps_of("Ctrl++") == ("Ctrl", "+")
    assert caps_of("+") == ("+",)
    assert caps_of("[") == ("[",)


def test_caps_take_room(app):
    assert caps_width(()) == 0
    assert caps_width(("Ctrl+S",)) < caps_width(("Ctrl+S", "F1"))


def test_every_key_of_the_table_is_a_key(app):
    for action in ACTIONS:
        for keys in action.keys:
            assert QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText) == keys
