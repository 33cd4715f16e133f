"""Basins and the parameter map in the whole window, with real workers."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from optlab.core.maps import BasinPicture, SweepPicture
from optlab.session.experiment import Surface, change_run, changed
from optlab.session.jobs import JobControl
from optlab.session.maps import map_request
from optlab.session.maps.map_compute import COMPILING
from optlab.session.maps.map_request import BasinRequest, SweepRequest
from optlab.ui.controllers.maps import maps as controllers
from tests.patience import PATIENCE

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def maps(lab):
    """The two controllers, small maps; afterwards the contour map is in front again."""
    for controller in lab.laboratory.maps:
        controller.resolution = 64
    yield lab.laboratory.maps
    lab.window.view_tabs.show_layout("Contour")
    lab.until(lambda: lab.session.work is None)


@pytest.fixture
def basins(lab, maps):
    return shown(lab, maps[0], "Basins")


@pytest.fixture
def sweep(lab, maps):
    return shown(lab, maps[1], "Parameter map")


def complete(lab, controller) -> bool:
    work = controller.work
    wanted = controller.request(controller.spec)
    shown = work is not None and controller.shown_work is work
    return shown and work.complete and work.request == wanted


def shown(lab, controller, title: str):
    lab.window.view_tabs.show_layout(title)
    lab.until(lambda: complete(lab, controller), 60)
    lab.wait()
    return controller


def settled(lab, controller) -> None:
    QTest.qWait(5)
    lab.until(lambda: complete(lab, controller), 60)


def test_basins_come_by_themselves_with_their_legend(lab, basins) -> None:
    picture = basins.work.picture
    assert isinstance(picture, BasinPicture) and len(picture.places) == 4
    items = basins.page.legend().items()
    assert [item.text for item in items[:4]] == [
        *("(−3.779, −3.283)", "(−2.805, 3.131)", "(3, 2)", "(3.584, −1.848)")
    ]
    assert all(item.value.endswith("%") for item in items[:4])
    canvas = basins.page.canvas
    assert canvas.shown.crosses and canvas.shown.start == pytest.approx(lab.session.resolved.start)
    assert not lab.window.view_tabs.switch("arrows").isVisible()


def test_a_click_starts_the_runs_there_and_is_undone_at_once(lab, basins) -> None:
    canvas = basins.page.canvas
    before, work = lab.session.document.start, basins.work
    at = canvas.pixel(2.0, -1.0).toPoint()
    QTest.mouseClick(canvas.viewport(), LEFT, pos=at)
    assert lab.session.document.start == pytest.approx((2.0, -1.0), abs=0.1)
    lab.wait()
    assert canvas.shown.start == lab.session.document.start
    # The cell says where that run ends.
    index = work.shown_cell(*canvas.cell_at(at.toPointF()))
    exact = work.cells.starts[index]
    assert tuple(exact) == pytest.approx(lab.session.document.start)
    assert basins.work is work, "the start has no part in the basins"
    lab.session.undo()
    assert lab.session.document.start == before


def test_dragging_takes_the_start_along(lab, basins) -> None:
    canvas = basins.page.canvas
    begin, end = canvas.pixel(-2.0, -2.0).toPoint(), canvas.pixel(2.0, 2.0).toPoint()
    points = [begin + (end - begin) * share / 8 for share in range(9)]
    came = lab.drag(canvas, points, 0.05)
    assert sum(count > 0 for count in came) >= 4, came
    assert lab.session.document.start == pytest.approx((2.0, 2.0), abs=0.2)
    lab.session.undo()
    assert not lab.session.can_undo


def test_a_run_with_a_start_of_its_own_is_moved_alone(lab, basins) -> None:
    lab.session.propose(change_run(lab.session.document, "1", start=(0.0, 0.0)))
    QTest.mouseClick(
        basins.page.canvas.viewport(), LEFT, pos=basins.page.canvas.pixel(1.0, 1.0).toPoint()
    )
    assert lab.session.document.run("1").start == pytest.approx((1.0, 1.0), abs=0.1)
    assert lab.session.document.start == (-0.3, 0.1)


def test_hovering_tells_where_a_start_leads(lab, basins) -> None:
    canvas = basins.page.canvas
    QTest.mouseMove(canvas.viewport(), canvas.pixel(3.0, 2.0).toPoint())
    assert canvas.hover_text().startswith("from w (") and "E " in canvas.hover_text()


def test_another_setting_is_answered_coarse_first(lab, basins, monkeypatch) -> None:
    basins.resolution = 256
    basins.refresh()
    settled(lab, basins)
    asked = []
    real = lab.session.ask_map

    def noted(request, *others):
        asked.append(request.resolution)
        return real(request, *others)

    monkeypatch.setattr(lab.session, "ask_map", noted)
    pause = basins._settle.interval()
    basins._settle.setInterval(10**6)
    for count, eta in enumerate((0.05, 0.2, 0.3), 1):
        lab.session.propose(change_run(lab.session.document, "1", parameters={"eta": eta}), "eta")
        lab.until(lambda count=count: len(asked) == count)
    assert asked == [64, 64, 64]
    basins._settle.setInterval(pause)
    settled(lab, basins)
    assert asked == [64, 64, 64, 256]
    assert basins.work.request.spec.parameters["eta"] == 0.3


def test_while_the_compiler_works_there_is_a_coarse_picture(lab, basins, monkeypatch) -> None:
    compiling, go_on = threading.Event(), threading.Event()
    real = map_request.CompiledCells

    def slow(*arguments: object) -> object:
        compiling.set()
        assert go_on.wait(PATIENCE)
        return real(*arguments)

    monkeypatch.setattr(map_request, "CompiledCells", slow)
    basins.resolution = 128
    text = "w1^2 + 2 w2^2 + cos(w1)"
    lab.session.propose(changed(lab.session.document, surface=Surface(formula=text)))
    lab.until(lambda: basins.shown_work is not None and basins.shown_work is basins.work, 60)
    assert compiling.is_set() or basins.work.picture is not None
    status = lab.window.status
    lab.until(lambda: status._timing.text() == COMPILING, 60)
    lab.until(lambda: basins.work.picture is not None, 60)
    picture = basins.work.picture
    assert isinstance(picture, BasinPicture) and not basins.work.complete
    QTest.mouseClick(status.cancel_button, LEFT)
    # Cancelling does not wait for the compiler, and what is there stays.
    lab.until(lambda: "Stopped" in basins.page.notice(), 60)
    assert not go_on.is_set() and basins.page.canvas.drawing() is not None
    QTest.mouseClick(basins.page.compute_button, LEFT)
    go_on.set()
    settled(lab, basins)
    lab.session.undo()
    basins.resolution = 64


def test_the_coarse_picture_comes_at_once(lab, basins) -> None:
    """Within a fifth of a second where the loop is compiled; here machines may be slow."""
    canvas = basins.page.canvas
    drawn = []
    real = canvas.set_drawing
    canvas.set_drawing = lambda drawing: (drawn.append(drawing), real(drawing))
    lab.session.propose(changed(lab.session.document, steps=150))
    lab.until(lambda: drawn, 60)
    del canvas.set_drawing


def test_cancel_keeps_what_is_there(lab, basins, monkeypatch) -> None:
    basins.resolution = 1024
    monkeypatch.setattr(controllers, "AUTOMATIC", 1e12)
    lab.session.propose(changed(lab.session.document, steps=20_000))
    lab.until(lambda: complete_runs(lab))
    real = JobControl.progress

    def slow(control, done, total):
        """However fast the machine is: after the first picture nothing more comes."""
        real(control, done, total)
        if basins._work.picture is not None:
            control._stop.wait(PATIENCE)

    monkeypatch.setattr(JobControl, "progress", slow)
    basins.compute()
    lab.until(lambda: basins._work.picture is not None and basins._work.buffer.known.any(), 60)
    lab.until(lambda: lab.window.status.is_busy(), 60)
    QTest.mouseClick(lab.window.status.cancel_button, LEFT)
    lab.until(lambda: lab.session.work is None, 60)
    lab.until(lambda: "Stopped" in basins.page.notice(), 60)
    monkeypatch.setattr(JobControl, "progress", real)
    assert not basins.work.complete
    assert basins.page.canvas.drawing() is not None
    known = basins.work.buffer.known.mean()
    assert 0 < known < 1
    lab.session.undo()
    basins.resolution = 64


def test_cancelled_in_between_the_whole_map_does_not_follow(lab, basins, monkeypatch) -> None:
    basins.resolution = 128
    basins.refresh()
    settled(lab, basins)
    basins._settle.setInterval(60_000)
    lab.session.propose(change_run(lab.session.document, "1", parameters={"eta": 0.07}))
    lab.until(lambda: basins.shown_work.request.resolution == 64 and lab.session.work is None)
    lab.actions["cancel"].trigger()
    assert not basins._settle.isActive() and "Stopped" in basins.page.notice()
    basins._settle.setInterval(350)
    QTest.mouseClick(basins.page.compute_button, LEFT)
    settled(lab, basins)
    assert basins.shown_work.request.resolution == 128
    basins.resolution = 64


def complete_runs(lab) -> bool:
    return dict(lab.session.computed) == dict(lab.session.resolved.specs)


def test_what_takes_long_waits_for_the_button(lab, basins, monkeypatch) -> None:
    monkeypatch.setattr(controllers, "AUTOMATIC", 1e4)
    work = basins.work
    lab.session.propose(changed(lab.session.document, steps=190))
    QTest.qWait(50)
    assert "press Compute" in basins.page.notice() and basins.work is work
    QTest.mouseClick(basins.page.compute_button, LEFT)
    settled(lab, basins)
    assert basins.work is not work and basins.page.notice() == ""


def test_what_takes_long_is_shown_coarse_meanwhile(lab, basins, monkeypatch) -> None:
    monkeypatch.setattr(controllers, "AUTOMATIC", 32 * 32 * 180)
    lab.session.propose(changed(lab.session.document, steps=180))
    lab.until(lambda: "coarse map" in basins.page.notice(), 60)
    lab.until(lambda: basins.result() is not None, 60)
    assert basins.shown_work.request.resolution == 32
    QTest.mouseClick(basins.page.compute_button, LEFT)
    settled(lab, basins)
    assert basins.shown_work.request.resolution == 64


def test_no_run_and_a_run_that_cannot_be(lab, basins) -> None:
    lab.session.propose(changed(lab.session.document, runs=()))
    QTest.qWait(5)
    assert "Add a run" in basins.page.notice()
    lab.session.undo()
    settled(lab, basins)
    assert basins.page.notice() == ""
    lab.session.propose(change_run(lab.session.document, "1", parameters={"eta": -1.0}))
    QTest.qWait(5)
    assert "eta must be above 0" in basins.page.notice()


def test_another_surface_gets_other_basins(lab, basins) -> None:
    surface = type(lab.session.document.surface)(formula="sin(2 w1) + w2^2")
    lab.session.propose(changed(lab.session.document, surface=surface))
    settled(lab, basins)
    picture = basins.work.picture
    assert isinstance(picture, BasinPicture) and not any(p.known for p in picture.places)
    assert basins.page.canvas.shown.crosses == ()


# -- the parameter map -----------------------------------------------------------------------


def test_a_parameter_map_with_the_run_on_it(lab, sweep) -> None:
    request, picture = sweep.work.request, sweep.work.picture
    assert isinstance(request, SweepRequest) and isinstance(picture, SweepPicture)
    assert (request.columns.name, request.rows.name) == ("eta", "beta1")
    drawing = sweep.page.canvas.drawing()
    assert drawing.across.log and not drawing.upwards.log and drawing.bar is not None
    best, mark = sweep.page.canvas.shown.marks
    # The best cell is a ring, in the legend with its loss; a click adds its run, as everywhere.
    losses = sweep.work.buffer.ends.loss
    assert best.best and (best.x, best.y) == sweep.best_place()
    row, column = divmod(int(np.nanargmin(losses)), request.columns.count)
    assert best.x == request.columns.values()[column] and best.y == request.rows.values()[row]
    assert sweep.page.legend().items()[-1].text.startswith("best cell")
    assert mark.x == lab.session.resolved.specs["1"].parameters["eta"] and mark.selected


def test_a_click_adds_the_run_of_the_cell(lab, sweep) -> None:
    canvas, work = sweep.page.canvas, sweep.work
    at = canvas.pixel(0.5, 0.4).toPoint()
    cell = canvas.cell_at(at.toPointF())
    QTest.mouseClick(canvas.viewport(), LEFT, pos=at)
    document = lab.session.document
    assert len(document.runs) == 4
    new = document.run(lab.session.selected)
    assert new.name.startswith("Adam η ") and new is document.runs[1]
    lab.wait()
    walk = lab.session.trajectories[new.id]
    index = work.shown_cell(*cell)
    np.testing.assert_array_equal(walk.final_weights, work.buffer.ends.weights[index])
    QTest.qWait(20)
    # It is another cell of the same map: nothing is computed again, and two runs are marked.
    assert sweep.work is work and len(canvas.shown.marks) == 3
    lab.session.undo()
    assert len(lab.session.document.runs) == 3


def test_other_settings_ranges_and_measures(lab, sweep) -> None:
    page = sweep.page
    page.setting_chosen.emit(0, "beta1")
    settled(lab, sweep)
    request = sweep.work.request
    assert (request.columns.name, request.rows.name) == ("beta1", "eta"), "they change places"
    page.setting_chosen.emit(0, "w1")
    page.range_entered.emit(0, -2.0, 3.0)
    settled(lab, sweep)
    assert sweep.work.request.columns.low == -2.0
    page.range_entered.emit(1, -2.0, 3.0)
    assert "begins above 0" in page.axes[1]._notice.text()
    page.range_entered.emit(1, 0.01, 1.0)
    settled(lab, sweep)
    page.log_toggled.emit(1, False)
    settled(lab, sweep)
    assert sweep.work.request.rows.scale == "linear"
    page.range_entered.emit(1, -2.0, 3.0)
    assert "eta must be above 0" in page.axes[1]._notice.text()
    page.log_toggled.emit(0, True)
    assert "begins above 0" in page.axes[0]._notice.text() and not page.axes[0].log.isChecked()
    work = sweep.work
    for measure in ("steps", "outcome", "length", "loss"):
        page.measure_chosen.emit(measure)
        assert sweep.work is work and work.picture.measure == measure
        assert (page.canvas.drawing().bar is None) == (measure == "outcome")
    page.target_entered.emit(0.5)
    settled(lab, sweep)
    assert sweep.work.request.target == 0.5
    page.target_entered.emit(None)
    page.setting_chosen.emit(0, "eta")
    page.setting_chosen.emit(1, "beta1")
    settled(lab, sweep)


def test_hovering_tells_what_became_of_a_run(lab, sweep) -> None:
    canvas = sweep.page.canvas
    QTest.mouseMove(canvas.viewport(), canvas.pixel(0.1, 0.9).toPoint())
    lines = canvas.hover_text().splitlines()
    assert lines[0].startswith("η ") and "β₁ " in lines[0] and "E " in lines[1]


def test_another_rule_has_other_settings(lab, sweep) -> None:
    lab.session.select("2")
    settled(lab, sweep)
    assert sweep.work.request.rows.name == "alpha"
    assert sweep.page.axes[1].choice.currentText() == "α"
    sweep.page.run_chosen.emit("1")
    settled(lab, sweep)
    assert sweep.work.request.rows.name == "beta1"
    sweep.page.run_chosen.emit("")


def test_maps_follow_each_other_and_the_theme(lab, basins, maps) -> None:
    sweep = shown(lab, maps[1], "Parameter map")
    before = sweep.page.canvas.grab().toImage()
    lab.laboratory.set_theme("light")
    after = sweep.page.canvas.grab().toImage()
    assert after.pixelColor(2, 2).name() == "#ffffff" and after != before
    lab.window.view_tabs.show_layout("Basins")
    lab.until(lambda: complete(lab, basins))
    assert isinstance(basins.work.request, BasinRequest)
    lab.laboratory.set_theme("dark")


def test_hidden_maps_cost_nothing(lab, maps, monkeypatch) -> None:
    lab.window.view_tabs.show_layout("Contour")
    asked = []
    monkeypatch.setattr(lab.session, "ask_map", lambda *_: asked.append(1))
    lab.session.propose(changed(lab.session.document, start=(1.0, 1.0)))
    lab.wait()
    QTest.qWait(20)
    assert asked == []
