"""Studies and fair comparisons in the whole window, with real workers."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from optlab.ui.dialogs.cluster_dialog import ClusterDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tune(lab):
    lab.window.view_tabs.show_layout("Tune")
    lab.window.tuning.tabs().setCurrentIndex(0)
    lab.redraw()
    yield lab.laboratory.study
    lab.session.cancel()
    lab.until(lambda: lab.session.work is None)
    lab.window.view_tabs.show_layout("Contour")


@pytest.fixture
def fair(lab):
    lab.window.view_tabs.show_layout("Tune")
    lab.window.tuning.tabs().setCurrentIndex(1)
    lab.redraw()
    yield lab.laboratory.fair
    lab.session.cancel()
    lab.until(lambda: lab.session.work is None)
    lab.window.view_tabs.show_layout("Contour")


def type_number(row, text: str) -> None:
    row.field.selectAll()
    QTest.keyClicks(row.field, text)
    QTest.keyClick(row.field, Qt.Key.Key_Return)


def complete(lab, controller) -> bool:
    return controller.work is not None and controller.work.complete and lab.session.work is None


def computed(lab, controller) -> None:
    QTest.mouseClick(controller.page.start_button, LEFT)
    lab.until(lambda: complete(lab, controller))
    QTest.qWait(5)
    lab.redraw()


def test_a_study_is_set_computed_and_its_trials_become_runs(lab, tune) -> None:
    page = tune.page
    type_number(page.trials, "20")
    for name in ("beta1", "beta2", "momentum", "epsilon"):
        rows = [row for row in page._axes if row.item.name == name and row.chip.isChecked()]
        for row in rows:
            QTest.mouseClick(row.chip, LEFT)
    (study,) = lab.session.document.studies
    assert study.trials == 20 and "eta" in {axis.name for axis in study.axes}
    computed(lab, tune)
    keys = [chart.key for chart in tune.charts()]
    assert keys[:2] == ["history", "eta"] and "trials" in page.about()
    # A click on the best trial makes it a run with its loss.
    found = tune.work.found
    dots = tune.charts()[0].dots[-1]
    before = len(lab.session.document.runs)
    page.tabs().setCurrentIndex(1)
    at = page.charts.place_of("history", float(dots.x[0]), float(dots.y[0])).toPoint()
    QTest.mouseClick(page.charts.viewport(), LEFT, pos=at)
    QTest.qWait(5)
    lab.wait()
    assert len(lab.session.document.runs) == before + 1
    trajectory = lab.session.trajectories[lab.session.selected]
    assert trajectory.final_loss == found.losses[found.best, 0]
    # The charts stay those of the run that is tuned; undo takes the run and the study back.
    assert tune.work.found is found
    lab.session.undo()
    assert len(lab.session.document.runs) == before
    QTest.mouseClick(page.best_button, LEFT)
    run = lab.session.document.run(tune.run_id)
    assert run.own.parameters["eta"] == found.settings[found.best].get("eta", 0.1)
    while lab.session.can_undo:
        lab.session.undo()
    assert lab.session.document.studies == ()


def test_a_study_stops_and_goes_on(lab, tune) -> None:
    page = tune.page
    type_number(page.trials, "100000")
    type_number(page.seeds, "40")
    QTest.mouseClick(page.start_button, LEFT)
    lab.until(page.stop_button.isEnabled)
    lab.until(lambda: tune.work is not None and tune.work.found is not None)
    QTest.mouseClick(page.stop_button, LEFT)
    lab.until(lambda: lab.session.work is None)
    QTest.qWait(5)
    lab.redraw()
    some = len(tune.work.found.settings)
    assert 0 < some < 100_001 and page.start_button.text() == "Go on"
    QTest.mouseClick(page.start_button, LEFT)
    lab.until(lambda: len(tune.work.found.settings if tune.work.found else ()) > some)


def test_what_cannot_be_tuned_is_said_and_changes_nothing(lab, tune) -> None:
    page = tune.page
    before = lab.session.document
    type_number(page.trials, "2.5")
    assert "whole number" in page.notice() and lab.session.document == before
    row = page.axis_row("eta")
    row.low.selectAll()
    QTest.keyClicks(row.low, "1000")
    QTest.keyClick(row.low, Qt.Key.Key_Return)
    assert "low end below its high" in page.notice() and lab.session.document == before


def test_rules_are_compared_live_and_hidden(lab, fair, tmp_path: Path) -> None:
    page = fair.page
    page.problems.field.setText("booth, himmelblau")
    QTest.keyClick(page.problems.field, Qt.Key.Key_Return)
    page.rules_field.field.setText("gd, momentum, adam")
    QTest.keyClick(page.rules_field.field, Qt.Key.Key_Return)
    for row, text in ((page.budget, "60"), (page.trials, "6"), (page.seeds, "10")):
        type_number(row, text)
    computed(lab, fair)
    lab.until(lambda: len(next(c for c in fair.charts() if c.key == "losses").lines) > 3)
    assert [chart.key for chart in fair.charts()] == [
        *("profile", "sensitivity", "budget", "losses", "ranks")
    ]
    assert "60 gradients" in page.about() and page.verdict.text().startswith("Booth")
    asked = lab.session.document.comparison
    assert asked.problems == ("booth", "himmelblau") and (asked.budget, asked.trials) == (60, 6)
    full = fair.charts()[0]
    QTest.mouseClick(page.rule_row("gd"), LEFT)
    QTest.qWait(5)
    lab.redraw()
    part = fair.charts()[0]
    assert len(full.lines) == 3 and len(part.lines) == 2
    tau, shares = fair.work.result().profile("all", ["momentum", "adam"])
    assert {len(line.x) for line in part.lines} == {len(tau) + 1} and len(shares) == 2
    assert lab.session.document.comparison.hidden == ("gd",)
    lab.session.undo()
    lab.redraw()
    assert len(fair.charts()[0].lines) == 3 and not page.rule_row("gd").item.hidden
    # In pairs with one rule the others play no part.
    page.against.chosen.emit("adam")
    lab.redraw()
    pairs = fair.charts()[0]
    assert len(pairs.lines) == 2 and pairs.title == "In pairs with Adam"
    lab.session.undo()
    lab.redraw()
    # Each chart and the numbers leave as files.
    exports = lab.laboratory.commands.trial_exports
    for index, name in enumerate(("one.svg", "all.png", "numbers.csv", "numbers.json")):
        exports.write(tmp_path / name, 0 if index == 0 else None)
        lab.until(lambda name=name: (tmp_path / name).exists())
    assert b"<svg" in (tmp_path / "one.svg").read_bytes()[:400]
    assert json.loads((tmp_path / "numbers.json").read_text())["budget"] == 60


def test_a_comparison_is_cancelled_and_wrong_names_are_said(lab, fair) -> None:
    page = fair.page
    page.rules_field.field.setText("gd, adma")
    QTest.keyClick(page.rules_field.field, Qt.Key.Key_Return)
    assert "adma" in page.rules_field.error()
    page.rules_field.field.setText("gd, adam")
    QTest.keyClick(page.rules_field.field, Qt.Key.Key_Return)
    assert page.rules_field.error() == ""
    type_number(page.budget, "100000")
    QTest.mouseClick(page.start_button, LEFT)
    lab.until(page.stop_button.isEnabled)
    QTest.mouseClick(page.stop_button, LEFT)
    lab.until(lambda: lab.session.work is None)
    QTest.qWait(5)
    lab.redraw()
    assert "Stopped" in page.notice() and not fair.work.complete


def test_a_cluster_that_does_not_answer_is_said(lab) -> None:
    dialog = ClusterDialog(lab.session, lab.laboratory.status.say, lab.window)
    dialog.address.setText("tcp://127.0.0.1:1")
    QTest.mouseClick(dialog.connect_button, LEFT)
    lab.until(lambda: "no cluster answers at tcp://127.0.0.1:1" in dialog.notice.text())
    assert dialog.connect_button.isEnabled() and not dialog.leave_button.isEnabled()
    dialog.deleteLater()
