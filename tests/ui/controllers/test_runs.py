"""The list of runs in the window: add, copy, delete, rename, hide, colour, move."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.core.rules import rule_titles
from optlab.session.experiment import change_run
from optlab.ui.style import themes as style
from optlab.ui.views.panes.legend import LegendButton

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


def names(lab):
    return [run.name for run in lab.session.document.runs]


def paths(lab):
    return {path.run_id: path for path in lab.contour.shown.paths}


def add(lab, title):
    """As a person does: the button, the name, Return."""
    runs = lab.window.runs
    QTest.mouseClick(runs.buttons()[0], LEFT)
    picker = runs.picker()
    QTest.keyClicks(picker.field(), title.encode("ascii", "ignore").decode())
    while (row := picker.titles().index(title)) != picker.search().view().currentIndex().row():
        assert row > 0
        QTest.keyClick(picker.field(), Key.Key_Down)
    QTest.keyClick(picker.field(), Key.Key_Return)
    assert not picker.isVisible()
    lab.wait()


def test_a_run_is_added_selected_and_drawn(lab):
    add(lab, "AMSGrad")
    assert names(lab)[-1] == "AMSGrad"
    run = lab.session.document.runs[-1].id
    assert lab.session.selected == run
    assert run in paths(lab)
    assert lab.window.runs.row(run).is_selected
    assert lab.window.runs.row(run).item().result
    lab.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    lab.wait()
    assert len(names(lab)) == len(paths(lab)) == 3
    assert lab.session.selected in lab.session.trajectories


def test_every_rule_can_be_added(lab):
    """None of them breaks a view: panels and curves are made from what a rule declares."""
    titles = [title.name for title in rule_titles()]
    for title in titles:
        add(lab, title)
        assert len(names(lab)) == 4
        assert lab.session.resolved.errors == {}
        lab.window.grab()
        lab.session.undo()


def test_buttons_copy_and_delete_the_selected_run(lab):
    _add, duplicate, delete = lab.window.runs.buttons()
    QTest.mouseClick(lab.window.runs.row("2"), LEFT)
    QTest.mouseClick(duplicate, LEFT)
    lab.wait()
    assert names(lab) == ["Adam", "Momentum", "Momentum 2", "RMSProp"]
    assert lab.session.selected == lab.session.document.runs[2].id
    QTest.mouseClick(delete, LEFT)
    assert names(lab) == ["Adam", "Momentum", "RMSProp"]
    lab.actions["duplicate_run"].trigger()
    lab.wait()
    assert len(paths(lab)) == 4


def test_deleting_every_run_leaves_a_quiet_window(lab):
    for run in ("1", "2", "3"):
        row = lab.window.runs.row(run)
        QTest.mouseClick(row, LEFT)
        row.setFocus()
        QTest.keyClick(row, Key.Key_Delete)
    lab.wait()
    QTest.qWait(1)
    assert paths(lab) == {}
    assert not lab.window.parameters.isEnabled()
    lab.key(Key.Key_Space)
    assert not lab.session.playback.playing
    lab.window.grab()
    lab.session.undo()
    lab.wait()
    assert len(paths(lab)) == 1
    assert lab.window.parameters.isEnabled()


def test_a_new_name_reaches_legend_and_panel(lab):
    row = lab.window.runs.row("2")
    QTest.mouseDClick(row, LEFT, pos=QPoint(60, 10))
    edit = row.name_edit
    edit.selectAll()
    QTest.keyClicks(edit, "my J run")
    QTest.keyClick(edit, Key.Key_Return)
    assert names(lab)[1] == "my J run"
    assert lab.session.playback.step == 200
    QTest.qWait(5)
    legend = lab.window.panes._legend.findChildren(LegendButton)
    assert "my J run" in {button.text() for button in legend}


def test_a_hidden_run_is_not_drawn(lab):
    QTest.mouseClick(lab.window.runs.row("1").eye(), LEFT)
    QTest.qWait(1)
    assert set(paths(lab)) == {"2", "3"}
    QTest.mouseClick(lab.window.runs.row("1").eye(), LEFT)
    QTest.qWait(1)
    assert set(paths(lab)) == {"1", "2", "3"}


def test_another_colour_is_seen_everywhere(lab):
    before = paths(lab)["1"].color
    menu = lab.window.runs.row("1").swatch.menu()
    menu.actions()[5].trigger()
    menu.deleteLater()
    QTest.qWait(1)
    assert paths(lab)["1"].color != before
    assert style.theme_of(lab.window).accent == paths(lab)["1"].color


def test_selecting_shows_the_settings_and_curves_of_that_run(lab):
    QTest.mouseClick(lab.window.runs.row("3"), LEFT)
    assert lab.session.selected == "3"
    assert lab.window.parameters.slider("eta").value() == 0.05
    QTest.qWait(1)
    assert paths(lab)["3"].selected
    assert not paths(lab)["1"].selected


def test_keys_walk_through_the_list_and_move_runs(lab):
    row = lab.window.runs.row("1")
    row.setFocus()
    QTest.keyClick(row, Key.Key_Down)
    assert lab.session.selected == "2"
    assert QApplication.focusWidget() is lab.window.runs.row("2")
    lab.key(Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(lab) == ["Adam", "RMSProp", "Momentum"]
    lab.key(Key.Key_Right)
    assert lab.session.playback.step == 200


def test_the_focus_stays_in_the_list_after_deleting(lab):
    row = lab.window.runs.row("2")
    QTest.mouseClick(row, LEFT)
    row.setFocus()
    QTest.keyClick(row, Key.Key_Delete)
    assert lab.session.selected in {"1", "3"}
    assert QApplication.focusWidget() is lab.window.runs.row(lab.session.selected)


def test_a_run_that_cannot_be_says_why(lab):
    lab.session.propose(change_run(lab.session.document, "1", parameters={"eta": -1.0}))
    lab.wait()
    assert "cannot" in lab.window.runs.row("1").item().result
    assert "1" not in paths(lab)
    assert "η" in lab.window.status._warning.text() or "eta" in lab.window.status._warning.text()
