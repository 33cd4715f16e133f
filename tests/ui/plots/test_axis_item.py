"""Axes: round numbers, written as people do, linear and logarithmic, with room for all of them."""

import math

import pytest
from PySide6.QtCore import QRectF

from optlab.pictures.theme import DARK
from optlab.pictures.ticks import round_ticks
from optlab.ui.plots.axis_item import NAME_ROOM, TypesetAxis
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView


def labels(low, high, wanted=5, **more):
    return [label for _, label in round_ticks(low, high, wanted, **more)[0]]


def test_numbers_are_round_and_have_a_true_minus():
    assert labels(-2.2, 2.2) == ["−2", "−1", "0", "1", "2"]
    assert labels(0.0, 0.12, 4) == ["0.00", "0.05", "0.10"]
    assert labels(0, 7, 20, whole=True) == [str(k) for k in range(8)]


def test_many_decades_are_powers_of_ten_and_few_are_numbers():
    found, between = round_ticks(-12.0, 3.0, 5, log=True)
    assert all(place == round(place) for place, _ in found) and not between
    assert found[0][1].startswith("10⁻")
    found, between = round_ticks(math.log10(0.02), math.log10(3.0), 5, log=True)
    assert [label for _, label in found] == ["10⁻¹", "10⁰"]
    assert len(between) > 10
    assert [label for _, label in round_ticks(math.log10(0.2), 0.0, 5, log=True)[0]] == [
        "0.2",
        "0.5",
        "1",
    ]


@pytest.fixture
def plot(show):
    view = show(PlotView(), 420, 320)
    view.setBackground(DARK.window)
    left, below = TypesetAxis("left", 56.0), TypesetAxis("bottom", 76.0)
    below.setHeight(NAME_ROOM)
    made = Plot(PlotBox(), left, below)
    for axis in (left, below):
        axis.set_theme(DARK, DARK.text)
    view.scene().addItem(made)
    yield made


def place(plot, window):
    plot.box.show_window(window)
    plot.left_axis.setWidth(plot.left_axis.room(*window[1], 220.0))
    plot.place(QRectF(100, 20, 300, 220))
    plot.scene().views()[0].grab()


@pytest.mark.parametrize("name", ["", "w₂", "learning rate"])
@pytest.mark.parametrize("reach", [(-1.0, 1.0), (-1e-7, 2e-7), (1e12, 3e12), (-3e-300, 1e-300)])
def test_every_number_and_the_name_fit_into_the_room(plot, name, reach):
    plot.left_axis.set_name(name)
    plot.box.finest, plot.box.widest = 0.0, 1e305
    place(plot, ((0.0, 1.0), reach))
    axis = plot.left_axis
    _, _, texts = axis.picture
    assert len(texts) == len(axis.places()) >= 2
    for rect, _, text in texts:
        assert rect.left() >= 0 and text
    values = axis.places()
    assert all(reach[0] <= value <= reach[1] for value in values)


def test_the_box_lies_where_it_was_put(plot):
    place(plot, ((0.0, 1.0), (0.0, 1.0)))
    assert plot.box.scenePos().toTuple() == (100.0, 20.0)
    assert plot.box.size().toTuple() == (300.0, 220.0)


def test_a_logarithmic_axis_writes_powers(plot):
    plot.left_axis.set_log(True)
    place(plot, ((0.0, 1.0), (-8.0, 2.0)))
    assert {text[:2] for _, _, text in plot.left_axis.picture[2]} == {"10"}
    plot.left_axis.set_log(False)
    plot.scene().views()[0].grab()
    assert "−5" in {text for _, _, text in plot.left_axis.picture[2]}


def test_a_range_that_float64_cannot_show_is_refused(plot):
    box = plot.box
    box.show_window(((0.0, 1.0), (0.0, 1.0)))
    for low, high in ((1.0, 1.0 + 1e-13), (0.0, 1e200), (0.0, math.inf), (math.nan, 1.0)):
        box.show_window(((low, high), (0.0, 1.0)))
        assert box.window_shown() == ((0.0, 1.0), (0.0, 1.0))
