"""Curves as lines: steps of a schedule, and marks where one leaves its pane."""

import numpy as np
import pytest

from optlab.pictures.charts.curves import CurveDrawing, curve, curve_items
from optlab.pictures.items import Line, Shape
from optlab.pictures.places import Places


def items(values: list[float], stepped: bool = False, top: float = 10.0) -> list[object]:
    drawing = CurveDrawing("1", "a", "#000000", np.array(values), stepped=stepped)
    places = Places(((0.0, float(len(values) - 1)), (0.0, top)), 100.0, 50.0)
    return list(curve_items(curve(drawing, False), places))


def test_a_stepped_curve_keeps_its_value_during_an_update() -> None:
    (line,) = items([np.nan, 4.0, 4.0, 8.0, 8.0], stepped=True)
    assert isinstance(line, Line)
    (points,) = line.lines
    moves = np.diff(points, axis=0)
    assert (np.abs(moves).min(axis=1) < 1e-9).all(), "along one axis at a time"
    jump = points[:-1][np.abs(moves[:, 1]) > 1e-9]
    assert jump[:, 0] == pytest.approx([50.0])  # behind the second of four updates
    assert points[0, 0] == pytest.approx(0.0)


def test_a_curve_that_leaves_its_pane_is_marked_there() -> None:
    shapes = [item for item in items([5.0, 15.0, 5.0, -5.0, 5.0]) if isinstance(item, Shape)]
    tips = sorted(tuple(shape.points[0]) for shape in shapes)
    assert tips == [pytest.approx((12.5, 0.0)), pytest.approx((62.5, 50.0))]
    assert not any(isinstance(item, Shape) for item in items([5.0, 9.0, 1.0]))
