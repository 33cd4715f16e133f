"""A researcher's hour: a rule copied, changed, branched, swept and taken away as code."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.core.analysis.quantities import available
from optlab.pictures.charts.curves import curve, curve_items, pane_spec
from optlab.pictures.places import Places
from optlab.pictures.theme import DARK
from optlab.session.edits import choices, model_edits, run_edits
from optlab.ui.dialogs import draft_editor
from optlab.ui.dialogs.run_dialogs import CodeDialog, SweepDialog


@pytest.fixture
def editor(lab):
    lab.actions["edit_rule"].trigger()
    lab.wait()
    made = lab.laboratory.commands.editing.editor
    yield made
    if made in QApplication.topLevelWidgets():
        made.close()


def opened(lab, action: str):
    """The editor that an action opens."""
    lab.actions[action].trigger()
    lab.wait()
    return lab.laboratory.commands.editing.editor


def typed(editor, old: str, new: str) -> None:
    """Selects a text of the equations and types another one over it, key by key."""
    field = editor.formula.field()
    place = field.toPlainText().index(old)
    cursor = field.textCursor()
    cursor.setPosition(place)
    cursor.setPosition(place + len(old), QTextCursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)
    QTest.keyClicks(field, new)


def test_a_copy_of_adam_runs_as_it_is_typed(lab, editor):
    session = lab.session
    key = next(iter(session.document.rules))
    run = session.document.run(session.selected)
    assert (run.optimizer, len(session.document.runs)) == (key, 4)
    before = session.trajectories[run.id].weights.copy()
    assert "w - eta*m_hat/sqrt(s_hat + epsilon)" in editor.formula.text()
    typed(editor, "eta*m_hat/sqrt(s_hat + epsilon)", "eta*sign(m_hat)")
    lab.wait()
    assert editor.formula.error() == ""
    after = session.trajectories[run.id].weights
    assert after.shape == before.shape and not np.array_equal(after, before)
    steps = np.abs(np.diff(after, axis=0)) / session.trajectories[run.id]["eta"][1:, None]
    assert np.allclose(steps, steps.round(), atol=1e-6) and set(steps.round().flat) <= {0.0, 1.0}
    text = session.document.rules[key]
    QTest.keyClick(editor.formula.field(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    lab.wait()
    assert session.document.rules.get(key) != text


def test_a_mistake_is_underlined_and_changes_nothing(lab, editor):
    key = next(iter(lab.session.document.rules))
    right = lab.session.document.rules[key]
    typed(editor, "beta1*m +", "betta*m +")
    lab.wait()
    assert "betta" in editor.formula.error()
    marks = editor.formula.field().extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["betta"]
    assert not editor.keep.isEnabled()
    assert "betta" not in lab.session.document.rules[key]
    assert lab.computed() and lab.session.resolved.errors == {}
    editor.formula.field().setPlainText(right)
    assert editor.formula.error()


def test_names_are_completed(lab, editor):
    field, completer = editor.formula.field(), editor.formula.completer()
    typed(editor, "eta*m_hat/sqrt(s_hat + epsilon)", "eta*m_h")
    popup = completer.popup()
    assert popup.isVisible() and popup.currentIndex().data().startswith("m_hat ")
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert "w - eta*m_hat " in field.toPlainText() and not popup.isVisible()
    for letters, word in (("*si", "sign("), ("bet", "beta1"), (", eps", "epsilon")):
        QTest.keyClicks(field, letters)
        words = [
            completer.completionModel().index(row, 0).data(Qt.ItemDataRole.UserRole)
            for row in range(completer.completionCount())
        ]
        assert word in words
        popup.setCurrentIndex(completer.completionModel().index(words.index(word), 0))
        QTest.keyClick(popup, Qt.Key.Key_Tab)
    assert "w - eta*m_hat*sign(beta1, epsilon " in field.toPlainText()
    QTest.keyClicks(field, ")*al")
    assert not popup.isVisible()
    QTest.keyClicks(field, "be")
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible() and editor.isVisible()


def test_parameters_can_be_added_in_the_table(lab, editor):
    table = editor.tables["parameters"]
    QTest.mouseClick(table.more, Qt.MouseButton.LeftButton)
    row = table.table.rowCount() - 1
    for column, text in enumerate(("pull", "0.5", "[0, 1]", "", "0", "1", "towards zero")):
        if table.table.item(row, column) is None:
            table.table.setItem(row, column, draft_editor.QTableWidgetItem(""))
        table.table.item(row, column).setText(text)
    typed(editor, "eta*m_hat/sqrt(s_hat + epsilon)", "eta*pull*w")
    lab.wait()
    assert editor.formula.error() == ""
    assert lab.window.parameters.slider("pull").value() == 0.5


def test_the_rule_is_kept_for_all_experiments(lab, editor, monkeypatch, tmp_path):
    monkeypatch.setattr(draft_editor, "own_folder", lambda kind: tmp_path / kind)
    path = editor.save_to_own()
    assert path is not None and path.parent == tmp_path / "rules"
    document = run_edits.take_file(lab.session.document, path, lab.session.selected)
    assert len(document.runs) == len(lab.session.document.runs) + 1


def test_a_branch_shares_the_past_and_follows_its_sliders(lab):
    lab.session.seek(20)
    lab.contour.setFocus()
    before = {run.id for run in lab.session.document.runs}
    lab.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    lab.wait()
    (branch,) = [run for run in lab.session.document.runs if run.id not in before]
    assert (lab.session.selected, branch.branch_of, branch.branch_after) == (branch.id, "1", 20)
    old, new = (lab.session.trajectories[key].weights for key in ("1", branch.id))
    assert old.tobytes() == new.tobytes()
    eta = lab.window.parameters.slider("eta").value()
    lab.session.propose(run_edits.set_parameter(lab.session.document, branch.id, "eta", 3 * eta))
    lab.wait()
    new = lab.session.trajectories[branch.id].weights
    assert (old[:21] == new[:21]).all() and not (old[21:] == new[21:]).all()
    assert lab.window.parameters.slider("eta").value() == pytest.approx(3 * eta)
    lab.session.undo()
    lab.session.undo()
    assert {run.id for run in lab.session.document.runs} == before


def test_a_sweep_makes_its_runs_and_says_what_is_wrong(lab):
    dialogs = lab.laboratory.commands.run_dialogs
    dialog = SweepDialog([("eta", "η", "")], dialogs._swept, lab.window)
    dialog.show()
    dialog.values.setText("0.1, x")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    dialog.values.setText("-1")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.isVisible() and len(lab.session.document.runs) == 3
    dialog.values.setText("0.01, 0.02")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    lab.wait()
    assert not dialog.isVisible()
    assert [run.parameters["eta"] for run in lab.session.document.runs][1:3] == [0.01, 0.02]
    dialog.deleteLater()


def test_the_code_of_a_run_is_shown_copied_and_saved(lab, tmp_path: Path):
    run = lab.session.document.run("1")
    dialog = CodeDialog(lab.session.document, run, lab.laboratory.status.say, lab.window)
    dialog.show()
    assert "torch.optim.Optimizer" in dialog.text.toPlainText()
    for key, words in (("numpy", "def step("), ("latex", "\\begin{algorithm}")):
        dialog.target.set_key(key)
        dialog.target.chosen.emit(key)
        assert words in dialog.text.toPlainText()
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.text.toPlainText()
    dialog.write(tmp_path / "a.tex")
    assert (tmp_path / "a.tex").read_text("utf-8") == dialog.text.toPlainText()
    dialog.close()
    dialog.deleteLater()


def test_a_branch_is_a_child_in_the_list_and_has_a_mark_in_the_panes(lab):
    lab.session.seek(20)
    lab.actions["branch_run"].trigger()
    lab.wait()
    branch = lab.session.selected
    assert lab.window.runs.row(branch).item().depth == 1
    assert lab.window.runs.row("1").item().depth == 0
    assert "step 20" in lab.window.runs.row(branch).item().tip
    resolved = lab.session.resolved.specs[branch]
    trajectory = lab.session.trajectories[branch]
    run = lab.session.document.run(branch)
    quantities = available(resolved.problem, resolved, trajectory)
    loss = next(quantity for quantity in quantities if quantity.key == "loss")
    spec = pane_spec(loss, False, [(run, trajectory)], branch, DARK)
    assert spec.curves[0].switches == (20,)
    places = Places(((0.0, 200.0), (0.0, float(trajectory.loss.max()))), 400, 100)
    made = curve(spec.curves[0], False)
    mark = curve_items(made, places)[-1].lines[0]
    assert mark[0][0] == mark[1][0] == pytest.approx(places.place((20, 0.0))[0])


def test_lists_of_rules_offer_an_own_one(lab, monkeypatch, tmp_path):
    panel = lab.window.parameters
    panel.optimizer_list.chosen.emit("new_rule")
    lab.wait()
    editor = lab.laboratory.commands.editing.editor
    assert editor.fields["name"].text() == "My rule"
    assert lab.session.document.run(lab.session.selected).optimizer == "my_rule"
    editor.close()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "kept.toml").write_text(lab.session.document.rules["my_rule"], "utf-8")
    monkeypatch.setattr(choices, "own_folder", lambda kind: tmp_path / kind)
    entries = {entry.name: entry.key for entry in choices.rule_choices(lab.session.document)}
    panel.optimizer_list.chosen.emit(entries["My rule (my rules)"])
    lab.wait()
    assert "kept" in lab.session.document.rules
    assert lab.session.resolved.errors == {}


def test_a_new_surface_is_drawn_as_it_is_typed(lab):
    editor = opened(lab, "new_surface")
    key = lab.session.document.surface.problem
    assert editor.fields["name"].text() == "My surface"
    assert lab.session.resolved.problem.formula == "w1^2 + 2*w2^2 + sin(3w1)"
    before = lab.session.trajectories["1"].weights.copy()
    typed(editor, "sin(3w1)", "sin(3w1*w2)")
    lab.wait()
    assert lab.session.resolved.problem.formula == "w1^2 + 2*w2^2 + sin(3w1*w2)"
    assert not np.array_equal(lab.session.trajectories["1"].weights, before)
    typed(editor, "sin(3w1*w2)", "w3^2")
    lab.wait()
    assert [row[0] for row in editor.tables["weights"].rows()] == ["w1", "w2", "w3"]
    assert lab.session.resolved.problem.dimension == 3
    typed(editor, "w3^2", "w3^2 + nothing")
    assert "nothing" in editor.formula.error() and not editor.keep.isEnabled()
    assert lab.session.resolved.problem.dimension == 3
    lab.session.undo()
    lab.wait()
    assert "w3" not in editor.formula.text()
    lab.session.undo()
    lab.wait()
    assert key not in lab.session.document.surfaces
    assert editor not in QApplication.topLevelWidgets()


def test_a_copy_of_a_surface_with_data_has_its_data(lab):
    lab.session.propose(model_edits.choose_problem(lab.session.document, "least_squares"))
    lab.wait()
    lab.window.surface.gallery.chosen.emit("edit_surface")
    lab.wait()
    editor = lab.laboratory.commands.editing.editor
    assert editor.fields["data"].text().startswith("line:n=100")
    typed(editor, "(w1*x + w2 - y)^2", "abs(w1*x + w2 - y)")
    lab.wait()
    assert lab.session.resolved.problem.rows == 100
    editor.fields["data"].selectAll()
    QTest.keyClicks(editor.fields["data"], "line:n=50")
    lab.wait()
    assert lab.session.resolved.problem.rows == 50
    assert lab.session.resolved.errors == {}
    editor.close()


def test_a_schedule_is_edited_and_kept(lab, monkeypatch, tmp_path):
    run = lab.session.selected
    lab.window.parameters.schedule_row().picker().picked.emit("new_schedule")
    lab.wait()
    editor = lab.laboratory.commands.editing.editor
    assert lab.session.document.run(run).schedule == "my_schedule"
    typed(editor, "eta/(1 + k/half)", "eta/(1 + k/half)^2")
    lab.wait()
    rates = lab.session.trajectories[run]["eta"]
    assert rates[51] == pytest.approx(rates[1] / 4)
    typed(editor, "half)^2", "hallf)")
    assert "hallf" in editor.formula.error()
    lab.session.undo()
    lab.wait()
    assert editor.formula.text() == "eta/(1 + k/half)"
    monkeypatch.setattr(draft_editor, "own_folder", lambda kind: tmp_path / kind)
    monkeypatch.setattr(choices, "own_folder", lambda kind: tmp_path / kind)
    path = editor.save_to_own()
    assert path == tmp_path / "schedules" / "my_schedule.toml"
    editor.close()
    assert [entry.name for entry in choices.kept("schedules")] == ["My schedule (my schedules)"]
    lab.window.parameters.schedule_row().picker().picked.emit(str(path))
    lab.wait()
    assert lab.session.document.run(run).schedule == "my_schedule"
    assert lab.session.resolved.errors == {}


def test_a_copy_of_a_later_stretch_is_edited(lab):
    run = lab.session.selected
    lab.session.seek(30)
    lab.actions["then_run"].trigger()
    lab.wait()
    lab.window.parameters.optimizer_list.chosen.emit("momentum")
    lab.wait()
    editor = opened(lab, "edit_rule")
    made = lab.session.selected
    assert made != run
    (switch,) = lab.session.document.run(made).then
    assert (switch.after, switch.optimizer) == (30, "my_momentum")
    before = lab.session.trajectories[made].weights.copy()
    typed(editor, "w - eta*m", "w - eta*sign(m)")
    lab.wait()
    after = lab.session.trajectories[made].weights
    assert (after[:31] == before[:31]).all() and not (after[31:] == before[31:]).all()
    editor.close()
