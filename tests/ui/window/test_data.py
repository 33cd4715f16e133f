"""Formulas over data, batches and stale gradients in the whole window."""

from __future__ import annotations

import pytest

from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.session.experiment import Treatment, change_run
from optlab.ui.dialogs.file_dialogs import Answer


@pytest.fixture(autouse=True)
def no_questions(lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsaved changes of the test before are given up."""
    monkeypatch.setattr(lab.laboratory.commands.documents, "ask", lambda *_: Answer.DISCARD)


def open_shipped(lab, name: str) -> None:
    document = load_experiment(shipped_experiment(name))
    lab.session.open(document)
    runs = len(document.runs)
    lab.until(lambda: lab.session.work is None and len(lab.session.trajectories) == runs)


@pytest.mark.parametrize("name", ["test_loss", "stale_gradients"])
def test_an_experiment_on_data_is_shown_everywhere(lab, name: str) -> None:
    session, window = lab.session, lab.window
    open_shipped(lab, name)
    for title in ("Contour", "3D", "Both", "Basins"):
        window.view_tabs.show_layout(title)
        lab.wait()
    window.view_tabs.show_layout("Contour")
    session.show(overlays=("arrows", "gradient", "memory", "update", "sizes", "curvature"))
    session.show(panes=("loss", "batch_loss", "test_loss", "test_accuracy", "gradient_age"))
    session.seek(0)
    session.toggle_playing()
    lab.until(lambda: session.playback.step > 2)
    session.toggle_playing()
    for page in ("Comparison", "Story", "Worksheet"):
        window.bottom_tabs.show_page(page)
        lab.wait()
    session.seek(7)
    lab.wait()


def test_a_typed_formula_keeps_the_data_of_the_surface(lab) -> None:
    session = lab.session
    open_shipped(lab, "test_loss")
    before = session.resolved.problem
    session.type_formula("mean((w1*x1 + w2*x2 - y)^2)")
    lab.until(lambda: session.work is None)
    after = session.resolved.problem
    assert after.table == before.table and after.test_table == before.test_table
    assert session.document.surface.data.source == "gauss:n=200,noise=0.8,seed=2"
    session.type_formula("mean(w1*z)")
    assert session.formula_error is not None and session.resolved.problem is after
    session.type_formula("w1^2 + w2^2")
    lab.until(lambda: session.work is None and session.resolved.problem.rows == 0)
    assert session.document.surface.data is None
    for _ in range(2):
        session.undo()
    lab.until(lambda: session.work is None and session.resolved.problem.text == before.text)


def test_batches_of_a_run_are_changed_and_taken_back(lab) -> None:
    session = lab.session
    open_shipped(lab, "batches_and_noise")
    run = session.document.runs[1]
    losses = session.trajectories[run.id].loss.tolist()
    session.propose(change_run(session.document, run.id, treatment=Treatment(batch=50)))
    lab.until(lambda: session.work is None and session.trajectories[run.id]["epoch"][-1] == 100)
    session.undo()
    lab.until(lambda: session.work is None and session.trajectories[run.id].loss.tolist() == losses)
