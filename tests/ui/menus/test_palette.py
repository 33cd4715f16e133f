"""Everything can be found and done from the keyboard by a few letters of its name."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget
from shiboken6 import delete

from optlab.session.actions import ACTIONS
from optlab.session.experiment import Experiment
from optlab.ui.menus.palette import Palette, _runs
from optlab.ui.widgets.command_list import Command

Key = Qt.Key
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def program(lab):
    """The window that the tests of this module share."""
    return lab.shared()


@pytest.fixture
def palette(program):
    QTest.keyClick(program.window.contour, Key.Key_P, CTRL_SHIFT)
    assert program.commands.palette.isVisible()
    return program.commands.palette


def press(palette, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(palette.field(), key, modifiers)


def type_in(palette, text):
    QTest.keyClicks(palette.field(), text)


def test_it_offers_the_whole_table_and_the_catalogues(program, palette):
    titles = palette.titles()
    assert {action.title for action in ACTIONS} - {"Command palette…"} <= set(titles)
    for beginning in ("Open experiment: ", "Surface: ", "Add run: "):
        assert any(title.startswith(beginning) for title in titles)
    assert len(set(titles)) == len(titles)


def test_the_field_has_the_keyboard_and_gives_it_back(program, palette):
    assert palette.field().hasFocus()
    press(palette, Key.Key_Escape)
    assert palette.isHidden()
    assert program.window.contour.hasFocus()


def test_escape_cancels_no_computation(program, palette, monkeypatch):
    cancelled = []
    monkeypatch.setattr(program.session, "cancel", lambda: cancelled.append(True))
    press(palette, Key.Key_Escape)
    assert cancelled == []


def test_typing_filters_and_enter_does(program, palette):
    type_in(palette, "light")
    palette.field().clear()
    type_in(palette, "surf rosen")
    assert palette.titles()[0] == "Surface: Rosenbrock"
    press(palette, Key.Key_Return)
    assert palette.isHidden()
    assert program.session.document.surface.problem == "rosenbrock"


def test_space_and_arrows_stay_in_the_palette(program, palette):
    step = program.session.playback.step
    type_in(palette, "step back")
    press(palette, Key.Key_Down)
    press(palette, Key.Key_Up)
    press(palette, Key.Key_Left)
    press(palette, Key.Key_Home)
    assert not program.session.playback.playing
    assert program.session.playback.step == step
    press(palette, Key.Key_Enter)
    assert program.session.playback.step == step - 1


def test_arrows_choose_and_go_around(palette):
    view = palette.findChild(QListView)
    rows = view.model().rowCount()
    press(palette, Key.Key_Up)
    assert view.currentIndex().row() == rows - 1
    press(palette, Key.Key_Down)
    assert view.currentIndex().row() == 0
    press(palette, Key.Key_PageDown)
    down = view.currentIndex().row()
    assert 10 <= down < 13  # what cannot be done now is passed over
    press(palette, Key.Key_Up)
    press(palette, Key.Key_Down)
    assert view.currentIndex().row() == down
    press(palette, Key.Key_PageUp)
    press(palette, Key.Key_PageUp)
    assert view.currentIndex().row() == 0
    press(palette, Key.Key_Tab)
    assert view.currentIndex().row() == 1


def test_runs_are_added(program, palette):
    type_in(palette, "add run: adagrad")
    press(palette, Key.Key_Return)
    assert program.session.document.runs[-1].optimizer == "adagrad"
    assert program.session.selected == program.session.document.runs[-1].id


def test_experiments_are_opened(program, palette):
    type_in(palette, "experiment ways down")
    press(palette, Key.Key_Return)
    assert program.session.document.title == "Himmelblau, three ways down"


def test_enter_takes_the_first_row_that_can_be_taken(program, palette):
    type_in(palette, "undo")
    rows = palette.findChild(QListView)
    assert palette.titles()[0] == "Undo" and not program.session.can_undo
    assert rows.currentIndex().row() == 1
    assert rows.model().command(1).enabled
    before = program.session.document
    press(palette, Key.Key_Return)
    assert not palette.isVisible() and program.session.document != before


def test_what_cannot_be_done_now_is_not_done(program, palette):
    type_in(palette, "undo")
    rows = palette.findChild(QListView)
    first = rows.visualRect(rows.model().index(0, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert palette.titles()[0] == "Undo" and palette.isVisible()


def test_toggles_show_that_they_are_on(program, palette):
    model = palette.findChild(QListView).model()
    commands = {model.command(row).title: model.command(row) for row in range(model.rowCount())}
    assert commands["Logarithmic levels"].on is True
    assert commands["Loop"].on is False
    assert commands["Save"].on is None
    assert commands["Save"].keys == ("Ctrl+S",)


def test_scattered_letters_are_no_find(palette):
    type_in(palette, "dark")
    assert palette.titles() == ["Dark theme"]


def test_nothing_fits(palette):
    type_in(palette, "qqqqzzz")
    assert palette.titles() == []
    for key in (Key.Key_Down, Key.Key_PageUp, Key.Key_Tab, Key.Key_Return):
        press(palette, key)
    assert palette.isVisible()


def test_the_mouse_chooses_and_a_click_beside_closes(program, palette):
    type_in(palette, "last step")
    program.session.seek(0)
    view = palette.findChild(QListView)
    QTest.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view.visualRect(view.model().index(0, 0)).center(),
    )
    assert palette.isHidden()
    assert program.session.playback.step == program.session.playback.last
    QTest.keyClick(program.window.contour, Key.Key_P, CTRL_SHIFT)
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(8, palette.height() - 8))
    assert palette.isHidden()


def test_its_key_closes_it_again(palette):
    press(palette, Key.Key_P, CTRL_SHIFT)
    assert palette.isHidden()


def test_it_fits_in_a_small_window_and_follows_its_size(program, palette):
    program.window.setMinimumSize(1, 1)
    program.window.resize(900, 620)
    QTest.qWait(50)
    assert palette.size() == program.window.size()
    panel = palette.findChild(QLineEdit).parentWidget()
    assert palette.rect().contains(panel.geometry())


def test_screen_readers_get_names(palette):
    view = palette.findChild(QListView)
    assert palette.accessibleName() and view.accessibleName()
    assert palette.field().accessibleName()
    index = view.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "New, Ctrl+N"


def test_a_recent_file_is_offered(program, tmp_path):
    program.commands.save_file(tmp_path / "own.optlab")
    program.commands.menus.actions["palette"].trigger()
    assert "Open recent: own.optlab" in program.commands.palette.titles()


def test_a_rule_is_offered_with_its_other_names() -> None:
    names = [command.title for command in _runs(SimpleNamespace(document=Experiment()))]
    assert "Add run: Gradient descent, sgd" in names
    assert "Add run: Adam" in names


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
