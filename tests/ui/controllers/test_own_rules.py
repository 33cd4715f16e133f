"""The window on an experiment that brings its own rule, surface and schedule along."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from optlab.session.edits import run_edits
from optlab.session.experiment import Experiment, Run, Surface, changed
from tests.session.embedded.test_own_texts import BALL, HALVED, VALLEY


def own(**fields: object) -> Experiment:
    runs = (Run(id="1", optimizer="ball", name="Ball"), Run(id="2", optimizer="gd", name="GD"))
    document = Experiment(
        surface=Surface(problem="valley"),
        runs=runs,
        steps=20,
        rules={"ball": BALL},
        surfaces={"valley": VALLEY},
        schedules={"halved": HALVED},
    )
    return changed(document, **fields)


def test_lists_name_what_the_experiment_brings(lab):
    lab.begin(own())
    lab.wait()
    parameters, surface = lab.window.parameters, lab.window.surface
    assert parameters.optimizer_list.currentText() == "Ball (own)"
    assert surface.gallery.currentText() == "Valley (own)"
    assert lab.window.runs.row("1").item().result
    assert parameters.slider("alpha").value() == 0.5
    lab.session.propose(run_edits.set_schedule(lab.session.document, "1", "halved:factor=0.25"))
    lab.wait()
    assert lab.session.resolved.errors == {}
    QTest.mouseClick(parameters.schedule_row().more(), Qt.MouseButton.LeftButton)
    offered = parameters.schedule_row().picker().titles()
    assert offered[0].startswith("Halved")
    parameters.schedule_row().picker().close()
    lab.window.grab()


def test_choosing_undoing_and_adding_own_rules(lab):
    lab.begin(own())
    lab.wait()
    chosen = lab.window.parameters.optimizer_list.chosen
    lab.session.select("2")
    chosen.emit("ball")
    lab.wait()
    assert [run.optimizer for run in lab.session.document.runs] == ["ball", "ball"]
    assert lab.window.parameters.optimizer_list.currentText() == "Ball (own)"
    lab.session.undo()
    assert [run.optimizer for run in lab.session.document.runs] == ["ball", "gd"]
    lab.session.propose(run_edits.add_run(lab.session.document, "ball"))
    lab.wait()
    assert set(lab.session.trajectories) == {"1", "2", "3"}


def test_a_rule_that_cannot_be_used_is_told_and_can_be_replaced(lab):
    broken = BALL.replace("eta*m", "etta*m")
    refused = []
    lab.session.refused.connect(refused.append)
    lab.begin(own(rules={"ball": broken}, runs=(Run(id="1", optimizer="gone.toml", name="Gone"),)))
    lab.wait()
    listed = lab.window.parameters.optimizer_list
    assert listed.currentText() == "gone (cannot be used)"
    assert lab.window.runs.row("1").item().result == "cannot run"
    listed.chosen.emit("ball")
    lab.wait()
    assert len(refused) == 1 and "rule 'ball': update, line 2: " in refused[0]
    assert listed.currentText() == "gone (cannot be used)"
    listed.chosen.emit("gd")
    lab.wait()
    assert lab.session.resolved.errors == {}
    assert lab.session.document.runs[0].optimizer == "gd"


def test_files_that_are_dropped_become_part_of_the_experiment(lab, tmp_path):
    lab.begin()
    lab.wait()
    said = []
    lab.session.refused.connect(said.append)
    drops = lab.laboratory.commands._drops
    for name, text in (("ball", BALL), ("valley", VALLEY), ("halved", HALVED), ("no", "name = 1")):
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
        drops.take([QUrl.fromLocalFile(str(tmp_path / f"{name}.toml"))])
        lab.wait()
    document = lab.session.document
    assert document.runs[-1].optimizer == "ball" and document.runs[-1].schedule == "halved"
    assert lab.session.selected == document.runs[-1].id
    assert lab.window.surface.gallery.currentText() == "Valley (own)"
    assert lab.session.resolved.errors == {}
    assert "no.toml" in lab.window.status._warning.text() or said == []
    lab.session.undo()
    assert lab.session.document.runs[-1].schedule == "constant"
