"""Values become pixels and back."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from optlab.ui.plots.scale import Plane, Scale, moved, zoomed

WINDOW = ((-5.0, 5.0), (0.0, 2.0))
PLANE = Plane(WINDOW, QRectF(10, 20, 100, 50))


def test_pixels_run_there_and_back():
    scale = Scale(-1.0, 3.0, 200.0, 100.0)
    assert scale.pixel(-1.0) == 200.0
    assert scale.pixel(3.0) == 100.0
    assert scale.value(scale.pixel(0.7)) == pytest.approx(0.7)


def test_w2_runs_upwards():
    assert PLANE.point(-5.0, 2.0) == QPointF(10, 20)
    assert PLANE.world(QPointF(110, 70)) == (5.0, 0.0)


def test_the_painter_uses_the_same_map():
    points = np.array([[1.5, 0.25]])
    mapped = PLANE.transform().map(QPointF(1.5, 0.25))
    np.testing.assert_allclose(PLANE.pixels(points), [[mapped.x(), mapped.y()]])


def test_zooming_keeps_the_point_and_the_way_back():
    closer = zoomed(WINDOW, 0.5, (1.0, 0.5))
    assert closer == ((-2.0, 3.0), (0.25, 1.25))
    assert zoomed(closer, 2.0, (1.0, 0.5)) == WINDOW


def test_zooming_ends_where_floats_end():
    window = WINDOW
    for _ in range(2000):
        window = zoomed(window, 0.5, (1.0, 1.0))
    (low, high), _ = window
    assert low < 1.0 < high
    window = WINDOW
    for _ in range(2000):
        window = zoomed(window, 2.0, (1.0, 1.0))
    assert np.isfinite(window).all()


def test_moving_shifts_both_ranges():
    assert moved(WINDOW, 1.0, -1.0) == ((-4.0, 6.0), (-1.0, 1.0))
