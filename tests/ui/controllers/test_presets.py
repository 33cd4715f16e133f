"""Choosing a convention in the panel of a run."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def test_a_preset_sets_everything_at_once(lab):
    panel = lab.window.parameters
    choice = panel.preset_row.drop_down
    assert choice.isVisible()
    assert choice.currentText() == "custom"  # the experiment has ε inside the root
    before = lab.session.document
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Home)
    assert choice.currentText() == "paper, PyTorch"
    assert panel.option("epsilon_placement").drop_down.currentText() == "outside"
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert choice.currentText() == "Keras"
    assert panel.slider("epsilon").value() == 1e-7
    lab.session.undo()
    lab.session.undo()
    assert lab.session.document == before
    assert choice.currentText() == "custom"


def test_a_changed_setting_is_custom_again(lab):
    panel = lab.window.parameters
    panel.preset_chosen.emit("keras")
    assert panel.preset_row.drop_down.currentText() == "Keras"
    panel.parameter_settled.emit("epsilon", 1e-3)
    assert panel.preset_row.drop_down.currentText() == "custom"


def test_a_rule_without_presets_has_no_row(lab):
    lab.window.parameters.optimizer_chosen.emit("gd")
    assert not lab.window.parameters.preset_row.isVisible()
