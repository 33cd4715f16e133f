import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from optlab.ui.widgets.numbers import NumberEdit, read_number, write_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12, "0.120"),
        (0.999, "0.999"),
        (0.9999, "0.9999"),
        (1e-8, "1e-8"),
        (5e-4, "5e-4"),
        (-0.3, "−0.300"),
        (0.0, "0"),
        (10.0, "10"),
        (12.5, "12.5"),
        (1.5e7, "1.5e7"),
        (math.inf, "∞"),
        (math.nan, ""),
    ],
)
def test_numbers_are_written_for_people(value, text):
    assert write_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_reads_back(value):
    assert read_number(write_number(value)) == value


@pytest.mark.parametrize(
    ("text", "value"), [("0,5", 0.5), (" −2 ", -2.0), ("1E-8", 1e-8), (".5", 0.5), ("1 000", 1000)]
)
def test_ways_to_write_a_number(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e999", "1_0", "1,000.5", "<b>"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="number"):
        read_number(text)


@pytest.fixture
def edit(show):
    made = show(NumberEdit("rate"))
    made.set_value(0.5)
    made.setFocus()
    return made


def retype(edit, text):
    edit.selectAll()
    QTest.keyClicks(edit, text)


def test_enter_accepts(edit, listen):
    entered = listen(edit.entered)
    retype(edit, "1e-8")
    assert entered == []
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert entered == [(1e-8,)]
    assert edit.text() == "1e-8"
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert len(entered) == 1


def test_leaving_accepts(edit, listen):
    entered = listen(edit.entered)
    retype(edit, "3")
    edit.clearFocus()
    assert entered == [(3.0,)]


def test_escape_takes_back(edit, listen):
    entered = listen(edit.entered)
    retype(edit, "7")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert edit.text() == "0.500"
    edit.clearFocus()
    assert entered == []


def test_a_wrong_text_stays_and_says_why(edit, listen):
    refused, entered = listen(edit.refused), listen(edit.entered)
    retype(edit, "much")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert refused == [("“much” is not a number",)]
    assert edit.is_wrong() and edit.text() == "much" and entered == []
    retype(edit, "2")
    assert refused[-1] == ("",) and not edit.is_wrong()
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert entered == [(2.0,)]


def test_a_check_refuses(edit, listen):
    refused = listen(edit.refused)
    edit.set_check(lambda value: "too big" if value > 1 else "")
    retype(edit, "2")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert refused == [("too big",)] and edit.value() == 0.5


def test_up_and_down_move_the_last_digit(edit, listen):
    entered = listen(edit.entered)
    QTest.keyClick(edit, Qt.Key.Key_Up)
    assert entered == [(0.501,)]
    edit.set_value(1e-8)
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert edit.value() == pytest.approx(9e-9)


def test_an_optional_field_may_be_empty(show, listen):
    edit = show(NumberEdit("clip", optional=True))
    edit.set_value(5.0)
    entered = listen(edit.entered)
    edit.setFocus()
    retype(edit, " ")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert entered == [(None,)]


def test_a_setter_emits_nothing_and_spares_what_is_being_typed(edit, listen):
    entered = listen(edit.entered)
    retype(edit, "0.7")
    edit.set_value(0.5)
    assert edit.text() == "0.7"
    edit.set_value(0.9)
    assert edit.text() == "0.900" and entered == []


def test_it_is_wide_enough_for_its_numbers(edit):
    for value in (-123.456, 0.123456, -1.5e-10):
        text = write_number(value)
        assert edit.fontMetrics().horizontalAdvance(text) <= edit.sizeHint().width() - 16


def test_a_quiet_field_shows_all_digits_only_while_it_is_edited(show, listen):
    window = QWidget()
    row = QHBoxLayout(window)
    field, other = NumberEdit("w₁", quiet=True, unit="°"), NumberEdit("w₂", quiet=True)
    row.addWidget(field)
    row.addWidget(other)
    least = field.minimumSizeHint()
    field.set_value(1.23456789012)
    assert field.text() == "1.23457°" and field.minimumSizeHint() == least
    entered = listen(field.entered)
    show(window, 300, 60)
    field.setFocus()
    assert field.text() == "1.23456789012°"
    other.setFocus()
    assert field.text() == "1.23457°" and field.value() == 1.23456789012 and entered == []
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "45")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert entered == [(45.0,)] and field.text() == "45°"
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 46.0
