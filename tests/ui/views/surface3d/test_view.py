"""The surface view as a person uses it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.pictures.surface3d.camera import Camera
from optlab.pictures.theme import DARK, LIGHT
from optlab.ui.views.surface3d import Surface3DView, scene, software
from tests.pictures.surface3d.scenes import Path, bowl, picture
from tests.ui.mouse import wheel


@pytest.fixture
def renders(monkeypatch):
    """How often the surface was drawn, each with its magnification."""
    seen = []
    original = software.render

    def counting(relief, view, palette, magnified=1.0, lines=True):
        seen.append(magnified)
        return original(relief, view, palette, magnified, lines)

    monkeypatch.setattr(software, "render", counting)
    return seen


@pytest.fixture
def view(show, renders):
    made = Surface3DView()
    made.set_picture(picture(bowl, scale="log"))
    t = np.linspace(0, 1, 51)
    w = np.column_stack((3 - 3 * t, np.cos(3 * t)))
    made.set_paths([Path(w, selected=True), Path(-w, "two", "#56c2ff", "dash")])
    made.set_start(3.0, 1.0)
    made.set_minima([(0.0, 0.0)])
    made.set_step(10)
    shown = show(made, 420, 360)
    renders.clear()
    return shown


def grabbed(view):
    return view.grab().toImage()


def test_it_can_be_found_by_name():
    assert Surface3DView().accessibleName() == "Loss surface in 3D"


def test_a_step_does_not_draw_the_surface_again(view, renders):
    for step in range(11, 40):
        view.set_step(step)
        QApplication.processEvents()
    view.set_step(3)
    grabbed(view)
    assert renders == []


def test_growing_step_by_step_gives_the_picture_of_a_jump(view):
    for step in range(11, 41):
        view.set_step(step)
        grabbed(view)
    grown = np.array(grabbed(view).constBits()).astype(int)
    view.canvas.redraw(0)
    jumped = np.array(grabbed(view).constBits()).astype(int)
    # Ends of pieces that were drawn one after another may differ by a shade.
    assert (np.abs(grown - jumped) > 40).mean() < 0.002


def test_the_path_is_seen_on_the_surface(view):
    color = (0xFF, 0xB0, 0x00)
    view.set_step(50)
    image = grabbed(view).convertToFormat(grabbed(view).Format.Format_RGB32)
    pixels = np.array(image.constBits()).reshape(image.height(), image.width(), 4)[..., 2::-1]
    close = np.abs(pixels.astype(int) - color).sum(axis=2) < 40
    assert close.sum() > 60


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Qt.Key.Key_Left, Camera(26.0, 41.0)),
        (Qt.Key.Key_Right, Camera(38.0, 41.0)),
        (Qt.Key.Key_Up, Camera(32.0, 47.0)),
        (Qt.Key.Key_Down, Camera(32.0, 35.0)),
        (Qt.Key.Key_Plus, Camera(distance=1 / 1.15)),
        (Qt.Key.Key_Minus, Camera(distance=1.15)),
    ],
)
def test_keys(view, listen, key, expected):
    calls = listen(view.camera_changed)
    QTest.keyClick(view, key)
    ((camera,),) = calls
    assert camera.distance == pytest.approx(expected.distance)
    assert replace(camera, distance=1.0) == replace(expected, distance=1.0)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.camera() == Camera()


def test_other_keys_are_left_to_the_window(view, listen):
    calls = listen(view.camera_changed)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert calls == []


def drag(view, button, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.mousePress(view, button, modifier, QPoint(200, 180))
    QTest.mouseMove(view, QPoint(220, 190))
    QTest.mouseMove(view, QPoint(240, 200))
    QTest.mouseRelease(view, button, modifier, QPoint(240, 200))


def test_dragging_orbits(view):
    drag(view, Qt.MouseButton.LeftButton)
    assert view.camera().azimuth == pytest.approx(32 - 18)
    assert view.camera().elevation == pytest.approx(41 + 9)
    assert view.camera().pan == (0.0, 0.0)


@pytest.mark.parametrize(
    ("button", "modifier"),
    [
        (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_dragging_pans(view, button, modifier):
    drag(view, button, modifier)
    scale = view.scene.projection.scale
    assert view.camera().pan == pytest.approx((40.0 / scale, -20.0 / scale))
    assert replace(view.camera(), pan=(0.0, 0.0)) == Camera()


def test_a_scene_that_was_moved_turns_around_what_is_in_the_middle(view):
    view.zoom(6.0, QPointF(260, 150))
    before = view.grab().toImage()
    middle = (210, 180)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(*middle))
    assert view.grab().toImage() == before
    centre = view.camera().centre
    assert centre != (0.0, 0.0, 0.0)
    QTest.mouseMove(view, QPoint(260, 200))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(260, 200))
    assert view.camera().centre == centre
    assert view.scene.projection.pixel(*centre) == pytest.approx(middle, abs=1.0)


def test_a_double_click_returns_to_the_first_view(view):
    view.orbit(50, 10)
    view.zoom(2.0)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 180))
    assert view.camera() == Camera()


def test_the_wheel_zooms_around_the_pointer(view):
    at = QPointF(300, 100)
    before = view.scene.projection.units(300, 100)
    wheel(view, at.toPoint())
    assert view.camera().distance == pytest.approx(1 / 1.15)
    assert view.scene.projection.units(300, 100) != before
    view.zoom(1 / 1.15, at)
    assert view.camera().pan == pytest.approx((0.0, 0.0))


def test_hovering_tells_the_weights(view, listen):
    hovered, left = listen(view.hovered), listen(view.hover_left)
    QTest.mouseMove(view, QPoint(210, 180))
    (w1, w2) = hovered[-1]
    assert abs(w1) < 4 and abs(w2) < 2
    QTest.mouseMove(view, QPoint(2, 2))
    assert len(left) == 1


def test_motion_is_drawn_quickly_and_rest_finely(view, renders):
    view.canvas._seconds_per_pixel = 1e-6  # a slow machine
    view.orbit(10, 0)
    grabbed(view)
    assert renders[-1] < 1.0
    for _ in range(1000):
        QTest.qWait(20)
        grabbed(view)
        if len(renders) > 1:
            break
    assert renders[1:] == [2.0]


def test_finish_draws_finely_at_once(view, renders):
    view.canvas._seconds_per_pixel = 1e-6
    view.orbit(10, 0)
    view.finish()
    grabbed(view)
    assert renders == [2.0]


def test_a_hidden_view_does_no_work(view, renders, monkeypatch):
    view.hide()
    laid = []
    monkeypatch.setattr(scene, "LaidPath", lambda *args: laid.append(args))
    view.set_picture(picture(resolution=33))
    view.set_paths([Path(np.zeros((5, 2)))])
    view.orbit(5, 5)
    for step in range(10):
        view.set_step(step)
    view.set_theme(LIGHT)
    QApplication.processEvents()
    assert renders == [] and laid == []


def test_what_changed_while_hidden_is_shown_finely(view, renders):
    view.hide()
    view.orbit(5, 5)
    view.set_theme(LIGHT)
    view.show()
    grabbed(view)
    assert renders and set(renders) == {2.0}


def test_both_themes_color_ground_and_surface(view):
    view.set_theme(DARK)
    dark = grabbed(view).pixelColor(3, 3)
    view.set_theme(LIGHT)
    assert (dark.name(), grabbed(view).pixelColor(3, 3).name()) == (DARK.window, LIGHT.window)


def test_nothing_to_show_is_said(view, renders):
    blank = Surface3DView()
    blank.resize(420, 360)
    blank.set_theme(DARK)
    for surface in (None, picture(lambda a, b: np.full_like(a, np.nan))):
        view.set_picture(surface)
        view.set_step(view.scene.step + 1)
        image = grabbed(view)
        colors = {image.pixelColor(x, 180).name() for x in range(420)}
        assert len(colors) > 1  # a sentence in the middle
    assert renders == []


def test_settings_that_make_no_sense_are_refused(view):
    with pytest.raises(ValueError, match="colour map"):
        view.set_style(color_map="nope")


def test_heights_and_style_change_the_picture(view):
    pictures = [grabbed(view)]
    for change in (
        lambda: view.set_camera(Camera(height="linear")),
        lambda: view.set_camera(Camera(height="linear", exaggeration=2.0)),
        lambda: view.set_style(color_map="viridis"),
        lambda: view.set_style(lines=False, minima=False),
    ):
        change()
        pictures.append(grabbed(view))
    assert all(a != b for a, b in pairwise(pictures))


@pytest.mark.parametrize("size", [(200, 160), (60, 40), (1200, 300)])
def test_any_size_is_drawn(view, size):
    view.setMinimumSize(1, 1)
    view.resize(*size)
    assert not grabbed(view).isNull()
