"""Zooming and panning the curves: pyqtgraph's ways, on the step axis of all panes together."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from optlab.pictures.charts.curves import CurveDrawing, PaneSpec
from optlab.pictures.theme import DARK
from optlab.ui.views.panes import PanesView
from tests.ui.mouse import drag, wheel

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE = Qt.MouseButton.MiddleButton
STEPS = 100
T = np.arange(STEPS + 1.0)


def panes(steps=STEPS, shift=0.0):
    t = np.arange(steps + 1.0)
    one = CurveDrawing("a", "E", "#ff0000", np.exp(-t / 9) + shift)
    other = CurveDrawing("a", "m", "#ff0000", np.sin(t) + shift)
    return [
        PaneSpec("loss", "E", (one,), log=True, key="loss"),
        PaneSpec("first moment", "m", (other,), key="memory:1"),
    ]


@pytest.fixture
def view(show):
    view = PanesView()
    view.set_theme(DARK)
    view.set_panes(panes())
    return show(view, 400, 500)


def steps_shown(view, pane=0):
    return view.plots().plot(pane).box.window_shown()[0]


def heights(view, pane=0):
    return view.plots().plot(pane).box.window_shown()[1]


def at(view, step, pane=0):
    plot = view.plots().layout_of_panes().plots[pane]
    return QPoint(round(view.plots().step_pixel(step)), round(plot.center().y()))


@pytest.mark.parametrize("pane", [0, 1])
def test_the_wheel_zooms_the_steps_of_all_panes_around_the_pointer(view, pane):
    before = heights(view, 0), heights(view, 1)
    place = at(view, 30, pane)
    wheel(view.plots(), place, 2)
    first, last = steps_shown(view)
    assert 0 < first < 30 < last < 100
    assert last - first == pytest.approx(100 / 1.2**2, rel=1e-3)
    assert view.plots().step_pixel(30) == pytest.approx(place.x(), abs=1)
    assert steps_shown(view, 1) == pytest.approx(steps_shown(view, 0))
    assert (heights(view, 0), heights(view, 1)) == before
    wheel(view.plots(), place, -20)
    assert steps_shown(view, 0) == steps_shown(view, 1) == (0.0, 100.0)


def test_a_click_seeks_where_it_is_also_zoomed_in(view):
    chosen = []
    view.step_chosen.connect(chosen.append)
    wheel(view.plots(), at(view, 50), 6)
    QTest.mouseClick(view.plots().viewport(), LEFT, pos=at(view, 55, 1))
    assert chosen == [55]


def test_the_other_buttons_zoom_and_pan_the_steps(view):
    drag(view.plots(), RIGHT, at(view, 40), at(view, 70))
    first, last = steps_shown(view)
    assert last - first < 60
    middle = (first + last) / 2
    drag(view.plots(), MIDDLE, at(view, middle), at(view, middle + (last - first) / 5))
    panned = steps_shown(view)
    assert panned[0] < first
    assert panned[1] - panned[0] == pytest.approx(last - first)
    assert steps_shown(view, 1) == pytest.approx(panned)


def test_the_axes_zoom_and_pan_alone(view):
    layout = view.plots().layout_of_panes()
    beside = QPoint(round(layout.left / 2), round(layout.plots[1].center().y()))
    before = heights(view, 1)
    wheel(view.plots(), beside)
    low, high = heights(view, 1)
    assert high - low == pytest.approx((before[1] - before[0]) / 1.2)
    assert steps_shown(view) == (0.0, 100.0)
    drag(view.plots(), LEFT, beside, beside + QPoint(0, 40))
    assert heights(view, 1)[0] > low
    drag(view.plots(), RIGHT, beside, beside - QPoint(0, 30))
    zoomed = heights(view, 1)
    assert zoomed[1] - zoomed[0] < high - low
    below = QPoint(round((layout.left + layout.right) / 2), round(layout.plots[1].bottom()) + 12)
    wheel(view.plots(), below, 3)
    assert steps_shown(view)[0] > 0.0
    assert heights(view, 1) == zoomed


def test_a_double_click_shows_everything(view):
    wheel(view.plots(), at(view, 50), 4)
    wheel(view.plots(), QPoint(10, at(view, 0, 1).y()), 2)
    QTest.mouseClick(view.plots().viewport(), LEFT, pos=at(view, 50))
    QTest.mouseDClick(view.plots().viewport(), LEFT, pos=at(view, 50))
    pane = view.plots().plot(1).pane
    assert steps_shown(view, 0) == steps_shown(view, 1) == (0.0, 100.0)
    assert heights(view, 1) == (pane.low, pane.high)


def test_keys_do_what_the_mouse_does(view):
    plots = view.plots()
    plots.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_0):
        for _ in range(5):
            QTest.keyClick(plots, Qt.Key.Key_Plus)
        first, last = steps_shown(view)
        assert last - first == pytest.approx(100 / 1.2**5)
        QTest.keyClick(plots, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
        assert steps_shown(view, 1)[0] > first
        QTest.keyClick(plots, Qt.Key.Key_Minus)
        QTest.keyClick(plots, key)
        assert steps_shown(view) == (0.0, 100.0)


def test_the_button_a_appears_where_there_is_something_to_fit(view):
    plot = view.plots().plot(0)
    QTest.mouseMove(view.plots().viewport(), at(view, 20))
    assert not plot.fit_button.isVisible()
    wheel(view.plots(), at(view, 20), 2)
    QTest.mouseMove(view.plots().viewport(), at(view, 25))
    assert plot.fit_button.isVisible()
    place = view.plots().mapFromScene(plot.fit_button.sceneBoundingRect().center())
    chosen = []
    view.step_chosen.connect(chosen.append)
    QTest.mouseClick(view.plots().viewport(), LEFT, pos=place)
    assert steps_shown(view) == (0.0, 100.0)
    assert chosen == []
    assert not plot.fit_button.isVisible()


def test_new_numbers_keep_what_was_zoomed_to(view):
    wheel(view.plots(), at(view, 50), 4)
    wheel(view.plots(), QPoint(10, at(view, 0, 1).y()), 2)
    steps, upright = steps_shown(view), heights(view, 1)
    view.set_panes(panes(shift=0.5))
    assert steps_shown(view) == steps
    assert heights(view, 1) == upright
    # Another quantity has another range.
    view.set_panes(panes()[::-1])
    pane = view.plots().plot(1).pane
    assert heights(view, 1) == (pane.low, pane.high)
    assert steps_shown(view) == steps


def test_a_longer_run_is_shown_whole_unless_zoomed(view):
    view.set_panes(panes(300))
    assert steps_shown(view, 0) == steps_shown(view, 1) == (0.0, 300.0)
    wheel(view.plots(), at(view, 50), 4)
    steps = steps_shown(view)
    view.set_panes(panes(600))
    assert steps_shown(view) == pytest.approx(steps)
    view.set_panes(panes(2))
    view.plots().fit()
    assert steps_shown(view) == (0.0, 2.0)


def test_numbers_are_never_cut_off_after_zooming(view):
    beside = QPoint(10, at(view, 0, 1).y())
    for _ in range(30):
        wheel(view.plots(), beside, 2)
    axis = view.plots().plot(1).left_axis
    view.plots().grab()
    assert len(axis.picture[2]) == len(axis.places()) >= 2
    assert len({text for _, _, text in axis.picture[2]}) == len(axis.places())
    for _ in range(200):
        wheel(view.plots(), beside, 2)
        wheel(view.plots(), at(view, 7), 2)
    low, high = heights(view, 1)
    assert np.isfinite((low, high)).all() and low < high
    first, last = steps_shown(view)
    assert last - first == pytest.approx(2.0)
