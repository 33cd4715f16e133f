"""The menus of the map: how it looks, which arrows it has, where it zooms to, what starts where."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from optlab.core.analysis.curvature import curvature_at
from optlab.core.analysis.stability import stability_at
from optlab.files.experiment_files import load_experiment, save_experiment, shipped_experiment
from optlab.pictures.theme import DARK, LIGHT
from optlab.session.experiment import Experiment, Surface, change_run, changed
from optlab.session.view import USUAL, looking
from optlab.ui.controllers.tabs import usual_view
from optlab.ui.menus.display_menu import ArrowsMenu, LookMenu

RIGHT, CTRL = Qt.MouseButton.RightButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def usual(lab: Any) -> Any:
    yield
    lab.laboratory.display.choose("renderer", "auto")


def choose(menu: QMenu, *titles: str) -> None:
    """Down the menus by their titles, with the keys Right and Return."""
    root = menu
    menu.popup(QPoint(0, 0))
    for title in titles:
        action = next(action for action in menu.actions() if action.text() == title)
        menu.setActiveAction(action)
        QTest.keyClick(menu, Qt.Key.Key_Right if action.menu() else Qt.Key.Key_Return)
        menu = action.menu() or menu
    root.close()


def colors(widget: Any) -> set[str]:
    image = widget.grab().toImage()
    places = range(30, min(image.width(), image.height()) - 60, 7)
    return {image.pixelColor(x, y).name() for x in places for y in places}


def test_colour_map_and_levels(lab):
    menu = lab.window.findChild(LookMenu)
    lines = len(lab.session.picture.contours.levels)
    before = colors(lab.contour)
    choose(menu, "Colour map", "viridis")
    assert len(colors(lab.contour) - before) > 20
    assert lab.window.surface3d.scene.colors == "viridis"
    choose(menu, "Number of levels", "6")
    lab.until(lambda: len(lab.session.picture.contours.levels) < lines / 2)
    marked = [a.text() for m in menu.findChildren(QMenu) for a in m.actions() if a.isChecked()]
    assert {"viridis", "6", "as the levels", "× 1", "automatic"} == set(marked)


def test_bar_lines_and_equal_scales(lab):
    menu, view = lab.window.findChild(LookMenu), lab.contour
    wide = view.map_rect().width()
    choose(menu, "Colour bar")
    assert view.map_rect().width() < wide - 40
    choose(menu, "Equal scales of w₁ and w₂")
    one, other = view.pixel_at(0, 0), view.pixel_at(1, 1)
    assert other.x() - one.x() == pytest.approx(one.y() - other.y())
    before = colors(lab.contour)
    choose(menu, "Contour lines")
    assert colors(lab.contour) != before
    choose(menu, "Contour lines")
    assert lab.session.view.lines


def test_height_in_space(lab):
    lab.window.view_tabs.show_layout("Both")
    space, menu = lab.window.surface3d, lab.window.findChild(LookMenu)
    before = space.grab().toImage()
    choose(menu, "Height in 3D", "linear")
    choose(menu, "Exaggeration in 3D", "× 2")
    relief = space.scene.relief
    assert (relief.lift.scale, space.camera().exaggeration) == ("linear", 2.0)
    assert space.grab().toImage() != before
    choose(menu, "Height in 3D", "as the levels")
    assert space.scene.relief.lift.scale == lab.session.picture.colors.scale == "log"
    lab.window.view_tabs.show_layout("Contour")


def test_the_usual_look_is_remembered_and_damage_ignored(lab):
    look, settings = lab.laboratory.display, lab.laboratory.settings
    look.choose("color_map", "magma")
    look.choose("exaggeration", 2.0)
    look.choose("color_bar", True)
    lab.session.show(baseline="2", tab="Both")
    assert usual_view(settings) == looking(
        USUAL, color_map="magma", exaggeration=2.0, color_bar=True
    )
    lab.session.open(Experiment(surface=Surface(formula="w1^2 + w2^2")))
    assert lab.session.view.color_map == "magma" and lab.session.view.baseline == ""
    settings.setValue("view/usual", "\x00 12 what")
    assert usual_view(settings) == USUAL
    lab.window.view_tabs.show_layout("Contour")


def test_a_camera_in_motion_leaves_the_map_alone(lab):
    lab.window.view_tabs.show_layout("Both")
    space, heard = lab.window.surface3d, []
    lab.session.view_changed.connect(heard.append)
    before = lab.session.view.camera
    for _ in range(20):
        space.orbit(1.0, 0.0)
    assert heard == [] and lab.session.view.camera == before
    lab.laboratory.display.choose("exaggeration", 2.0)  # and nothing takes the camera back
    assert space.camera().azimuth == pytest.approx(before.azimuth + 20.0)
    assert space.camera().exaggeration == 2.0
    lab.until(lambda: lab.session.view.camera != before)
    assert lab.session.view.camera.azimuth == pytest.approx(before.azimuth + 20.0)
    assert len(heard) == 2
    space.orbit(5.0, 0.0)
    lab.begin()  # another experiment has a camera of its own
    assert space.camera().azimuth == lab.session.view.camera.azimuth == before.azimuth
    lab.window.view_tabs.show_layout("Contour")


def test_crosses_come_and_go_in_both_views(lab):
    for on in (False, True):
        lab.session.show(minima=on)
        assert lab.window.surface3d.scene.crosses == lab.contour.shown.picture.has_minima == on
        assert lab.window.view_tabs.switch("minima").isChecked() == on


def test_switches_and_menu_begin_as_the_view(lab):
    lab.begin()
    view, centre = lab.session.view, lab.window.view_tabs
    marks = {key: centre.switch(key).isChecked() for key in centre.switch_keys()}
    assert marks == {key: lab.actions[key].isChecked() for key in marks}
    assert marks["minima"] == view.minima and marks["log_levels"] == (view.scale == "log")
    assert marks["arrows"] == ("arrows" in view.overlays) and any(marks.values())


def test_a_file_is_shown_as_it_was_left(lab, tmp_path):
    look, path = lab.laboratory.display, tmp_path / "seen.optlab"
    look.choose("color_map", "viridis")
    lab.window.view_tabs.show_layout("Both")
    lab.window.surface3d.set_camera(replace(lab.window.surface3d.camera(), azimuth=-50.0))
    lab.window.surface3d.camera_changed.emit(lab.window.surface3d.camera())
    lab.laboratory.display.keep_camera()
    lab.laboratory.overlays.switch("curvature", True)
    lab.laboratory.panes.set_shown("update_norm", True)
    assert not lab.session.can_undo
    assert not lab.laboratory.commands.documents.unsaved
    save_experiment(lab.session.document, path)
    lab.begin()
    lab.window.view_tabs.show_layout("Contour")
    lab.session.open(load_experiment(path))
    lab.wait()
    assert lab.window.view_tabs.layout_shown() == "Both"
    assert lab.window.surface3d.camera().azimuth == -50.0
    assert lab.window.surface3d.scene.colors == "viridis"
    assert lab.laboratory.overlays.is_on("curvature")
    assert lab.actions["curvature"].isChecked()
    assert "update_norm" in [c.key for c in lab.laboratory.panes.choices() if c.shown]
    lab.window.view_tabs.show_layout("Contour")


def test_undo_leaves_the_view_alone(lab):
    lab.session.propose(changed(lab.session.document, steps=50))
    lab.laboratory.display.choose("levels", 10)
    lab.session.undo()
    assert (lab.session.document.steps, lab.session.view.levels) == (200, 10)
    lab.session.redo()
    assert (lab.session.document.steps, lab.session.view.levels) == (50, 10)
    lab.session.undo()


def test_the_palette_has_it_too(lab):
    lab.key(Qt.Key.Key_P, CTRL | Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(QApplication.focusWidget(), "colour map: magma")
    lab.key(Qt.Key.Key_Return)
    assert lab.session.view.color_map == "magma"


def test_zoom_to_the_paths_and_back(lab):
    home = lab.contour.window_shown()
    lab.key(Qt.Key.Key_9, CTRL)
    plane = lab.contour.pixel_map()
    places = [plane.point(*w) for walk in lab.session.trajectories.values() for w in walk.weights]
    assert all(plane.rect.contains(place) for place in places)
    xs = [place.x() for place in places]
    assert max(xs) - min(xs) > 0.8 * plane.rect.width()
    lab.key(Qt.Key.Key_0, CTRL)
    assert lab.contour.window_shown() == home


def test_a_right_click_offers_a_start_there(lab):
    opened = []
    lab.contour.menu_requested.connect(lambda *place: opened.append(place))
    at = lab.pixel(2.0, 1.0)
    QTest.mouseClick(lab.contour.viewport(), RIGHT, pos=at)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    first = menu.actions()[0]
    assert first.text().startswith("Start at (")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(first).center())
    assert lab.session.document.start == pytest.approx((2.0, 1.0), abs=0.05)
    assert opened[0][1:] == pytest.approx(lab.session.document.start, abs=0.01)
    lab.session.undo()
    assert not lab.session.can_undo


def test_each_arrow_has_a_switch(lab):
    lab.session.seek(20)
    QTest.qWait(5)
    menu = lab.window.findChild(ArrowsMenu)
    assert [arrow.label for arrow in lab.contour.shown.arrows] == ["−g", "−m", "Δw"]
    for title, left in (
        ("−g, against the gradient", ["−m", "Δw"]),
        ("Memory of the directions", ["Δw"]),
        ("Δw, the update itself", []),
    ):
        choose(menu, title)
        lab.redraw()
        assert [arrow.label for arrow in lab.contour.shown.arrows] == left
    choose(menu, "Δw, the update itself")
    lab.key(Qt.Key.Key_1, CTRL)
    lab.redraw()
    assert lab.contour.shown.arrows == ()
    lab.key(Qt.Key.Key_1, CTRL)
    lab.redraw()
    assert [arrow.label for arrow in lab.contour.shown.arrows] == ["Δw"]


def test_the_look_ahead_point_is_marked(lab):
    lab.session.open(load_experiment(shipped_experiment("nesterov_forms")))
    lab.wait()
    run = lab.session.document.runs[0]
    lab.session.select(run.id)
    lab.session.seek(5)
    QTest.qWait(5)
    walk = lab.session.trajectories[run.id]
    alpha = lab.session.computed[run.id].parameters["alpha"]
    moving = np.array([walk["v1"][5], walk["v2"][5]])
    ahead = walk.weights[5] + alpha * moving
    slope = next(arrow for arrow in lab.contour.shown.arrows if arrow.label == "−g")
    assert slope.at == pytest.approx(tuple(ahead), rel=1e-12)
    thread, circle = lab.contour.shown.lines
    assert np.allclose(thread.points, [walk.weights[5], ahead])
    assert np.allclose(circle.points[:-1].mean(axis=0), ahead)
    choose(lab.window.findChild(ArrowsMenu), "Where the gradient is taken")
    lab.redraw()
    assert lab.contour.shown.lines == ()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_curvature_is_told_and_drawn(lab, theme):
    lab.laboratory.set_theme(theme.name)
    lab.session.seek(30)
    lab.key(Qt.Key.Key_3, CTRL)
    QTest.qWait(5)
    walk = lab.session.trajectories["1"]
    found = curvature_at(lab.session.resolved.problem, walk.weights[30].tolist())
    first, second, third = lab.contour.shown.note.split("\n")
    assert f"condition {found.condition_number:.3g}" in first
    assert f"{2 / found.largest:.3g}" in second
    own = stability_at(lab.session.computed["1"], walk, 30, found)
    assert third == own.text and "preconditioned" in third
    drawn = [line for line in lab.contour.shown.lines if line.label.startswith("λ")]
    for line, value, column in zip(drawn, found.eigenvalues, found.directions.T, strict=True):
        along = line.points[1] - line.points[0]
        assert abs(along @ column) == pytest.approx(math.hypot(*along))
        assert line.label == f"λ = {value:.3g}"
    assert [line for line in lab.contour.shown.lines if line.dashed]
    box = lab.contour.note_rect()
    assert lab.contour.map_rect().contains(box)
    lab.key(Qt.Key.Key_3, CTRL)
    lab.redraw()
    assert lab.contour.shown.note == ""
    lab.laboratory.set_theme(DARK.name)


def test_lines_of_runs_are_told_apart(lab):
    row = lab.window.runs.row("2")
    menu = lab.window.runs.row_menu("2")
    choose(menu, "Line", "Dotted")
    assert lab.session.document.run("2").style == 2
    lab.wait()
    assert {path.run_id: path.style for path in lab.contour.shown.paths}["2"] == "dot"
    curves = lab.window.panes.plots().panes()[0].spec.curves
    assert {curve.run_id: curve.style for curve in curves}["2"] == "dot"
    assert row.item().style == 2
    menu.deleteLater()
    lab.session.undo()
    assert row.item().style == 0


def test_where_a_path_leaves_is_marked_with_the_step(lab):
    """The border has a mark for every time a path goes out, and it counts updates."""
    lab.session.open(load_experiment(shipped_experiment("clipping_prevents_a_blow_up")))
    lab.wait()
    plane = lab.contour.pixel_map()
    marks = 0
    for trace in lab.contour.traces():
        inside = [
            plane.rect.contains(QPointF(*pixel)) for pixel in np.clip(trace.pixels, -1e6, 1e6)
        ]
        for crossing in trace.exits:
            marks += 1
            assert inside[crossing.step - 1] or not inside[crossing.step]
            assert plane.rect.adjusted(-1, -1, 1, 1).contains(crossing.x, crossing.y)
    assert marks > 0


def test_the_sizes_are_half_axes_of_the_memory(lab):
    lab.session.seek(40)
    lab.key(Qt.Key.Key_2, CTRL)
    QTest.qWait(5)
    walk = lab.session.trajectories["1"]
    across, upwards = lab.contour.shown.lines
    assert upwards.label == "√s"
    (left, right), (bottom, top) = lab.contour.window_shown()
    wide = (across.points[1, 0] - across.points[0, 0]) / (right - left)
    high = (upwards.points[1, 1] - upwards.points[0, 1]) / (top - bottom)
    assert wide / high == pytest.approx(math.sqrt(walk["s1"][40] / walk["s2"][40]))
    assert np.allclose(across.points.mean(axis=0), walk.weights[40])
    lab.key(Qt.Key.Key_2, CTRL)
    lab.redraw()
    assert lab.contour.shown.lines == ()


def test_a_sentence_where_eta_is_above_the_limit(lab):
    document = change_run(lab.session.document, "1", optimizer="gd", parameters={"eta": 0.03})
    lab.session.propose(document)
    lab.wait()
    problem, walk = lab.session.resolved.problem, lab.session.trajectories["1"]
    told = {True: 0, False: 0}
    for step in range(1, 60, 7):
        lab.session.seek(step)
        QTest.qWait(1)
        limit = 2 / curvature_at(problem, walk.weights[step].tolist()).largest
        above = bool(walk["eta"][step] > limit > 0)
        told[above] += 1
        text = lab.window.status._warning.text()
        assert text == (f"η above 2/λmax = {limit:.3g}, the limit of plain descent here" * above)
    assert all(told.values())
    lab.session.undo()
    lab.wait()


def test_an_adaptive_rule_is_warned_about_its_own_limit_alone(lab):
    spec, walk = lab.session.computed["1"], lab.session.trajectories["1"]
    assert spec.rule.in_role("second_moment_decay") is not None
    spared = 0
    for step in range(1, 60, 7):
        lab.session.seek(step)
        QTest.qWait(1)
        curvature = curvature_at(spec.problem, walk.weights[step].tolist())
        own = stability_at(spec, walk, step, curvature)
        spared += walk["eta"][step] > curvature.limit
        expected = "" if own is None else own.sentence(walk["eta"][step])
        assert lab.window.status._warning.text() == expected
    assert spared > 0


def test_the_worksheet_is_copied_as_text_and_latex_from_its_menu(lab):
    lab.window.bottom_tabs.show_page("Worksheet")
    lab.session.seek(7)
    QTest.qWait(5)
    for title, sign in (("Copy as text", "m ← β₁m"), ("Copy as LaTeX", "\\beta_1")):
        QTest.mouseClick(lab.window.worksheet._copy, Qt.MouseButton.LeftButton)
        menu = QApplication.activePopupWidget()
        menu.setActiveAction(next(a for a in menu.actions() if a.text() == title))
        QTest.keyClick(menu, Qt.Key.Key_Return)
        assert sign in QApplication.clipboard().text()


def test_ctrl_0_shows_the_whole_in_space_too(lab):
    lab.window.view_tabs.show_layout("Both")
    lab.window.surface3d.orbit(30, 10)
    lab.contour.zoom(0.5)
    turned = lab.window.surface3d.camera()
    lab.key(Qt.Key.Key_0, CTRL)
    assert lab.window.surface3d.camera() != turned
    assert lab.contour.window_shown() == lab.session.resolved.problem.window
    lab.window.view_tabs.show_layout("Contour")


def test_menus_that_were_closed_are_gone(app, lab):
    for _ in range(3):
        QTest.mouseClick(lab.contour.viewport(), RIGHT, pos=lab.pixel(2.0, 1.0))
        QApplication.activePopupWidget().close()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert lab.contour.findChildren(QMenu) == []
    lab.laboratory.display.choose("levels", 10)
