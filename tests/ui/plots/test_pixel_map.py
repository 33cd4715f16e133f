"""Data and pixels: exact where windows are small or far away, harmless where numbers are huge."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from optlab.ui.plots.pixel_map import PixelMap

PLACES = PixelMap(((-5.0, 5.0), (-2.0, 6.0)), 400.0, 320.0)


def test_the_corners_lie_on_the_corners():
    assert PLACES.point(-5.0, 6.0) == QPointF(0, 0)
    assert PLACES.point(5.0, -2.0) == QPointF(400, 320)
    assert PLACES.world(QPointF(200, 160)) == pytest.approx((0.0, 2.0))
    assert PLACES.rect_of(((-5.0, 0.0), (2.0, 6.0))) == PLACES.rect_of(PLACES.window).adjusted(
        0, 0, -200, -160
    )


def test_arrays_points_and_the_transform_agree():
    points = np.random.default_rng(1).uniform(-9, 9, (50, 2))
    pixels = PLACES.pixels(points)
    for (x, y), pixel in zip(points.tolist(), pixels.tolist(), strict=True):
        one, other = PLACES.point(x, y), PLACES.transform().map(QPointF(x, y))
        assert (one.x(), one.y()) == pytest.approx(pixel)
        assert (other.x(), other.y()) == pytest.approx(pixel)
        assert PLACES.world(one) == pytest.approx((x, y))


def test_a_small_window_far_away_stays_exact():
    low, wide = 1e6, 1e-3
    places = PixelMap(((low, low + wide), (low, low + wide)), 1000.0, 1000.0)
    steps = low + wide * np.arange(1000) / 1000
    pixels = places.pixels(np.column_stack((steps, steps)))
    assert np.abs(pixels[:, 0] - np.arange(1000)).max() < 1e-3


def test_what_overflows_becomes_infinite_without_a_warning():
    wild = np.array([[1e308, -1e308], [np.nan, np.inf]])
    pixels = PixelMap(((0.0, 1e-9), (0.0, 1e-9)), 400.0, 300.0).pixels(wild)
    assert np.isinf(pixels[0]).all() and np.isnan(pixels[1, 0])
