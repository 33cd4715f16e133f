"""Recorded trainings in the whole window: their plane, their page, and how they are followed."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

import optlab
from optlab.core.planes.stored import StoredPlaneProblem
from optlab.core.resources import data_folder
from optlab.files.experiment_files import load_experiment
from optlab.ui.controllers.training.recordings import PAGE
from optlab.ui.dialogs.file_dialogs import Answer


@pytest.fixture(autouse=True)
def no_questions(lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.laboratory.commands.documents, "ask", lambda *_: Answer.DISCARD)


def shipped(lab, name: str) -> None:
    """Chosen in the menu of the experiments."""
    menu = lab.laboratory.commands.menus.menus["Experiments"]
    actions = [a for under in menu.findChildren(QMenu) for a in under.actions()]
    (action,) = [a for a in actions if isinstance(a.data(), Path) and a.data().stem == name]
    action.trigger()
    lab.until(lambda: lab.session.document.title == name)
    lab.window.view_tabs.show_layout("Contour")
    lab.wait()


def test_a_shipped_recording_opens_over_the_loss_that_it_stored(lab) -> None:
    shipped(lab, "adam")
    session = lab.session
    problem = session.flat.resolved.problem
    assert isinstance(problem, StoredPlaneProblem)
    assert np.isfinite(session.picture.loss).all()
    path = session.flat.trajectories[session.selected].weights
    stored = np.load(Path(str(data_folder("recordings").joinpath("adam.optrec", "plane.npz"))))
    assert path == pytest.approx(stored["path"], abs=1e-5)
    a, b, losses = stored["a"], stored["b"], stored["loss"]
    assert problem.losses(a[None, 5:8], b[3:5, None]) == pytest.approx(losses[3:5, 5:8])
    assert np.isnan(problem.losses(a[-1:] + 1.0, b[:1])).all()
    assert "on the plane" in lab.window.plane_bar.texts()[1]


def test_the_page_finds_the_rule_and_replays_it(lab) -> None:
    shipped(lab, "adam")
    session, page = lab.session, lab.window.recording
    lab.window.bottom_tabs.show_page(PAGE)
    lab.until(lambda: page.texts()[2] == "Nowhere.")
    assert page.texts()[0].startswith("Recorded: Adam of torch")
    QTest.mouseClick(page.search_button, lab.left)
    lab.until(lambda: page.replay_buttons)
    assert len(page.replay_buttons) == 3
    before = session.document
    QTest.mouseClick(page.replay_buttons[0], lab.left)
    lab.until(lambda: len(session.document.runs) == 2)
    first, second = session.document.runs
    assert second.name == "Adam replayed"
    recorded, replayed = (session.resolved.recordings[run.id] for run in (first, second))
    assert replayed.weights == pytest.approx(recorded.weights, abs=1e-5)
    assert np.isnan(replayed.loss).all() and "m" in replayed.vectors
    session.undo()
    assert session.document == before


def test_a_search_can_be_stopped(lab) -> None:
    shipped(lab, "adamw-warmup")
    page = lab.window.recording
    lab.window.bottom_tabs.show_page(PAGE)
    lab.until(lambda: page.texts()[0].startswith("Recorded: AdamW"))
    QTest.mouseClick(page.search_button, lab.left)
    assert page.search_button.text() == "Stop"
    QTest.mouseClick(page.search_button, lab.left)
    assert page.search_button.text() == "Which rule was this?"
    lab.until(lambda: lab.session._desk.busy("which rule") is None)
    assert not page.replay_buttons


def test_the_page_shows_where_a_training_breaks_and_goes_with_it(lab) -> None:
    shipped(lab, "blows-up")
    page = lab.window.recording
    lab.window.bottom_tabs.show_page(PAGE)
    lab.until(lambda: page.texts()[2].startswith("The loss rises to"))
    before, worst = page.tables()
    assert before.model().rowCount() == 8 and worst.model().rowCount() == 5
    assert before.model().headerData(0, Qt.Orientation.Horizontal) == "step"
    lab.begin()
    assert lab.window.bottom_tabs.page() != PAGE


def test_a_recording_is_followed_while_it_grows(lab, tmp_path: Path) -> None:
    way = np.cumsum(np.random.default_rng(0).normal(size=(60, 4)), axis=0)
    path = tmp_path / "live.optrec"
    with optlab.record(str(path), every=1) as recorder:
        for row in way[:20]:
            recorder.step(w=row, loss=float(row @ row))
        recorder._flush()
        lab.session.open(load_experiment(path))
        lab.wait()
        assert lab.session.playback.last == 19
        lab.window.bottom_tabs.show_page("Recording")
        lab.wait()
        assert "19 steps so far: it still runs" in lab.window.recording._about.text()
        for row in way[20:45]:
            recorder.step(w=row, loss=float(row @ row))
        recorder._flush()
        lab.until(lambda: lab.session.playback.last == 44)
        for row in way[45:]:
            recorder.step(w=row, loss=float(row @ row))
    lab.until(lambda: lab.session.playback.last == 59 and lab.session.playback.step == 59)
    lab.wait()
    run = lab.session.document.runs[0]
    assert lab.session.flat.trajectories[run.id].rows == 60
    assert lab.window.recording._about.text().endswith("It finished after 59 steps.")
    layers = [choice.key for choice in lab.laboratory.panes.choices()]
    assert not any(key.startswith("layer:") for key in layers)
    assert lab.session.resolved.recordings[run.id].weights == pytest.approx(way, rel=1e-6)


def test_each_layer_of_a_recording_has_a_pane(lab, tmp_path: Path) -> None:
    way = np.cumsum(np.random.default_rng(0).normal(size=(30, 4)), axis=0)
    path = tmp_path / "layers.optrec"
    with optlab.record(str(path), every=1) as recorder:
        for row in way:
            recorder.step(w={"fc": row[:3], "out": row[3:]}, loss=float(row @ row))
    lab.session.open(load_experiment(path))
    lab.wait()
    panes = lab.laboratory.panes
    chosen = {choice.key: choice.title for choice in panes.choices()}
    assert chosen["layer:fc"] == "‖fc‖" and "all:w:out" in chosen
    panes.set_shown("layer:fc", True)
    panes.set_shown("all:w:out", True)
    lab.wait()
    trajectory = lab.session.trajectories[lab.session.selected]
    assert trajectory["w:fc"] == pytest.approx(np.linalg.norm(way[:, :3], axis=1), rel=1e-6)
    assert {"layer:fc", "all:w:out"} <= set(lab.session.view.panes)
