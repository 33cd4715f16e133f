"""Paths lie on the surface, are cut at the window, and what hides them is known."""

import numpy as np
import pytest

from optlab.pictures.surface3d.camera import NEAREST, Camera, Projection
from optlab.pictures.surface3d.paths import LaidPath, SeenPath, spots_at
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.visibility import place_under, unhidden
from tests.pictures.surface3d.scenes import Path, bowl, picture, plain, ridge


def laid(w, loss=bowl, **options):
    return LaidPath(Path(np.array(w, dtype=float), **options), Relief(picture(loss), "linear", 1.0))


def test_a_long_step_follows_the_surface():
    path = laid([[-4.0, 0.0], [4.0, 0.0]])
    there = path.points[np.isfinite(path.points[:, 0])]
    assert len(there) > 100
    assert there[:, 2].min() == pytest.approx(-path.relief.reach, abs=0.01)
    assert (np.diff(path.at) >= 0).all() and path.at[0] == 0 and path.at[-1] == 1


def test_a_path_is_cut_at_the_window_and_comes_back():
    path = laid([[0, 0], [8, 0], [8, 1], [0, 1]])
    there = np.isfinite(path.points[:, 0])
    assert np.abs(path.points[there, :2]).max() <= 1.0
    assert path.points[there, 0].max() == pytest.approx(1.0)
    assert np.isfinite(path.head(0)).all() and path.head(1) is None
    assert path.head(3) is not None and path.head(99) is not None


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308])
def test_a_path_that_diverges_ends_where_it_was_last_finite(bad):
    path = laid([[0, 0], [1, 0], [bad, 0], [bad, bad]])
    there = path.points[np.isfinite(path.points[:, 0])]
    assert np.abs(there[:, :2]).max() <= 1.0
    assert path.head(0) is not None


def test_a_path_of_one_point_or_none():
    assert len(laid([[0.0, 0.0]]).points) >= 1
    empty = laid(np.empty((0, 2)))
    assert len(empty.points) == 0 and empty.head(0) is None


def test_a_path_over_a_hole_is_interrupted():
    path = laid([[-3, 0], [3, 0]], lambda a, b: np.where(np.abs(a) < 1, np.nan, 0 * a))
    view = Projection.of(Camera(), 300, 300)
    runs = SeenPath(path, view).runs(0, 1, hidden=False)
    assert len(runs) == 2


def test_a_wall_hides_what_is_behind_it():
    relief = Relief(picture(ridge, 129), "linear", 1.0)
    view = Projection.of(Camera(90.0, 10.0), 300, 300)  # from the side where w1 is large
    x = np.array([0.5, -0.15, 0.0])
    points = np.column_stack((x, 0 * x, relief.at(x, 0 * x)))
    assert unhidden(points, relief, view, 10).tolist() == [True, False, True]
    high = Projection.of(Camera(90.0, 85.0), 300, 300)
    assert unhidden(points, relief, high, 10).all()


def test_on_level_ground_everything_is_seen():
    relief = Relief(picture(plain), "linear", 1.0)
    points = np.random.default_rng(1).uniform(-1, 1, (50, 3)) * (1, 1, 0)
    view = Projection.of(Camera(12.0, 5.0), 300, 300)
    assert unhidden(points, relief, view, 20).all()
    assert unhidden(np.empty((0, 3)), relief, view, 20).shape == (0,)


def test_the_place_under_a_pixel():
    relief = Relief(picture(), "linear", 1.0)
    view = Projection.of(Camera(), 300, 300)
    z = float(relief.at(np.array([0.3]), np.array([-0.2]))[0])
    place = place_under(*view.pixel(0.3, -0.2, z), relief, view)
    assert place == pytest.approx((0.3, -0.2), abs=0.01)
    assert place_under(1.0, 1.0, relief, view) is None


def test_marks_outside_the_window_are_left_out():
    relief = Relief(picture(), "linear", 1.0)
    view = Projection.of(Camera(), 300, 300)
    assert len(spots_at(np.array([[0.0, 0.0], [9.0, 0.0]]), relief, view)) == 1
    assert spots_at(np.empty((0, 2)), relief, view) == []


@pytest.mark.parametrize("camera", [Camera(), Camera(100.0, 20.0, 0.4, pan=(0.2, -0.1))])
def test_zooming_keeps_the_place_under_the_pointer(camera):
    view = Projection.of(camera, 300, 200)
    point = (0.2, -0.4, 0.1)
    at = view.pixel(*point)
    nearer = Projection.of(camera.zoomed(2.0, view.units(*at)), 300, 200)
    assert nearer.pixel(*point) == pytest.approx(at)
    assert nearer.scale == pytest.approx(2 * view.scale)


def test_panning_is_the_same_at_every_size():
    small, large = (
        [np.array(Projection.of(c, *size).pixel(0.3, 0.1, 0.2)) for c in (Camera(), moved)]
        for moved in [Camera().panned(0.5, 0.25)]
        for size in [(300, 200), (900, 700)]
    )
    for (before, after), size in ((small, (300, 200)), (large, (900, 700))):
        scale = Projection.of(Camera(), *size).scale
        np.testing.assert_allclose(after - before, [0.5 * scale, -0.25 * scale])


def test_another_centre_changes_turns_only():
    camera, centre = Camera(50.0, 30.0, 0.3, pan=(0.4, 0.1)), (0.5, -0.3, 0.2)
    about = camera.turning_around(centre)
    point = (-0.1, 0.7, -0.2)
    before, after = (Projection.of(c, 300, 200) for c in (camera, about))
    assert after.pixel(*point) == pytest.approx(before.pixel(*point))
    turned = Projection.of(about.orbited(70.0, -15.0), 300, 200)
    assert turned.pixel(*centre) == pytest.approx(before.pixel(*centre))


@pytest.mark.parametrize(
    "wrong",
    [
        {"elevation": 0.0},
        {"distance": 0.0},
        {"distance": float("nan")},
        {"height": "cubic"},
        {"exaggeration": 9.0},
        {"azimuth": float("inf")},
        {"pan": (float("nan"), 0.0)},
    ],
)
def test_a_camera_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"heights|outside|finite"):
        Camera(**wrong)


def test_the_camera_stays_above_the_ground():
    assert Camera().orbited(0, 500).elevation == 88.0
    assert Camera().orbited(0, -500).elevation == 4.0
    assert -180.0 <= Camera().orbited(1000, 0).azimuth <= 180.0
    assert Camera().zoomed(1e9).distance == NEAREST
