"""Paths lie on the surface, are cut at the window, and what hides them is known."""

import numpy as np
import pytest

from optlab.pictures.surface3d.camera import Camera, Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.visibility import place_under, unhidden
from optlab.ui.views.surface3d.traces import LaidPath, Trace, seen_marks
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
    runs = Trace(path, view)._runs(0, 1, hidden=False)
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
    assert len(seen_marks(np.array([[0.0, 0.0], [9.0, 0.0]]), relief, view)) == 1
    assert seen_marks(np.empty((0, 2)), relief, view) == []


def test_zooming_keeps_the_place_under_the_pointer():
    camera = Camera()
    before, after = (Projection.of(c, 300, 200) for c in (camera, camera.zoomed(2.0, (40, -30))))
    point = np.array([0.2, -0.4, 0.1])
    from_centre = np.array(before.pixel(*point)) - (before.x0, before.y0)
    moved = np.array(after.pixel(*point)) - (after.x0, after.y0)
    np.testing.assert_allclose(moved, 2 * from_centre)
    shift = np.array([after.x0 - before.x0, after.y0 - before.y0])
    np.testing.assert_allclose(shift, [-40, 30])


def test_the_camera_stays_above_the_ground():
    assert Camera().orbited(0, 500).elevation == 88.0
    assert Camera().orbited(0, -500).elevation == 4.0
    assert -180.0 <= Camera().orbited(1000, 0).azimuth <= 180.0
    assert Camera().zoomed(1e9).zoom == 30.0
