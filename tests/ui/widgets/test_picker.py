"""Long lists open with a field to type in, and are used without the mouse or with it alone."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.search_list import Picker

Key = Qt.Key
ENTRIES = [(number, f"entry {number}", f"what number {number} does") for number in range(40)]


@pytest.fixture
def choice(show):
    made = DropDown("Things", boxed=True)
    made.set_entries(ENTRIES)
    made.set_key(7)
    yield show(made, 200, 40)
    made.picker().close()


def test_a_long_list_opens_with_a_field_and_sentences(choice):
    QTest.keyClick(choice, Key.Key_Space)
    picker = choice.picker()
    assert choice.is_open() and picker.isVisible()
    assert picker.titles() == [text for _, text, _ in ENTRIES]
    assert picker.search().view().currentIndex().row() == 7
    assert picker.screen().availableGeometry().contains(picker.geometry())
    tip = picker.search().view().model().index(3, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "what number 3 does" in tip


def test_typing_and_enter_choose(choice, listen):
    chosen = listen(choice.chosen)
    choice.showPopup()
    QTest.keyClicks(choice.picker().field(), "entry 31")
    QTest.keyClick(choice.picker().field(), Key.Key_Return)
    assert chosen == [(31,)] and choice.key() == 31 and not choice.is_open()


def test_the_sentences_are_searched_too(choice):
    choice.showPopup()
    QTest.keyClicks(choice.picker().field(), "number 12 does")
    assert choice.picker().titles()[0] == "entry 12"


def test_a_click_chooses_and_escape_does_not(choice, listen):
    chosen = listen(choice.chosen)
    choice.showPopup()
    QTest.keyClick(choice.picker().field(), Key.Key_Escape)
    assert chosen == [] and not choice.is_open()
    choice.showPopup()
    view = choice.picker().search().view()
    where = view.visualRect(view.model().index(8, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen == [(8,)]


def test_a_short_list_is_a_plain_one(choice):
    choice.set_entries(ENTRIES[:5])
    choice.showPopup()
    assert choice.view().isVisible() and not choice.picker().isVisible()
    choice.hidePopup()


def test_it_opens_above_a_control_at_the_end_of_the_screen(choice):
    window = choice.window()
    window.move(40, window.screen().availableGeometry().bottom() - 60)
    picker = Picker("Things", choice)
    picker.open(ENTRIES, choice)
    assert picker.geometry().bottom() < choice.mapToGlobal(choice.rect().topLeft()).y()
    QTest.keyClicks(picker.field(), "nothing like that")
    assert picker.titles() == []
    assert picker.search().isVisible()
    picker.close()


@pytest.mark.parametrize("place", [0.05, 0.5, 0.95])
def test_it_stays_on_the_screen_and_where_it_opened(choice, place):
    window, screen = choice.window(), choice.screen().availableGeometry()
    window.move(40, round(place * screen.height()))
    picker = Picker("Things", choice)
    picker.open(ENTRIES, choice)
    opened = picker.geometry()
    field = picker.field().mapToGlobal(picker.field().rect().topLeft())
    assert screen.contains(opened)
    control = QRect(choice.mapToGlobal(choice.rect().topLeft()), choice.size())
    assert not opened.intersects(control.intersected(screen))
    for letters in ("entry", " 3", "1", "x"):
        QTest.keyClicks(picker.field(), letters)
        assert picker.geometry() == opened
        assert picker.field().mapToGlobal(picker.field().rect().topLeft()) == field
    picker.close()


def test_a_line_stands_behind_the_first_ones_of_the_whole_list(choice):
    choice.set_entries(ENTRIES, 3)
    choice.showPopup()
    model = choice.picker().search().view().model()
    assert [row for row in range(10) if model.command(row).ends_group] == [2]
    assert model.is_whole
    QTest.keyClicks(choice.picker().field(), "entry")
    assert not model.is_whole
