"""A network on data in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from optlab.session.experiment import (
    DataSet,
    Experiment,
    NetworkModel,
    Run,
    Surface,
    Treatment,
    changed,
)
from optlab.ui.dialogs.file_dialogs import Answer

BATCHES = Treatment(batch=16)
NETWORK = Experiment(
    surface=Surface(network=NetworkModel("2-6-1"), data=DataSet("moons:n=60,seed=1", test=0.2)),
    runs=(
        Run(id="1", optimizer="adam", parameters={"eta": 0.05}, treatment=BATCHES),
        Run(id="2", optimizer="momentum", parameters={"eta": 0.1}, treatment=BATCHES, color=1),
    ),
    steps=60,
)


@pytest.fixture(autouse=True)
def no_questions(lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsaved changes of the test before are given up."""
    monkeypatch.setattr(lab.laboratory.commands.documents, "ask", lambda *_: Answer.DISCARD)


def test_a_network_is_opened_played_changed_and_taken_back(lab) -> None:
    session, window = lab.session, lab.window
    session.open(NETWORK)
    lab.until(lambda: session.work is None and len(session.trajectories) == 2)
    assert {path.dimension for path in session.trajectories.values()} == {25}
    for title in ("Contour", "3D", "Both", "Basins"):
        window.view_tabs.show_layout(title)
        lab.wait()
    window.view_tabs.show_layout("Contour")
    session.show(overlays=("arrows", "gradient", "memory", "update", "sizes", "curvature"))
    session.seek(0)
    session.toggle_playing()
    lab.until(lambda: session.playback.step > 2)
    session.toggle_playing()
    for page in ("Comparison", "Story", "Worksheet"):
        window.bottom_tabs.show_page(page)
        lab.wait()
    model = NetworkModel("2-3-1", activation="relu")
    surface = Surface(network=model, data=NETWORK.surface.data)
    session.propose(changed(NETWORK, surface=surface, seed=3))
    lab.until(lambda: session.work is None and len(session.resolved.start) == 13)
    lab.until(lambda: {path.dimension for path in session.trajectories.values()} == {13})
    session.undo()
    lab.until(lambda: session.work is None and len(session.resolved.start) == 25)
    field = window.surface.formula_edit().field()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "w1^2 + w2^2")
    lab.until(lambda: session.work is None and session.resolved.no_map == "")
    assert session.document.surface.network is None and session.document.surface.data is None


def test_a_schedule_counts_epochs_where_there_is_data(lab) -> None:
    session, row = lab.session, lab.window.parameters.schedule_row()
    session.open(changed(NETWORK, steps=18))
    session.select("1")
    assert not row.unit().isVisibleTo(row)
    field = row.edit().field()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "step:drop=0.5,every=2")
    lab.until(lambda: session.document.run("1").schedule == "step:drop=0.5,every=2")
    assert row.unit().isVisibleTo(row) and row.unit().drop_down.key() is False
    row.unit().chosen.emit(True)
    lab.until(lambda: session.document.run("1").schedule.endswith("unit=epochs"))
    lab.until(lambda: session.work is None)
    rates = session.trajectories["1"]["eta"][1:]
    assert rates.tolist() == pytest.approx([0.05] * 6 + [0.025] * 6 + [0.0125] * 6)
    assert row.edit().text() == "step:drop=0.5,every=2,unit=epochs"
    assert row.more().isEnabled()
    session.open(Experiment(surface=Surface("booth"), runs=(Run(id="1", optimizer="gd"),)))
    session.select("1")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "cosine:unit=epochs")
    lab.wait()
    assert session.document.run("1").schedule == "cosine"
    assert "counts epochs" in row.edit().error()
