"""From the document to what can be run: catalogue files read, defaults filled in, all checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from optlab.core.data_files import NO_TEXTS, DataError, UnknownNameError
from optlab.core.formula import FormulaError
from optlab.core.gradient import GradientTreatment
from optlab.core.parameters import SettingError
from optlab.core.problems import (
    FormulaProblem,
    Problem,
    Transform,
    Window,
    formula_problem,
    load_problem,
    transformed,
)
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Segment, columns_of_run
from optlab.core.schedules import parse_schedule
from optlab.session.experiment import Experiment, Run, Surface, Treatment


class ExperimentError(ValueError):
    """A setting of an experiment that cannot be: the ``place`` in it and the ``reason``."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


@dataclass(frozen=True)
class Resolved:
    """What an experiment means: the problem, what is shown of it, and a spec for each run.

    ``errors`` has a reason for each run that cannot be run; such a run has no spec.
    """

    problem: Problem
    window: Window
    start: tuple[float, ...]
    specs: Mapping[str, RunSpec]
    errors: Mapping[str, str]


def resolve(experiment: Experiment) -> Resolved:
    """Raises :class:`ExperimentError` where surface or list of runs itself cannot be used."""
    problem = resolve_surface(experiment.surface, experiment.surfaces)
    ids = [run.id for run in experiment.runs]
    for run_id in set(ids):
        if ids.count(run_id) > 1:
            raise ExperimentError("runs", f"two of them have the id '{run_id}'")
    window = experiment.surface.window or problem.window
    if len(window) != problem.dimension:
        raise ExperimentError("window", f"needs a range for each of {problem.dimension} weights")
    start = tuple(experiment.start or problem.start)
    specs: dict[str, RunSpec] = {}
    errors: dict[str, str] = {}
    for run in experiment.runs:
        try:
            specs[run.id] = resolve_run(experiment, run, problem)
        except ExperimentError as error:
            errors[run.id] = error.reason
    return Resolved(
        problem,
        window,
        start,
        MappingProxyType(specs),
        MappingProxyType(errors),
    )


def resolve_strictly(experiment: Experiment) -> Resolved:
    """The same, but a run that cannot be run raises :class:`ExperimentError` as well."""
    resolved = resolve(experiment)
    for run in experiment.runs:
        if run.id in resolved.errors:
            raise ExperimentError(run.name or run.optimizer, resolved.errors[run.id])
    return resolved


def resolve_surface(surface: Surface, own: Mapping[str, str] = NO_TEXTS) -> Problem:
    """The problem of a surface, turned and moved as it says; ``own`` as in the experiment.

    Raises :class:`ExperimentError`.
    """
    for axis, (low, high) in enumerate(surface.window or (), 1):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ExperimentError("window", f"w{axis} needs a low end below its high end")
        if not math.isfinite(high - low):
            raise ExperimentError("window", f"w{axis} is wider than a number can say")
    try:
        return transformed(catalogue_or_typed(surface, own), transform_of(surface))
    except FormulaError as error:
        raise ExperimentError("formula", str(error)) from error
    except (UnknownNameError, DataError) as error:
        raise ExperimentError("problem", str(error)) from error
    except SettingError as error:
        raise ExperimentError(error.name, error.reason) from error


def catalogue_or_typed(surface: Surface, own: Mapping[str, str]) -> FormulaProblem:
    """The problem before it is turned and moved. Raises what loading or reading it raises."""
    if surface.formula:
        return formula_problem(surface.formula, surface.weights)
    return load_problem(surface.problem, own=own)


def transform_of(surface: Surface) -> Transform:
    """How a surface is turned and moved. Raises SettingError."""
    return Transform(surface.rotation, surface.scale, surface.shift, surface.centre)


def _treatment(given: Treatment) -> GradientTreatment:
    return GradientTreatment(**msgspec.structs.asdict(given))


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
            keep_memory=switch.keep_memory,
        )
        for switch in run.then
    )


def resolve_run(experiment: Experiment, run: Run, problem: Problem) -> RunSpec:
    """The spec of one run. Raises :class:`ExperimentError` naming the setting."""
    try:
        spec = RunSpec(
            problem=problem,
            rule=load_rule(run.optimizer, own=experiment.rules),
            parameters=run.parameters,
            options=run.options,
            schedule=parse_schedule(run.schedule, experiment.schedules),
            treatment=_treatment(run.treatment),
            start=run.start or experiment.start or problem.start,
            steps=experiment.steps,
            seed=experiment.seed,
            stop_gradient=experiment.stop_gradient,
            then=_segments(experiment, run),
        )
        columns_of_run(spec)
        return spec
    except UnknownNameError as error:
        raise ExperimentError("optimizer", str(error)) from error
    except DataError as error:
        raise ExperimentError("optimizer", str(error)) from error
    except SettingError as error:
        raise ExperimentError(error.name, str(error)) from error
