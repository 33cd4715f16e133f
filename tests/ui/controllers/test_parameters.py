"""Sliders, fields, formula and schedule: live while they change, patient with mistakes."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from optlab.session.edits import run_edits
from tests.ui.mouse import enter

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def formula(lab):
    edit = lab.window.surface.formula_edit()
    edit.setFocus()
    return edit


@pytest.fixture
def schedule(lab):
    edit = lab.window.parameters.schedule_row().edit()
    edit.setFocus()
    return edit


def select_all(edit):
    QTest.keyClick(edit.field(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def marks(edit):
    """The underlined part of the text."""
    return [mark.cursor.selectedText() for mark in edit.field().extraSelections()]


# -- parameters ------------------------------------------------------------------------------


def test_dragging_eta_draws_anew_while_it_moves_and_is_one_change(lab):
    track = lab.window.parameters.slider("eta").track()
    y = track.height() // 2
    points = [QPoint(x, y) for x in range(track.width() // 4, 3 * track.width() // 4, 5)]
    came = lab.drag(track, points, 0.04)
    assert sum(count > 0 for count in came) >= len(came) // 2, came
    lab.wait()
    eta = lab.session.document.run("1").parameters["eta"]
    assert eta != 0.12
    assert lab.session.trajectories["1"]["eta"][1] == pytest.approx(eta)
    lab.session.undo()
    assert lab.session.document.run("1").parameters["eta"] == 0.12
    assert not lab.session.can_undo
    assert lab.window.parameters.slider("eta").value() == 0.12


def test_keys_move_a_slider_and_not_the_cursor(lab):
    track = lab.window.parameters.slider("eta").track()
    track.setFocus()
    step = lab.session.playback.step
    QTest.keyClick(track, Qt.Key.Key_Right)
    assert lab.session.document.run("1").parameters["eta"] > 0.12
    assert lab.session.playback.step == step
    QTest.keyClick(track, Qt.Key.Key_Space)
    assert lab.session.playback.playing


def test_an_exact_number_and_one_that_cannot_be(lab):
    row = lab.window.parameters.slider("beta1")
    enter(row.edit(), "0.5")
    assert lab.session.document.run("1").parameters["beta1"] == 0.5
    enter(row.edit(), "1.5")
    assert lab.session.document.run("1").parameters["beta1"] == 0.5
    assert "β₁" in row.notice()
    QTest.keyClick(row.edit(), Qt.Key.Key_Escape)
    assert row.notice() == ""


def test_another_option_and_another_rule(lab):
    panel = lab.window.parameters
    QTest.mouseClick(panel.option("bias_correction"), LEFT)
    assert lab.session.document.run("1").options["bias_correction"] is False
    QTest.keyClick(panel.option("epsilon_placement").drop_down, Qt.Key.Key_Down)
    placement = lab.session.document.run("1").options["epsilon_placement"]
    assert placement == "outside"
    lab.session.propose(run_edits.choose_optimizer(lab.session.document, "1", "gd"))
    lab.wait()
    assert lab.session.document.run("1").name != "Adam"
    assert set(lab.session.trajectories["1"].vectors) >= {"w", "g"}


def test_start_steps_and_seed_are_typed(lab):
    surface = lab.window.surface
    for field, text in ((surface._start[0], "1.5"), (surface._steps, "50"), (surface._seed, "7")):
        enter(field, text)
    lab.wait()
    document = lab.session.document
    assert (document.start, document.steps, document.seed) == ((1.5, 0.1), 50, 7)
    assert lab.session.playback.last == 50


# -- the formula -----------------------------------------------------------------------------


def test_typing_a_formula_keeps_the_last_good_surface(lab, formula):
    select_all(formula)
    good = ""
    for typed in "w1^2+3w2^2":
        QTest.keyClicks(formula.field(), typed)
        problem = lab.session.resolved.problem
        if formula.error():
            assert problem.formula == (good or lab.session.resolved.problem.formula)
        else:
            good = formula.text()
            assert problem.formula == good
    assert formula.text() == good == "w1^2+3w2^2"
    lab.wait()
    assert lab.session.trajectories["1"].final_loss < 1.0
    assert lab.session.playback.step == 200
    lab.session.undo()
    assert lab.session.resolved.problem.key == "himmelblau"
    assert formula.text() == lab.session.resolved.problem.formula


def test_a_mistake_is_underlined_and_the_picture_stays(lab, formula):
    picture = lab.session.picture
    select_all(formula)
    QTest.keyClicks(formula.field(), "w1^2 + foo")
    assert marks(formula) == ["foo"]
    assert "foo" in formula.error()
    lab.wait()
    problem = lab.session.resolved.problem
    QTest.keyClicks(formula.field(), "(")
    assert formula.error()
    assert lab.session.resolved.problem is problem
    assert lab.session.picture is not picture  # from w1^2 on the way
    for _ in "foo(":
        QTest.keyClick(formula.field(), Qt.Key.Key_Backspace)
    QTest.keyClicks(formula.field(), "w2^2")
    assert (formula.error(), marks(formula)) == ("", [])


def test_a_formula_with_a_mistake_stays_while_something_else_changes(lab, formula):
    select_all(formula)
    QTest.keyClicks(formula.field(), "w1^2 +")
    enter(lab.window.parameters.slider("eta").edit(), "0.3")
    lab.wait()
    assert formula.text() == "w1^2 +"
    assert formula.error()
    lab.session.undo()
    assert formula.text() == "w1^2 +"


def test_choosing_a_surface_replaces_a_formula_with_a_mistake(lab, formula):
    select_all(formula)
    QTest.keyClicks(formula.field(), "w1 +")
    gallery = lab.window.surface.gallery
    row = next(row for row in range(gallery.count()) if gallery.itemText(row) == "Rosenbrock")
    gallery.setCurrentIndex(row)
    gallery.activated.emit(row)
    lab.wait()
    assert lab.session.resolved.problem.key == "rosenbrock"
    assert formula.text() == lab.session.resolved.problem.formula
    assert formula.error() == ""
    assert lab.contour.window_shown() == lab.session.resolved.problem.window


def test_a_loss_below_zero_is_plotted_too(lab, formula):
    pane = lab.window.panes._panes[0]
    assert (pane.symbol, pane.log) == ("E", True)
    select_all(formula)
    formula.field().insertPlainText("sin(w1) - 2")
    lab.wait()
    QTest.qWait(5)
    assert not lab.window.panes._panes[0].log


@pytest.mark.parametrize(
    "text", ["9^9^9", "1/0", "log(-1)", "w1" * 900, "((((", "w1^w2^w1", "\u212b"]
)
def test_no_formula_breaks_the_window(lab, formula, text):
    select_all(formula)
    formula.field().insertPlainText(text)
    lab.wait()
    assert lab.contour.grab().width() > 0


# -- the schedule ----------------------------------------------------------------------------


def test_a_schedule_with_a_mistake_is_marked_and_changes_nothing(lab, schedule):
    select_all(schedule)
    QTest.keyClicks(schedule.field(), "cosine:T_ma")
    assert schedule.error()
    assert lab.session.document.run("1").schedule == "cosine"
    enter(lab.window.parameters.slider("eta").edit(), "0.3")
    assert schedule.text() == "cosine:T_ma"
    schedule.setFocus()
    QTest.keyClicks(schedule.field(), "x=50")
    assert schedule.error() == ""
    assert lab.session.document.run("1").schedule == "cosine:T_max=50"
    lab.wait()
    assert lab.session.trajectories["1"]["eta"][25] == pytest.approx(0.15, rel=0.1)


def test_another_run_shows_its_own_schedule(lab, schedule):
    select_all(schedule)
    QTest.keyClicks(schedule.field(), "nonsense")
    lab.session.select("2")
    assert schedule.text() == lab.session.document.run("2").schedule
    assert schedule.error() == ""
