"""Connects the page of the basins with the session."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QApplication

from optlab.core.analysis.worksheet.number_text import MOST
from optlab.core.display import short
from optlab.core.problems import pair
from optlab.core.run import RunSpec
from optlab.core.run.outcome import OUTCOMES
from optlab.pictures.maps import map_drawing
from optlab.session.experiment import change_run, changed
from optlab.session.maps.map_request import (
    MapWork,
    Request,
    basin_request,
    usual_tolerance,
)
from optlab.session.session import Session
from optlab.ui.controllers.maps.maps import MapController
from optlab.ui.shell.redraw import Redraw, delayed
from optlab.ui.style.themes import theme_of
from optlab.ui.views.maps import BasinsPage

_RESOLUTION = 512


class BasinsController(MapController):
    """Shows where every start leads; a click or a drag takes the start there."""

    def __init__(self, session: Session, page: BasinsPage, redraw: Redraw) -> None:
        super().__init__(session, page, redraw, _RESOLUTION)
        self._page = page
        self._tolerance: float | None = None
        # As on the contour map: two slow clicks are two changes.
        self._second_click = delayed(self, QApplication.doubleClickInterval(), session.settle)
        page.tolerance_entered.connect(self._set_tolerance)
        page.canvas.cell_dragged.connect(self._drag_start)
        page.canvas.cell_chosen.connect(self._choose_start)

    def request(self, spec: RunSpec) -> Request:
        """The basins in the window that is shown. Raises ValueError where no map shows them."""
        starts = self.starts
        window = self.session.resolved.map_window if starts is None else starts.window
        if window is None:
            raise ValueError(self.session.resolved.no_map)
        return basin_request(spec, window, self.resolution, self._tolerance_of(spec), starts)

    def _tolerance_of(self, spec: RunSpec) -> float:
        return usual_tolerance(spec) if self._tolerance is None else self._tolerance

    def show_settings(self, spec: RunSpec) -> None:
        """Shows the tolerance, the start and the path from it."""
        self._page.set_tolerance(self._tolerance_of(spec))
        canvas = self._page.canvas
        try:
            starts = self.starts
        except ValueError:
            canvas.set_start(None)
            canvas.set_path(None, "")
            return
        walk, run = self.session.trajectories.get(self.run_id), self.run
        color = theme_of(self.page).run(run.color) if run is not None else ""
        start, path = np.array([spec.start]), None if walk is None else walk.weights
        if starts is not None:
            start = starts.plane.coordinates(start)
            path = None if path is None else starts.plane.coordinates(path)
        canvas.set_start(pair(start[0].tolist()))
        canvas.set_path(path, color)

    def show_picture(self, work: MapWork) -> None:
        """The basins, crosses and the legend."""
        drawing = map_drawing(work, theme_of(self.page))
        if drawing is not None:
            self._page.show_map(drawing)

    def describe(self, work: MapWork, index: int) -> str:
        """Start, end, and how long it took."""
        assert work.cells is not None
        ends = work.buffer.ends
        request, point = work.request, work.cells.starts[index : index + 1]
        if request.starts is not None:
            point = request.starts.plane.coordinates(point)
        start = f"{'w' if request.starts is None else 'c'} {_point(point[0].tolist())}"
        outcome = OUTCOMES[ends.outcome[index]]
        steps = f"{int(ends.steps[index])} step{'s' * int(ends.steps[index] != 1)}"
        at = f"w {_point(ends.weights[index].tolist())}   E {short(float(ends.loss[index]))}"
        words = {
            "converged": f"arrives in {steps}: {at}",
            "finished": f"after {steps}: {at}",
            "diverged": f"diverges in {steps}",
            "left_domain": f"leaves the domain in {steps}",
        }
        return f"from {start}\n{words[outcome]}"

    def _set_tolerance(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self.refresh()

    def _move_start(self, x: float, y: float) -> None:
        document, run, starts = self.session.document, self.run, self.starts
        start: tuple[float, ...] = (x, y)
        if starts is not None:
            start = tuple(starts.plane.points(np.array([start]))[0].tolist())
        if run is not None and run.start is not None:
            moved = change_run(document, run.id, start=start)
        else:
            moved = changed(document, start=start)
        self.session.propose(moved, "start")

    def _drag_start(self, w1: float, w2: float) -> None:
        if self._second_click.isActive():
            # A click before this drag is a change of its own.
            self._second_click.stop()
            self.session.settle()
        self._move_start(w1, w2)

    def _choose_start(self, w1: float, w2: float) -> None:
        self._move_start(w1, w2)
        self._second_click.start()


def _point(weights: list[float]) -> str:
    shown = ", ".join(short(value) for value in weights[:MOST])
    return f"({shown}{', …' * (len(weights) > MOST)})"
