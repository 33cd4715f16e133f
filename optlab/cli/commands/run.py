"""``optlab run``: an experiment without a screen."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from optlab.api import Lab
from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.experiment_options import experiment_of
from optlab.cli.option_values import shown
from optlab.cli.outputs import Outputs, PictureOptions, choices_of, outputs_of
from optlab.cli.progress import ProgressBar
from optlab.cli.summary import Trajectories, json_summary, lines
from optlab.cli.view_options import with_view
from optlab.core.export import csv_header
from optlab.core.run import run
from optlab.core.run.spec import MAX_SEED
from optlab.files.run_files import export_csv, export_npz, run_paths
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.comparison import compare, comparison_csv, usual_target
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved
from optlab.session.seed_runs import MOST_SEEDS, SeedRuns, compute_seeds


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then runs, then writes, then prints the summary."""
    with stopped_by_signals():
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    experiment, resolved = experiment_of(options)
    experiment = with_view(experiment, options)
    outputs = outputs_of(options, experiment)
    choices = choices_of(options, outputs, experiment, resolved)
    if options.seeds is not None and not 1 <= options.seeds <= MOST_SEEDS:
        raise CommandError(f"--seeds: must be from 1 to {MOST_SEEDS}, not {options.seeds}")
    if options.seeds is not None and experiment.seed + options.seeds - 1 > MAX_SEED:
        raise CommandError("--seeds: the last seed is too large")
    if options.seeds is not None and outputs.npz is not None:
        raise CommandError("--npz: holds the runs of one seed; leave --seeds out")
    _check_columns(options, resolved)
    seeds: SeedRuns | None = None
    with ProgressBar("running", quiet=options.quiet) as bar:
        if options.seeds is None:
            trajectories = Lab(experiment).run(bar.progress).trajectories
        else:
            seeds = compute_seeds(experiment, options.seeds, bar)
            trajectories = seeds.first()
    try:
        finished = Finished(experiment, resolved, trajectories, seeds)
        write_outputs(outputs, finished, options, choices)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    if not options.quiet:
        print_lines(lines(experiment, trajectories, seeds))
    return 0


def _check_columns(options: argparse.Namespace, resolved: Resolved) -> None:
    """Refuses columns that no run has."""
    if not options.columns:
        return
    if options.csv is None and options.npz is None:
        raise CommandError("--columns: chooses those of --csv and --npz, which are not given")
    if options.seeds is not None:
        raise CommandError("--columns: cannot be given together with --seeds")
    started = [run(replace(spec, steps=0)) for spec in resolved.specs.values()]
    paths = [*started, *resolved.recordings.values()]
    for name in options.columns:
        if not any(len(csv_header(path, (name,))) > 1 for path in paths):
            quantities = dict.fromkeys(known for path in paths for known in path.vectors)
            known = ", ".join((*quantities, "dw"))
            reason = f"no run records {shown(name)}; known are {known}, or one of them as w1"
            raise CommandError(f"--columns: {reason}")


@dataclass(frozen=True)
class Finished:
    """An experiment with its numbers."""

    experiment: Experiment
    resolved: Resolved
    trajectories: Trajectories
    seeds: SeedRuns | None = None


def write_outputs(
    outputs: Outputs, finished: Finished, options: argparse.Namespace, choices: PictureOptions
) -> None:
    """Writes every file that was asked for. Raises FileProblemError and CommandError."""
    _write_numbers(outputs, finished, options)
    if outputs.image is not None:
        _write_image(outputs.image, finished, choices)
    if outputs.animation is not None:
        _write_animation(outputs.animation, finished, choices, quiet=options.quiet)
    if outputs.report is not None:
        _write_report(outputs.report, finished, quiet=options.quiet)


def _write_numbers(outputs: Outputs, finished: Finished, options: argparse.Namespace) -> None:
    experiment, resolved = finished.experiment, finished.resolved
    trajectories = finished.trajectories
    if finished.seeds is not None:
        _write_seeds(outputs, finished, finished.seeds, options)
        return
    for path, export in ((outputs.csv, export_csv), (outputs.npz, export_npz)):
        if path is not None:
            with ProgressBar(f"writing {path.name}", quiet=options.quiet) as bar:
                export(experiment, trajectories, path, bar, options.columns)
    if outputs.table is not None:
        usual = usual_target(resolved, trajectories.values())
        target = usual if options.target is None else options.target
        table = comparison_csv(compare(experiment, resolved, trajectories, target))
        write_whole(outputs.table, lambda file: file.write(table))
    if outputs.json is not None:
        summary = json_summary(experiment, resolved, trajectories)
        write_whole(outputs.json, lambda file: file.write(summary))


def _write_blocks(blocks: Iterator[bytes], file: BinaryIO) -> None:
    file.writelines(blocks)


def _write_seeds(
    outputs: Outputs, finished: Finished, seeds: SeedRuns, options: argparse.Namespace
) -> None:
    """Medians and quartiles over the seeds."""
    experiment, resolved = finished.experiment, finished.resolved
    if outputs.csv is not None:
        for run_id, path in run_paths(experiment, outputs.csv).items():
            write_whole(path, partial(_write_blocks, seeds.csv_blocks(run_id)))
    if outputs.table is not None:
        usual = usual_target(resolved, finished.trajectories.values())
        table = seeds.comparison_csv(usual if options.target is None else options.target)
        write_whole(outputs.table, lambda file: file.write(table))
    if outputs.json is not None:
        summary = json_summary(experiment, resolved, finished.trajectories, seeds)
        write_whole(outputs.json, lambda file: file.write(summary))


def _write_image(path: Path, finished: Finished, choices: PictureOptions) -> None:
    from optlab.figures import save_experiment_figure

    parts = finished.resolved, finished.experiment, finished.trajectories
    try:
        save_experiment_figure(
            *parts,
            path,
            view=choices.view,
            size=choices.size,
            dpi=choices.dpi,
            of=choices.of,
            step=choices.step,
            panes=choices.panes,
            arrows=choices.arrows,
            style=choices.style,
            titled=choices.titled,
            listed=choices.listed,
        )
    except FileProblemError:
        raise
    except ValueError as error:
        # A run may end before the update that was to be taken apart.
        raise CommandError(f"--image: {error}") from None


def _write_animation(
    path: Path, finished: Finished, choices: PictureOptions, *, quiet: bool
) -> None:
    from optlab.figures import save_experiment_animation
    from optlab.figures.video import VideoError

    parts = finished.resolved, finished.experiment, finished.trajectories
    with ProgressBar(f"drawing {path.name}", quiet=quiet) as bar:
        try:
            save_experiment_animation(*parts, path, progress=bar.progress, film=choices.film)
        except VideoError as error:
            raise CommandError(f"--animation: {error}") from None


def _write_report(path: Path, finished: Finished, *, quiet: bool) -> None:
    from optlab.report import save_report

    parts = finished.resolved, finished.experiment, finished.trajectories
    with ProgressBar(f"writing {path.name}", quiet=quiet) as bar:
        save_report(*parts, path, progress=bar.progress)
