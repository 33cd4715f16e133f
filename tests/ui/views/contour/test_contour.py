"""The contour view under a real mouse and keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.core.contours import surface_picture
from optlab.pictures.color_tables import COLOR_MAPS
from optlab.pictures.overlays import ArrowDrawing
from optlab.pictures.theme import DARK, LIGHT
from optlab.pictures.trace import PathDrawing
from optlab.ui.views.contour import ContourView
from tests.ui.mouse import drag, move, wheel

WINDOW = ((-5.0, 5.0), (-2.0, 6.0))
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE = Qt.MouseButton.MiddleButton


def bowl(w1, w2):
    return w1**2 + 3 * w2**2


def straight(run_id="a", end=(4.0, 4.0), steps=40, **more):
    w = np.linspace((-4.0, -1.0), end, steps + 1)
    return PathDrawing(run_id, more.pop("color", "#ff0000"), w, **more)


@pytest.fixture
def view(show):
    view = ContourView()
    view.set_theme(DARK)
    view.set_picture(surface_picture(bowl, WINDOW, 64, "log", 12))
    view.set_start(-4.0, -1.0)
    return show(view, 600, 500)


@pytest.fixture
def heard(view):
    calls = []
    for name in ("hovered", "start_chosen", "start_moved", "window_changed"):
        getattr(view, name).connect(lambda *values, name=name: calls.append((name, *values)))
    view.hover_left.connect(lambda: calls.append(("hover_left",)))
    view.menu_requested.connect(lambda _, w1, w2: calls.append(("menu", w1, w2)))
    return calls


def pixel(view, w1, w2):
    return view.pixel_at(w1, w2).toPoint()


def names(heard):
    return [call[0] for call in heard]


def color_at(view, w1, w2):
    return view.grab().toImage().pixelColor(pixel(view, w1, w2))


def reddish(color):
    return color.red() > 1.3 * max(color.green(), color.blue())


# --- the mouse -----------------------------------------------------------------------------


def test_hovering_tells_the_coordinates(view, heard):
    move(view, pixel(view, 1.0, 2.0))
    name, w1, w2 = heard[-1]
    assert name == "hovered"
    assert (w1, w2) == pytest.approx((1.0, 2.0), abs=0.03)
    move(view, QPoint(1, 1))
    assert heard[-1] == ("hover_left",)


def test_a_click_chooses_the_start(view, heard):
    move(view, pixel(view, 2.0, -1.0))
    QTest.mouseClick(view.viewport(), LEFT, pos=pixel(view, 2.0, -1.0))
    name, w1, w2 = heard[-1]
    assert name == "start_chosen"
    assert (w1, w2) == pytest.approx((2.0, -1.0), abs=0.03)


def test_a_click_beside_the_map_does_nothing(view, heard):
    QTest.mouseClick(view.viewport(), LEFT, pos=QPoint(2, 2))
    assert heard == []


def test_dragging_the_start_tells_every_place_and_the_last(view, heard):
    places = [(-4.0, -1.0), (-3.0, 0.0), (0.0, 1.0), (1.0, 2.0)]
    drag(view, LEFT, *(pixel(view, *place) for place in places))
    assert names(heard) == ["start_moved"] * 3 + ["start_chosen"]
    assert heard[-1][1:] == pytest.approx((1.0, 2.0), abs=0.03)


def test_the_start_stays_inside_the_map(view, heard):
    drag(view, LEFT, pixel(view, -4.0, -1.0), pixel(view, 0.0, 1.0), QPoint(5000, -5000))
    assert heard[-1][1:] == pytest.approx((5.0, 6.0))


def test_escape_lets_go_of_the_start(view, heard):
    QTest.mousePress(view.viewport(), LEFT, pos=pixel(view, -4.0, -1.0))
    move(view, pixel(view, 0.0, 1.0), LEFT)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), LEFT, pos=pixel(view, 0.0, 1.0))
    assert heard[-1] == ("start_moved", -4.0, -1.0)
    assert "start_chosen" not in names(heard)


def test_the_wheel_zooms_around_the_pointer(view, heard):
    at = pixel(view, 2.0, 1.0)
    before = view.weights_at(QPointF(at))
    wheel(view, at, 1)
    (left, right), (bottom, top) = view.window_shown()
    assert right - left < 10.0
    assert top - bottom < 8.0
    assert view.weights_at(QPointF(at)) == pytest.approx(before)
    assert heard == [("window_changed", left, right, bottom, top)]
    wheel(view, at, -1)
    assert view.window_shown()[0] == pytest.approx(WINDOW[0])


@pytest.mark.parametrize("button", [RIGHT, MIDDLE])
def test_dragging_with_the_other_buttons_pans(view, heard, button):
    drag(view, button, pixel(view, 0.0, 0.0), pixel(view, 0.5, 0.5), pixel(view, 1.0, 2.0))
    assert set(names(heard)) == {"window_changed"}
    (left, right), (bottom, top) = view.window_shown()
    assert (left, right) == pytest.approx((-6.0, 4.0), abs=0.05)
    assert (bottom, top) == pytest.approx((-4.0, 4.0), abs=0.05)


def test_a_right_click_asks_for_a_menu(view, heard):
    move(view, pixel(view, 1.0, 1.0))
    QTest.mouseClick(view.viewport(), RIGHT, pos=pixel(view, 1.0, 1.0))
    assert heard[-1] == pytest.approx(("menu", 1.0, 1.0), abs=0.05)


def test_a_double_click_fits_and_leaves_the_start_where_it_was(view, heard):
    wheel(view, pixel(view, 2.0, 1.0), 2)
    heard.clear()
    at = pixel(view, 0.0, 0.0)
    QTest.mouseClick(view.viewport(), LEFT, pos=at)
    QTest.mouseDClick(view.viewport(), LEFT, pos=at)
    assert view.window_shown() == WINDOW
    chosen = [call[1:] for call in heard if call[0] == "start_chosen"]
    assert chosen[-1] == (-4.0, -1.0)
    assert names(heard)[-1] == "window_changed"


def test_each_axis_zooms_and_pans_alone(view, heard):
    rect = view.map_rect()
    beside = QPoint(round(rect.left()) - 20, round(rect.center().y()))
    wheel(view, beside, 1)
    across, upwards = view.window_shown()
    assert across == WINDOW[0]
    assert upwards[1] - upwards[0] == pytest.approx(8.0 / 1.2)
    drag(view, LEFT, beside, beside + QPoint(0, 20), beside + QPoint(0, 40))
    assert view.window_shown()[1][0] > upwards[0]
    below = QPoint(round(rect.center().x()), round(rect.bottom()) + 12)
    drag(view, RIGHT, below, below + QPoint(30, 0))
    across = view.window_shown()[0]
    assert across[1] - across[0] < 10.0
    assert set(names(heard)) <= {"window_changed"} and heard
    QTest.mouseClick(view.viewport(), LEFT, pos=below)
    assert "start_chosen" not in names(heard)


def test_several_turns_between_two_frames_zoom_around_the_pointer(view):
    at = pixel(view, 2.0, 1.0)
    before = view.weights_at(QPointF(at))
    for _ in range(12):
        wheel(view, at, 1)
    assert view.weights_at(QPointF(at)) == pytest.approx(before, abs=0.005)


def test_zooming_in_and_out_ends_where_float64_does(view):
    at = pixel(view, 3.3, 3.3)
    for delta in (1200, -1200):
        for _ in range(200):
            wheel(view, at, delta / 120)
        (left, right), (bottom, top) = view.window_shown()
        assert np.isfinite((left, right, bottom, top)).all()
        assert right - left > 1e-11 and top > bottom
        assert not view.grab().isNull()


def test_equal_scales_stay_equal_while_one_axis_is_zoomed(view):
    view.set_style(equal_scale=True)
    rect = view.map_rect()
    for place in ((rect.left() - 10, rect.center().y()), (rect.center().x(), rect.bottom() + 10)):
        wheel(view, QPointF(*place).toPoint(), 2)
        (left, right), (bottom, top) = view.window_shown()
        assert (right - left) / (top - bottom) == pytest.approx(10.0 / 8.0)


def test_the_button_a_fits(view, heard):
    move(view, pixel(view, 1.0, 1.0))
    button = view._plot.fit_button
    assert not button.isVisible()
    wheel(view, pixel(view, 1.0, 1.0), 2)
    move(view, pixel(view, 1.1, 1.1))
    assert button.isVisible()
    place = view.mapFromScene(button.sceneBoundingRect().center())
    QTest.mouseClick(view.viewport(), LEFT, pos=place)
    assert view.window_shown() == WINDOW
    assert names(heard).count("window_changed") == 2 and "start_chosen" not in names(heard)


def test_a_press_whose_release_was_lost_is_over(view, heard):
    QTest.mousePress(view.viewport(), LEFT, pos=pixel(view, 1.0, 1.0))
    move(view, pixel(view, 1.0, 1.0))
    QTest.mouseClick(view.viewport(), LEFT, pos=pixel(view, 3.0, 3.0))
    chosen = [call[1:] for call in heard if call[0] == "start_chosen"]
    assert chosen == [pytest.approx((3.0, 3.0), abs=0.03)]


# --- the keys ------------------------------------------------------------------------------


def test_keys_zoom_fit_and_pan(view, heard):
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.window_shown()[0][1] < 5.0
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.window_shown() == WINDOW
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.window_shown()[0][1] > 5.0
    QTest.keyClick(view, Qt.Key.Key_A)
    assert view.window_shown() == WINDOW
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert view.window_shown()[0] == pytest.approx((-4.0, 6.0))
    assert set(names(heard)) == {"window_changed"}


def test_other_keys_belong_to_the_window(view, heard):
    parent_saw = []
    view.keyReleaseEvent = lambda event: None
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right):
        QTest.keyClick(view, key)
        parent_saw.append(view.window_shown())
    assert parent_saw == [WINDOW, WINDOW]
    assert heard == []


# --- what is drawn -------------------------------------------------------------------------


def test_setting_a_window_is_silent_and_checks_it(view, heard):
    view.set_window(((0.0, 1.0), (0.0, 1.0)))
    assert heard == []
    with pytest.raises(ValueError, match="window"):
        view.set_window(((1.0, 0.0), (0.0, 1.0)))


def test_the_past_is_strong_and_the_future_faint(view):
    view.set_paths([straight()])
    view.set_step(20)
    past = color_at(view, -2.0, 0.25)
    future = color_at(view, 2.0, 2.75)
    ground = color_at(view, -4.0, 4.0)
    assert reddish(past)
    assert past.saturationF() > future.saturationF() + 0.1
    assert future != ground


def test_playing_and_jumping_show_the_same(view):
    view.set_paths([straight(), straight("b", (4.5, 0.0), color="#56c2ff", selected=True)])
    for step in range(31):
        view.set_step(step)
        view.repaint()
    played = pixels(view.grab().toImage())
    view.set_step(0)
    view.repaint()
    view.set_step(30)
    jumped = pixels(view.grab().toImage())
    assert np.mean(np.abs(played - jumped) > 40) < 0.001


def test_stepping_back_removes_the_past(view):
    view.set_paths([straight()])
    view.set_step(40)
    view.grab()
    strong = color_at(view, 2.0, 2.75)
    view.set_step(5)
    assert color_at(view, 2.0, 2.75).saturationF() < strong.saturationF()


def on_screen(view):
    """What small updates have left on the screen, as opposed to a repaint of everything."""
    QApplication.processEvents()
    return pixels(view.screen().grabWindow(view.winId()).toImage())


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return flat[:, :, :3].astype(int)


def test_small_updates_leave_no_traces(view):
    t = np.linspace(0, 12, 60)
    spiral = np.column_stack((4 * np.cos(t) * np.exp(-t / 9), 2 + 3.9 * np.sin(t)))
    view.set_paths([straight(), PathDrawing("b", "#56c2ff", spiral, selected=True)])
    for step in (0, 7, 30, 12, 13, 14, 59, 3):
        view.set_step(step)
        at = (float(spiral[step, 0]), float(spiral[step, 1]))
        view.set_arrows([ArrowDrawing(at, (1.0, 1.0), "#00ff00", "−g")] if step % 2 else [])
        view.set_start(*at)
        move(view, pixel(view, *at))
        view.set_hover_text(f"step {step}\n" * (step % 3))
        updated = on_screen(view)
        view.viewport().update()
        assert np.abs(updated - on_screen(view)).max() <= 2, step


@pytest.mark.parametrize("style", ["solid", "dash", "dot", "dashdot", "unheard of"])
@pytest.mark.parametrize("step", [0, 3, 7, 400])
def test_any_path_can_be_drawn(view, style, step):
    wild = np.array([[0, 0], [1, 1], [1e300, 3], [np.inf, 0], [np.nan, np.nan], [1, 1]], float)
    view.set_paths(
        [
            PathDrawing("a", "#ff0000", wild, style),
            PathDrawing("b", "#00ff00", np.empty((0, 2)), style),
            PathDrawing("c", "#00ff00", np.full((3, 2), np.nan), style),
            PathDrawing("d", "#0000ff", np.zeros((1, 2)), style),
            straight("e", visible=False),
        ]
    )
    view.set_step(step)
    assert not view.grab().isNull()


def test_a_path_is_drawn_to_the_border_with_its_step(view):
    w = np.array([[0.0, 2.0], [3.0, 2.0], [12.0, 2.0], [30.0, 2.0]])
    view.set_paths([PathDrawing("a", "#ff0000", w)])
    view.set_step(3)
    trace = view.traces()[0]
    assert [crossing.step for crossing in trace.exits] == [2]
    assert trace.head(3) is None
    assert reddish(color_at(view, 4.95, 2.0))
    assert reddish(color_at(view, 4.0, 2.0))


def test_hidden_paths_are_not_drawn(view):
    view.set_paths([straight(visible=False)])
    view.set_step(20)
    assert not reddish(color_at(view, 0.0, 1.5))


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("name", COLOR_MAPS)
def test_every_theme_and_map_can_be_drawn(view, theme, name):
    view.set_theme(theme)
    view.set_style(color_map=name, equal_scale=True, lines=False, minima=False)
    view.set_minima([(0.0, 0.0)])
    image = view.grab().toImage()
    assert image.pixelColor(1, 1) == QColor(theme.window)


def test_an_unknown_map_is_refused(view):
    with pytest.raises(ValueError, match="jet"):
        view.set_style(color_map="jet")


def test_equal_scale_gives_both_axes_the_same_pixels(view):
    view.set_style(equal_scale=True)
    across, upwards = view.pixel_map().per_unit
    assert across == pytest.approx(-upwards, rel=0.01)


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("surface", [bowl, lambda w1, w2: bowl(w1, w2) - 7, lambda w1, w2: 2.0])
def test_a_color_bar_stands_beside_the_map(view, scale, surface):
    wide = view.map_rect().width()
    view.set_picture(surface_picture(surface, WINDOW, 32, scale, 12))
    view.set_style(color_bar=True)
    assert view.map_rect().width() < wide - 40
    image = view.grab().toImage()
    beside = range(round(view.map_rect().right()) + 28, view.width())
    colors = {image.pixelColor(x, y).name() for x in beside for y in range(0, view.height(), 2)}
    assert len(colors) > 8  # numbers


def test_the_read_out_appears_and_goes(view):
    move(view, pixel(view, 0.0, 0.0))
    view.set_hover_text("w (0, 0)\nstep 3")
    shown = view.grab().toImage()
    view.set_hover_text("")
    assert shown != view.grab().toImage()


def test_a_surface_with_holes_is_hatched(view):
    view.set_picture(surface_picture(lambda w1, w2: np.log(w1), WINDOW, 64, "log", 12))
    assert not view.grab().isNull()


def test_it_names_itself_for_a_screen_reader(view):
    assert view.accessibleName() == "Contour map"
    assert view.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_a_note_stays_away_from_the_runs(view):
    view.set_paths([straight(end=(4.8, 5.8))])
    view.set_step(0)
    view.set_note("valley: 1, 2\nstable")
    places, first = view.map_rect(), view.note_rect()
    assert first.right() > places.right() - 20 and first.top() < places.top() + 20
    view.set_step(40)
    view.set_note("valley: 1, 2\nstable")
    second = view.note_rect()
    assert second != first
    assert places.contains(second)
    assert not second.contains(QPointF(*view.traces()[0].head(40)) + places.topLeft())
    view.set_note("")
    assert view.note_rect().isEmpty()
