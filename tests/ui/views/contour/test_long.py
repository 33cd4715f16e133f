"""Runs of very many steps: a sketch at once, the whole when it is ready, never a wait."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from optlab.core.contours import surface_picture
from optlab.pictures.charts.curves import Curve, CurveDrawing
from optlab.pictures.surface3d.camera import Camera, Projection
from optlab.pictures.surface3d.paths import LaidPath
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.theme import DARK
from optlab.pictures.trace import PathDrawing
from optlab.ui.views.contour import ContourView
from optlab.ui.views.surface3d import Surface3DView
from optlab.ui.views.surface3d.traces import Trace
from tests.pictures.surface3d.scenes import picture

STEPS = 200_000
WINDOW = ((-4.0, 4.0), (-2.0, 2.0))


class Later:
    """Another thread that does its work when it is told to."""

    def __init__(self):
        self.asked = []

    def __call__(self, work, then):
        self.asked.append((work, then))

    def answer(self):
        work, then = self.asked.pop(0)
        then(work())


def spiral(run_id="a", shift=0.0):
    """Inwards, and then round and round."""
    turn = np.linspace(0.0, 3000.0, STEPS + 1)
    far = 0.2 + 1.6 * np.exp(-turn / 4)
    w = np.column_stack((far * np.cos(turn) + shift, far * np.sin(turn)))
    return PathDrawing(run_id, "#ff0000", w, selected=True)


@pytest.fixture(params=[ContourView, Surface3DView])
def view(show, request):
    made = request.param()
    made.set_theme(DARK)
    made.set_picture(surface_picture(lambda a, b: a**2 + b**2, WINDOW, 64, "log", 12))
    return show(made, 400, 300)


def red(view):
    image = view.grab().toImage()
    places = [(x, y) for x in range(0, 400, 2) for y in range(0, 300, 2)]
    return sum(QColor(image.pixel(x, y)).hslSaturation() > 120 for x, y in places)


def test_a_sketch_then_the_whole(view):
    later = Later()
    view.set_background(later)
    view.set_paths([spiral()])
    view.set_step(STEPS)
    sketched = red(view)
    assert sketched > 100
    assert len(later.asked) == 1
    later.answer()
    whole = red(view)
    assert abs(whole - sketched) < 0.5 * whole
    view.grab()
    assert later.asked == []
    # Without anybody to ask it is the same.
    other = type(view)()
    other.set_theme(DARK)
    other.resize(view.size())
    other.set_picture(view.picture() if isinstance(view, ContourView) else view.scene.picture)
    other.set_paths([spiral()])
    other.set_step(STEPS)
    assert red(other) == whole
    other.deleteLater()


def test_an_answer_about_other_paths_is_dropped(view):
    later = Later()
    view.set_background(later)
    view.set_paths([spiral()])
    view.grab()
    view.set_paths([spiral(shift=1.0)])
    view.grab()
    assert len(later.asked) == 2
    later.answer()
    view.set_step(STEPS)
    view.grab()
    later.answer()
    made = view.traces() if isinstance(view, ContourView) else view.scene._laid
    kept = made[0].path
    assert kept.w[0, 0] == pytest.approx(2.8)
    assert later.asked == []


def test_the_dot_of_a_sketch_is_where_the_run_is(view):
    if isinstance(view, Surface3DView):
        view.grab()
        sketch = LaidPath(spiral(), view.scene.relief, 50)
        whole = LaidPath(spiral(), view.scene.relief)
        heads = [(sketch.head(step), whole.head(step)) for step in (0, 7, 777, STEPS)]
        for some, all_of_it in heads:
            np.testing.assert_array_equal(some, all_of_it)
        return
    view.set_background(Later())
    view.set_paths([spiral()])
    (sketch,) = view.traces()
    for step in (0, 7, 777, STEPS):
        w = spiral().w[step]
        away = QPointF(*sketch.head(step)) - view.pixel_map().point(*w)
        assert QPointF.dotProduct(away, away) < 1e-6


def test_short_paths_need_nobody(view):
    later = Later()
    view.set_background(later)
    view.set_paths([PathDrawing("a", "#ff0000", spiral().w[:2000])])
    view.grab()
    assert later.asked == []


def test_what_is_walked_again_is_left_out_in_space():
    relief = Relief(picture(), "linear", 1.0)
    laid = LaidPath(spiral(), relief)
    assert len(laid.points) < STEPS / 10
    assert (np.diff(laid.at) >= 0).all()
    trace = Trace(laid, Projection.of(Camera(), 400, 300))
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(0)
    with QPainter(image) as painter:
        touched = trace.stroke(painter, 0, STEPS, QColor("#ff0000"), 2.0)
    assert touched.width() > 60


@pytest.mark.parametrize("log", [False, True])
def test_a_reduced_curve_keeps_every_spike(log):
    values = 1.0 + np.random.default_rng(3).random(STEPS)
    values[[12_345, 77_777]] = 50.0, 1e-3
    values[[20_000, 150_000]] = np.nan
    drawing = CurveDrawing("a", "E", "#ff0000", values)
    made = Curve(drawing, log)
    heights = np.concatenate([height for _, height in made.stretches])
    assert len(heights) < 90_000
    top, bottom = (np.log10([50.0, 1e-3])) if log else (50.0, 1e-3)
    assert heights.max() == pytest.approx(top)
    assert heights.min() == pytest.approx(bottom)
    assert made.extents[0].limits == pytest.approx((bottom, top))
    assert [float(steps[0]) for steps, _ in made.stretches] == [0.0, 20_001.0, 150_001.0]
    assert made.height(12_345) == pytest.approx(top)
    assert np.isnan(made.height(20_000)) and np.isnan(made.height(STEPS + 1))
