"""Connects the page of the basins with the session."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

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
        window = self.session.resolved.map_window
        if window is None:
            raise ValueError(self.session.resolved.no_map)
        return basin_request(spec, window, self.resolution, self._tolerance_of(spec))

    def _tolerance_of(self, spec: RunSpec) -> float:
        return usual_tolerance(spec) if self._tolerance is None else self._tolerance

    def show_settings(self, spec: RunSpec) -> None:
        """Shows the tolerance, the start and the path from it."""
        self._page.set_tolerance(self._tolerance_of(spec))
        canvas = self._page.canvas
        if self.session.resolved.no_map:
            canvas.set_start(None)
            canvas.set_path(None, "")
            return
        canvas.set_start(pair(spec.start))
        walk, run = self.session.trajectories.get(self.run_id), self.run
        color = theme_of(self.page).run(run.color) if run is not None else ""
        canvas.set_path(None if walk is None else walk.weights, color)

    def show_picture(self, work: MapWork) -> None:
        """The basins, crosses and the legend."""
        drawing = map_drawing(work, theme_of(self.page))
        if drawing is not None:
            self._page.show_map(drawing)

    def describe(self, work: MapWork, index: int) -> str:
        """Start, end, and how long it took."""
        assert work.cells is not None
        ends = work.buffer.ends
        start = _point(work.cells.starts[index].tolist())
        outcome = OUTCOMES[ends.outcome[index]]
        steps = f"{int(ends.steps[index])} step{'s' * int(ends.steps[index] != 1)}"
        at = f"w {_point(ends.weights[index].tolist())}   E {short(float(ends.loss[index]))}"
        words = {
            "converged": f"arrives in {steps}: {at}",
            "finished": f"after {steps}: {at}",
            "diverged": f"diverges in {steps}",
            "left_domain": f"leaves the domain in {steps}",
        }
        return f"from w {start}\n{words[outcome]}"

    def _set_tolerance(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self.refresh()

    def _move_start(self, w1: float, w2: float) -> None:
        document, run = self.session.document, self.run
        if run is not None and run.start is not None:
            moved = change_run(document, run.id, start=(w1, w2))
        else:
            moved = changed(document, start=(w1, w2))
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
    return f"({', '.join(short(value) for value in weights)})"
