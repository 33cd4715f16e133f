"""How fluid the surface turns and plays, beside the OpenGL surface of pyqtgraph.

Both sides show Himmelblau's surface with three paths of 200 steps at the same size. Turning changes
the azimuth by 2 degrees for each frame; playing moves on by one step. OpenGL is measured in a
process of its own, because a broken driver may end it; its frames are read back to be sure that
they are finished. OpenGL draws meshes of 64, 96 and 192 points a side, without smoothing of edges,
and no axes.

OpenGL needs a display (``xvfb-run -a`` gives one).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Row, Table

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from optlab.ui.views.surface3d import Surface3DView

Floats = NDArray[np.float64]

TURNING = "OptLab, turning"
_SIZES = ((500, 560), (900, 800))
_WARM = 10
_COLORS = ("#ffb000", "#56c2ff", "#ff6f91")
_WINDOW = ((-5.0, 5.0), (-5.0, 5.0))


@dataclass(frozen=True, eq=False)
class Path:
    """An invented run."""

    run_id: str
    color: str
    w: Floats
    style: str = "solid"
    visible: bool = True
    selected: bool = False


def surface(w1: Floats, w2: Floats) -> Floats:
    """Himmelblau's function."""
    return (w1**2 + w2 - 11) ** 2 + (w1 + w2**2 - 7) ** 2


def spirals(steps: int = 200) -> list[Path]:
    """Three runs that spiral into the minimum at 3, 2."""
    t = np.arange(steps + 1) / steps
    answer = []
    for run, color in enumerate(_COLORS):
        angle, radius = (9 + 5 * run) * t + 0.3 * run, 3.4 * np.exp(-4 * t)
        w = np.column_stack((3 + radius * np.cos(angle), 2 + 0.8 * radius * np.sin(angle)))
        answer.append(Path(str(run), color, w, selected=run == 0))
    return answer


def milliseconds(action: Callable[[int], None], app: QApplication, frames: int) -> list[float]:
    """How long each ``action(frame)`` takes until it is painted."""
    taken = []
    for frame in range(frames):
        begin = time.perf_counter()
        action(frame)
        app.processEvents()
        taken.append((time.perf_counter() - begin) * 1e3)
    return taken[_WARM:]


def optlab_view(size: tuple[int, int]) -> Surface3DView:
    """The view of the program."""
    from optlab.core.contours import surface_picture
    from optlab.ui.views.surface3d import Surface3DView

    view = Surface3DView()
    view.resize(*size)
    view.set_picture(surface_picture(surface, _WINDOW, 256, "log", 20))
    view.set_paths(spirals())
    view.set_start(-0.3, 0.1)
    view.set_step(100)
    view.show()
    return view


def measure_optlab(app: QApplication, size: tuple[int, int], frames: int) -> list[Row]:
    """Turning, turning at full quality, and playing."""
    view = optlab_view(size)
    app.processEvents()

    def turn(frame: int) -> None:
        view.orbit(2.0, 0.0)

    def turn_finely(frame: int) -> None:
        view.orbit(2.0, 0.0)
        view.finish()

    def play(frame: int) -> None:
        view.set_step(100 + frame)

    rows = [
        Row.of(TURNING, milliseconds(turn, app, frames)),
        Row.of("OptLab, turning, as fine as at rest", milliseconds(turn_finely, app, frames)),
        Row.of("OptLab, playing", milliseconds(play, app, frames)),
    ]
    view.close()
    return rows


def measure_opengl(points: int, size: tuple[int, int], frames: int) -> list[float]:
    """Turning a mesh of ``points`` x ``points`` in pyqtgraph's OpenGL view; milliseconds."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication([])
    import pyqtgraph.opengl as gl

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
        points3 = np.column_stack((path.w, lift))
        view.addItem(gl.GLLinePlotItem(pos=points3, width=2.4, antialias=True))
    view.setCameraPosition(distance=22)
    view.show()
    app.processEvents()

    def turn(frame: int) -> None:
        view.orbit(2.0, 0.0)
        view.grabFramebuffer()

    return milliseconds(turn, app, frames)


def opengl_row(points: int, size: tuple[int, int], frames: int) -> Row:
    """The same in a process of its own, or why it could not be measured."""
    name = f"pyqtgraph OpenGL, mesh {points} × {points}"
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return Row(name, missing="OpenGL needs a display")
    numbers = [str(number) for number in (points, *size, frames)]
    command = [sys.executable, "-m", "benchmarks.orbit", *numbers]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode or not done.stdout.strip():
        return Row(name, missing="OpenGL does not work here")
    return Row.of(name, json.loads(done.stdout.strip().splitlines()[-1]))


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """A table for each size of the view."""
    from PySide6.QtWidgets import QApplication

    from optlab.ui.fonts import load_fonts

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    load_fonts()
    frames = _WARM + max(5, round(15 * rounds * scale))
    made = []
    for size in _SIZES:
        rows = measure_optlab(app, size, frames)
        rows += [opengl_row(points, size, frames) for points in (64, 96, 192)]
        title = f"A frame of the surface in space, {size[0]} × {size[1]} pixels"
        made.append(Table(title, "ms", TURNING, tuple(rows), higher=False))
    return made


if __name__ == "__main__":
    points, width, height, frames = (int(text) for text in sys.argv[1:])
    print(json.dumps(measure_opengl(points, (width, height), frames)))
