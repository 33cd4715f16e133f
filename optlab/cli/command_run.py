"""``optlab run``: an experiment without a screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from optlab.cli.ending import print_lines, stopped_by_signals
from optlab.cli.errors import CommandError
from optlab.cli.experiment import experiment_of
from optlab.cli.outputs import Outputs, outputs_of
from optlab.cli.progress import Bar
from optlab.cli.summary import Trajectories, json_summary, lines
from optlab.session.comparison import compare, comparison_csv, usual_target
from optlab.session.compute import compute_runs
from optlab.session.experiment import Experiment
from optlab.session.export import export_csv, export_npz
from optlab.session.files import FileProblemError, write_whole
from optlab.session.resolve import Resolved


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then runs, then writes, then says what became of it."""
    with stopped_by_signals():
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    experiment, resolved = experiment_of(options)
    outputs = outputs_of(options, experiment)
    with Bar("running", quiet=options.quiet) as bar:
        trajectories = compute_runs(resolved.specs, bar)
    try:
        _write_numbers(outputs, experiment, resolved, trajectories, options)
        _write_pictures(outputs, experiment, resolved, trajectories, quiet=options.quiet)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    if not options.quiet:
        print_lines(lines(experiment, trajectories))
    return 0


def _write_numbers(
    outputs: Outputs,
    experiment: Experiment,
    resolved: Resolved,
    trajectories: Trajectories,
    options: argparse.Namespace,
) -> None:
    for path, export in ((outputs.csv, export_csv), (outputs.npz, export_npz)):
        if path is not None:
            with Bar(f"writing {path.name}", quiet=options.quiet) as bar:
                export(experiment, trajectories, path, bar)
    if outputs.table is not None:
        target = usual_target(resolved) if options.target is None else options.target
        table = comparison_csv(compare(experiment, resolved, trajectories, target))
        write_whole(outputs.table, lambda file: file.write(table))
    if outputs.json is not None:
        summary = json_summary(experiment, resolved, trajectories)
        write_whole(outputs.json, lambda file: file.write(summary))


def _write_pictures(
    outputs: Outputs,
    experiment: Experiment,
    resolved: Resolved,
    trajectories: Trajectories,
    *,
    quiet: bool,
) -> None:
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
