"""How fluid the surface turns and plays, drawn by the processor and by OpenGL.

All show Himmelblau's surface with three paths of 200 steps at the same size. Turning changes the
azimuth by 2 degrees for each frame; playing moves on by one step. OpenGL is measured in processes
of their own, because a broken driver may end them, and each frame is waited for until the driver
has finished it. Beside it stands pyqtgraph's surface as it is: meshes of 96 and 192 points a side
with coloured corners, without contour lines, axes, and texts.

Without a display OpenGL draws on a virtual one, where the processor plays the graphics card.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Row, Table

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from optlab.pictures.surface3d.renderers import RendererChoice
    from optlab.pictures.trace import PathDrawing
    from optlab.ui.views.surface3d import Surface3DView

Floats = NDArray[np.float64]
Frames = dict[str, list[float]]
"""Milliseconds of each frame, by what was done."""

PROCESSOR = "processor, turning"
_SIZES = ((900, 800), (1600, 1200))
_MESHES = (96, 192)
_COLORS = ("#ffb000", "#56c2ff", "#ff6f91")
_WINDOW = ((-5.0, 5.0), (-5.0, 5.0))


def surface(w1: Floats, w2: Floats) -> Floats:
    """Himmelblau's function."""
    return (w1**2 + w2 - 11) ** 2 + (w1 + w2**2 - 7) ** 2


def spirals(steps: int = 200) -> list[PathDrawing]:
    """Three runs that spiral into the minimum at 3, 2."""
    from optlab.pictures.trace import PathDrawing

    t = np.arange(steps + 1) / steps
    answer = []
    for run, color in enumerate(_COLORS):
        angle, radius = (9 + 5 * run) * t + 0.3 * run, 3.4 * np.exp(-4 * t)
        w = np.column_stack((3 + radius * np.cos(angle), 2 + 0.8 * radius * np.sin(angle)))
        answer.append(PathDrawing(str(run), color, w, selected=run == 0))
    return answer


def milliseconds(
    action: Callable[[int], None], finished: Callable[[], None], frames: int
) -> list[float]:
    """How long each ``action(frame)`` takes until it is ``finished`` on the screen."""
    taken = []
    for frame in range(frames):
        begin = time.perf_counter()
        action(frame)
        finished()
        taken.append((time.perf_counter() - begin) * 1e3)
    return taken[_warm(frames) :]


def _warm(frames: int) -> int:
    """So many of the frames only warm up: ten, or half of a few."""
    return min(10, frames // 2)


def optlab_view(size: tuple[int, int], renderer: RendererChoice) -> Surface3DView:
    """The view of the program."""
    from optlab.core.contours import surface_picture
    from optlab.ui.views.surface3d import Surface3DView

    view = Surface3DView()
    view.set_renderer(renderer)
    view.resize(*size)
    view.set_picture(surface_picture(surface, _WINDOW, 256, "log", 20))
    view.set_paths(spirals())
    view.set_start(-0.3, 0.1)
    view.set_step(100)
    view.show()
    return view


def measure_processor(app: QApplication, size: tuple[int, int], frames: int) -> Frames:
    """Turning, turning at full quality, and playing."""
    view = optlab_view(size, "software")
    app.processEvents()

    def turn_finely(_frame: int) -> None:
        view.orbit(2.0, 0.0)
        view.finish()

    found = {
        PROCESSOR: milliseconds(lambda _: view.orbit(2.0, 0.0), app.processEvents, frames),
        "processor, turning, as fine as at rest": milliseconds(
            turn_finely, app.processEvents, frames
        ),
        "processor, playing": milliseconds(
            lambda frame: view.set_step(100 + frame), app.processEvents, frames
        ),
    }
    view.close()
    return found


def measure_opengl(app: QApplication, size: tuple[int, int], frames: int) -> Frames:
    """Turning and playing with OpenGL. Raises RuntimeError where it does not draw."""
    view = optlab_view(size, "opengl")
    for _ in range(100):
        app.processEvents()
        time.sleep(0.01)
    rendering = view.rendering()
    if rendering is None or rendering.renderer != "opengl":
        raise RuntimeError(rendering.reason if rendering else "it was not shown")
    from OpenGL.GL import glFinish

    def finished() -> None:
        app.processEvents()
        view.canvas.makeCurrent()
        glFinish()

    return {
        "OpenGL, turning": milliseconds(lambda _: view.orbit(2.0, 0.0), finished, frames),
        "OpenGL, playing": milliseconds(lambda frame: view.set_step(100 + frame), finished, frames),
    }


def measure_bare(app: QApplication, size: tuple[int, int], frames: int) -> Frames:
    """Turning meshes in pyqtgraph's view as it is."""
    import pyqtgraph.opengl as gl
    from OpenGL.GL import glFinish

    found: Frames = {}
    for points in _MESHES:
        view = gl.GLViewWidget()
        view.resize(*size)
        axis = np.linspace(-5, 5, points)
        heights = np.log1p(surface(*np.meshgrid(axis, axis)))
        colors = np.ones((points * points, 4), dtype=np.float32)
        colors[:, :3] = (heights / heights.max()).reshape(-1, 1)
        mesh = {"x": axis, "y": axis, "z": heights, "colors": colors}
        view.addItem(gl.GLSurfacePlotItem(**mesh, shader="shaded", smooth=True))
        for path in spirals():
            lift = np.log1p(surface(*path.w.T)) + 0.05
            places = np.column_stack((path.w, lift))
            view.addItem(gl.GLLinePlotItem(pos=places, width=2.4, antialias=True))
        view.setCameraPosition(distance=22)
        view.show()
        app.processEvents()

        def turn(_frame: int, view: gl.GLViewWidget = view) -> None:
            view.orbit(2.0, 0.0)

        def finished(view: gl.GLViewWidget = view) -> None:
            app.processEvents()
            view.makeCurrent()
            glFinish()

        found[f"bare pyqtgraph, mesh {points} × {points}"] = milliseconds(turn, finished, frames)
        view.hide()
    return found


_CHILDREN = {
    "opengl": (measure_opengl, ("OpenGL, turning", "OpenGL, playing")),
    "bare": (measure_bare, tuple(f"bare pyqtgraph, mesh {n} × {n}" for n in _MESHES)),
}


def opengl_rows(what: str, size: tuple[int, int], frames: int) -> tuple[list[Row], str]:
    """The rows of a child, or why it has none; and what the driver is called."""
    names = _CHILDREN[what][1]
    command = [sys.executable, "-m", "benchmarks.orbit", what, *map(str, (*size, frames))]
    if not os.environ.get("DISPLAY"):
        if shutil.which("xvfb-run") is None:
            return [Row(name, missing="OpenGL needs a display") for name in names], ""
        screen = "--server-args=-screen 0 1920x1200x24 +extension GLX"
        command = ["xvfb-run", "--auto-servernum", screen, *command]
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode or not done.stdout.strip():
        return [Row(name, missing="OpenGL does not work here") for name in names], ""
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return [Row.of(name, answer["frames"][name]) for name in names], answer["driver"]


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """A table for each size of the view; a small ``scale`` tries the first one only."""
    from PySide6.QtWidgets import QApplication

    from optlab.ui.style.fonts import load_fonts

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    load_fonts()
    counted = max(3, round(15 * rounds * scale))
    frames = counted + min(10, counted)
    made = []
    for size in _SIZES if scale >= 0.1 else _SIZES[:1]:
        found = measure_processor(app, size, frames)
        rows = [Row.of(name, values) for name, values in found.items()]
        names = set()
        for what in _CHILDREN:
            some, name = opengl_rows(what, size, frames)
            rows += some
            names |= {name} - {""}
        title = f"A frame of the surface in 3D, {size[0]} × {size[1]} pixels"
        note = f"OpenGL by {', '.join(sorted(names))}." if names else ""
        made.append(Table(title, "ms", PROCESSOR, tuple(rows), higher=False, note=note))
    return made


def _child(what: str, numbers: Sequence[str]) -> None:
    """Measure in this process and write the frames as JSON."""
    from optlab.ui.shell.app import make_application
    from optlab.ui.style.fonts import load_fonts
    from optlab.ui.views.surface3d.driver import driver

    width, height, frames = map(int, numbers)
    app = make_application(["optlab"])
    load_fonts()
    name = driver().renderer
    found = _CHILDREN[what][0](app, (width, height), frames)
    print(json.dumps({"driver": name, "frames": found}))
    sys.stdout.flush()
    os._exit(0)  # what a driver does at the end is not measured


if __name__ == "__main__":
    _child(sys.argv[1], sys.argv[2:])
