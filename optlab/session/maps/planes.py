"""What a map shows of an experiment: its surface, or a loss of many weights on a plane."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from optlab.core.display import display_symbol
from optlab.core.formula.emit import Array
from optlab.core.maps import StartPlane
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.planes import (
    Plane,
    PlaneError,
    StoredPlane,
    hessian_plane,
    plane_problem,
    principal_plane,
    random_plane,
    three_point_plane,
    weight_plane,
)
from optlab.core.planes.problem import Spread
from optlab.core.problems import MapWindow, Problem, map_window
from optlab.core.problems.recorded import RecordedProblem
from optlab.core.run import Trajectory
from optlab.core.run.columns import ColumnGroup, Columns
from optlab.session.embedded.recordings import recorded_plane
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import Resolved
from optlab.session.view import PlaneView

_ROOM = 0.15
"""Of the extent of the paths: what is left free at each side."""
_FARTHEST = 10.0
"""What lies farther from the median than so many times the middle half of points is left out."""
_NARROWEST = 0.25
"""A side of the window has at least this share of the other's length."""
_NAMES = ("c₁", "c₂")


@dataclass(frozen=True, eq=False)
class Flat:
    """What a map draws: a loss of two weights, with the paths of the runs in it.

    On a ``plane`` the problem is the loss on it, the ``trajectories`` are projected onto it, and
    ``distances`` say how far each step of a run is out of it.  ``names`` are those of the axes,
    ``home`` is the window around the paths; ``why_not`` says why nothing can be drawn; empty where
    something can.
    """

    resolved: Resolved
    trajectories: Mapping[str, Trajectory]
    names: tuple[str, str] = ("w₁", "w₂")
    plane: Plane | None = None
    distances: Mapping[str, Array] = field(default_factory=dict)
    why_not: str = ""
    home: MapWindow | None = None

    @property
    def on_plane(self) -> bool:
        """Whether paths are projected, and the loss is that of points out of which they may be."""
        return self.plane is not None and len(self.plane.origin) > 2

    @property
    def takes_starts(self) -> bool:
        """Whether a point of the map says where runs begin."""
        return self.plane is None or self.plane.is_of_weights

    def seen(self, path: Trajectory) -> Trajectory:
        """A trajectory of all weights as the map shows it."""
        return path if self.plane is None else project(path, self.plane)

    def start_at(self, point: tuple[float, float], start: Sequence[float]) -> tuple[float, ...]:
        """The start of all runs with the two weights of the map as a ``point`` of it has them."""
        if self.plane is None:
            return point
        moved = np.array(start, dtype=np.float64)
        moved[self.plane.directions.argmax(axis=1)] = point
        return tuple(moved.tolist())

    @property
    def nearness(self) -> Mapping[str, Array]:
        """How near each step of a run is to the plane: 1 on it, 1/2 as far as the map is wide."""
        if self.plane is None or not self.on_plane:
            return {}
        spans = np.ptp(np.array(self.resolved.window), axis=1)
        wide = float((spans * np.linalg.norm(self.plane.directions, axis=1)).max())
        with np.errstate(invalid="ignore", over="ignore"):
            return {key: 1 / (1 + (far / wide) ** 2) for key, far in self.distances.items()}

    @property
    def caption(self) -> str:
        """What plane it is, empty for a surface."""
        return self.plane.text if self.plane is not None and self.on_plane else ""

    def honest_losses(self, run_id: str, step: int) -> tuple[float, float]:
        """The true loss at a step of a run, and that of the plane where it is drawn."""
        path = self.trajectories[run_id]
        return float(path.loss[step]), self.resolved.problem.loss(path.weights[step])


def start_plane(shown: Flat) -> StartPlane | None:
    """The plane on which the starts of maps lie; None where they are weights themselves.

    Raises :class:`PlaneError` where nothing can be drawn.
    """
    window = shown.resolved.map_window
    if shown.why_not or window is None:
        raise PlaneError(shown.why_not or shown.resolved.no_map)
    return StartPlane(shown.plane, window) if shown.plane is not None and shown.on_plane else None


def no_flat(resolved: Resolved) -> Flat:
    """Nothing to draw, until the first paths are there."""
    return Flat(resolved, {}, why_not=resolved.no_plane or "The runs are being computed.")


def flat(
    experiment: Experiment,
    resolved: Resolved,
    trajectories: Mapping[str, Trajectory],
    store: KernelStore = NO_STORE,
    spread: Spread = map,
    held: Flat | None = None,
) -> Flat:
    """What a map of an experiment shows: the loss itself where it has two weights, else the loss
    on the plane of the view; paths that move are drawn on the plane that is ``held``."""
    if not resolved.no_map:
        return Flat(resolved, trajectories)
    chosen = experiment.shown.plane
    if resolved.no_plane:
        return Flat(resolved, trajectories, why_not=resolved.no_plane)
    if held is not None and held.plane is not None:
        return _projected(held, experiment, trajectories, held.plane)
    if resolved.problem.dimension == 2:
        chosen = PlaneView("weights", window=chosen.window or map_window(resolved.window))
    try:
        _check_window(chosen.window)
        stored = _stored_plane(chosen, experiment, resolved.problem, trajectories)
        plane = stored.plane if stored else _plane(chosen, experiment, resolved, trajectories)
    except PlaneError as error:
        return Flat(resolved, trajectories, why_not=f"This plane cannot be drawn: {error}.")
    first, second = map(display_symbol, plane.names)
    names = (first, second) if chosen.kind == "weights" else _NAMES
    bare = Flat(resolved, {}, names, plane)
    projected = _projected(bare, experiment, trajectories, plane)
    paths = projected.trajectories
    visible = [paths[run.id] for run in _visible(experiment, paths)]
    home = _window(visible, plane) if stored is None else stored.window
    window = chosen.window or home
    problem = plane_problem(resolved.problem, plane, resolved.start, window, store, spread)
    if stored is not None:
        problem = stored.problem(problem)
    on_plane = replace(projected.resolved, problem=problem, window=window, start=problem.start)
    return replace(projected, resolved=on_plane, home=home)


def _projected(
    flat: Flat, experiment: Experiment, trajectories: Mapping[str, Trajectory], plane: Plane
) -> Flat:
    """The same plane with these paths on it."""
    shown = {run.id: trajectories[run.id] for run in experiment.runs if run.id in trajectories}
    paths = {run_id: project(path, plane) for run_id, path in shown.items()}
    resolved = replace(
        flat.resolved, specs=MappingProxyType({}), recordings=MappingProxyType(paths)
    )
    distances = {run_id: plane.distances(path.weights) for run_id, path in shown.items()}
    return replace(
        flat, resolved=resolved, trajectories=paths, distances=MappingProxyType(distances)
    )


def flat_inputs(
    experiment: Experiment, resolved: Resolved, trajectories: Mapping[str, Trajectory]
) -> tuple[object, ...]:
    """What :func:`flat` depends on: while it is equal, the plane is the same."""
    runs = tuple(
        (run.id, run.title, run.visible, trajectories.get(run.id)) for run in experiment.runs
    )
    return experiment.shown.plane, resolved.problem, resolved.start, runs


def project(trajectory: Trajectory, plane: Plane) -> Trajectory:
    """The trajectory as it is seen on a plane: the weights are its two coordinates, other vectors
    their components along its directions."""
    quantities, parts = [], []
    for quantity in trajectory.vectors.quantities:
        values = trajectory.vector(quantity.name)
        name = quantity.name
        if quantity.size == trajectory.dimension and not trajectory.vectors.is_scalar(name):
            values = plane.coordinates(values) if name == "w" else plane.vectors(values)
            quantity = ColumnGroup(name, 2)
        quantities.append(quantity)
        parts.append(values)
    data = np.concatenate(parts, axis=1)
    return replace(trajectory, vectors=Columns(quantities), data=data)


def check_plane(experiment: Experiment, resolved: Resolved) -> None:
    """Raises :class:`PlaneError` for a plane of the view that no outcome of the runs can give:
    of weights, runs or steps that are not there."""
    chosen, runs = experiment.shown.plane, experiment.runs
    if (weights := resolved.problem.dimension) <= 2:
        raise PlaneError(f"is for losses of more than two weights; this one has {weights}")
    if chosen.kind == "weights":
        first, second = (_weight(number, resolved.problem) for number in chosen.weights)
        if first == second:
            raise PlaneError("needs two different weights")
    run, other = (_run(name, experiment, runs) for name in (chosen.run, chosen.other))
    if chosen.kind == "ends" and (len(runs) < 2 or (chosen.other and other is run)):
        raise PlaneError("it goes through a start and the ends of two runs")
    steps = experiment.steps
    if run is not None and run.id in resolved.recordings:
        steps = resolved.recordings[run.id].steps
    if chosen.step is not None and chosen.step > steps:
        raise PlaneError(f"there is no step {chosen.step}; the runs have {steps}")


def _check_window(window: MapWindow | None) -> None:
    for low, high in window or ():
        if not (math.isfinite(high - low) and low < high):
            raise PlaneError("its window needs finite ranges, a low end below a high end")


def _visible(experiment: Experiment, known: Mapping[str, Trajectory]) -> list[Run]:
    """The runs whose paths decide what is shown: the visible ones that did not run away, or all
    visible ones where every one did."""
    runs = [run for run in experiment.runs if run.visible and run.id in known]
    sound = [run for run in runs if known[run.id].outcome.kind in _SOUND]
    return sound or runs


_SOUND = ("finished", "converged", "cancelled")


def _stored_plane(
    chosen: PlaneView,
    experiment: Experiment,
    problem: Problem,
    trajectories: Mapping[str, Trajectory],
) -> StoredPlane | None:
    """The plane that a recording brings along with the loss over it: that of the run that was
    chosen, or of the first one that has any, where the loss is not known otherwise."""
    if chosen.kind not in ("recorded", "components"):
        return None
    runs = [run for run in _visible(experiment, trajectories) if run.recording]
    if chosen.kind == "recorded" and chosen.run:
        first = _run(chosen.run, experiment, runs)
        runs = [] if first is None else [first]
    elif chosen.kind == "components" and not isinstance(problem, RecordedProblem):
        return None
    for run in runs:
        found = recorded_plane(experiment, run, trajectories[run.id])
        if found is not None:
            return found
    if chosen.kind == "recorded":
        raise PlaneError("no loss over a plane was recorded")
    return None


def _plane(
    chosen: PlaneView,
    experiment: Experiment,
    resolved: Resolved,
    trajectories: Mapping[str, Trajectory],
) -> Plane:
    """The plane that a view says. Raises :class:`PlaneError`."""
    problem = resolved.problem
    runs = _visible(experiment, trajectories)
    if chosen.kind == "components":
        return principal_plane([trajectories[run.id].weights for run in runs])
    known = [run for run in experiment.runs if run.id in trajectories]
    run = _run(chosen.run, experiment, known if chosen.run else runs)
    path = np.array([resolved.start]) if run is None else trajectories[run.id].weights
    point = path[_last_finite(path) if chosen.step is None else min(chosen.step, len(path) - 1)]
    if chosen.kind == "weights":
        first, second = (_weight(number, problem) for number in chosen.weights)
        return weight_plane(point, first, second, problem.weights)
    if chosen.kind == "random":
        return random_plane(problem, point, chosen.seed)
    if chosen.kind == "hessian":
        return hessian_plane(problem, point)
    others = [other for other in runs if run is None or other.id != run.id]
    other = _run(chosen.other, experiment, known if chosen.other else others)
    if run is None or other is None:
        raise PlaneError("it goes through a start and the ends of two runs")
    far = trajectories[other.id].weights
    kind = f"start and ends of {run.title} and {other.title}"
    return three_point_plane(path[0], path[_last_finite(path)], far[_last_finite(far)], kind)


def _run(wanted: str, experiment: Experiment, runs: Sequence[Run]) -> Run | None:
    """The run of that id or name among those that have numbers; the first where none is named."""
    if not wanted:
        return runs[0] if runs else None
    for run in runs:
        if wanted in (run.id, run.title, run.optimizer):
            return run
    known = ", ".join(run.title for run in experiment.runs)
    raise PlaneError(f"there is no run '{wanted}' with numbers; known are {known}")


def _weight(number: int, problem: Problem) -> int:
    if number > problem.dimension:
        raise PlaneError(f"there is no weight {number}; the loss has {problem.dimension}")
    return number - 1


def _last_finite(path: Array) -> int:
    """The last step whose weights are finite numbers."""
    finite = np.flatnonzero(np.isfinite(path).all(axis=1))
    return int(finite[-1]) if len(finite) else 0


def _window(paths: Sequence[Trajectory], plane: Plane) -> MapWindow:
    """The window around projected paths; of runs that ran away, without what is very far."""
    points = np.concatenate([np.zeros((0, 2)), *(path.weights for path in paths)])
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        points = np.zeros((1, 2))
    ran_away = not all(path.outcome.kind in _SOUND for path in paths)
    middle = np.median(points, axis=0)
    quarter = np.subtract(*np.quantile(points, (0.75, 0.25), axis=0))
    scale = float(quarter.max()) or float(np.ptp(points, axis=0).max())
    with np.errstate(invalid="ignore", over="ignore"):
        near = (np.abs(points - middle) <= _FARTHEST * scale).all(axis=1)
    kept = points[near] if ran_away and near.any() else points
    low, high = kept.min(axis=0), kept.max(axis=0)
    spans = high - low
    if not spans.max() > 0:
        length = float(np.linalg.norm(plane.origin)) / math.sqrt(len(plane.origin)) or 1.0
        spans = np.full(2, length)
    spans = np.maximum(spans, _NARROWEST * spans.max()) * (1 + 2 * _ROOM)
    centre = (low + high) / 2
    (left, bottom), (right, top) = (centre - spans / 2).tolist(), (centre + spans / 2).tolist()
    return (left, right), (bottom, top)
