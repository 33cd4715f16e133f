"""Connects the page of stability with the selected run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject

from optlab.core.analysis.curvature import curvature_at
from optlab.core.analysis.stability import stability_at
from optlab.core.analysis.stability_map import (
    DELAY,
    StabilityMap,
    stability_map,
    varied_parameter,
)
from optlab.core.parameters import Parameter, SettingError
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import RunSpec
from optlab.session.session import Session
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.measures import StabilityView

CHANNEL = "stability"
_ROWS, _COLUMNS = 81, 121
_LEAST, _MOST = 6.0, 60.0
"""The ηλ that a map reaches to at least, and at most."""
_WIDE = np.linspace(0.0, 240.0, 961)


@dataclass(frozen=True)
class _Made:
    """A map, and its limit at the run's own value; or the reason why there is none."""

    spec: RunSpec
    map: StabilityMap | None
    own: float = float("nan")
    reason: str = ""


class StabilityController(QObject):
    """Makes the map of the selected run's rule in a worker; its dot moves with the step."""

    def __init__(self, session: Session, view: StabilityView, redraw: Redraw) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._name = ""
        self._asked: tuple[RunSpec, str] | None = None
        self._made: _Made | None = None
        view.parameter_chosen.connect(self._choose)
        changes = Change.SELECTION | Change.RESOLVED | Change.TRAJECTORIES | Change.PLAYBACK
        self._request = redraw.add(self._draw, changes | Change.THEME | Change.OWN, shown_in=view)

    def _choose(self, name: str) -> None:
        self._name = name
        self._request()

    def _draw(self, _changed: Change) -> None:
        spec = self._spec()
        if spec is None:
            self._asked = None
            self._view.set_parameters((), "")
            self._view.plot.set_map(None)
            self._view.set_note("A run with a rule has a stability map")
            return
        names = spec.variant.parameters
        known = [spec.rule.parameters[name] for name in names if name != LEARNING_RATE] + [DELAY]
        name = self._name if any(item.name == self._name for item in known) else ""
        if self._asked is None or not _alike(self._asked, (spec, name)):
            self._asked = (spec, name)
            self._session.ask(CHANNEL, lambda _control: _work(spec, name), self._take)
        try:
            shown = varied_parameter(spec, name).name
        except SettingError:
            shown = ""
        self._view.set_parameters([(p.name, p.symbol, p.help) for p in known], shown)
        self._show_dot()

    def _spec(self) -> RunSpec | None:
        """The selected run, at the step of the cursor."""
        session = self._session
        spec = session.resolved.specs.get(session.selected)
        return None if spec is None else spec.leg_at(session.playback.step).spec

    def _take(self, made: _Made) -> None:
        self._made = made
        self._view.plot.set_map(made.map)
        self._view.set_note(made.reason if made.map is None else _note(made.spec, made.map))
        self._show_dot()

    def _show_dot(self) -> None:
        """Where η is of the limit at this step, on the map."""
        self._view.plot.set_dot(self._place(), self._color())

    def _place(self) -> tuple[float, float] | None:
        session, made = self._session, self._made
        trajectory = session.trajectories.get(session.selected)
        spec, step = self._spec(), session.playback.step
        if made is None or made.map is None or trajectory is None or spec is None:
            return None
        if not _alike((made.spec, ""), (spec, "")):
            return None  # the map is still that of another rule
        step = min(step, trajectory.steps)
        curvature = curvature_at(spec.problem, trajectory.weights[step].tolist())
        if curvature is None or step < 1:
            return None
        here = stability_at(spec, trajectory, step, curvature)
        eta = float(trajectory[LEARNING_RATE][step])
        if here is None or not np.isfinite(made.own):
            return None
        return made.own * eta / here.limit, _own_value(spec, made.map.parameter)

    def _color(self) -> str:
        run = self._session.document.run(self._session.selected)
        return theme_of(self._view).run(0 if run is None else run.color)


def _alike(first: tuple[RunSpec, str], second: tuple[RunSpec, str]) -> bool:
    """Whether two maps are the same; the learning rate is their side, not their setting."""
    one, other = first[0], second[0]
    rates = [{**spec.parameters, LEARNING_RATE: 0.0} for spec in (one, other)]
    same = one.rule is other.rule and one.options == other.options and rates[0] == rates[1]
    return same and first[1] == second[1]


def _work(spec: RunSpec, name: str) -> _Made:
    try:
        parameter = varied_parameter(spec, name)
        low, high = parameter.slider
        y = np.linspace(low, high, _ROWS)
        # How far η is from the limit is known of fresh gradients.
        value = np.array([0.0 if parameter is DELAY else spec.parameters[parameter.name]])
        own = float(stability_map(spec, parameter, _WIDE, value).limit[0])
        high = min(max(_LEAST, 1.5 * own), _MOST) if np.isfinite(own) else _LEAST
        x = np.linspace(0.0, high, _COLUMNS)
        return _Made(spec, stability_map(spec, parameter, x, y), own)
    except SettingError as error:
        return _Made(spec, None, reason=error.reason)


def _own_value(spec: RunSpec, parameter: Parameter) -> float:
    return float(spec.sampling.oldest if parameter is DELAY else spec.parameters[parameter.name])


def _note(spec: RunSpec, found: StabilityMap) -> str:
    parts = [f"{spec.rule.name}: the factor of the error in a step of a quadratic"]
    if found.held:
        parts.append(f"{', '.join(found.held)} held")
    if found.theory is not None:
        parts.append(f"dashed: {found.theory.formula}, {found.theory.name}")
    return "; ".join(parts)
