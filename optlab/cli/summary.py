"""What became of the runs: a line for each, and one JSON object for all."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np

import optlab
from optlab.cli.errors import one_line
from optlab.cli.table import aligned
from optlab.core.run import RunSpec, Trajectory
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import Resolved

Trajectories = Mapping[str, Trajectory]


def lines(experiment: Experiment, trajectories: Trajectories) -> list[str]:
    """One aligned line per run: outcome, steps, final loss, final w."""
    rows = []
    for run in experiment.runs:
        trajectory = trajectories[run.id]
        weights = ", ".join(f"{value:.6g}" for value in trajectory.final_weights)
        rows.append(
            (
                one_line(run.name or run.optimizer),
                trajectory.outcome.sentence,
                f"steps {trajectory.steps}",
                f"loss {trajectory.final_loss:.6g}",
                f"w ({weights})",
            )
        )
    return aligned(rows)


def json_summary(experiment: Experiment, resolved: Resolved, trajectories: Trajectories) -> bytes:
    """The summary as strict JSON (UTF-8); numbers that are not finite are null."""
    surface = experiment.surface
    summary = {
        "version": optlab.__version__,
        "title": experiment.title,
        "problem": None if surface.formula else surface.problem,
        "formula": resolved.problem.formula,
        "start": resolved.start,
        "steps": experiment.steps,
        "seed": experiment.seed,
        "stop_gradient": experiment.stop_gradient,
        "runs": [
            _run(run, resolved.specs[run.id], trajectories[run.id]) for run in experiment.runs
        ],
    }
    return msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"


def _run(run: Run, spec: RunSpec, trajectory: Trajectory) -> dict[str, object]:
    loss = trajectory.loss
    finite = loss[np.isfinite(loss)]
    outcome = trajectory.outcome
    return {
        "id": run.id,
        "name": run.name or run.optimizer,
        "optimizer": run.optimizer,
        "parameters": dict(spec.parameters),
        "options": dict(spec.options),
        "schedule": spec.schedule.text,
        "treatment": spec.treatment.active(),
        "start": spec.start,
        "outcome": outcome.kind,
        "outcome_step": outcome.step,
        "sentence": outcome.sentence,
        "steps": trajectory.steps,
        "final_loss": trajectory.final_loss,
        "final_w": trajectory.final_weights,
        "initial_loss": float(loss[0]),
        "min_loss": float(finite.min()) if finite.size else None,
    }
