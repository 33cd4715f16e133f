"""Cutting and thinning never change what can be seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QRectF

from optlab.pictures.polyline import column_extremes, crossings, inside_pieces, simplified, thinned
from optlab.ui.plots.painting import painter_path, polygon

RECT = QRectF(0, 0, 100, 50)


def test_a_polygon_holds_the_points():
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    shape = polygon(points)
    assert [(p.x(), p.y()) for p in shape.toList()] == [(1, 2), (3, 4)]
    assert polygon(np.empty((0, 2))).isEmpty()


def test_many_lines_become_one_path():
    path = painter_path([np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[5.0, 5.0], [6.0, 5.0]])])
    assert path.elementCount() == 4


def test_a_path_inside_is_one_piece():
    points = np.array([[1.0, 1.0], [50.0, 20.0]])
    (piece,) = inside_pieces(points, RECT)
    assert piece.points is points


def test_a_path_is_cut_where_it_crosses_the_border():
    points = np.array([[50.0, 25.0], [150.0, 25.0], [150.0, 10.0], [50.0, 10.0]])
    first, second = inside_pieces(points, RECT)
    np.testing.assert_allclose(first.points, [[50, 25], [100, 25]])
    np.testing.assert_allclose(second.points, [[100, 10], [50, 10]])
    assert (first.start, second.start) == (0.0, 2.5)


def test_a_step_across_the_whole_window_is_seen():
    (piece,) = inside_pieces(np.array([[-100.0, 25.0], [300.0, 25.0]]), RECT)
    np.testing.assert_allclose(piece.points, [[0, 25], [100, 25]])


def test_huge_and_missing_values_are_harmless():
    points = np.array([[50, 25], [1e300, 25], [np.inf, 0], [np.nan, 1], [10, 10], [20, 10]])
    pieces = inside_pieces(points, RECT)
    np.testing.assert_allclose(pieces[0].points, [[50, 25], [100, 25]])
    np.testing.assert_allclose(pieces[1].points, [[10, 10], [20, 10]])


def test_crossings_tell_the_update_that_left():
    points = np.array([[50, 25], [60, 25], [160, 25], [60, 25], [60, -75]])
    assert [(c.step, c.x, c.y) for c in crossings(points, RECT)] == [(2, 100, 25), (4, 60, 0)]


@given(arrays(np.float64, (12, 2), elements=st.floats(-1e308, 1e308)))
def test_pieces_lie_inside(points):
    room = 1e-6
    for piece in inside_pieces(points, RECT):
        assert np.isfinite(piece.points).all()
        low, high = piece.points.min(axis=0), piece.points.max(axis=0)
        assert (low >= (-room, -room)).all()
        assert (high <= (100 + room, 50 + room)).all()


def distance_to_line(points, line):
    """The largest distance of ``points`` from the polyline ``line``."""
    begin, change = line[:-1], np.diff(line, axis=0)
    squared = np.maximum((change**2).sum(axis=1), 1e-30)
    share = np.clip(((points[:, None] - begin) * change).sum(axis=2) / squared, 0, 1)
    nearest = begin + share[..., None] * change
    return np.sqrt(((points[:, None] - nearest) ** 2).sum(axis=2)).min(axis=1).max()


@pytest.mark.parametrize("thin", [thinned, simplified])
def test_thinned_paths_look_the_same(thin):
    t = np.linspace(0, 1, 5000)
    spiral = np.column_stack((t * 300 * np.cos(20 * t), t * 300 * np.sin(20 * t)))
    line = thin(spiral)
    assert len(line) < 4100
    assert (line[0] == spiral[0]).all()
    assert (line[-1] == spiral[-1]).all()
    assert distance_to_line(spiral[::10], line) < 0.5


def test_a_path_that_doubles_back_keeps_its_tip():
    there = np.linspace(0, 100, 41)
    points = np.column_stack((np.concatenate((there, there[::-1])), np.zeros(82)))
    assert simplified(points)[:, 0].max() == 100.0


def test_extremes_of_each_column_survive():
    x = np.linspace(0, 100, 100_001)
    y = np.sin(x)
    y[54_321] = 9.0
    thin_x, thin_y = column_extremes(x, y, 1.0)
    assert len(thin_x) <= 4 * 101
    assert thin_y.max() == 9.0
    assert (np.diff(thin_x) >= 0).all()


def test_short_curves_stay_as_they_are():
    x = np.arange(50.0)
    assert column_extremes(x, x, 1.0)[0] is x
