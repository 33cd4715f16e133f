"""Losses of other than two weights, changes of the rule and recordings, in the whole window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from optlab.files.experiment_files import save_experiment
from optlab.session.experiment import DataSet, Experiment, NetworkModel, Run, Surface, Switch
from optlab.ui.dialogs.file_dialogs import Answer
from optlab.ui.menus.curves_menu import CurvesMenu

RECORDED = "t,w1,w2,loss\n0,1,2,5\n1,0.5,1,1.25\n2,0.25,0.5,0.3125\n"


@pytest.fixture(autouse=True)
def no_questions(lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsaved changes of the test before are given up."""
    monkeypatch.setattr(lab.laboratory.commands.documents, "ask", lambda *_: Answer.DISCARD)


def typed(lab, text: str) -> None:
    field = lab.window.surface.formula_edit().field()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    lab.until(lambda: lab.session.work is None and lab.session.document.surface.formula == text)
    lab.wait()


def test_a_formula_of_three_weights_is_typed_played_and_taken_back(lab) -> None:
    before = lab.session.document
    typed(lab, "w1^2 + w2^2 + w3^2")
    session, window = lab.session, lab.window
    start = session.document.start
    assert start is not None and len(start) == 3
    assert {walk.dimension for walk in session.trajectories.values()} == {3}
    window.view_tabs.show_layout("Basins")
    lab.wait()
    lab.until(lambda: window.basins.isVisible() and window.plane_bar.isVisible())
    for title in ("3D", "Both", "Contour"):
        window.view_tabs.show_layout(title)
        lab.wait()
    assert window.contour.isVisible() and window.plane_bar.isVisible()
    session.seek(0)
    session.toggle_playing()
    lab.until(lambda: session.playback.step > 2)
    session.toggle_playing()
    for page in ("Comparison", "Story", "Worksheet"):
        window.bottom_tabs.show_page(page)
        lab.wait()
    point = window.surface._point
    point.setFocus()
    point.selectAll()
    QTest.keyClicks(point, "1, 2, -3")
    QTest.keyClick(point, Qt.Key.Key_Return)
    lab.until(lambda: session.document.start == (1.0, 2.0, -3.0) and session.work is None)
    lab.laboratory.display.zoom_to_paths()
    for _ in range(20):
        session.undo()
    lab.until(lambda: session.work is None)
    lab.wait()
    assert session.document.surface == before.surface and session.document.start == before.start
    assert window.contour.isVisible() and not window.plane_bar.isVisible()
    assert window.contour.shown.picture.names == ("w₁", "w₂")
    assert session.trajectories["1"].dimension == 2


def test_the_parameter_map_varies_a_third_weight(lab) -> None:
    typed(lab, "w1^2 + 2w2^2 + 3w3^2")
    sweep = lab.laboratory.maps[1]
    sweep.resolution = 16
    lab.window.view_tabs.show_layout("Parameter map")
    lab.wait()
    sweep._choose_setting(0, "w3")
    lab.until(lambda: sweep.shown_work is not None and sweep.shown_work.complete)
    assert sweep.shown_work.request.columns.name == "w3"
    lab.window.view_tabs.show_layout("Contour")


@pytest.mark.parametrize("count", [1, 20])
def test_one_weight_and_twenty(lab, tmp_path: Path, count: int) -> None:
    names = tuple(f"p{i}" for i in range(count))
    surface = Surface(formula=" + ".join(f"{name}^2" for name in names), weights=names)
    document = Experiment(surface=surface, runs=(Run(id="1", optimizer="adam", name="a"),))
    save_experiment(document, tmp_path / "a.optlab")
    assert lab.laboratory.commands.documents.open_file(tmp_path / "a.optlab")
    lab.until(lambda: lab.session.work is None and "1" in lab.session.trajectories)
    for step in (0, 1, 200):
        lab.session.seek(step)
        lab.wait()
    assert lab.session.trajectories["1"].dimension == count
    most = max(len(pane.curves) for pane in lab.window.panes._panes)
    assert most <= 8


def test_a_file_with_a_switch_shows_the_rule_of_each_step(lab, tmp_path: Path) -> None:
    run = Run(id="1", optimizer="adam", name="a", then=(Switch(after=10, optimizer="momentum"),))
    document = Experiment(surface=Surface(problem="rosenbrock"), runs=(run,), steps=20)
    save_experiment(document, tmp_path / "a.optlab")
    assert lab.laboratory.commands.documents.open_file(tmp_path / "a.optlab")
    lab.until(lambda: lab.session.work is None and "1" in lab.session.trajectories)
    lab.window.bottom_tabs.show_page("Worksheet")
    found = []
    for step in (10, 11):
        lab.session.seek(step)
        lab.wait()
        sheet = lab.window.worksheet.worksheet()
        found.append(len(sheet.rows))
    assert found[0] > found[1]
    (item,) = [lab.laboratory.runs._item(one) for one in lab.session.document.runs]
    assert item.tip.endswith("Adam to step 10, Momentum to step 20")


def test_a_worksheet_is_that_of_a_chosen_weight(lab) -> None:
    data = DataSet("moons:n=40")
    lab.session.open(
        Experiment(
            surface=Surface(network=NetworkModel("2-4-1"), data=data),
            runs=(Run(id="1", optimizer="adam"),),
            steps=20,
        )
    )
    lab.until(lambda: lab.session.work is None and "1" in lab.session.trajectories)
    view = lab.window.worksheet
    lab.window.bottom_tabs.show_page("Worksheet")
    lab.session.seek(7)
    lab.wait()
    assert view.weight_button().isVisible() and view.worksheet().weight == ""
    QTest.mouseClick(view.weight_button(), Qt.MouseButton.LeftButton)
    QTest.keyClicks(view.weight_picker().field(), "W1[2,1]")
    QTest.keyClick(view.weight_picker().field(), Qt.Key.Key_Return)
    lab.wait()
    assert lab.session.view.weight == "w3"
    assert view.worksheet().title == "Adam, update 7, w3 = W1[2,1]"
    assert view.weight_button().text() == "W1[2,1]"
    for step in (8, 6):
        lab.session.seek(step)
        lab.wait()
        (last,) = [row for row in view.worksheet().rows if row.is_last]
        assert last.values == (lab.session.trajectories["1"]["w3"][step],)
    assert view.worksheet().rows[-1].line.symbol == "‖Δw‖"
    lab.session.open(Experiment(surface=Surface(problem="booth"), runs=(Run("1", "gd"),)))
    lab.until(lambda: lab.session.work is None and "1" in lab.session.trajectories)
    lab.session.seek(3)
    lab.wait()
    assert not view.weight_button().isVisible() and view.worksheet().weight == ""


def test_a_recording_opens_drops_in_and_is_saved_elsewhere(lab, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(RECORDED, "utf-8")
    commands = lab.laboratory.commands
    assert commands.documents.open_file(path) and commands.documents.path is None
    lab.until(lambda: lab.session.work is None)
    lab.wait()
    assert lab.session.playback.last == 2 and lab.window.contour.isVisible()
    assert [pane.key for pane in lab.window.panes._panes] == ["loss"]
    for page in ("Comparison", "Worksheet"):
        lab.window.bottom_tabs.show_page(page)
        lab.wait()
    for title in ("3D", "Basins", "Parameter map", "Contour"):
        lab.window.view_tabs.show_layout(title)
        lab.wait()
    assert commands.documents.save_file(tmp_path / "kept.optlab")
    commands._drops.take([QUrl.fromLocalFile(str(path))])
    lab.wait()
    assert [run.recording for run in lab.session.document.runs] == ["mine", "mine"]
    path.write_text("t,w1,loss\n0,x,1\n", "utf-8")
    before = lab.session.document
    commands._drops.take([QUrl.fromLocalFile(str(path))])
    lab.wait()
    assert lab.session.document == before


def test_single_weights_of_many_are_chosen_by_typing(lab) -> None:
    document = Experiment(
        surface=Surface(formula=" + ".join(f"{i}*w{i}^2" for i in range(1, 34))),
        runs=(Run(id="1", optimizer="adam", name="a"), Run(id="2", optimizer="gd", name="b")),
        start=tuple(1.0 for _ in range(33)),
        steps=20,
    )
    lab.begin(document)
    panes = lab.laboratory.panes
    assert len(panes.components()) == 33 * 4  # w, g, m, s
    panes.set_shown("w", True)
    QTest.qWait(1)
    (weights,) = [pane for pane in lab.window.panes._panes if pane.key == "w"]
    assert [curve.name for curve in weights.curves] == ["‖w‖", "median", "Q₁ Q₃", "Q₁ Q₃"]
    menu = CurvesMenu(panes)
    menu.fill()
    (single,) = [action for action in menu._single.actions() if action.text() == "Single weight…"]
    menu._choose(single)
    picker = lab.window.panes.component_picker()
    assert picker.isVisible()
    field = picker.search().field()
    QTest.keyClicks(field, "w17")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.qWait(1)
    (chosen,) = [pane for pane in lab.window.panes._panes if pane.key == "all:w17"]
    assert [curve.run_id for curve in chosen.curves] == ["1", "2"]
    for curve in chosen.curves:
        walk = lab.session.trajectories[curve.run_id]
        assert (curve.values == walk.weights[:, 16]).all()
    panes.set_shown("all:w17", False)
    menu.deleteLater()
