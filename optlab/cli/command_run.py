"""``optlab run``: an experiment without a screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from optlab.cli.errors import CommandError
from optlab.cli.experiment import experiment_of
from optlab.cli.outputs import Outputs, outputs_of
from optlab.cli.progress import Bar
from optlab.cli.summary import Trajectories, json_summary, lines
from optlab.session.compute import compute_runs
from optlab.session.experiment import Experiment
from optlab.session.export import export_csv
from optlab.session.files import FileProblemError, write_whole
from optlab.session.resolve import Resolved


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then runs, then writes, then says what became of it."""
    experiment, resolved = experiment_of(options)
    outputs = outputs_of(options, experiment)
    with Bar("running", quiet=options.quiet) as bar:
        trajectories = compute_runs(resolved.specs, bar)
    try:
        _write(outputs, experiment, resolved, trajectories, quiet=options.quiet)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    if not options.quiet:
        print("\n".join(lines(experiment, trajectories)))
    return 0


def _write(
    outputs: Outputs,
    experiment: Experiment,
    resolved: Resolved,
    trajectories: Trajectories,
    *,
    quiet: bool,
) -> None:
    if outputs.csv is not None:
        with Bar(f"writing {outputs.csv.name}", quiet=quiet) as bar:
            export_csv(experiment, trajectories, outputs.csv, bar)
    if outputs.json is not None:
        summary = json_summary(experiment, resolved, trajectories)
        write_whole(outputs.json, lambda file: file.write(summary))
    if outputs.image is not None:
        from optlab.figures import save_experiment_figure

        save_experiment_figure(resolved, experiment, trajectories, outputs.image)
    if outputs.animation is not None:
        _write_animation(outputs.animation, experiment, resolved, trajectories, quiet=quiet)


def _write_animation(
    path: Path,
    experiment: Experiment,
    resolved: Resolved,
    trajectories: Trajectories,
    *,
    quiet: bool,
) -> None:
    from optlab.figures import save_experiment_animation
    from optlab.figures.video import VideoError

    with Bar(f"drawing {path.name}", quiet=quiet) as bar:
        try:
            save_experiment_animation(
                resolved, experiment, trajectories, path, progress=bar.progress
            )
        except VideoError as error:
            raise CommandError(f"--animation: {error}") from None
