"""What one frame of playing costs: contour map and four panes, beside bare pyqtgraph.

Both sides show the same picture at the same size: a map of 256 x 256 with 20 levels, three runs of
200 steps (whole path, path so far, dot), and four panes with nine curves and a cursor. A frame is
one step forward with everything painted. A second table shows what redrawing costs while the start
of five runs of 1000 steps is dragged.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Row, Table, slow_twentieth

Floats = NDArray[np.float64]

OPTLAB, PYQTGRAPH = "OptLab", "pyqtgraph, smooth"
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
        from optlab.pictures.theme import DARK
        from optlab.ui.style.fonts import load_fonts
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
        from optlab.pictures.charts.curves import CurveDrawing, PaneSpec
        from optlab.pictures.trace import PathDrawing

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
        from optlab.pictures.theme import DARK
        from optlab.ui.plots.painting import painter_path

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


Side = OptLabSide | PyqtgraphSide


def sides(paths: Paths) -> dict[str, Side]:
    """All candidates, showing ``paths``; pyqtgraph draws jagged lines unless told otherwise."""
    return {
        OPTLAB: OptLabSide(paths),
        PYQTGRAPH: PyqtgraphSide(paths, smooth=True),
        "pyqtgraph, jagged": PyqtgraphSide(paths, smooth=False),
    }


def played(runs: int, steps: int, frames: int, rounds: int) -> Table:
    """What one step forward costs."""
    candidates = sides(make_paths(runs, steps))
    pace = max(1, steps // (frames * rounds))
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds):
        for name, side in candidates.items():
            first = turn * frames * pace

            def step(frame: int, side: Side = side, first: int = first) -> None:
                side.step((first + frame * pace) % (steps + 1))

            taken[name] += milliseconds(step, frames)
    title = f"A frame of playing: {runs} runs of {steps} steps, contour map and 4 panes"
    return _table(title, taken)


def dragged(runs: int, steps: int, frames: int, rounds: int) -> Table:
    """What new numbers in all paths cost."""
    paths = [make_paths(runs, steps, 0.01 * frame) for frame in range(frames)]
    candidates = sides(paths[0])
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for side in candidates.values():
        side.step(steps)
    for _ in range(rounds):
        for name, side in candidates.items():

            def show(frame: int, side: Side = side) -> None:
                side.show_paths(paths[frame])
                side.step(steps)

            taken[name] += milliseconds(show, frames)
    return _table(f"A frame with new paths: {runs} runs of {steps} steps, 4 panes", taken)


def _table(title: str, taken: dict[str, list[float]]) -> Table:
    rows = tuple(Row.of(name, values) for name, values in taken.items())
    note = "; ".join(
        f"{name}: 95 of 100 within {slow_twentieth(v):.1f} ms" for name, v in taken.items()
    )
    return Table(title, "ms", PYQTGRAPH, rows, higher=False, note=note)


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """Playing short and long runs, and dragging."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    frames = max(8, round(40 * scale))
    few = max(8, round(12 * scale))
    answer = [
        played(3, 200, frames, rounds),
        played(5, 10_000, few, rounds),
        dragged(5, 1000, few, rounds),
    ]
    app.processEvents()
    return answer
