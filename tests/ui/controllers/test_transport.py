"""Playing and stepping by keys and buttons; fields and controls keep their own keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def step(lab):
    return lab.session.playback.step


def test_keys_step_through_the_runs(lab):
    for key, modifier, expected in (
        (Key.Key_Home, None, 0),
        (Key.Key_Right, None, 1),
        (Key.Key_Right, SHIFT, 11),
        (Key.Key_L, None, 12),
        (Key.Key_J, None, 11),
        (Key.Key_Left, SHIFT, 1),
        (Key.Key_Left, None, 0),
        (Key.Key_Left, None, 0),
        (Key.Key_End, None, 200),
        (Key.Key_Right, None, 200),
    ):
        lab.key(key, modifier)
        lab.redraw()
        assert step(lab) == expected
        assert lab.contour.shown.step == expected


def test_space_plays_from_the_beginning_and_pauses(lab):
    lab.session.set_speed(10.0)
    lab.key(Key.Key_Space)
    assert lab.session.playback.playing
    assert step(lab) == 0
    shown = set()
    lab.until(lambda: shown.add(lab.contour.shown.step) or len(shown) > 3)
    lab.key(Key.Key_Space)
    here = step(lab)
    QTest.qWait(60)
    assert step(lab) == here < 200
    lab.session.set_speed(1000.0)
    lab.key(Key.Key_Space)
    lab.until(lambda: not lab.session.playback.playing)
    assert step(lab) == 200


def test_a_loop_goes_round(lab):
    lab.session.set_speed(1000.0)
    lab.actions["loop"].trigger()
    assert lab.session.playback.loop
    lab.key(Key.Key_Space)
    lab.until(lambda: step(lab) > 50)
    before = step(lab)
    lab.until(lambda: step(lab) < before)
    assert lab.session.playback.playing
    lab.key(Key.Key_Space)
    lab.actions["loop"].trigger()


def test_the_buttons_of_the_bar(lab):
    bar = lab.window.transport
    left = Qt.MouseButton.LeftButton
    for button, expected in (
        (bar._first, 0),
        (bar._forward, 1),
        (bar._forward, 2),
        (bar._back, 1),
        (bar._last, 200),
    ):
        QTest.mouseClick(button, left)
        assert step(lab) == expected
    QTest.mouseClick(bar._play, left)
    assert lab.session.playback.playing
    QTest.mouseClick(bar._play, left)
    assert not lab.session.playback.playing
    # Buttons leave the keyboard where it was.
    assert QApplication.focusWidget() is lab.contour


def test_a_formula_field_keeps_its_keys(lab):
    lab.session.seek(100)
    edit = lab.window.surface.formula_edit()
    edit.setFocus()
    field = edit.field()
    before = edit.text()
    QTest.keyClick(field, Key.Key_End, CTRL)
    QTest.keyClick(field, Key.Key_Space)
    for key in (Key.Key_Home, Key.Key_End, Key.Key_Left, Key.Key_Right):
        QTest.keyClick(field, key)
    QTest.keyClick(field, Key.Key_Left, SHIFT)
    assert edit.text() == before + " "
    assert step(lab) == 100
    assert not lab.session.playback.playing


def test_a_number_field_keeps_its_keys(lab):
    lab.session.seek(100)
    field = lab.window.parameters.slider("eta").edit()
    field.setFocus()
    for key in (Key.Key_Home, Key.Key_Right, Key.Key_End, Key.Key_Left, Key.Key_Space):
        QTest.keyClick(field, key)
    QTest.keyClick(field, Key.Key_Left, SHIFT)
    QTest.keyClicks(field, "jkl")
    assert step(lab) == 100
    assert not lab.session.playback.playing
    assert "jkl" in field.text().replace(" ", "")
    QTest.keyClick(field, Key.Key_Escape)
    assert field.text() == "0.120"


@pytest.mark.parametrize("key", [Key.Key_Backspace, Key.Key_Delete])
def test_erasing_a_word_does_not_delete_a_run(lab, key):
    field = lab.window.parameters.slider("eta").edit()
    field.setFocus()
    QTest.keyClick(field, key, CTRL)
    assert len(lab.session.document.runs) == 3


def test_a_focused_button_is_pressed_by_space(lab):
    eye = lab.window.runs.row("2").eye()
    eye.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(eye, Key.Key_Space)
    assert not lab.session.document.run("2").visible
    assert not lab.session.playback.playing


def test_a_focused_list_keeps_its_keys(lab):
    lab.session.seek(100)
    speed = lab.window.transport._speed
    speed.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(speed, Key.Key_Home)
    assert step(lab) == 100
    assert speed.currentIndex() == 0
    assert lab.session.playback.speed == 1.0


def test_undo_and_redo_by_keys(lab):
    QTest.mouseClick(lab.contour.viewport(), Qt.MouseButton.LeftButton, pos=lab.pixel(2.0, 2.0))
    moved = lab.session.document.start
    lab.key(Key.Key_Z, CTRL)
    assert lab.session.document.start == (-0.3, 0.1)
    lab.key(Key.Key_Z, CTRL | SHIFT)
    assert lab.session.document.start == moved
    lab.key(Key.Key_Z, CTRL)
    lab.key(Key.Key_Y, CTRL)
    assert lab.session.document.start == moved


def test_actions_that_cannot_be_are_grey(lab):
    assert not lab.actions["undo"].isEnabled()
    assert not lab.actions["redo"].isEnabled()
    QTest.mouseClick(lab.contour.viewport(), Qt.MouseButton.LeftButton, pos=lab.pixel(2.0, 2.0))
    assert lab.actions["undo"].isEnabled()
    for run in ("1", "2", "3"):
        lab.session.select(run)
        lab.actions["remove_run"].trigger()
    assert not lab.actions["remove_run"].isEnabled()
    assert not lab.actions["duplicate_run"].isEnabled()
