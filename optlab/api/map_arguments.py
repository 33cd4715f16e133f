"""The arguments of maps, checked before anything runs: which run, which axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from optlab.api.arguments import comparable, number, shown, text, whole
from optlab.core.analysis.stability_map import StabilityMap, stability_map, varied_parameter
from optlab.core.maps import COORDINATES, MEASURES, Axis, StartPlane
from optlab.core.parameters import SettingError
from optlab.core.planes import PlaneError
from optlab.core.run import RunSpec
from optlab.session.comparison import usual_target
from optlab.session.experiment import Experiment, Run
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.map_axes import settings_of, usual_axis
from optlab.session.maps.map_request import (
    COARSEST,
    FINEST,
    BasinRequest,
    SweepRequest,
    basin_request,
    sweep_request,
    usual_tolerance,
)
from optlab.session.maps.planes import check_plane, flat, start_plane
from optlab.session.resolve import Resolved
from optlab.session.study import Study

Side = str | Sequence[str | float | None] | Axis
"""A side of a map: the name of a setting, ``(name, low, high)``, or ``(name, low, high, scale)``
with the scale "linear" or "log"."""


class ArgumentError(SettingError):
    """An impossible argument: its ``name`` and the ``reason``."""

    def __init__(self, name: str, reason: str) -> None:
        ValueError.__init__(self, f"{name}: {reason}")
        self.name = name
        self.reason = reason


def mapped_run(document: Experiment, run: str | int | None) -> Run:
    """The run that is meant: by name, id, or place from 0; the first where none is named."""
    if not document.runs:
        raise ArgumentError("run", "the experiment has no runs; add one")
    if run is None:
        return document.runs[0]
    if not isinstance(run, str):
        place = whole("run", run)
        if not -len(document.runs) <= place < len(document.runs):
            raise ArgumentError("run", f"there are {len(document.runs)} runs, not {place + 1}")
        return document.runs[place]
    for one in document.runs:
        if run in (one.name, one.id):
            return one
    known = ", ".join(one.name or one.id for one in document.runs)
    raise ArgumentError("run", f"there is no run {shown(run)}; known are {known}")


def spec_of(resolved: Resolved, run: Run) -> RunSpec:
    """The settings of a run. Raises ArgumentError for one that was recorded."""
    if run.id not in resolved.specs:
        raise ArgumentError("run", f"'{run.title}' was recorded: it has no settings to vary")
    return resolved.specs[run.id]


def basins_of(
    resolved: Resolved,
    spec: RunSpec,
    resolution: int,
    tolerance: float | None,
    starts: StartPlane | None = None,
) -> BasinRequest:
    """The basins of a run; ``tolerance`` is by default that of the run, or the usual one."""
    resolution = _checked_resolution(resolution)
    window = resolved.map_window if starts is None else starts.window
    if window is None:
        raise ArgumentError("basin", resolved.no_map)
    tolerance = usual_tolerance(spec) if tolerance is None else number("tolerance", tolerance)
    if not (math.isfinite(tolerance) and tolerance >= 0):
        raise ArgumentError("tolerance", f"must be at least 0, not {tolerance:g}")
    return basin_request(spec, window, resolution, tolerance, starts)


def starts_of(
    document: Experiment,
    resolved: Resolved,
    study: Callable[[], Study],
    *sides: Side | None,
) -> StartPlane | None:
    """The plane of the view, on which starts lie where the loss has more than two weights, and
    one of the ``sides``, where any are given, is a coordinate of it."""
    names = {_parts(name, side)[0] for name, side in zip("xy", sides, strict=False) if side}
    few = resolved.problem.dimension <= 2
    if few or not resolved.no_map or (sides and not names & set(COORDINATES)):
        return None
    try:
        check_plane(document, resolved)
        return start_plane(flat(document, resolved, study().trajectories, kernel_store()))
    except PlaneError as error:
        raise ArgumentError("plane", str(error).removesuffix(".")) from None


def sweep_of(
    resolved: Resolved,
    spec: RunSpec,
    sides: tuple[Side | None, Side | None],
    resolution: int,
    target: float | None,
    starts: StartPlane | None = None,
) -> SweepRequest:
    """A map of two settings; sides that are left out are the first ones that a run has."""
    resolution = _checked_resolution(resolution)
    given = [
        None if side is None else _parts(name, side) for name, side in zip("xy", sides, strict=True)
    ]
    taken = [parts[0] for parts in given if parts is not None]
    axes = []
    for argument, parts in zip("xy", given, strict=True):
        if parts is None:
            free = next(name for name in settings_of(spec) if name not in taken)
            parts = (free, None, None, None)
            taken.append(free)
        axes.append(_axis(argument, parts, resolved, spec, resolution, starts))
    if target is None:
        usual = usual_target(resolved)
        target = -math.inf if usual is None else usual
    else:
        target = comparable("target", target)
    try:
        return sweep_request(spec, axes[0], axes[1], target, starts)
    except SettingError as error:
        argument = "x" if error.name == axes[0].name != axes[1].name else "y"
        raise ArgumentError(argument, str(error)) from None


_Parts = tuple[str, float | None, float | None, str | None]


def _parts(argument: str, side: Side) -> _Parts:
    if isinstance(side, str):
        return side, None, None, None
    if isinstance(side, Axis):
        return side.name, side.low, side.high, side.scale
    try:
        name, low, high, scale = side if len(side) == 4 else (*side, None)
        if not isinstance(name, str) or scale not in (None, "linear", "log"):
            raise ValueError
        ends = [None if end is None else number(argument, end) for end in (low, high)]
    except (TypeError, ValueError):
        reason = f"must be a name, (name, low, high) or (name, low, high, 'log'), not {shown(side)}"
        raise ArgumentError(argument, reason) from None
    return name, ends[0], ends[1], None if scale is None else str(scale)


def _axis(
    argument: str,
    side: _Parts,
    resolved: Resolved,
    spec: RunSpec,
    count: int,
    starts: StartPlane | None,
) -> Axis:
    name, low, high, scale = side
    known = settings_of(spec, starts)
    if name not in known:
        reason = f"{shown(name)} cannot be varied here; known are {', '.join(known)}"
        raise ArgumentError(argument, reason)
    usual = usual_axis(spec, name, resolved.window, count, starts)
    low = usual.low if low is None else low
    high = usual.high if high is None else high
    log = scale == "log" if scale else usual.scale == "log" and low > 0
    try:
        axis = replace(usual, low=low, high=high, scale="log" if log else "linear")
        # A side alone, so that what is wrong is known to be wrong here.
        other = next(one for one in known if one != name)
        sides = axis, usual_axis(spec, other, resolved.window, count, starts)
        sweep_request(spec, *sides, starts=starts)
        return axis
    except (SettingError, ValueError) as error:
        raise ArgumentError(argument, str(error)) from None


def check_measure(measure: str) -> None:
    """Raises ArgumentError for a measure that a map has not."""
    if text("measure", measure) not in MEASURES:
        reason = f"must be one of {', '.join(MEASURES)}, not {shown(measure)}"
        raise ArgumentError("measure", reason)


def _checked_resolution(resolution: object) -> int:
    found = whole("resolution", resolution)
    if not COARSEST <= found <= FINEST:
        raise ArgumentError("resolution", f"must be from {COARSEST} to {FINEST}, not {found}")
    return found


ETA_LAMBDA = "eta_lambda"
"""The side of a stability map that is the learning rate times the curvature."""


def stability_of(spec: RunSpec, sides: tuple[Side, Side | None], resolution: int) -> StabilityMap:
    """The stability map of a run's rule. Raises ArgumentError."""
    count = whole("resolution", resolution, COARSEST, FINEST)
    name, low, high, scale = _parts("x", sides[0])
    if name != ETA_LAMBDA:
        raise ArgumentError("x", f"must be {ETA_LAMBDA}, not {shown(name)}")
    x = _values("x", low or 0.0, 6.0 if high is None else high, scale, count)
    name, low, high, scale = ("", None, None, None) if sides[1] is None else _parts("y", sides[1])
    try:
        parameter = varied_parameter(spec, name)
        usual = parameter.slider
        ends = usual[0] if low is None else low, usual[1] if high is None else high
        y = _values("y", *ends, scale or parameter.scale, count)
        return stability_map(spec, parameter, x, y)
    except SettingError as error:
        raise ArgumentError("y", str(error)) from None


def _values(
    argument: str, low: float, high: float, scale: str | None, count: int
) -> npt.NDArray[np.float64]:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ArgumentError(argument, f"needs a low end below its high, not {low:g} and {high:g}")
    if scale == "log" and low > 0:
        return np.geomspace(low, high, count)
    return np.linspace(low, high, count)
