"""Zooming maps of many runs and the maps of measures, which is done together."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from optlab.core.analysis.update_measures import GROUPS, REACH, measure_picture
from optlab.pictures.maps import MapAxis, MapDrawing
from optlab.ui.views.maps import MapCanvas
from optlab.ui.views.measures import MeasuresView
from tests.ui.mouse import drag, wheel

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE = Qt.MouseButton.MiddleButton


def cells(rows=20, columns=30):
    colors = np.full((rows, columns, 4), 255, dtype=np.uint8)
    colors[..., 0] = 10 * np.arange(rows)[:, None]
    colors[..., 1] = 8 * np.arange(columns)[None, :]
    axes = MapAxis("η", 1e-3, 10.0, log=True), MapAxis("β₁", 0.0, 0.9)
    return MapDrawing(colors, *axes)


@pytest.fixture
def canvas(show):
    made = MapCanvas("A map", "does something")
    made.set_drawing(cells())
    return show(made, 500, 400)


def window(canvas):
    return canvas._box.window_shown()


def test_the_wheel_zooms_a_map_and_cells_stay_under_the_pointer(canvas, listen):
    whole = window(canvas)
    at = canvas.pixel(*canvas.values_at((10, 15))).toPoint()
    wheel(canvas, at, 4)
    assert window(canvas)[0][1] - window(canvas)[0][0] < 2.0
    assert canvas.cell_at(QPointF(at)) == (10, 15)
    color = canvas.grab().toImage().pixelColor(at)
    assert (color.red(), color.green()) == (100, 120)
    chosen = listen(canvas.cell_chosen)
    QTest.mouseClick(canvas.viewport(), LEFT, pos=at)
    assert chosen == [pytest.approx(canvas.values_at((10, 15)))]
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_A)
    assert window(canvas) == whole


def test_nobody_leaves_a_map(canvas):
    whole = window(canvas)
    middle = canvas.plot_rect().center().toPoint()
    wheel(canvas, middle, -9)
    assert np.allclose(window(canvas), whole)
    wheel(canvas, middle, 2)
    drag(canvas, MIDDLE, middle, middle + QPoint(900, 900))
    (left, _), (_, top) = window(canvas)
    assert left == pytest.approx(whole[0][0]) and top == pytest.approx(whole[1][1])
    wheel(canvas, middle, 90)
    assert window(canvas)[0][1] - window(canvas)[0][0] == pytest.approx(4.0 / 5)


def test_a_zoom_stays_while_the_axes_do(canvas):
    wheel(canvas, canvas.plot_rect().center().toPoint(), 3)
    zoomed = window(canvas)
    canvas.set_drawing(cells(40, 60))
    assert window(canvas) == zoomed
    other = cells()
    canvas.set_drawing(MapDrawing(other.colors, MapAxis("α", 0.0, 1.0), other.upwards))
    assert window(canvas) == ((0.0, 1.0), (0.0, 0.9))


def test_axes_of_a_map_zoom_alone(canvas):
    rect, whole = canvas.plot_rect(), window(canvas)
    wheel(canvas, QPoint(round(rect.left()) - 20, round(rect.center().y())), 2)
    across, upwards = window(canvas)
    assert across == whole[0] and upwards[1] - upwards[0] < 0.9


@pytest.fixture
def maps(show):
    view = MeasuresView()
    key = list(GROUPS)[-1]
    view.set_picture(measure_picture(key, GROUPS[key].defaults()))
    return show(view, 800, 600).maps()


def shown(maps):
    return [plot.box.window_shown() for plot in maps._plots]


def test_measures_are_zoomed_and_panned_together(maps, listen):
    whole = (-REACH, REACH), (-REACH, REACH)
    assert shown(maps) == [whole, whole]
    at = maps.squares()[1].center().toPoint() + QPoint(20, 10)
    wheel(maps, at, 3)
    one, other = shown(maps)
    assert one != whole
    assert np.allclose(one, other)
    drag(maps, LEFT, at, at + QPoint(30, 0))
    assert not np.allclose(shown(maps)[0][0], one[0])
    assert np.allclose(*shown(maps))
    hovered = listen(maps.hovered)
    QTest.mouseMove(maps.viewport(), at + QPoint(3, 3))
    g1, g2 = hovered[-1]
    assert one[0][0] - 1 < g1 < one[0][1] and one[1][0] < g2 < one[1][1]
    QTest.mouseDClick(maps.viewport(), LEFT, pos=at)
    assert shown(maps) == [whole, whole]
    wheel(maps, at, -5)
    assert shown(maps) == [whole, whole]
