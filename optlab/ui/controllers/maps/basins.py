"""Connects the page of the basins with the session."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from optlab.core.display import display_symbol, short
from optlab.core.maps import BasinPicture
from optlab.core.problems import pair
from optlab.core.run import RunSpec
from optlab.core.run.outcome import OUTCOMES
from optlab.pictures.map_colors import basin_colors, lost_color, place_color, shade, under_way_color
from optlab.pictures.theme import Theme
from optlab.session.experiment import change_run, changed
from optlab.session.maps.map_request import (
    BasinRequest,
    MapWork,
    Request,
    basin_request,
    usual_tolerance,
)
from optlab.session.session import Session
from optlab.ui.controllers.maps.maps import MapController
from optlab.ui.shell.redraw import Redraw, delayed
from optlab.ui.style.themes import theme_of
from optlab.ui.views.maps import BasinsPage, LegendItem, MapAxis, MapDrawing

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
        picture, request = work.picture, work.request
        if not isinstance(picture, BasinPicture) or not isinstance(request, BasinRequest):
            return
        theme = theme_of(self.page)
        canvas = self._page.canvas
        canvas.set_drawing(
            MapDrawing(
                basin_colors(picture, theme),
                MapAxis(display_symbol("w1"), *request.window[0]),
                MapAxis(display_symbol("w2"), *request.window[1]),
            )
        )
        canvas.set_crosses([pair(m.at) for m in request.spec.problem.minima])
        self._page.set_legend(legend_items(picture, theme))

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


def legend_items(picture: BasinPicture, theme: Theme) -> list[LegendItem]:
    """One line for each attractor, for the rest, and for what brightness means."""
    items = []
    for index, place in enumerate(picture.places):
        color = place_color(theme, index)
        what = "known minimum" if place.known else "minimum"
        tip = f"{what}; half of these starts need {place.steps:.0f} steps or less"
        tip = tip if place.share else f"{what}; no start leads here"
        colors = (shade(theme, color, 0.85),)
        items.append(LegendItem(colors, _near(place.at), _percent(place.share), tip))
    if picture.under_way:
        tip = "Runs that end at no minimum: on their way when their steps were over, or in circles"
        text = "under way"
        items.append(LegendItem((under_way_color(theme),), text, _percent(picture.under_way), tip))
    if picture.lost:
        tip = "Runs that diverged or left the domain of the formula"
        items.append(LegendItem((lost_color(theme),), "diverged", _percent(picture.lost), tip))
    if picture.most > picture.fewest:
        ramp = tuple(shade(theme, theme.text, share) for share in (1.0, 0.5, 0.0))
        text = f"{picture.fewest} … {picture.most} steps"
        items.append(LegendItem(ramp, text, "", "The stronger the colour, the fewer steps"))
    return items


def _near(at: tuple[float, ...]) -> str:
    """A place, as exactly as it is worth knowing."""
    return f"({', '.join(short(round(value, 4) + 0.0, 4) for value in at)})"


def _percent(share: float) -> str:
    """A share without claiming that something is nothing."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share:.1%}".replace("%", " %")
