"""The results of the runs: a line for each, and one JSON object for all."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np

import optlab
from optlab.cli.exits import one_line
from optlab.core.analysis.metrics import difference, measure
from optlab.core.data import load_table
from optlab.core.problems import Problem
from optlab.core.run import Leg, RunSpec
from optlab.core.run.measures import ACCURACIES, TEST_LOSS
from optlab.core.run.sampling import Sampling
from optlab.core.text_table import aligned
from optlab.files.seed_runs import SeedRuns
from optlab.session.check_claims import check_all
from optlab.session.comparison import calls_of
from optlab.session.embedded.data_sets import data_of
from optlab.session.embedded.own_texts import KINDS, own_notes, own_texts
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import SAMPLING, Resolved
from optlab.session.study import Study, StudyRun


def lines(study: Study, seeds: SeedRuns | None = None) -> list[str]:
    """One aligned line per run: outcome, steps, final loss, final w; over ``seeds`` the median."""
    rows: list[tuple[str, ...]] = []
    for one in study.runs:
        run, trajectory = one.run, one.trajectory
        if seeds is not None:
            rows.append((one_line(run.title), seeds.line(run.id)))
            continue
        rows.append(
            (
                one_line(run.title),
                trajectory.outcome.sentence,
                f"steps {trajectory.steps}",
                f"loss {trajectory.final_loss:.6g}",
                f"w ({_weights(trajectory.final_weights)})",
            )
        )
    hiding = [note for note in own_notes(study.experiment).values() if note.endswith("shipped one")]
    notes = (*_of_data(study.experiment), *hiding, *filter(None, [study.thinned]))
    return [*aligned(rows), *(f"note: {note}" for note in notes)]


def _of_data(experiment: Experiment) -> list[str]:
    """How many rows of the data had a missing value, and which columns got other names."""
    data = experiment.surface.data
    if data is None:
        return []
    table = load_table(data.source, experiment.tables)
    every = table.rows + table.dropped
    text = f"{data.source}: {table.dropped} of {every} rows have a missing value and are left out"
    names = [f"{data.source}: column {table.renamed}"] if table.renamed else []
    return [*([text] if table.dropped else []), *names]


def _weights(values: tuple[float, ...]) -> str:
    """The weights, of many the first ones and how many there are."""
    shown = ", ".join(f"{value:.6g}" for value in values[:MOST_WEIGHTS])
    return shown if len(values) <= MOST_WEIGHTS else f"{shown}, … {len(values)} weights"


MOST_WEIGHTS = 6
"""Weights that a line names."""


def json_summary(study: Study, seeds: SeedRuns | None = None) -> bytes:
    """The summary as strict JSON (UTF-8); numbers that are not finite are null."""
    experiment, resolved, surface = study.experiment, study.resolved, study.experiment.surface
    summary = {
        "version": optlab.__version__,
        "title": experiment.title,
        "problem": None if surface.formula else surface.problem,
        "formula": resolved.problem.formula,
        "weights": resolved.problem.weights,
        "start": resolved.start,
        "steps": experiment.steps,
        "seed": experiment.seed,
        **_data(resolved, experiment),
        **_network(experiment),
        "stop_gradient": experiment.stop_gradient,
        "runs": [
            _run(one, resolved.problem)
            | ({} if seeds is None else {"seeds": seeds.summary(one.run.id)})
            for one in study.runs
        ],
        "own": {kind: list(own_texts(experiment, kind)) for kind in KINDS},
        "transform": _transform(experiment),
        "differences": _differences(study),
        "claims": [
            {"sentence": verdict.sentence, "holds": verdict.holds, "measured": verdict.measured}
            for verdict in check_all(experiment, study.trajectories)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"


def _data(resolved: Resolved, experiment: Experiment) -> dict[str, object]:
    """``data``, where the loss goes over rows: where they are from, and how many there are."""
    problem = resolved.problem
    if problem.rows == 0:
        return {}
    data = experiment.surface.data or data_of(problem)
    source = {} if data is None else msgspec.to_builtins(msgspec.structs.replace(data, digest=""))
    test_rows = 0 if problem.test is None else problem.test.rows
    return {"data": {**source, "rows": problem.rows, "test_rows": test_rows}}


def _network(experiment: Experiment) -> dict[str, object]:
    """``network`` of an experiment on one, else nothing."""
    model = experiment.surface.network
    return {} if model is None else {"network": msgspec.to_builtins(model)}


def _transform(experiment: Experiment) -> dict[str, object]:
    surface = experiment.surface
    return {
        "rotation": surface.rotation,
        "scale": surface.scale,
        "shift": surface.shift,
        "centre": surface.centre,
    }


def _differences(study: Study) -> list[dict[str, object]]:
    """Where each further run parts from the first one, and how far."""
    found = []
    for one in study.runs[1:]:
        first = study.runs[0]
        apart = difference(first.trajectory, one.trajectory)
        found.append({"runs": [first.run.id, one.run.id], **dataclasses.asdict(apart)})
    return found


def _segment(leg: Leg, optimizer: str) -> dict[str, object]:
    """A stretch of a run with one rule: the updates ``first`` ... ``last`` and the settings."""
    spec = leg.spec
    return {
        "first": leg.first + 1,
        "last": leg.last,
        "optimizer": optimizer,
        "parameters": dict(spec.parameters),
        "options": dict(spec.options),
        "schedule": spec.schedule.text,
        "treatment": spec.treatment.active(),
        **_sampling(spec),
        "kept": sorted(leg.kept),
    }


def _sampling(spec: RunSpec) -> dict[str, object]:
    """``sampling``: what the gradients are taken from, where it is not the usual."""
    usual = Sampling()
    given = {name: getattr(spec.sampling, name) for name in SAMPLING}
    other = {name: value for name, value in given.items() if value != getattr(usual, name)}
    return {"sampling": other} if other else {}


def _settings(run: Run, spec: RunSpec) -> dict[str, object]:
    optimizers = (run.optimizer, *(switch.optimizer for switch in run.then))
    return {
        "optimizer": run.optimizer,
        "parameters": dict(spec.parameters),
        "options": dict(spec.options),
        "schedule": spec.schedule.text,
        "treatment": spec.treatment.active(),
        **_sampling(spec),
        "segments": [
            _segment(leg, optimizer) for leg, optimizer in zip(spec.legs, optimizers, strict=False)
        ],
        "start": spec.start,
    }


_NO_SETTINGS: dict[str, object] = dict.fromkeys(
    ("optimizer", "parameters", "options", "schedule", "treatment")
) | {"segments": []}


def _run(one: StudyRun, problem: Problem) -> dict[str, object]:
    run, spec, trajectory = one.run, one.spec, one.trajectory
    loss = trajectory.loss
    finite = loss[np.isfinite(loss)]
    outcome = trajectory.outcome
    metrics = measure(trajectory, problem, calls_of(spec))
    start = tuple(trajectory.weights[0].tolist())
    settings = {**_NO_SETTINGS, "start": start} if spec is None else _settings(run, spec)
    return {
        "id": run.id,
        "name": run.title,
        **settings,
        "outcome": outcome.kind,
        "outcome_step": outcome.step,
        "sentence": outcome.sentence,
        "steps": trajectory.steps,
        "final_loss": trajectory.final_loss,
        **{
            f"final_{name}": float(trajectory[name][-1])
            for name in (TEST_LOSS, *ACCURACIES)
            if name in trajectory
        },
        "final_w": trajectory.final_weights,
        "initial_loss": float(loss[0]),
        "min_loss": float(finite.min()) if finite.size else None,
        "distance_to_minimum": metrics.distance,
        "path_length": metrics.path_length,
        "loss_increases": metrics.loss_increases,
        "sign_changes": metrics.sign_changes,
        "gradient_calls": metrics.gradient_calls,
    }
