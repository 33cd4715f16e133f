"""The two settings of a map: their usual ranges, and a run with other values for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from optlab.core.display import display_symbol
from optlab.core.maps import COORDINATES, Axis, StartPlane, sweep_names
from optlab.core.maps.cells import RUN_SEED
from optlab.core.parameters import Interval, SettingError
from optlab.core.problems import Window
from optlab.core.run import RunSpec
from optlab.core.schedules import piece_text
from optlab.session.edits.run_names import with_run_names
from optlab.session.experiment import (
    Experiment,
    Run,
    changed,
    free_color,
    free_style,
    fresh_id,
    fresh_name,
)


@dataclass(frozen=True)
class MapSetting:
    """A setting that a map can vary: ``name`` as in :func:`sweep_names`, how it is shown, what
    it is, and its value in the run."""

    name: str
    symbol: str
    help: str
    value: float


def settings_of(spec: RunSpec, starts: StartPlane | None = None) -> dict[str, MapSetting]:
    """The settings of a run that a map can vary, by name, in the order to offer them."""
    values = spec.values()
    found = {}
    for name, own in sweep_names(spec, starts).items():
        if own == RUN_SEED:
            text = "the seed of initial weights, batches and noise"
            found[name] = MapSetting(name, name, text, float(spec.seed))
        elif starts is not None and own.startswith("coordinate"):
            index = COORDINATES.index(name)
            place = starts.plane.coordinates(np.array([spec.start]))[0]
            text = "start on the plane, " + starts.plane.names[index]
            found[name] = MapSetting(name, display_symbol(name), text, float(place[index]))
        elif own.startswith("w"):
            index = int(own[1:]) - 1
            text = f"start, component {index + 1}"
            found[name] = MapSetting(name, display_symbol(name), text, spec.start[index])
        elif own.startswith("p_"):
            parameter = spec.rule.parameters[name]
            found[name] = MapSetting(name, parameter.symbol, parameter.help, values[own])
        elif own.startswith("s"):
            piece, constant = _constant(own)
            text = spec.schedule.pieces[piece].kind.parameters[constant].help
            found[name] = MapSetting(name, f"schedule {constant}", text, values[own])
        else:
            text = "treatment of the gradient"
            found[name] = MapSetting(name, name.replace("_", " "), text, values[own])
    return found


def usual_axis(
    spec: RunSpec, name: str, window: Window, count: int, starts: StartPlane | None = None
) -> Axis:
    """The range in which a setting is worth looking at: its slider's, the window, around it."""
    own = sweep_names(spec, starts)[name]
    if own == RUN_SEED:
        return Axis(name, 0.0, 15.0, 16)
    if starts is not None and own.startswith("coordinate"):
        low, high = starts.window[COORDINATES.index(name)]
        return Axis(name, low, high, count)
    if own.startswith("w"):
        return Axis(name, *window[int(own[1:]) - 1], count)
    if own.startswith("p_"):
        parameter = spec.rule.parameters[name]
        return Axis(name, *parameter.slider, count, parameter.scale)
    value = spec.values()[own]
    if own.startswith("s"):
        piece, constant = _constant(own)
        interval = spec.schedule.pieces[piece].kind.parameters[constant].range
        return Axis(name, *_around(value, interval), count)
    return (
        Axis(name, value / 100, value * 100, count, "log")
        if value > 0
        else Axis(name, 0.0, 1.0, count)
    )


def _constant(own: str) -> tuple[int, str]:
    """``s1_T_max`` is the constant T_max of the second piece."""
    index, _, constant = own[1:].partition("_")
    return int(index), constant


def _around(value: float, interval: Interval) -> tuple[float, float]:
    """From a tenth to twice a value, inside an interval."""
    reach = abs(value) or 1.0
    low, high = min(0.1 * reach, value), 2.0 * reach
    if math.isfinite(interval.low):
        low = max(low, interval.low)
    if math.isfinite(interval.high):
        high = min(high, interval.high)
    inside = 1e-3 * (high - low)
    if not interval.contains(low):
        low += inside
    if not interval.contains(high):
        high -= inside
    return low, high


def add_varied_run(
    document: Experiment,
    run_id: str,
    spec: RunSpec,
    values: Mapping[str, float],
    starts: StartPlane | None = None,
) -> Experiment:
    """One more run behind ``run_id``: the same with other ``values`` for some settings.

    ``spec`` is what that run resolves to.  Raises SettingError for a value that cannot be.
    """
    original = document.run(run_id)
    if original is None:
        return document
    color = free_color(document.runs)
    copy = msgspec.structs.replace(
        varied(original, spec, values, starts),
        id=fresh_id(document.runs),
        name=fresh_name(original.name or spec.rule.name, document.runs),
        auto_name=True,
        color=color,
        style=free_style(document.runs, color),
    )
    place = document.runs.index(original) + 1
    runs = (*document.runs[:place], copy, *document.runs[place:])
    return with_run_names(changed(document, runs=runs))


def varied(
    run: Run, spec: RunSpec, values: Mapping[str, float], starts: StartPlane | None = None
) -> Run:
    """A run with other values for some settings. Raises SettingError for one that cannot be."""
    names = sweep_names(spec, starts)
    parameters, schedule, treatment = dict(run.parameters), spec.schedule, run.treatment
    start = list(spec.start)
    moved = False
    for name, value in values.items():
        own = names[name]
        if own == RUN_SEED:
            raise SettingError(name, "is that of all runs; the experiment has it")
        if starts is not None and own.startswith("coordinate"):
            place = starts.plane.coordinates(np.array([start]))
            place[0, COORDINATES.index(name)] = value
            start, moved = starts.plane.points(place)[0].tolist(), True
        elif own.startswith("w"):
            start[int(own[1:]) - 1] = value
            moved = True
        elif own.startswith("p_"):
            parameters[name] = spec.rule.parameters[name].check(value)
        elif own.startswith("s"):
            schedule = schedule.with_constant(*_constant(own), value)
        else:
            treatment = msgspec.structs.replace(treatment, **{name: value})
    text = run.schedule
    if schedule != spec.schedule:
        text = "+".join(piece_text(piece) for piece in schedule.pieces)
    return msgspec.structs.replace(
        run,
        parameters=parameters,
        schedule=text,
        treatment=treatment,
        start=tuple(start) if moved else run.start,
    )
