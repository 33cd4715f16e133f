import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest

from optlab.ui.widgets.formula_edit import FormulaEdit


@pytest.fixture
def edit(show):
    return show(FormulaEdit("loss", multiline=True))


def marked(edit):
    selections = edit.field().extraSelections()
    return [selection.cursor.selectedText() for selection in selections]


def test_every_key_tells(edit, listen):
    edited, accepted = listen(edit.text_edited), listen(edit.accepted)
    QTest.keyClicks(edit.field(), "w1^2")
    assert edited == [("w",), ("w1",), ("w1^",), ("w1^2",)]
    QTest.keyClick(edit.field(), Qt.Key.Key_Return)
    assert len(accepted) == 1 and edit.text() == "w1^2"
    QTest.keyClick(edit.field(), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert edit.text() == "w1^2\n"


def test_setting_is_silent_and_keeps_the_caret(edit, listen):
    edited = listen(edit.text_edited)
    edit.set_text("w1 + w2")
    cursor = edit.field().textCursor()
    cursor.setPosition(3)
    edit.field().setTextCursor(cursor)
    edit.set_text("w1 + w2")
    assert edit.field().textCursor().position() == 3 and edited == []


@pytest.mark.parametrize(
    ("text", "column", "length", "expected"),
    [
        ("w1 + w3", 6, 2, "w3"),
        ("w1 +", 5, 1, "+"),
        ("𝛼 + w3", 5, 2, "w3"),
        ("w1", 1, 99, "w1"),
        ("", 1, 1, ""),
    ],
)
def test_the_mistake_is_underlined(edit, text, column, length, expected):
    edit.set_text(text)
    edit.set_error("no such variable", column, length)
    assert marked(edit) == [expected]
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    assert edit.field().extraSelections()[0].format.underlineStyle() == wave
    assert edit.error() == "no such variable"
    assert edit.field().accessibleDescription() == "no such variable"
    edit.set_error()
    assert marked(edit) == [] and edit.error() == ""


def test_a_long_formula_makes_the_field_higher(edit, app):
    edit.set_text("w1")
    app.processEvents()
    low = edit.field().sizeHint().height()
    edit.set_text(" + ".join(["sin(w1) * cos(w2)"] * 6))
    app.processEvents()
    assert edit.field().sizeHint().height() > low + 20


def test_tab_leaves_the_field(edit):
    edit.field().setFocus()
    QTest.keyClick(edit.field(), Qt.Key.Key_Tab)
    assert "\t" not in edit.text()


def test_one_line_stays_one_line(show):
    edit = show(FormulaEdit("schedule"))
    QTest.keyClicks(edit.field(), "a")
    QTest.keyClick(edit.field(), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert edit.text() == "a"


def test_a_hint_stands_below_until_a_mistake_takes_its_place(edit):
    edit.set_text("1/2w1")
    edit.set_hint("read as (1/2)*w1")
    assert edit.hint == "read as (1/2)*w1" and edit.error() == ""
    assert edit._notice.isVisible() and edit._notice.text() == "read as (1/2)*w1"
    assert edit.field().accessibleDescription() == "read as (1/2)*w1"
    assert marked(edit) == [] and not edit.field().property("wrong")
    edit.set_error("no such variable", 1, 2)
    assert edit._notice.text() == "no such variable"
    edit.set_error()
    assert edit._notice.text() == "read as (1/2)*w1"
    edit.set_hint()
    assert not edit._notice.isVisible() and edit.field().accessibleDescription() == ""
