"""A loss of many weights on planes, in the whole window."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from optlab.core.planes import PlaneProblem
from optlab.session.compute import PLANE_RESOLUTION
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.maps.shown_map import PICTURE, PLANE
from optlab.session.view import PlaneView

FOUR = Experiment(
    surface=Surface(formula="(w1-1)^2 + 3*(w2+w3)^2 + w3^4 + w4^2 + sin(w1*w4)"),
    runs=(
        Run(id="1", optimizer="adam", name="Adam", parameters={"eta": 0.1}),
        Run(id="2", optimizer="gd", name="Descent", parameters={"eta": 0.02}),
    ),
    start=(1.0, 2.0, 1.5, -2.0),
    steps=40,
)


@pytest.fixture
def four(lab):
    lab.begin(FOUR)
    lab.window.view_tabs.show_layout("Contour")
    drawn(lab)
    return lab


def drawn(lab) -> None:
    """Until the plane and its finest picture are there."""
    desk = lab.session._desk
    lab.until(
        lambda: (
            lab.computed()
            and not desk.busy(PLANE)
            and not desk.busy(PICTURE)
            and (lab.session.flat.why_not or len(lab.session.picture.w1) == PLANE_RESOLUTION)
        )
    )
    QTest.qWait(1)


def choose(lab, kind: str) -> None:
    """As a person chooses from the list."""
    drop_down = lab.window.plane_bar.kind()
    row = [entry[0] for entry in drop_down._entries].index(kind)
    drop_down.setCurrentIndex(row)
    drop_down.activated.emit(row)
    drawn(lab)


def test_the_map_shows_the_principal_components_of_the_paths(four) -> None:
    session, view = four.session, four.contour
    flat = session.flat
    assert view.isVisible() and flat.plane.kind == "principal components"
    assert view.picture() is session.picture and view.shown.picture.names == ("c₁", "c₂")
    assert session.picture.window == flat.resolved.window
    for path in view.shown.paths:
        assert path.w == pytest.approx(
            flat.plane.coordinates(session.trajectories[path.run_id].weights)
        )
        assert path.nearness is not None and 0 < path.nearness.min() <= path.nearness.max() <= 1
    held, read = four.window.plane_bar.texts()
    assert "random walk" in held
    true, there = flat.honest_losses("1", 40)
    assert read.startswith("E ") and "on the plane" in read and "off it" in read
    session.seek(3)
    four.redraw()
    assert view.shown.arrows  # of the next update, projected
    assert four.window.plane_bar.texts()[1] != read
    assert true != there


@pytest.mark.parametrize("kind", ["weights", "random", "ends", "hessian"])
def test_every_kind_is_chosen_over_the_map(four, kind: str) -> None:
    before = four.session.document
    choose(four, kind)
    session = four.session
    assert session.view.plane.kind == kind and session.flat.why_not == ""
    assert isinstance(session.flat.resolved.problem, PlaneProblem)
    assert session.document.view.plane.kind == kind
    assert session.document.runs == before.runs  # the view is no change of the experiment
    four.window.view_tabs.show_layout("3D")
    drawn(four)
    assert four.window.surface3d.scene.names == session.flat.names


def test_two_weights_are_chosen_and_take_the_start(four) -> None:
    choose(four, "weights")
    bar, session = four.window.plane_bar, four.session
    upwards = bar.weight(1)
    upwards.setCurrentIndex(3)
    upwards.activated.emit(3)
    drawn(four)
    assert session.view.plane.weights == (1, 4) and session.flat.names == ("w₁", "w₄")
    at = four.contour.map_rect().center().toPoint() + QPoint(40, 30)
    there = four.contour.weights_at(at.toPointF())
    QTest.mouseClick(four.contour.viewport(), four.left, pos=at)
    drawn(four)
    first, second, third, fourth = session.document.start
    assert (second, third) == (2.0, 1.5)
    assert (first, fourth) == pytest.approx(there, abs=0.05)


def test_a_click_on_other_planes_leaves_the_start(four) -> None:
    middle = four.contour.map_rect().center().toPoint()
    QTest.mouseClick(four.contour.viewport(), four.left, pos=middle)
    QTest.qWait(1)
    assert four.session.document.start == FOUR.start
    assert four.contour.shown.start == pytest.approx(four.session.flat.resolved.problem.start)


def test_basins_begin_on_the_plane_and_take_the_start_there(four) -> None:
    """The plane stays while starts move on it, until Compute is pressed."""
    session, page, basins = four.session, four.window.basins, four.laboratory.maps[0]
    basins.resolution = 16
    four.window.view_tabs.show_layout("Basins")

    def complete() -> bool:
        return basins.shown_work is not None and basins.shown_work.complete

    four.until(complete)
    request = basins.shown_work.request
    assert page.canvas.isVisible() and request.starts.plane.is_of_weights is False
    page.canvas.cell_chosen.emit(*request.starts.plane.coordinates(np.zeros((1, 4)))[0])
    four.until(lambda: four.computed() and session.document.start != FOUR.start)
    on = request.starts.plane.distances(np.array([session.document.start]))
    assert on == pytest.approx([0.0], abs=1e-9)
    QTest.qWait(20)
    assert basins.shown_work.request.starts is request.starts
    drawn(four)
    page.compute_pressed.emit()
    four.until(lambda: complete() and basins.shown_work.request.starts is not request.starts)
    four.window.view_tabs.show_layout("Contour")


def test_a_map_of_starts_has_its_plane_made(lab) -> None:
    """Also where no view of the surface is in sight when the experiment is opened."""
    lab.window.view_tabs.show_layout("Measures")
    lab.begin(FOUR)
    assert lab.session.flat.plane is None
    lab.laboratory.maps[0].resolution = 16
    lab.window.view_tabs.show_layout("Basins")
    lab.until(lambda: lab.session.flat.plane is not None and lab.window.plane_bar.isVisible())
    lab.until(lambda: lab.laboratory.maps[0].shown_work is not None)
    lab.window.view_tabs.show_layout("Contour")


def test_zooming_belongs_to_the_view_and_fitting_forgets_it(four) -> None:
    session = four.session
    home = session.flat.home
    four.contour.zoom(0.5)
    drawn(four)
    assert session.view.plane.window is not None and session.picture.window != home
    four.contour.fit()
    drawn(four)
    assert session.view.plane.window is None
    assert np.array(session.picture.window) == pytest.approx(np.array(home))


def test_a_plane_that_cannot_be_says_why_and_another_can_be_chosen(four) -> None:
    four.session.show(plane=PlaneView("weights", weights=(1, 9)))
    drawn(four)
    assert not four.contour.isVisible() and four.window.plane_bar.isVisible()
    choose(four, "components")
    assert four.contour.isVisible()


def test_a_drag_of_a_setting_shows_paths_and_plane_together(four) -> None:
    session, seen = four.session, []
    session.flat_changed.connect(lambda flat: seen.append((flat, session.picture)))
    for eta in (0.11, 0.12, 0.13):
        runs = (Run(id="1", optimizer="adam", name="Adam", parameters={"eta": eta}), FOUR.runs[1])
        assert session.propose(
            Experiment(surface=FOUR.surface, runs=runs, start=FOUR.start, steps=40)
        )
        QTest.qWait(5)
    drawn(four)
    assert seen and all(picture.window == flat.resolved.window for flat, picture in seen)
    plane = session.flat.plane
    assert four.contour.shown.paths[-1].w == pytest.approx(
        plane.coordinates(session.trajectories["1"].weights)
    )
