"""The map under the mouse: choosing and dragging the start, redrawing while it moves."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT = Qt.MouseButton.LeftButton


def picture(widget):
    return widget.grab().toImage()


def test_three_runs_are_drawn_at_the_start(lab):
    walks = lab.session.trajectories
    assert len(walks) == 3
    assert all(walk.outcome.kind == "finished" for walk in walks.values())
    assert sorted(path.run_id for path in lab.contour.shown.paths) == ["1", "2", "3"]
    image = picture(lab.contour)
    colors = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
    for path in lab.contour.shown.paths:
        assert path.color in colors
    assert lab.session.playback.step == 200


def test_a_click_sets_the_start(lab):
    QTest.mouseClick(lab.contour.viewport(), LEFT, pos=lab.pixel(2.0, -1.0))
    assert lab.session.document.start == pytest.approx((2.0, -1.0), abs=0.05)
    lab.wait()
    for walk in lab.session.trajectories.values():
        assert walk.weights[0] == pytest.approx(lab.session.document.start)
    lab.session.undo()
    assert lab.session.document.start == (-0.3, 0.1)


def test_a_double_click_fits_and_is_nothing_to_undo(lab):
    before = lab.session.document.start
    at = lab.pixel(1.0, 1.0)
    QTest.mouseClick(lab.contour.viewport(), LEFT, pos=at)
    QTest.mouseDClick(lab.contour.viewport(), LEFT, pos=at)
    assert lab.session.document.start == before
    assert lab.contour.window_shown() == lab.session.resolved.problem.window
    assert not lab.session.can_undo


def test_two_slow_clicks_are_two_changes(lab):
    for w1 in (1.0, 2.0):
        QTest.mouseClick(lab.contour.viewport(), LEFT, pos=lab.pixel(w1, w1))
        QTest.qWait(QApplication.doubleClickInterval() + 50)
    lab.session.undo()
    assert lab.session.document.start == pytest.approx((1.0, 1.0), abs=0.05)
    lab.session.undo()
    assert not lab.session.can_undo


def test_quick_changes_of_the_start_are_undone_one_by_one(lab):
    starts = [lab.session.document.start]
    for w1 in (1.0, 2.0):
        QTest.mouseClick(lab.contour.viewport(), LEFT, pos=lab.pixel(w1, 0.0))
        starts.append(lab.session.document.start)
    for w1 in (-1.0, -2.0):
        begin, end = lab.pixel(*starts[-1]), lab.pixel(w1, -3.0)
        lab.drag(lab.contour, [begin, (begin + end) / 2, end], seconds=0)
        starts.append(lab.session.document.start)
    for start in reversed(starts[:-1]):
        lab.session.undo()
        assert lab.session.document.start == start
    assert not lab.session.can_undo


def test_paths_are_drawn_anew_while_the_start_is_dragged(lab):
    begin, end = lab.pixel(-0.3, 0.1), lab.pixel(2.0, 3.0)
    points = [begin + (end - begin) * share / 12 for share in range(13)]
    came = lab.drag(lab.contour, points, 0.05)
    assert sum(count > 0 for count in came) >= 6, came
    assert lab.session.document.start == pytest.approx((2.0, 3.0), abs=0.05)
    lab.wait()
    shown = lab.contour.shown.paths[-1].w[0]
    assert np.allclose(shown, lab.session.document.start)
    lab.session.undo()
    assert lab.session.document.start == (-0.3, 0.1)
    assert not lab.session.can_undo


def test_escape_lets_go_of_the_start(lab):
    before = lab.session.document
    QTest.mousePress(lab.contour.viewport(), LEFT, pos=lab.pixel(-0.3, 0.1))
    for share in range(1, 5):
        lab.move(lab.contour, lab.pixel(-0.3, 0.1) + QPoint(10 * share, 0))
    lab.key(Qt.Key.Key_Escape)
    assert lab.session.document == before
    QTest.mouseRelease(lab.contour.viewport(), LEFT, pos=lab.pixel(1.0, 1.0))
    assert lab.session.document == before
    assert not lab.session.can_undo


def test_hovering_tells_point_loss_and_step(lab):
    QTest.mouseMove(lab.contour.viewport(), lab.pixel(3.0, -3.0))
    assert lab.contour.shown.hover_text.startswith("w (")
    walk = lab.session.trajectories["1"]
    QTest.mouseMove(lab.contour.viewport(), lab.pixel(*walk.weights[10]))
    assert "step 10" in lab.contour.shown.hover_text


def test_hovering_over_the_surface_in_space_tells_the_same(lab):
    lab.window.view_tabs.show_layout("3D")
    lab.wait()
    view = lab.window.surface3d
    lab.until(lambda: view.isVisible() and view.scene.relief is not None)
    middle = view.rect().center()
    QTest.mouseMove(view, middle)
    assert view._readout.text.startswith("w (") and "E " in view._readout.text
    with_it = view.grab().toImage()
    QTest.mousePress(view, LEFT, pos=middle)
    assert view._readout.text == ""
    QTest.mouseRelease(view, LEFT, pos=middle)
    assert view.grab().toImage() != with_it
    walk = lab.session.trajectories["1"]
    view.hovered.emit(*walk.weights[10])
    assert "step 10" in view._readout.text
    view.orbit(5.0, 0.0)
    assert view._readout.text == ""
    view.reset()
    lab.window.view_tabs.show_layout("Contour")


def test_a_drag_leaves_no_old_read_out(lab):
    begin = lab.pixel(-0.3, 0.1)
    QTest.mouseMove(lab.contour.viewport(), begin)
    assert lab.contour.shown.hover_text
    lab.drag(lab.contour, [begin, begin + QPoint(30, 20)], seconds=0)
    assert lab.contour.shown.hover_text == ""
    lab.session.undo()


def test_the_panes_choose_a_step(lab):
    canvas = lab.window.panes.plots()
    layout = canvas.layout_of_panes()
    at = layout.plots[0].center().toPoint()
    QTest.mouseClick(canvas.viewport(), LEFT, pos=at)
    assert abs(lab.session.playback.step - 100) <= 2
