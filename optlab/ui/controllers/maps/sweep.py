"""Connects the page of the parameter map with the session."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optlab.core.display import short
from optlab.core.formula.emit import Array
from optlab.core.maps import MEASURES, RECORDED, Axis, StartPlane
from optlab.core.parameters import Scale, SettingError
from optlab.core.run import RunSpec
from optlab.core.run.outcome import OUTCOMES
from optlab.pictures.maps import LegendItem, MapMark, map_drawing
from optlab.session.comparison import usual_target
from optlab.session.maps.map_axes import add_varied_run, settings_of, usual_axis
from optlab.session.maps.map_request import (
    MapWork,
    Request,
    SweepRequest,
    sweep_request,
)
from optlab.session.session import Session
from optlab.session.view import MapSide
from optlab.ui.controllers.maps.maps import MapController
from optlab.ui.shell.redraw import Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.maps import SettingItem, SweepPage

_RESOLUTION = 256
_SOUND = ("finished", "converged")


class SweepController(MapController):
    """Shows what becomes of a run for each pair of two settings; a click adds that run."""

    def __init__(self, session: Session, page: SweepPage, redraw: Redraw) -> None:
        super().__init__(session, page, redraw, _RESOLUTION)
        self._page = page
        page.set_measures([(key, measure.title) for key, measure in MEASURES.items()])
        page.setting_chosen.connect(self._choose_setting)
        page.range_entered.connect(self._enter_range)
        page.log_toggled.connect(self._toggle_log)
        page.measure_chosen.connect(self._choose_measure)
        page.target_entered.connect(self._enter_target)
        page.canvas.cell_chosen.connect(self._add_run)

    @property
    def _starts(self) -> StartPlane | None:
        """The plane of starts, where there is any; without one its coordinates are not offered."""
        try:
            return self.starts
        except ValueError:
            return None

    # -- what is computed ------------------------------------------------------------------

    def axes(self, spec: RunSpec) -> tuple[Axis, Axis]:
        """The two sides: what was chosen, as far as this run has it."""
        names = list(settings_of(spec, self._starts))
        sides = {side.setting: side for side in self.session.view.map_sides}
        chosen = [name for name in sides if name in names]
        first, second = [*chosen, *(name for name in names if name not in chosen)][:2]
        axes = [self._axis(spec, name, sides.get(name)) for name in (first, second)]
        return axes[0], axes[1]

    def _axis(self, spec: RunSpec, name: str, side: MapSide | None) -> Axis:
        if side is None or side.low is None or side.high is None:
            return usual_axis(
                spec, name, self.session.resolved.window, self.resolution, self._starts
            )
        return Axis(name, side.low, side.high, self.resolution, "log" if side.log else "linear")

    def request(self, spec: RunSpec) -> Request:
        """A map of the two sides."""
        target = self.session.view.map_target
        if target is None:
            target = usual_target(self.session.resolved)
        target = -math.inf if target is None else target
        return sweep_request(spec, *self.axes(spec), target, self._starts)

    # -- what is shown ---------------------------------------------------------------------

    def show_settings(self, spec: RunSpec) -> None:
        """Shows both sides, the measure, the target, and the runs that are on the map."""
        items = [
            SettingItem(s.name, s.symbol, s.help) for s in settings_of(spec, self._starts).values()
        ]
        axes = self.axes(spec)
        self._page.set_settings(items, (axes[0].name, axes[1].name))
        for controls, axis in zip(self._page.axes, axes, strict=True):
            controls.set_range(axis.low, axis.high, axis.scale == "log")
            controls.set_error("")
        self._page.set_measure(self.measure)
        self._page.set_target(self.session.view.map_target, usual_target(self.session.resolved))
        self._page.canvas.set_marks(self._marks(spec, axes))

    def _marks(self, spec: RunSpec, axes: tuple[Axis, Axis]) -> list[MapMark]:
        """The visible runs that are a cell of this map: the same in all else."""
        try:
            mapped = sweep_request(spec, *axes, starts=self._starts)
        except SettingError:
            return []
        session, theme = self.session, theme_of(self.page)
        best = self.best_place()
        marks = [] if best is None else [MapMark(*best, theme.good, best=True)]
        for run in session.document.runs:
            own = session.resolved.specs.get(run.id)
            if own is None or not run.visible or own.rule is not spec.rule:
                continue
            try:
                same = sweep_request(own, *axes, starts=self._starts) == mapped
            except SettingError:
                continue
            settings = settings_of(own, self._starts)
            x, y = (settings[axis.name].value for axis in axes)
            if same and axes[0].low <= x <= axes[0].high and axes[1].low <= y <= axes[1].high:
                marks.append(MapMark(x, y, theme.run(run.color), run.id == session.selected))
        return marks

    def show_picture(self, work: MapWork) -> None:
        """The map in the measure that is chosen, and its legend."""
        request = work.request
        if not isinstance(request, SweepRequest):
            return
        if work.measure != self.measure:
            work.measure = self.measure
            work.draw()
        theme = theme_of(self.page)
        drawing = map_drawing(work, theme)
        if drawing is None:
            return
        best = self._best(work)
        if best is not None:
            value = short(float(self._judged(work)[best]))
            item = LegendItem((theme.good,), "best cell (ring)", value, "Click it to add its run")
            drawing = replace(drawing, legend=(*drawing.legend, item))
        self._page.show_map(drawing)
        if self.spec is not None:
            self._page.canvas.set_marks(self._marks(self.spec, self.axes(self.spec)))

    def _judged(self, work: MapWork) -> Array:
        """What cells are judged by: steps to the target where the map shows those, else the loss;
        nan for runs that did not come to an end."""
        ends = work.buffer.ends
        values = MEASURES["steps" if self.measure == "steps" else "loss"].values(ends)
        sound = np.isin(ends.outcome, [OUTCOMES.index(kind) for kind in _SOUND])
        return np.where(sound & work.buffer.known & np.isfinite(values), values, np.nan)

    def _best(self, work: MapWork | None) -> int | None:
        """The best cell of a map; None where no run came to an end."""
        if work is None or not isinstance(work.request, SweepRequest):
            return None
        values = self._judged(work)
        return None if np.isnan(values).all() else int(np.nanargmin(values))

    def best_place(self) -> tuple[float, float] | None:
        """The two settings of the best cell of the map that is shown."""
        work = self.shown_work
        best = self._best(work)
        if work is None or best is None or not isinstance(work.request, SweepRequest):
            return None
        row, column = divmod(best, work.request.columns.count)
        columns, rows = work.request.columns.values(), work.request.rows.values()
        return float(columns[column]), float(rows[row])

    def describe(self, work: MapWork, index: int) -> str:
        """The settings of a cell and what became of its run."""
        request = work.request
        assert isinstance(request, SweepRequest)
        ends, columns = work.buffer.ends, request.columns.count
        settings = settings_of(request.spec, request.starts)
        x = float(request.columns.values()[index % columns])
        y = float(request.rows.values()[index // columns])
        pair = ((request.columns.name, x), (request.rows.name, y))
        first = "   ".join(f"{settings[name].symbol} {short(value)}" for name, value in pair)
        steps, outcome = int(ends.steps[index]), OUTCOMES[ends.outcome[index]].replace("_", " the ")
        second = f"{outcome} at step {steps}"
        if outcome in ("finished", "converged"):
            second = f"E {short(float(ends.loss[index]))} after {steps} steps"
        others = [(measure.title, float(measure.values(ends)[index])) for measure in RECORDED]
        rest = [f"{title} {short(value)}" for title, value in others if math.isfinite(value)]
        return "\n".join((first, second, *rest))

    # -- what a person sets ----------------------------------------------------------------

    def _choose_setting(self, side: int, name: str) -> None:
        """The same setting on both sides: the two change places."""
        spec = self.spec
        if spec is None:
            return
        sides = self._sides(self.axes(spec))
        if sides[1 - side].setting == name:
            sides.reverse()
        sides[side] = MapSide(setting=name)
        self.session.show(map_sides=sides)
        self.refresh()

    def _sides(self, axes: Sequence[Axis]) -> list[MapSide]:
        """The axes as the view keeps them; a range that nobody chose stays the usual one."""
        kept = {side.setting: side for side in self.session.view.map_sides}
        return [kept.get(axis.name, MapSide(setting=axis.name)) for axis in axes]

    def _enter_range(self, side: int, low: float, high: float) -> None:
        self._set_axis(side, low, high, None)

    def _toggle_log(self, side: int, log: bool) -> None:
        spec = self.spec
        if spec is not None:
            axis = self.axes(spec)[side]
            self._set_axis(side, axis.low, axis.high, log)

    def _set_axis(self, side: int, low: float, high: float, log: bool | None) -> None:
        spec = self.spec
        if spec is None:
            return
        axes = list(self.axes(spec))
        was_log = axes[side].scale == "log"
        scale: Scale = "log" if (was_log if log is None else log) else "linear"
        try:
            axes[side] = replace(axes[side], low=low, high=high, scale=scale)
            sweep_request(spec, axes[0], axes[1], starts=self._starts)
        except (SettingError, ValueError) as error:
            self._page.axes[side].set_error(str(error))
            self._page.axes[side].log.set_on(was_log)
            return
        sides, axis = self._sides(axes), axes[side]
        sides[side] = MapSide(
            setting=axis.name, low=axis.low, high=axis.high, log=axis.scale == "log"
        )
        self.session.show(map_sides=sides)
        self.refresh()

    def _choose_measure(self, measure: str) -> None:
        self.session.show(map_measure=measure)
        self.redraw()

    def _enter_target(self, target: object) -> None:
        self.session.show(map_target=target if isinstance(target, float) else None)
        self.refresh()

    @property
    def measure(self) -> str:
        """What the map shows: the measure of the view, where there is such a one."""
        measure = self.session.view.map_measure
        return measure if measure in MEASURES else "loss"

    def _add_run(self, x: float, y: float) -> None:
        spec, work = self.spec, self.shown_work
        if spec is None or work is None or not isinstance(work.request, SweepRequest):
            return
        values = {work.request.columns.name: x, work.request.rows.name: y}
        try:
            starts = work.request.starts
            document = add_varied_run(self.session.document, self.run_id, spec, values, starts)
        except SettingError as error:
            self.page.set_notice(str(error))
            return
        known = {run.id for run in self.session.document.runs}
        if self.session.propose(document):
            for run in document.runs:
                if run.id not in known:
                    self.session.select(run.id)
