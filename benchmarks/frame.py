"""What one frame of playing costs: contour map and four panes, beside bare pyqtgraph.

Both sides show the same picture at the same size: a map of 256 x 256 with 20 levels, three runs of
200 steps (whole path, path so far, dot), and four panes with nine curves and a cursor. A frame is
one step forward with everything painted. A second table shows what redrawing costs while the start
of five runs of 1000 steps is dragged.

Run it with ``python -m benchmarks.frame``; without a display it uses Qt's offscreen platform.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FRAMES = 180
_MAP_SIZE = (620, 640)
_PANES_SIZE = (340, 640)
_COLORS = ("#ffb000", "#56c2ff", "#ff6f91", "#2fc79a", "#f0e442")


@dataclass(frozen=True)
class Paths:
    """Invented runs: they spiral in like momentum does, each with its own frequency."""

    w: list[Floats]
    loss: list[Floats]
    m: list[Floats]
    eta: list[Floats]


def surface(w1: Floats, w2: Floats) -> Floats:
    """Himmelblau's function."""
    return (w1**2 + w2 - 11) ** 2 + (w1 + w2**2 - 7) ** 2


def make_paths(runs: int, steps: int, shift: float = 0.0) -> Paths:
    """Runs of ``steps`` updates towards the minimum at 3, 2, all a little moved by ``shift``."""
    t = np.arange(steps + 1) / steps
    answer = Paths([], [], [], [])
    for run in range(runs):
        angle, radius = (9 + 5 * run) * t + 0.3 * run + shift, 3.4 * np.exp(-4 * t)
        w = np.column_stack((3 + radius * np.cos(angle), 2 + 0.8 * radius * np.sin(angle)))
        answer.w.append(w)
        answer.loss.append(surface(w[:, 0], w[:, 1]) + 1e-12)
        answer.m.append(np.gradient(w, axis=0) * steps)
        answer.eta.append(0.1 * (0.55 + 0.45 * np.cos(np.pi * t)) / (run + 1))
    return answer


class OptLabSide:
    """The views of the program."""

    def __init__(self, paths: Paths) -> None:
        from optlab.core.contours import surface_picture
        from optlab.ui.fonts import load_fonts
        from optlab.session.theme import DARK
        from optlab.ui.views.contour import ContourView
        from optlab.ui.views.panes import PanesView

        load_fonts()
        self.contour, self.panes = ContourView(), PanesView()
        for view, size in ((self.contour, _MAP_SIZE), (self.panes, _PANES_SIZE)):
            view.set_theme(DARK)
            view.resize(*size)
        window = ((-5.0, 5.0), (-5.0, 5.0))
        self.contour.set_picture(surface_picture(surface, window, 256, "log", 20))
        self.contour.set_start(-0.3, 0.1)
        self.show_paths(paths)
        self.contour.show()
        self.panes.show()

    def show_paths(self, paths: Paths) -> None:
        """Give both views new runs."""
        from optlab.ui.plots.drawings import PathDrawing
        from optlab.ui.views.panes import CurveDrawing, PaneSpec

        self.contour.set_paths(
            [
                PathDrawing(str(run), _COLORS[run], w, selected=run == 0)
                for run, w in enumerate(paths.w)
            ]
        )
        columns = {
            "loss": [("E", "solid", values) for values in paths.loss],
            "first": [("m1", "solid", m[:, 0]) for m in paths.m],
            "second": [("m2", "dash", m[:, 1]) for m in paths.m],
            "rate": [("eta", "solid", eta) for eta in paths.eta],
        }
        self.panes.set_panes(
            [
                PaneSpec(
                    title,
                    "x",
                    tuple(
                        CurveDrawing(str(run), name, _COLORS[run], values, style)
                        for run, (name, style, values) in enumerate(curves)
                    ),
                    log=title == "loss",
                )
                for title, curves in columns.items()
            ]
        )

    def step(self, step: int) -> None:
        """Show a step."""
        self.contour.set_step(step)
        self.panes.set_step(step)


class PyqtgraphSide:
    """The same with the items that pyqtgraph offers, each made once."""

    def __init__(self, paths: Paths, smooth: bool) -> None:
        import pyqtgraph as pg

        from optlab.core.contours import surface_picture
        from optlab.ui.plots.polyline import painter_path
        from optlab.session.theme import DARK

        pg.setConfigOptions(antialias=smooth, background=DARK.window)
        self.contour = pg.PlotWidget()
        self.contour.resize(*_MAP_SIZE)
        picture = surface_picture(surface, ((-5.0, 5.0), (-5.0, 5.0)), 256, "log", 20)
        image = pg.ImageItem(picture.shading.T)
        image.setRect(-5, -5, 10, 10)
        self.contour.addItem(image)
        lines = pg.QtWidgets.QGraphicsPathItem(painter_path(picture.contours.lines))
        lines.setPen(pg.mkPen((255, 255, 255, 44), width=1))
        self.contour.addItem(lines)
        self.contour.setRange(xRange=(-5, 5), yRange=(-5, 5), padding=0)
        self.paths = paths
        self.past, self.whole, self.dots = [], [], []
        for run, w in enumerate(paths.w):
            color = pg.mkColor(_COLORS[run])
            faint = pg.mkColor(_COLORS[run])
            faint.setAlphaF(0.4)
            self.whole.append(self.contour.plot(*w.T, pen=pg.mkPen(faint, width=1.3)))
            self.past.append(self.contour.plot(pen=pg.mkPen(color, width=2.2)))
            self.dots.append(pg.ScatterPlotItem(size=11, brush=color, pen=pg.mkPen("k", width=2)))
            self.contour.addItem(self.dots[-1])
        self.panes = pg.GraphicsLayoutWidget()
        self.panes.resize(*_PANES_SIZE)
        self.cursors, self.curves = [], []
        m1, m2 = [m[:, 0] for m in paths.m], [m[:, 1] for m in paths.m]
        for row, columns in enumerate((paths.loss, m1, m2, paths.eta)):
            plot = self.panes.addPlot(row=row, col=0)
            plot.showGrid(x=True, y=True, alpha=0.3)
            plot.setLogMode(y=row == 0)
            self.curves.append(
                [
                    plot.plot(values, pen=pg.mkPen(_COLORS[run], width=1.5))
                    for run, values in enumerate(columns)
                ]
            )
            self.cursors.append(pg.InfiniteLine(pos=0, angle=90))
            plot.addItem(self.cursors[-1])
        self.contour.show()
        self.panes.show()

    def show_paths(self, paths: Paths) -> None:
        """Give all items new data."""
        self.paths = paths
        for item, w in zip(self.whole, paths.w, strict=True):
            item.setData(*w.T)
        m1, m2 = [m[:, 0] for m in paths.m], [m[:, 1] for m in paths.m]
        for items, columns in zip(self.curves, (paths.loss, m1, m2, paths.eta), strict=True):
            for item, values in zip(items, columns, strict=True):
                item.setData(values)

    def step(self, step: int) -> None:
        """Show a step."""
        for run, w in enumerate(self.paths.w):
            self.past[run].setData(*w[: step + 1].T)
            self.dots[run].setData([w[step, 0]], [w[step, 1]])
        for cursor in self.cursors:
            cursor.setPos(step)


def milliseconds(action: Callable[[int], None], frames: int) -> list[float]:
    """How long each ``action(frame)`` takes until everything is painted."""
    from PySide6.QtWidgets import QApplication

    taken = []
    for frame in range(frames):
        begin = time.perf_counter()
        action(frame)
        QApplication.processEvents()
        taken.append((time.perf_counter() - begin) * 1e3)
    return taken[5:]


def table(title: str, measured: dict[str, list[float]]) -> None:
    """Print medians, the slowest twentieth, and the first entry's share of the others' median."""
    print(f"\n{title}\n{'':<22}{'median':>8}{'95 %':>8}{'ratio':>8}")
    first = statistics.median(next(iter(measured.values())))
    for name, taken in measured.items():
        middle, slow = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        print(f"{name:<22}{middle:>6.1f} ms{slow:>5.1f} ms{first / middle:>8.2f}")


def sides(paths: Paths) -> dict[str, OptLabSide | PyqtgraphSide]:
    """All candidates, showing ``paths``; pyqtgraph draws jagged lines unless told otherwise."""
    return {
        "OptLab": OptLabSide(paths),
        "pyqtgraph, smooth": PyqtgraphSide(paths, smooth=True),
        "pyqtgraph, jagged": PyqtgraphSide(paths, smooth=False),
    }


def main() -> int:
    """Measure and print both tables."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    candidates = sides(make_paths(3, 200))
    app.processEvents()
    played = {name: milliseconds(side.step, _FRAMES) for name, side in candidates.items()}
    table("Playing: 3 runs x 200 steps, contour map and 4 panes", played)

    paths = [make_paths(5, 1000, 0.01 * frame) for frame in range(40)]
    candidates = sides(paths[0])
    for side in candidates.values():
        side.step(1000)
    app.processEvents()

    def drag(side: OptLabSide | PyqtgraphSide, frame: int) -> None:
        side.show_paths(paths[frame])
        side.step(1000)

    dragged = {
        name: milliseconds(partial(drag, side), len(paths)) for name, side in candidates.items()
    }
    table("Dragging: 5 runs x 1000 steps, everything redrawn", dragged)
    return 0


if __name__ == "__main__":
    sys.exit(main())
