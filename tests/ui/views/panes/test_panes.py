"""The column of panes under a real mouse, and the ranges it shows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.pictures.charts.curves import CurveDrawing, PaneSpec
from optlab.pictures.charts.ranges import drawable, ran_away, shown_range
from optlab.pictures.theme import DARK, LIGHT
from optlab.ui.views.panes import PanesView
from optlab.ui.views.panes.legend import LegendButton

LEFT = Qt.MouseButton.LeftButton
STEPS = 100
T = np.arange(STEPS + 1.0)


def curve(run="a", values=T, name="E", color="#ff0000", **more):
    return CurveDrawing(run, name, color, np.asarray(values, float), run_name=run, **more)


def two_panes():
    return [
        PaneSpec("loss", "E", (curve(values=np.exp(-T)), curve("b", np.exp(-T / 2))), log=True),
        PaneSpec(
            "first moment",
            "m",
            (curve(values=np.sin(T), name="m₁"), curve(values=np.cos(T), name="m₂", style="dash")),
        ),
    ]


@pytest.fixture
def view(show):
    view = PanesView()
    view.set_theme(DARK)
    view.set_panes(two_panes())
    return show(view, 400, 500)


def pixel(view, step, pane=0):
    plots = view.plots()
    plot = plots.layout_of_panes().plots[pane]
    return QPoint(round(plots.step_pixel(step)), round(plot.center().y()))


def buttons(view):
    return {button.text(): button for button in view.findChildren(LegendButton)}


# --- the mouse -----------------------------------------------------------------------------


@pytest.mark.parametrize("pane", [0, 1])
def test_a_click_in_any_pane_chooses_the_step(view, pane):
    chosen = []
    view.step_chosen.connect(chosen.append)
    QTest.mouseClick(view.plots().viewport(), LEFT, pos=pixel(view, 60, pane))
    assert chosen == [60]


def test_dragging_chooses_each_step_once_and_stays_on_the_axis(view):
    chosen = []
    view.step_chosen.connect(chosen.append)
    canvas = view.plots().viewport()
    QTest.mousePress(canvas, LEFT, pos=pixel(view, 50))
    for place in (pixel(view, 51), pixel(view, 51), QPoint(9999, 10), QPoint(-50, 10)):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(canvas.mapToGlobal(place)),
            LEFT,
            LEFT,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(canvas, event)
    assert chosen == [50, 51, STEPS, 0]


def test_a_legend_entry_hides_a_run_everywhere(view):
    told = []
    view.run_toggled.connect(lambda run, shown: told.append((run, shown)))
    before = view.plots().panes()[0].low
    QTest.mouseClick(buttons(view)["a"], LEFT)
    assert told == [("a", False)]
    assert [c.run_id for pane in view.plots().panes() for c in pane.curves] == ["b"]
    assert view.plots().panes()[0].low > before
    QTest.keyClick(buttons(view)["a"], Qt.Key.Key_Space)
    assert told[-1] == ("a", True)


def test_an_entry_in_a_title_hides_a_component_of_that_pane(view):
    told = []
    view.component_toggled.connect(lambda *values: told.append(values))
    QTest.mouseClick(buttons(view)["m₂"], LEFT)
    assert told == [(1, "m₂", False)]
    assert [c.name for c in view.plots().panes()[1].curves] == ["m₁"]


def test_new_data_keep_what_is_hidden_and_the_entries(view):
    first = buttons(view)["a"]
    QTest.mouseClick(first, LEFT)
    view.set_panes(two_panes())
    assert buttons(view)["a"] is first
    assert [c.run_id for c in view.plots().panes()[0].curves] == ["b"]


def test_entries_lie_in_their_title(view):
    title = view.plots().layout_of_panes().titles[1]
    for name in ("m₁", "m₂"):
        assert title.contains(buttons(view)[name].geometry().center().toPointF())


def test_hidden_runs_can_be_set(view):
    told = []
    view.run_toggled.connect(lambda *values: told.append(values))
    view.set_hidden_runs(["b"])
    assert not buttons(view)["b"].isChecked()
    assert [c.run_id for c in view.plots().panes()[0].curves] == ["a"]
    assert told == []


# --- what is drawn -------------------------------------------------------------------------


def test_the_cursor_moves_without_drawing_the_curves_again(view):
    canvas = view.plots()
    QApplication.processEvents()
    drawn = []
    curves = canvas.plot(0).curves
    original = curves.draw
    curves.draw = lambda painter: (drawn.append(painter), original(painter))
    view.set_step(30)
    QApplication.processEvents()
    image = canvas.grab().toImage()
    assert drawn == []
    bright = image.pixelColor(pixel(view, 30, 1))
    assert bright.lightness() > 100
    view.set_step(80)
    QApplication.processEvents()
    assert canvas.grab().toImage().pixelColor(pixel(view, 30, 1)) != bright


def test_panes_get_room_or_scroll(view):
    view.set_panes([PaneSpec(f"pane {k}", "q", (curve(),)) for k in range(12)])
    QApplication.processEvents()
    assert view.plots().height() > view.height()
    heights = [plot.height() for plot in view.plots().layout_of_panes().plots]
    assert min(heights) >= 50


def test_the_axis_ends_where_it_is_told(view):
    chosen = []
    view.step_chosen.connect(chosen.append)
    view.set_steps(1000)
    QTest.mouseClick(view.plots().viewport(), LEFT, pos=pixel(view, 1000))
    assert chosen == [1000]


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("log", [True, False])
def test_hostile_curves_can_be_drawn(view, theme, log):
    wild = [np.nan, 1.0, -1.0, 0.0, np.inf, -np.inf, 1e308, -1e308, 5e-324, 2.0]
    view.set_theme(theme)
    view.set_panes(
        [
            PaneSpec("a<b> & c", "η", (curve(values=wild, selected=True),), log),
            PaneSpec("empty", "", (), log),
            PaneSpec("none", "x", (curve(values=[]), curve("b", [np.nan])), log),
            PaneSpec("one", "x", (curve(values=[1.0]),), log),
        ]
    )
    for step in (0, 3, 7, 10_000):
        view.set_step(step)
        assert view.grab().toImage().pixelColor(1, 1) == QColor(theme.window)


def test_no_panes_are_no_trouble(view):
    view.set_panes([])
    view.set_step(3)
    QTest.mouseClick(view.plots().viewport(), LEFT)
    assert not view.grab().isNull()


def test_it_names_itself_for_a_screen_reader(view):
    assert view.accessibleName()
    assert buttons(view)["a"].accessibleName() == "Show a"


# --- ranges --------------------------------------------------------------------------------


def test_what_a_logarithm_does_not_know_is_a_gap():
    heights = drawable(np.array([100.0, 0.0, -1.0, np.inf, np.nan, 0.1]), log=True)
    np.testing.assert_allclose(heights, [2.0, np.nan, np.nan, np.nan, np.nan, -1.0])


def diverged(steps=60):
    with np.errstate(all="ignore"):
        return np.power(10.0, np.arange(steps) * 6.0)


@pytest.mark.parametrize(
    ("values", "away"),
    [
        (diverged(), True),
        (diverged(20), True),
        (-diverged(), True),
        (1.5 ** np.arange(200), True),
        (np.sin(T) * 1.5**T, True),
        (np.exp(-T / 5), False),
        (np.sin(T), False),
        (T, False),
        (T**2, False),
        (np.full(50, 0.05), False),
        (np.concatenate(([np.nan], np.sin(T))), False),
        (np.zeros(10), False),
    ],
)
def test_only_a_diverging_curve_runs_away(values, away):
    assert ran_away(values) is away


@pytest.mark.parametrize("log", [False, True])
def test_a_diverged_run_does_not_squash_the_others(log):
    calm = 1.0 + np.exp(-T)
    alone = shown_range([calm], log)
    together = shown_range([calm, diverged()], log)
    assert together[1] - together[0] < 4 * (alone[1] - alone[0]) + 2 * log


def test_an_early_peak_is_not_cut_off():
    moment = np.concatenate(([0.0, -30.0, -32.0, 18.0], 1e-6 * np.sin(np.arange(1000))))
    low, high = shown_range([moment], log=False)
    assert low < -32.0
    assert high > 18.0


def test_positive_values_near_zero_show_zero():
    low, high = shown_range([np.linspace(0.02, 0.12, 50)], log=False)
    assert low <= 0.0 < high < 0.15


@given(
    st.lists(arrays(np.float64, st.integers(0, 12), elements=st.floats(width=64)), max_size=4),
    st.booleans(),
)
def test_a_range_is_always_finite_and_not_empty(curves, log):
    low, high = shown_range(curves, log)
    assert np.isfinite((low, high)).all()
    assert low < high


def test_small_updates_leave_no_traces(view):
    panes = [
        PaneSpec(p.title, p.symbol, tuple(replace(c, selected=True) for c in p.curves), p.log)
        for p in two_panes()
    ]
    view.set_panes(panes)
    for step in (0, 50, 51, 3, 100, 12):
        view.set_step(step)
        updated = on_screen(view)
        view.plots().viewport().update()
        assert (updated == on_screen(view)).all(), step


def on_screen(view):
    """What small updates have left on the screen, as opposed to a repaint of everything."""
    QApplication.processEvents()
    image = view.screen().grabWindow(view.winId()).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(np.frombuffer(image.constBits(), np.uint8))
