"""Keys go to the control that needs them, else to the window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView, QTabBar

from optlab.ui.widgets.buttons import IconButton, Toggle
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.numbers import NumberEdit
from optlab.ui.widgets.slider import Track

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def program(lab):
    """The window that the tests of this module share."""
    return lab.shared()


@pytest.fixture
def at_ten(program):
    program.session.seek(10)
    return program


def focus(widget):
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.hasFocus()
    return widget


def cursor(program):
    return program.session.playback.step


@pytest.mark.parametrize(
    ("key", "modifier", "step"),
    [
        (Key.Key_Right, None, 11),
        (Key.Key_L, None, 11),
        (Key.Key_Left, None, 9),
        (Key.Key_J, None, 9),
        (Key.Key_Right, SHIFT, 20),
        (Key.Key_Left, SHIFT, 0),
        (Key.Key_Home, None, 0),
        (Key.Key_End, None, 200),
    ],
)
def test_the_map_leaves_the_keys_of_playing_to_the_window(at_ten, key, modifier, step):
    program = at_ten
    QTest.keyClick(focus(program.window.contour), key, modifier or Qt.KeyboardModifier.NoModifier)
    assert cursor(program) == step


def test_space_and_k_play_and_pause(at_ten):
    program = at_ten
    for key in (Key.Key_Space, Key.Key_K):
        QTest.keyClick(program.window.contour, key)
        assert program.session.playback.playing
        QTest.keyClick(program.window.contour, key)
        assert not program.session.playback.playing


def test_shift_space_plays_back(at_ten, wait):
    program = at_ten
    program.session.set_speed(
        2.0
    )  # slow enough to be still on its way, however busy the machine is
    QTest.keyClick(program.window.contour, Key.Key_Space, SHIFT)
    assert program.session.playback.playing and program.session.playback.direction == -1
    assert wait(lambda: cursor(program) < 10)
    QTest.keyClick(program.window.contour, Key.Key_Space)
    assert not program.session.playback.playing
    program.session.set_speed(30.0)


def test_brackets_change_the_speed(at_ten):
    program = at_ten
    QTest.keyClick(program.window.contour, Key.Key_BracketRight)
    assert program.session.playback.speed == 60.0
    QTest.keyClick(program.window.contour, Key.Key_BracketLeft)
    QTest.keyClick(program.window.contour, Key.Key_Comma)
    assert program.session.playback.speed == 10.0
    QTest.keyClick(program.window.contour, Key.Key_Period)
    assert program.session.playback.speed == 30.0
    assert program.window.transport.findChild(DropDown).currentText() == "30 steps/s"


def test_a_focused_button_is_pressed_with_space(at_ten):
    program = at_ten
    loop = focus(program.window.transport.findChild(Toggle))
    QTest.keyClick(loop, Key.Key_Space)
    assert program.session.playback.loop and not program.session.playback.playing
    back = next(
        b
        for b in program.window.transport.findChildren(IconButton)
        if b.accessibleName() == "One step back"
    )
    QTest.keyClick(focus(back), Key.Key_Space)
    assert cursor(program) == 9
    QTest.keyClick(back, Key.Key_Right)
    assert cursor(program) == 10


def test_a_number_field_keeps_its_keys(at_ten):
    program = at_ten
    field = focus(program.window.surface.findChild(NumberEdit))
    field.selectAll()
    QTest.keyClicks(field, "0,5 jkl[].")
    for key in (Key.Key_Home, Key.Key_Left, Key.Key_Right, Key.Key_End, Key.Key_Space):
        QTest.keyClick(field, key)
    QTest.keyClick(field, Key.Key_Home, SHIFT)
    assert field.selectedText() == "0,5 jkl[]. "
    assert cursor(program) == 10 and not program.session.playback.playing
    assert program.session.playback.speed == 30.0
    QTest.keyClick(field, Key.Key_Escape)


def test_the_formula_field_keeps_its_keys(at_ten):
    program = at_ten
    field = focus(program.window.surface.formula_edit().field())
    field.selectAll()
    QTest.keyClicks(field, "w1^2 + 3 w2^2, [j.k]")
    for key in (Key.Key_Home, Key.Key_Left, Key.Key_End, Key.Key_Backspace):
        QTest.keyClick(field, key)
    assert field.toPlainText() == "w1^2 + 3 w2^2, [j.k"
    assert cursor(program) == 10 and not program.session.playback.playing


def test_a_slider_keeps_arrows_and_ends_and_lets_space_play(at_ten):
    program = at_ten
    slider = focus(program.window.parameters.findChild(Track))
    before = slider.value()
    QTest.keyClick(slider, Key.Key_Right)
    assert slider.value() > before
    QTest.keyClick(slider, Key.Key_Home)
    assert slider.value() == slider.minimum()
    assert cursor(program) == 10
    QTest.keyClick(slider, Key.Key_Space)
    assert program.session.playback.playing


def test_a_drop_down_keeps_letters_and_arrows(at_ten):
    program = at_ten
    gallery = focus(program.window.surface.gallery)
    first = gallery.currentText()
    QTest.keyClick(gallery, Key.Key_Down)
    assert gallery.currentText() != first
    QTest.keyClick(gallery, Key.Key_Home)
    assert gallery.currentIndex() == 0
    QTest.keyClick(gallery, Key.Key_L)
    assert gallery.currentText().lower().startswith("l")
    assert not program.session.playback.playing
    QTest.keyClick(gallery, Key.Key_Space)
    assert gallery.is_open()
    QTest.keyClick(gallery.picker().field(), Key.Key_Down)
    QTest.keyClick(gallery.picker().field(), Key.Key_Escape)
    assert not gallery.is_open()
    assert not program.session.playback.playing


def test_lists_and_tabs_keep_their_arrows(at_ten, app):
    program = at_ten
    view = QListView(program.window.centralWidget())
    model = QStandardItemModel()
    for name in "abc":
        model.appendRow(QStandardItem(name))
    view.setModel(model)
    tabs = QTabBar(program.window.centralWidget())
    tabs.addTab("one")
    tabs.addTab("two")
    for widget in (view, tabs):
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.show()
    QTest.keyClick(focus(view), Key.Key_End)
    assert view.currentIndex().row() == 2
    QTest.keyClick(focus(tabs), Key.Key_Right)
    assert tabs.currentIndex() == 1
    assert cursor(program) == 10


def test_ctrl_shortcuts_work_from_a_field(at_ten):
    program = at_ten
    field = focus(program.window.surface.findChild(NumberEdit))
    QTest.keyClick(field, Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(program.session.document.runs) == 4


def test_tips_name_the_keys_of_the_table(program):
    from optlab.session.actions import BY_ID

    tips = {
        button.accessibleName(): button.toolTip()
        for button in program.window.transport.findChildren(IconButton)
    }
    assert BY_ID["play"].keys[0] in tips["Play"] and BY_ID["play_back"].keys[0] in tips["Play"]
    assert BY_ID["first_step"].keys[0] in tips["First step"]
    speed = program.window.transport.findChild(DropDown).toolTip()
    assert BY_ID["slower"].keys[0] in speed and BY_ID["faster"].keys[0] in speed
    assert BY_ID["loop"].keys[0] in program.window.transport.findChild(Toggle).toolTip()


def test_every_slider_says_symbol_range_and_meaning(program):
    from optlab.core.rules import load_rule

    for run in program.session.document.runs:
        program.session.select(run.id)
        parameters = load_rule(run.optimizer).parameters
        # Options may leave a parameter out of the equations; then it has no slider.
        shown = [p for p in parameters.values() if p.name in program.window.parameters._sliders]
        assert "eta" in {parameter.name for parameter in shown}
        for parameter in shown:
            row = program.window.parameters.slider(parameter.name)
            tip = row.track().toolTip()
            assert parameter.symbol in tip and "default" in tip
            assert row.track().accessibleDescription()
            assert any(sign in tip for sign in ("≤", "&lt;")), tip
            # The symbol, its meaning, and again in an equation that is worked with.
            assert any(parameter.symbol in line for line in tip.split("<br>")[2:]), tip


def test_every_action_has_a_status_tip_or_speaks_for_itself(program):
    for action in program.commands.menus.actions.values():
        assert action.toolTip()
