"""``optlab run``: an experiment without a screen."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from optlab.api import Lab
from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.experiment_options import experiment_of
from optlab.cli.option_values import shown
from optlab.cli.outputs import Choices, Outputs, choices_of, outputs_of, started
from optlab.cli.progress import ProgressBar
from optlab.cli.summary import json_summary, lines
from optlab.cli.view_options import with_view
from optlab.core.export import csv_header
from optlab.core.parameters import SettingError
from optlab.core.planes import PlaneError
from optlab.core.problems.weight_names import weight_index
from optlab.core.run.spec import MAX_SEED, MAX_STEPS
from optlab.files.run_files import export_csv, export_npz, export_rows, run_paths
from optlab.files.seed_runs import MOST_SEEDS, SeedRuns, compute_seeds
from optlab.files.temp_files import FileProblemError, all_or_none, write_whole
from optlab.session.comparison import comparison_csv, settings_of, study_comparison
from optlab.session.experiment import Experiment
from optlab.session.maps.planes import check_plane
from optlab.session.resolve import Resolved
from optlab.session.study import Study


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then runs, then writes, then prints the summary."""
    with stopped_by_signals():
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    experiment, resolved = experiment_of(options)
    experiment = with_view(experiment, options)
    if options.plane is not None:
        try:
            check_plane(experiment, resolved)
        except PlaneError as error:
            raise CommandError(f"--plane: {error}") from None
    if options.weight is not None:
        if options.view != "worksheet":
            raise CommandError("--weight: is that of a worksheet; it needs --view worksheet")
        try:
            weight_index(resolved.problem, options.weight)
        except SettingError as error:
            raise CommandError(f"--weight: {error.reason}") from None
    outputs = outputs_of(options, experiment)
    choices = choices_of(options, outputs, experiment, resolved)
    if outputs.lecture is not None:
        from optlab.lecture import LectureError, check_lecture

        try:
            check_lecture(started(experiment, resolved))
        except LectureError as error:
            raise CommandError(f"--lecture: {error}") from None
    if options.seeds is not None and not 1 <= options.seeds <= MOST_SEEDS:
        raise CommandError(f"--seeds: must be from 1 to {MOST_SEEDS}, not {options.seeds}")
    if options.seeds is not None and experiment.seed + options.seeds - 1 > MAX_SEED:
        raise CommandError("--seeds: the last seed is too large")
    if options.seeds is not None and outputs.npz is not None:
        raise CommandError("--npz: holds the runs of one seed; leave --seeds out")
    if options.rows == "steps" and (options.table is None or options.seeds is not None):
        raise CommandError("--rows: steps are those of --table, and of one seed")
    _check_columns(options, experiment, resolved)
    _check_rows(options, resolved)
    seeds: SeedRuns | None = None
    with ProgressBar("running", quiet=options.quiet) as bar:
        if options.seeds is None:
            study = Lab(experiment).run(bar.progress, record_every=options.record_every).study
        else:
            seeds = compute_seeds(experiment, options.seeds, bar)
            study = seeds.first
    try:
        with all_or_none():
            _write_numbers(outputs, study, seeds, options)
            _write_pictures(outputs, study, choices, quiet=options.quiet)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    if not options.quiet:
        print_lines(lines(study, seeds))
    return 0


def _check_rows(options: argparse.Namespace, resolved: Resolved) -> None:
    """Refuses what needs every step where not every one is recorded."""
    every = options.record_every
    if not 1 <= every <= MAX_STEPS:
        raise CommandError(f"--record-every: must be from 1 to {MAX_STEPS}, not {every}")
    needed = max((spec.record_every for spec in resolved.specs.values()), default=1)
    for name in ("image", "animation", "report", "lecture", "table", "json", "seeds"):
        if max(every, needed) > 1 and getattr(options, name) is not None:
            if every == 1:
                reason = f"needs every step, and {needed} times fewer can be recorded"
                raise CommandError(f"--{name}: {reason}; take fewer steps")
            raise CommandError(f"--{name}: needs every step; leave --record-every out")


def _check_columns(options: argparse.Namespace, experiment: Experiment, resolved: Resolved) -> None:
    """Refuses columns that no run has."""
    if not options.columns:
        return
    if options.csv is None and options.npz is None and options.rows != "steps":
        raise CommandError("--columns: chooses those of --csv and --npz, which are not given")
    if options.seeds is not None:
        raise CommandError("--columns: cannot be given together with --seeds")
    paths = started(experiment, resolved).trajectories.values()
    for name in options.columns:
        if not any(len(csv_header(path, (name,))) > 1 for path in paths):
            quantities = dict.fromkeys(known for path in paths for known in path.vectors)
            known = ", ".join((*quantities, "dw"))
            reason = f"no run records {shown(name)}; known are {known}, or one of them as w1"
            raise CommandError(f"--columns: {reason}")


def _write_numbers(
    outputs: Outputs, study: Study, seeds: SeedRuns | None, options: argparse.Namespace
) -> None:
    """CSV, NPZ, comparison and summary; over ``seeds`` medians and quartiles."""
    experiment = study.experiment
    if seeds is not None and outputs.csv is not None:
        for run_id, path in run_paths(experiment, outputs.csv).items():
            write_whole(path, partial(_write_blocks, seeds.csv_blocks(run_id)))
    elif seeds is None:
        for file, export in ((outputs.csv, export_csv), (outputs.npz, export_npz)):
            if file is not None:
                with ProgressBar(f"writing {file.name}", quiet=options.quiet) as bar:
                    export(experiment, study.trajectories, file, bar, options.columns)
    if outputs.table is not None and options.rows == "steps":
        with ProgressBar(f"writing {outputs.table.name}", quiet=options.quiet) as bar:
            export_rows(study, outputs.table, bar, options.columns)
    elif outputs.table is not None:
        if seeds is None:
            entries = study_comparison(study, options.target)
            table = comparison_csv(entries, settings_of(study.runs))
        else:
            table = seeds.comparison_csv(options.target)
        write_whole(outputs.table, lambda file: file.write(table))
    if outputs.json is not None:
        summary = json_summary(study, seeds)
        write_whole(outputs.json, lambda file: file.write(summary))


def _write_blocks(blocks: Iterator[bytes], file: BinaryIO) -> None:
    file.writelines(blocks)


def _write_pictures(outputs: Outputs, study: Study, choices: Choices, *, quiet: bool) -> None:
    """Image, film and report."""
    if outputs.image is not None:
        from optlab.figures import save_experiment_figure

        try:
            save_experiment_figure(study, outputs.image, choices.picture)
        except FileProblemError:
            raise
        except ValueError as error:
            # A run may end before the update that was to be taken apart.
            raise CommandError(f"--image: {error}") from None
    if outputs.animation is not None:
        from optlab.figures import save_experiment_animation
        from optlab.figures.films.video import VideoError

        path = outputs.animation
        with ProgressBar(f"drawing {path.name}", quiet=quiet) as bar:
            try:
                save_experiment_animation(study, path, choices.film, bar.progress)
            except VideoError as error:
                raise CommandError(f"--animation: {error}") from None
    if outputs.report is not None:
        from optlab.report import save_report

        with ProgressBar(f"writing {outputs.report.name}", quiet=quiet) as bar:
            save_report(study, outputs.report, bar.progress)
    if outputs.lecture is not None:
        from optlab.lecture import LectureError, save_lecture

        try:
            save_lecture(study, outputs.lecture)
        except LectureError as error:
            raise CommandError(f"--lecture: {error}") from None
