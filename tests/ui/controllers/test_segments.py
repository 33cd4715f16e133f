"""Then…: a run that goes on with another rule, set in the panel of its parameters."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from optlab.session.edits import run_edits
from optlab.session.experiment import Experiment, Surface
from tests.ui.mouse import enter

LEFT = Qt.MouseButton.LeftButton


def choose(lab, key):
    drop_down = lab.window.parameters.optimizer_list
    drop_down.chosen.emit(key)
    lab.wait()


@pytest.fixture
def panel(lab):
    document = run_edits.add_run(
        Experiment(surface=Surface(formula="w1^2 + 3w2^2"), start=(-3.0, 2.0), steps=200), "adam"
    )
    lab.begin(document)
    return lab.window.parameters


def test_a_run_goes_on_with_another_rule(lab, panel):
    session, segments = lab.session, panel.segments
    before = session.trajectories["1"].weights.copy()
    assert not segments.isVisible()
    session.seek(120)
    QTest.mouseClick(panel.then_button, LEFT)
    lab.wait()
    assert segments.isVisible() and segments.step_edit.value() == 120
    assert segments.memory() == [("m", "goes over"), ("s", "goes over")]
    assert session.trajectories["1"].weights.tobytes() == before.tobytes()
    choose(lab, "momentum")
    assert segments.memory() == [("m", "goes over"), ("s", "is dropped")]
    assert session.document.run("1").optimizers == "adam → momentum"
    assert panel.optimizer_list.key() == "momentum" and set(panel._sliders) == {"eta", "alpha"}
    after = session.trajectories["1"].weights
    assert (after[:121] == before[:121]).all() and (after[121] != before[121]).any()
    QTest.mouseClick(segments.keep_switch, LEFT)
    lab.wait()
    assert segments.memory() == [("m", "starts fresh"), ("s", "is dropped")]
    assert not np.array_equal(session.trajectories["1"].weights, after)
    # The other stretch has settings of its own.
    segments.segment_list.chosen.emit(0)
    assert panel.optimizer_list.key() == "adam" and "beta1" in panel._sliders
    assert not segments.step_edit.isVisible()
    enter(panel.slider("beta1").edit(), "0.5")
    lab.wait()
    run = session.document.run("1")
    assert (run.parameters, run.then[0].parameters) == ({"beta1": 0.5}, {})


def test_a_change_moves_says_why_it_cannot_and_goes(lab, panel):
    session, segments = lab.session, panel.segments
    for step in (120, 40):
        session.seek(step)
        lab.actions["then_run"].trigger()
        lab.wait()
    assert [switch.after for switch in session.document.run("1").then] == [40, 120]
    enter(segments.step_edit, "60")
    lab.wait()
    assert [switch.after for switch in session.document.run("1").then] == [60, 120]
    enter(segments.step_edit, "150")
    assert "before step 120" in segments._notice.text()
    assert segments.step_edit.value() == 60
    session.undo()
    lab.wait()
    assert [switch.after for switch in session.document.run("1").then] == [40, 120]
    segments.segment_list.chosen.emit(120)
    QTest.mouseClick(segments.remove_button, LEFT)
    lab.wait()
    assert [switch.after for switch in session.document.run("1").then] == [40]
    for _ in range(3):
        session.undo()
    lab.wait()
    assert session.document.run("1").then == () and not segments.isVisible()


def test_the_rate_of_the_steps_before_is_offered(lab, panel):
    session, segments = lab.session, panel.segments
    choose(lab, "gd")
    enter(panel.slider("eta").edit(), "0.02")
    session.seek(60)
    QTest.mouseClick(panel.then_button, LEFT)
    lab.wait()
    choose(lab, "momentum")
    lab.redraw()
    assert segments.rate_button.isVisible()
    assert "0.002" in segments.rate_button.text()
    QTest.mouseClick(segments.rate_button, LEFT)
    lab.wait()
    assert session.document.run("1").then[0].parameters["eta"] == pytest.approx(0.002)
    assert panel.slider("eta").value() == pytest.approx(0.002)
    choose(lab, "adam")
    lab.redraw()
    assert not segments.rate_button.isVisible()


def test_a_change_stands_where_an_epoch_begins(lab):
    data = Experiment(surface=Surface(problem="least_squares"), steps=100)
    data = run_edits.set_treatment(run_edits.add_run(data, "gd"), "1", "batch", 4)
    lab.begin(data)
    panel, session = lab.window.parameters, lab.session
    session.seek(50)
    QTest.mouseClick(panel.then_button, LEFT)
    lab.wait()
    field = panel.segments.epoch_edit
    assert field.isVisible()
    steps = session.resolved.specs["1"].legs[0].batches.steps_per_epoch
    enter(field, "3")
    lab.wait()
    assert [switch.after for switch in session.document.run("1").then] == [2 * steps]
    assert panel.segments.step_edit.value() == 2 * steps


def test_the_point_of_a_branch_is_its_first_change(lab, panel):
    lab.session.seek(40)
    lab.actions["branch_run"].trigger()
    lab.wait()
    assert panel.segments.step_edit.value() == 40
    lab.session.seek(120)
    QTest.mouseClick(panel.then_button, LEFT)
    lab.wait()
    choose(lab, "gd")
    branch = lab.session.document.run(lab.session.selected)
    assert branch.optimizers == "adam → adam → gd"
    assert panel.segments.segment_list.drop_down.count() == 2
