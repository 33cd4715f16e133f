"""After a value was typed the keyboard works on the experiment again."""

import pytest
from PySide6.QtTest import QTest

from optlab.ui.widgets.choice import DropDown


def typed(lab, field, text, key):
    """A person clicks into a field, types over what it says, and presses a key."""
    QTest.mouseClick(field, lab.left)
    assert field.hasFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)
    lab.wait()


def undo(lab):
    from PySide6.QtCore import Qt

    lab.key(lab.keys.Key_Z, Qt.KeyboardModifier.ControlModifier)


def works_on_the_experiment(lab):
    """Whether Space plays, the arrows step and Ctrl+Z takes the change back."""
    lab.key(lab.keys.Key_Space)
    assert lab.session.playback.playing
    lab.key(lab.keys.Key_Space)
    lab.session.seek(7)
    lab.key(lab.keys.Key_Right)
    assert lab.session.playback.step == 8
    before = lab.session.document
    undo(lab)
    assert lab.session.document != before
    return True


FIELDS = {
    "eta": (lambda window: window.parameters.slider("eta").edit(), "0.05"),
    "steps": (lambda window: window.surface._steps, "120"),
    "start": (lambda window: window.surface._start[0], "1.5"),
    "formula": (lambda window: window.surface.formula_edit().field(), "3w1^2 + w2^2"),
    "schedule": (lambda window: window.parameters.schedule_row().edit().field(), "exponential"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_after_enter_keys_are_the_experiments(lab, name):
    field, text = FIELDS[name][0](lab.window), FIELDS[name][1]
    before = lab.session.document
    typed(lab, field, text, lab.keys.Key_Return)
    assert lab.session.document != before
    assert lab.contour.hasFocus() and works_on_the_experiment(lab)


@pytest.mark.parametrize("name", FIELDS)
def test_after_escape_keys_are_the_experiments(lab, name):
    lab.session.set_window(((-4.0, 4.0), (-4.0, 4.0)))
    typed(lab, FIELDS[name][0](lab.window), "1 +", lab.keys.Key_Escape)
    assert lab.contour.hasFocus() and works_on_the_experiment(lab)


def test_a_refused_number_keeps_the_keyboard(lab):
    field = lab.window.parameters.slider("eta").edit()
    typed(lab, field, "-1", lab.keys.Key_Return)
    assert field.hasFocus() and field.is_wrong()
    QTest.keyClick(field, lab.keys.Key_Escape)
    assert lab.contour.hasFocus() and not field.is_wrong()


def test_undo_in_the_formula_field_takes_the_experiments_change_back(lab):
    before = lab.session.document
    field = lab.window.surface.formula_edit().field()
    QTest.mouseClick(field, lab.left)
    field.selectAll()
    QTest.keyClicks(field, "w1^2 + w2^2")
    assert lab.session.document != before
    undo(lab)
    assert lab.session.document == before
    assert field.toPlainText() == lab.session.resolved.problem.formula


def test_undo_in_a_broken_formula_goes_back_to_the_last_right_text(lab):
    field = lab.window.surface.formula_edit().field()
    QTest.mouseClick(field, lab.left)
    field.selectAll()
    QTest.keyClicks(field, "w1^2 + w2^2+")
    typed_document = lab.session.document
    assert lab.window.surface.formula_edit().error()
    undo(lab)
    assert lab.session.document == typed_document
    assert field.toPlainText() == "w1^2 + w2^2" and not lab.window.surface.formula_edit().error()


def test_undo_in_a_number_field_without_typed_text_is_the_experiments(lab):
    field = lab.window.parameters.slider("eta").edit()
    typed(lab, field, "0.05", lab.keys.Key_Return)
    QTest.mouseClick(field, lab.left)
    undo(lab)
    assert lab.session.document.runs[0].parameters.get("eta") != 0.05


def test_each_typed_formula_is_undone_on_its_own(lab):
    field = lab.window.surface.formula_edit().field()
    first = lab.session.document
    typed(lab, field, "w1^2 + w2^2", lab.keys.Key_Return)
    second = lab.session.document
    typed(lab, field, "w1^2 + 3w2^2", lab.keys.Key_Return)
    undo(lab)
    assert lab.session.document == second
    undo(lab)
    assert lab.session.document == first


def test_a_rule_chosen_from_the_list_leaves_space_to_playing(lab):
    rules = lab.window.parameters.optimizer_list
    assert isinstance(rules, DropDown)
    QTest.mouseClick(rules, lab.left)
    QTest.keyClicks(rules.picker().field(), "nesterov")
    QTest.keyClick(rules.picker().field(), lab.keys.Key_Return)
    lab.wait()
    assert lab.session.document.runs[0].optimizer.startswith("nesterov")
    assert works_on_the_experiment(lab)
