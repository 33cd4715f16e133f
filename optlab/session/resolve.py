"""From the document to what can be run: catalogue files read, defaults filled in, all checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import msgspec

from optlab.core.formula import FormulaError
from optlab.core.gradient_transforms import STAGES, GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import (
    FormulaProblem,
    MapWindow,
    Network,
    Problem,
    Transform,
    Window,
    data_problem,
    formula_problem,
    load_problem,
    map_window,
    network_problem,
    network_sizes,
    recorded_problem,
    transformed,
    usual_loss,
)
from optlab.core.recordings import RecordingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Segment, Trajectory, columns_of_run, fitting
from optlab.core.run.sampling import Sampling
from optlab.core.schedules import parse_schedule
from optlab.session.embedded.data_sets import split_tables
from optlab.session.embedded.recordings import recorded
from optlab.session.experiment import Experiment, NetworkModel, Run, Surface, Treatment

NOTHING = Experiment()
"""An experiment without texts of its own."""


class ExperimentError(ValueError):
    """A setting of an experiment that cannot be: the ``place`` in it and the ``reason``."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


@dataclass(frozen=True)
class Resolved:
    """What an experiment means: the problem, what is shown of it, and a spec for each run.

    ``recordings`` has the numbers of each run that was recorded elsewhere, and no spec.
    ``errors`` has a reason for each run that cannot be run; such a run has neither.
    """

    problem: Problem
    window: Window
    start: tuple[float, ...]
    specs: Mapping[str, RunSpec]
    errors: Mapping[str, str]
    recordings: Mapping[str, Trajectory] = field(default_factory=dict)

    @property
    def map_window(self) -> MapWindow | None:
        """The window of a map of the loss; None where :attr:`no_map` says why there is none."""
        return map_window(self.window) if self.problem.is_surface else None

    @property
    def no_plane(self) -> str:
        """Why not even a plane shows the loss, as a sentence; empty where one does."""
        one = self.problem.dimension < 2
        return "Maps show a loss of two weights or more; this one has 1 weight." if one else ""

    def recorded_every(self, steps: int) -> dict[str, RunSpec]:
        """The runs with at least so many updates from one recorded row to the next, by id."""
        return {
            run_id: replace(spec, record_every=max(steps, spec.record_every))
            for run_id, spec in self.specs.items()
        }

    @property
    def no_map(self) -> str:
        """Why no map shows the loss, as a sentence; empty where one does."""
        problem = self.problem
        if problem.is_surface:
            return ""
        if problem.dimension != 2:
            weights = f"{problem.dimension} weight{'s' * (problem.dimension != 1)}"
            return f"Maps show a loss of two weights; this one has {weights}."
        return "A map needs the loss as a formula; this one is known along the paths alone."


def resolve(
    experiment: Experiment, given: Problem | None = None, thinned: bool = False
) -> Resolved:
    """What an experiment means; ``given`` is its problem where a program has it as a function.
    ``thinned`` lets runs that are too long to record every update record fewer.

    Raises :class:`ExperimentError` where surface or list of runs itself cannot be used.
    """
    problem = resolve_problem(experiment) if given is None else given
    ids = [run.id for run in experiment.runs]
    for run_id in set(ids):
        if ids.count(run_id) > 1:
            raise ExperimentError("runs", f"two of them have the id '{run_id}'")
    window = experiment.surface.window or problem.window
    if len(window) != problem.dimension:
        raise ExperimentError("window", f"needs a range for each of {problem.dimension} weights")
    start = tuple(experiment.start or problem.start)
    if len(start) != problem.dimension:
        numbers = f"{problem.dimension} number{'s' * (problem.dimension != 1)}"
        raise ExperimentError("start", f"needs {numbers}, one for each weight, not {len(start)}")
    specs: dict[str, RunSpec] = {}
    errors: dict[str, str] = {}
    recordings: dict[str, Trajectory] = {}
    for run in experiment.runs:
        try:
            if run.recording:
                recordings[run.id] = _recording(experiment, run, problem)
                continue
            specs[run.id] = resolve_run(experiment, run, problem, thinned)
        except ExperimentError as error:
            errors[run.id] = error.reason
    return Resolved(
        problem,
        window,
        start,
        MappingProxyType(specs),
        MappingProxyType(errors),
        MappingProxyType(recordings),
    )


def resolve_strictly(experiment: Experiment, given: Problem | None = None) -> Resolved:
    """The same for what needs no window: runs that are too long record fewer updates, and a run
    that cannot be run raises :class:`ExperimentError` as well."""
    resolved = resolve(experiment, given, thinned=True)
    for run in experiment.runs:
        if run.id in resolved.errors:
            raise ExperimentError(run.title, resolved.errors[run.id])
    return resolved


def resolve_problem(experiment: Experiment) -> Problem:
    """The problem of an experiment: its surface, or what its runs were recorded on.

    Raises :class:`ExperimentError`.
    """
    surface = experiment.surface
    if surface.formula or surface.problem or surface.network or surface.function:
        return resolve_surface(surface, experiment)
    for run in experiment.runs:
        try:
            numbers = recorded(experiment, run, surface.weights) if run.recording else None
        except RecordingError:
            continue  # reported as an error of the run, where another one has weights
        if numbers is not None:
            return recorded_problem(numbers.vectors["w"], numbers.weights)
    for run in experiment.runs:
        if run.recording:
            _recording(experiment, run, None)
    return resolve_surface(surface, experiment)


def _recording(experiment: Experiment, run: Run, problem: Problem | None) -> Trajectory:
    """The numbers of a run that was recorded. Raises :class:`ExperimentError`."""
    if run.optimizer or run.then:
        raise ExperimentError("recording", "a recorded run has no optimizer")
    try:
        weights = experiment.surface.weights if problem is None else problem.weights
        numbers = recorded(experiment, run, weights)
    except RecordingError as error:
        raise ExperimentError("recording", str(error)) from error
    if problem is not None and numbers.dimension != problem.dimension:
        reason = f"was recorded with {numbers.dimension} weights; the loss has {problem.dimension}"
        raise ExperimentError("recording", reason)
    return numbers


def resolve_surface(surface: Surface, experiment: Experiment = NOTHING) -> Problem:
    """The problem of a surface, turned and moved as it says, with the texts of an experiment.

    Raises :class:`ExperimentError`.
    """
    named = surface.formula or surface.problem
    if surface.function and not (named or surface.network):
        reason = f"'{surface.function}' is a function of Python, which only a program can give"
        raise ExperimentError("function", reason)
    for axis, (low, high) in enumerate(surface.window or (), 1):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ExperimentError("window", f"w{axis} needs a low end below its high end")
        if not math.isfinite(high - low):
            raise ExperimentError("window", f"w{axis} is wider than a number can say")
    try:
        if surface.network is not None and not named:
            return _network(surface.network, surface, experiment)
        return transformed(catalogue_or_typed(surface, experiment), transform_of(surface))
    except FormulaError as error:
        raise ExperimentError("formula", str(error)) from error
    except (UnknownNameError, DataError) as error:
        raise ExperimentError("problem", str(error)) from error
    except SettingError as error:
        raise ExperimentError(error.name, error.reason) from error


def network_model(
    sizes: str, activation: str = "tanh", loss: str = "", init: str = "xavier"
) -> NetworkModel:
    """What a document says of a network. Raises SettingError naming the setting."""
    Network(network_sizes(sizes), activation, loss or "squared", init)
    given = {"sizes": sizes.strip(), "activation": activation, "loss": loss, "init": init}
    return msgspec.convert(given, NetworkModel)


def _network(model: NetworkModel, surface: Surface, experiment: Experiment) -> Problem:
    """The problem of a network. Raises SettingError."""
    if not transform_of(surface).is_identity:
        raise SettingError("transform", "turns and stretches surfaces of two weights")
    sizes = network_sizes(model.sizes)
    if surface.data is None:
        raise SettingError("network", "needs data to be trained on")
    table, test = split_tables(surface.data, experiment.tables)
    loss = model.loss or usual_loss(table)
    network = Network(sizes, model.activation, loss, model.init)
    return network_problem(network, table, test, experiment.seed)


def catalogue_or_typed(surface: Surface, experiment: Experiment) -> FormulaProblem:
    """The problem before it is turned and moved. Raises what loading or reading it raises."""
    tables = None if surface.data is None else split_tables(surface.data, experiment.tables)
    if not surface.formula:
        return load_problem(surface.problem, own=experiment.surfaces, tables=tables)
    if tables is None:
        return formula_problem(surface.formula, surface.weights)
    return data_problem(surface.formula, tables[0], surface.weights, tables[1])


def transform_of(surface: Surface) -> Transform:
    """How a surface is turned and moved. Raises SettingError."""
    return Transform(surface.rotation, surface.scale, surface.shift, surface.centre)


def _treatment(given: Treatment) -> GradientTransforms:
    return GradientTransforms(**{name: getattr(given, name) for name in STAGES})


def sampling_of(given: Treatment) -> Sampling:
    """What the gradients are taken from. Raises SettingError."""
    return Sampling(**{name: getattr(given, name) for name in SAMPLING})


SAMPLING = ("batch", "shuffle", "workers", "mode", "delay", "share", "loss_every")
"""The fields of a treatment that say what a gradient is taken from."""


def _segments(experiment: Experiment, run: Run) -> tuple[Segment, ...]:
    """The changes of a run's rule on the way. Raises what :func:`resolve_run` turns into words."""
    return tuple(
        Segment(
            first=switch.after,
            rule=load_rule(switch.optimizer, own=experiment.rules),
            parameters=switch.parameters,
            options=switch.options,
            schedule=parse_schedule(switch.schedule, experiment.schedules)
            if switch.schedule
            else None,
            treatment=_treatment(switch.treatment or run.treatment),
            sampling=sampling_of(switch.treatment or run.treatment),
            keep_memory=switch.keep_memory,
        )
        for switch in run.then
    )


def resolve_run(
    experiment: Experiment, run: Run, problem: Problem, thinned: bool = False
) -> RunSpec:
    """The spec of one run. Raises :class:`ExperimentError` naming the setting."""
    try:
        spec = RunSpec(
            problem=problem,
            rule=load_rule(run.optimizer, own=experiment.rules),
            parameters=run.parameters,
            options=run.options,
            schedule=parse_schedule(run.schedule, experiment.schedules),
            treatment=_treatment(run.treatment),
            sampling=sampling_of(run.treatment),
            start=run.start or experiment.start or problem.start,
            steps=experiment.steps,
            seed=experiment.seed,
            stop_gradient=experiment.stop_gradient,
            then=_segments(experiment, run),
        )
        spec = fitting(spec) if thinned else spec
        columns_of_run(spec)
        return spec
    except UnknownNameError as error:
        raise ExperimentError("optimizer", str(error)) from error
    except DataError as error:
        raise ExperimentError("optimizer", str(error)) from error
    except SettingError as error:
        raise ExperimentError(error.name, str(error)) from error


def same_loss(one: Problem, other: Problem) -> bool:
    """Whether two problems are the same loss, if one may be turned or moved."""
    if not one.formula:
        return one == other
    return (one.formula, one.weights) == (other.formula, other.weights)
