"""What is tried with a real OpenGL driver; each case has a process and a window of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, QPoint, QSettings, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.core.contours import surface_picture
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.pictures.surface3d.camera import Camera
from optlab.pictures.theme import DARK, LIGHT
from optlab.pictures.trace import PathDrawing
from optlab.ui.shell.app import Laboratory, make_application
from optlab.ui.style import themes as style
from optlab.ui.views.surface3d import Surface3DView
from optlab.ui.views.surface3d import view as view_module
from optlab.ui.views.surface3d.driver import Driver, driver

WINDOW = ((-4.0, 4.0), (-4.0, 4.0))
SIZE = (420, 360)
CAMERAS = (
    Camera(),
    Camera(azimuth=140.0, elevation=14.0, height="linear"),
    Camera(azimuth=-60.0, elevation=70.0, distance=0.4, pan=(0.3, -0.2), exaggeration=2.0),
)


def wait(until: Callable[[], object], seconds: float = 100.0) -> None:
    """Serve the window until something holds."""
    loop, look, end = QEventLoop(), QTimer(), QTimer(singleShot=True)
    look.timeout.connect(lambda: loop.quit() if until() else None)
    end.timeout.connect(loop.quit)
    look.start(10)
    end.start(round(1000 * seconds))
    if not until():
        loop.exec()
    assert until(), "waited in vain"


def hilly(w1, w2):
    return np.where(w1 * w1 + w2 * w2 > 28, np.nan, (w1**2 + w2 - 3) ** 2 + (w1 + w2**2 - 2) ** 2)


def paths() -> list[PathDrawing]:
    t = np.linspace(0.0, 1.0, 101)
    one = np.column_stack((3.0 - 4.5 * t, 2.5 * np.cos(3.0 * t)))
    return [
        PathDrawing("1", "#ffb000", one, selected=True),
        PathDrawing("2", "#56c2ff", -one, "dash"),
        PathDrawing("3", "#ff6f91", one[:, ::-1] * 0.8, "dot"),
    ]


def made(renderer: str, loss=hilly) -> Surface3DView:
    view = Surface3DView()
    view.set_renderer(renderer)
    view.resize(*SIZE)
    view.set_picture(surface_picture(loss, WINDOW, 129, "log", 12))
    view.set_paths(paths())
    view.set_start(3.0, 2.5)
    view.set_minima([(1.0, 1.0), (-2.0, -1.0)])
    view.set_step(60)
    view.show()
    assert QTest.qWaitForWindowExposed(view)
    wait(lambda: view.rendering() is not None)
    assert view.rendering().renderer == renderer, view.rendering()
    if renderer == "opengl":
        wait(lambda: view.canvas.isValid())
    return view


def pixels(view: Surface3DView) -> NDArray[np.int64]:
    view.finish()
    QApplication.processEvents()
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.array(image.constBits()).reshape(image.height(), image.width(), 4)
    return flat[..., 2::-1].astype(int)


def blurred(image: NDArray[np.int64]) -> NDArray[np.float64]:
    """Means of squares of 4 x 4 pixels: how an edge is smoothed does not count."""
    rows, columns = (length // 4 * 4 for length in image.shape[:2])
    cut = image[:rows, :columns].astype(float)
    return cut.reshape(rows // 4, 4, columns // 4, 4, 3).mean(axis=(1, 3))


def both_draw_the_same(hardware: bool = False) -> None:
    """For each camera and theme the pictures differ by what smoothing does to edges only."""
    view_module.driver = lambda: Driver("any", hardware)
    views = {renderer: made(renderer) for renderer in ("software", "opengl")}
    for theme in (DARK, LIGHT):
        for camera in CAMERAS:
            images = []
            for view in views.values():
                view.set_theme(theme)
                view.set_camera(camera)
                images.append(pixels(view))
            apart = np.abs(blurred(images[0]) - blurred(images[1])).max(axis=-1)
            assert apart.mean() < 3.0, (camera, theme.name, apart.mean())
            assert (apart > 40).mean() < 0.01, (camera, theme.name, (apart > 40).mean())
    assert views["opengl"].canvas._bad_frames == 0


def both_draw_the_same_as_with_a_graphics_card() -> None:
    """The same with several samples of each pixel, as a graphics card draws."""
    both_draw_the_same(hardware=True)


def what_changes_is_drawn() -> None:
    """Steps, paths, colours, lines, minima, heights and read-outs reach the graphics card."""
    view = made("opengl")
    seen = [pixels(view)]
    for change in (
        lambda: view.set_step(10),
        lambda: view.set_paths(paths()[:1]),
        lambda: view.set_start(0.0, 0.0),
        lambda: view.set_minima([]),
        lambda: view.set_style(color_map="viridis"),
        lambda: view.set_style(lines=False),
        lambda: view.set_camera(Camera(height="linear", exaggeration=1.5)),
        lambda: view.orbit(20.0, 5.0),
        lambda: view.set_hover_text("w (1, 2)"),
        lambda: view.set_picture(surface_picture(lambda a, b: a * b, WINDOW, 65, "linear", 5)),
        lambda: view.set_picture(None),
    ):
        change()
        seen.append(pixels(view))
        assert (seen[-1] != seen[-2]).any(), len(seen)
    assert view.canvas._bad_frames == 0


def a_path_is_seen_and_what_hides_it_too() -> None:
    """A wall hides what is behind it, and only that, as the processor has it."""
    view = made("opengl", lambda a, b: np.exp(-2 * a**2) + 0 * b)
    along = np.linspace(-3.0, 3.0, 101)
    view.set_paths(
        [
            PathDrawing(str(w1), "#ff0000", np.column_stack((np.full(101, w1), along)))
            for w1 in (2.8, -1.4)
        ]
    )
    view.set_start(9.0, 9.0)
    view.set_minima([])
    view.set_style(lines=False)
    view.set_step(100)
    view.set_camera(Camera(azimuth=90.0, elevation=20.0, height="linear"))
    image, relief, projection = pixels(view), view.scene.relief, view.scene.projection
    red = {}
    for x in (0.7, -0.35):
        z = float(relief.at(np.array([x]), np.array([0.0]))[0])
        column, row = (round(at) for at in projection.pixel(x, 0.3, z))
        near = image[row - 4 : row + 5, column - 4 : column + 5]
        red[x] = int((near[..., 0] - near[..., 1:].max(axis=-1)).max())
    assert red[0.7] > 120, red
    assert 5 < red[-0.35] < red[0.7] - 30, red


def the_read_out_is_the_same() -> None:
    """Real mouse moves over both: the same places, also the nearest path's step."""
    hovered: dict[str, list[tuple[float, float]]] = {}
    for renderer in ("software", "opengl"):
        view = made(renderer)
        view.set_camera(CAMERAS[0])
        told = hovered.setdefault(renderer, [])
        view.hovered.connect(lambda w1, w2, told=told: told.append((w1, w2)))
        for x in range(60, 380, 23):
            QTest.mouseMove(view.windowHandle(), QPoint(x, 170))
            QApplication.processEvents()
    assert hovered["software"] == hovered["opengl"] and len(hovered["opengl"]) > 5


def the_read_out_names_the_step_of_the_nearest_path() -> None:
    """The pointer on a path's point: both renderers read out this step of this run."""
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder, "s.ini")), QSettings.Format.IniFormat)
        experiment = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
        laboratory = Laboratory(experiment, settings)
        session, window = laboratory.session, laboratory.window
        view = window.surface3d
        laboratory.start()
        window.view_tabs.show_layout("3D")
        wait(lambda: session.work is None and session.trajectories and view.scene.relief)
        run = session.document.runs[0].id
        told = {}
        for renderer in ("software", "opengl"):
            laboratory.display.choose("renderer", renderer)
            wait(lambda: view.canvas.isVisible() and view.scene.paths)
            view.grab()
            relief, projection = view.scene.relief, view.scene.projection
            ground = relief.ground(session.trajectories[run].weights[8:9, :2])
            z = float(relief.at(ground[:, 0], ground[:, 1])[0])
            x, y = projection.pixel(ground[0, 0], ground[0, 1], z)
            at = view.mapTo(window, QPoint(round(x), round(y)))
            assert QTest.qWaitForWindowExposed(window)
            QTest.mouseMove(window.windowHandle(), at + QPoint(0, 40))
            QApplication.processEvents()
            QTest.mouseMove(window.windowHandle(), at)
            wait(lambda: view._readout.text)
            told[renderer] = view._readout.text
            window.view_tabs.show_layout("Contour")
            window.view_tabs.show_layout("3D")
            view.set_hover_text("")
        assert told["software"] == told["opengl"]
        assert f"{session.document.runs[0].name or 'Adam'}, step 8" in told["opengl"], told
        window.close()
        assert laboratory.bridge.close(seconds=20)


def a_dead_driver_falls_back() -> None:
    """Errors in two frames in a row, and the processor goes on with everything that was shown."""
    view = made("opengl")
    view.set_camera(CAMERAS[2])
    told: list[object] = []
    view.rendering_changed.connect(told.append)
    canvas = view.canvas
    canvas._surface.paint = lambda: 1 / 0
    frames = []
    draw = canvas.paintGL

    def counted() -> None:
        frames.append(1)
        draw()

    canvas.paintGL = counted
    canvas.update()
    wait(lambda: view.canvas is not canvas)
    assert [type(view.canvas).__name__, len(told)] == ["SoftwareCanvas", 1]
    assert told[0].renderer == "software" and "division by zero" in told[0].reason
    wait(lambda: not canvas.isVisible() and view.canvas.isVisible())
    assert view.camera() == CAMERAS[2]
    expected = made("software")
    expected.set_camera(CAMERAS[2])
    np.testing.assert_array_equal(pixels(view), pixels(expected))
    view.set_step(61)  # and it goes on
    assert (pixels(view) != pixels(expected)).any()
    view.set_renderer("opengl")  # asked for again: another try
    wait(lambda: type(view.canvas).__name__ == "GLCanvas" and view.canvas.isValid())
    assert view.canvas is not canvas and pixels(view).any()


def one_bad_frame_is_forgiven() -> None:
    view = made("opengl")
    canvas, surface = view.canvas, view.canvas._surface
    original, calls = surface.paint, []

    def paint() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("a hiccup")
        original()

    surface.paint = paint
    canvas.update()
    wait(lambda: len(calls) >= 2)
    assert canvas._bad_frames == 0 and view.canvas is canvas


def errors_that_only_the_driver_reports_count() -> None:
    view = made("opengl")
    canvas = view.canvas
    original = canvas._surface.paint

    def paint() -> None:
        original()
        canvas.context().functions().glEnable(0xDEAD)  # raises nothing in Python

    canvas._surface.paint = paint
    canvas.update()
    wait(lambda: view.canvas is not canvas)
    reason = view.rendering().reason
    assert "0x0500" in reason, reason


def the_window_says_what_draws() -> None:
    """The menu chooses, the status line has a word, and a failure is reported."""
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder, "s.ini")), QSettings.Format.IniFormat)
        experiment = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
        laboratory = Laboratory(experiment, settings)
        window, view = laboratory.window, laboratory.window.surface3d
        laboratory.start()
        assert "OpenGL" not in sys.modules
        window.view_tabs.show_layout("3D")
        wait(lambda: view.rendering() is not None)
        label = window.status.rendering_label
        hardware = driver().hardware
        assert view.rendering().renderer == ("opengl" if hardware else "software")
        if not hardware:
            assert "OpenGL" not in sys.modules
            assert label.isVisible() and "without OpenGL" in label.text()
            window.view_tabs.show_layout("Contour")
            assert not label.isVisible()
            window.view_tabs.show_layout("Both")
            assert label.isVisible()
        laboratory.display.choose("renderer", "opengl")
        wait(lambda: type(view.canvas).__name__ == "GLCanvas" and view.canvas.isValid())
        assert not label.isVisible()
        assert settings.value("look/renderer") == "opengl"
        canvas = view.canvas
        for _ in range(3):
            laboratory.display.choose("renderer", "software")
            assert view.canvas is not canvas and not label.isVisible()
            laboratory.display.choose("renderer", "opengl")
            assert view.canvas is canvas  # the same one: they leak when they are made anew
        canvas._surface.paint = lambda: 1 / 0
        canvas.update()
        wait(lambda: view.canvas is not canvas)
        assert label.isVisible() and "division by zero" in label.toolTip()
        assert "division by zero" in window.status._warning.text()
        window.close()
        assert laboratory.bridge.close(seconds=100)


def a_driver_that_ended_the_program_is_left_alone() -> None:
    """Until somebody asks for it; and it is not accused when it has drawn."""
    view_module.driver = lambda: Driver("any", hardware=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder, "s.ini")), QSettings.Format.IniFormat)
        settings.setValue("opengl/unfinished", True)
        experiment = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
        laboratory = Laboratory(experiment, settings)
        view, look = laboratory.window.surface3d, laboratory.display
        laboratory.start()
        laboratory.window.view_tabs.show_layout("3D")
        wait(lambda: view.rendering() is not None)
        assert view.rendering().renderer == "software"
        assert "ended the program" in view.rendering().reason
        assert settings.value("opengl/unfinished") is not None
        seen = []
        view.driver_tried.connect(lambda drew: seen.append(drew))
        view.driver_tried.connect(lambda _: seen.append(settings.value("opengl/unfinished")))
        look.choose("renderer", "auto")
        wait(lambda: len(seen) == 4)
        assert seen == [False, True, True, None] and view.rendering().renderer == "opengl"
        laboratory.window.close()
        assert laboratory.bridge.close(seconds=20)


def through_egl() -> None:
    """Qt draws through EGL, as on Wayland, and PyOpenGL follows it there."""
    view = made("opengl")
    assert os.environ["PYOPENGL_PLATFORM"] == "egl"
    assert len(np.unique(pixels(view))) > 100 and view.canvas._bad_frames == 0


def a_context_that_never_comes_is_given_up() -> None:
    assert not driver().problem
    from optlab.ui.views.surface3d.opengl import canvas as canvas_module

    canvas_module.GLCanvas.isValid = lambda _self: False
    canvas_module._PATIENCE_MS = 50
    view = Surface3DView()
    view.set_renderer("opengl")
    view.show()
    wait(lambda: view.rendering() is not None and view.rendering().renderer == "software")
    assert "no context" in view.rendering().reason


def without_any_driver() -> None:
    """Nothing is imported where there is no context, whatever was chosen."""
    view = Surface3DView()
    view.set_renderer("opengl")
    view.resize(*SIZE)
    view.show()
    wait(lambda: view.rendering() is not None)
    assert view.rendering().renderer == "software"
    assert view.rendering().reason == "there is no OpenGL driver"
    assert "OpenGL" not in sys.modules


CASES = {
    case.__name__: case
    for case in (
        both_draw_the_same,
        both_draw_the_same_as_with_a_graphics_card,
        what_changes_is_drawn,
        a_path_is_seen_and_what_hides_it_too,
        the_read_out_is_the_same,
        the_read_out_names_the_step_of_the_nearest_path,
        a_dead_driver_falls_back,
        one_bad_frame_is_forgiven,
        errors_that_only_the_driver_reports_count,
        the_window_says_what_draws,
        a_driver_that_ended_the_program_is_left_alone,
        through_egl,
        a_context_that_never_comes_is_given_up,
        without_any_driver,
    )
}


if __name__ == "__main__":
    application = make_application(["optlab"])
    style.apply(application, DARK)
    CASES[sys.argv[1]]()
    sys.stdout.write("done\n")
