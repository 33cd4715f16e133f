"""``optlab tune``: the best settings of one or more rules, from equally many trials for each."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from typing import Any

from optlab.cli.cluster_options import connected
from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.experiment_options import experiment_of
from optlab.cli.outputs import Outputs, table_outputs
from optlab.cli.progress import ProgressBar
from optlab.core.parameters import SettingError
from optlab.core.run import RunSpec
from optlab.core.text_table import aligned
from optlab.core.tuning.search import Search, SearchResult, planned, search
from optlab.core.tuning.space import read_space
from optlab.files.seed_runs import MOST_SEEDS
from optlab.files.temp_files import FileProblemError, all_or_none, write_whole
from optlab.files.tuning_files import trials_csv, trials_summary, write_json, write_sqlite
from optlab.session.experiment import Experiment
from optlab.session.kernel_cache import kernel_store

Found = list[tuple[str, SearchResult]]


def execute(options: argparse.Namespace) -> int:
    """Checks everything, tunes, writes, then prints a line for each rule."""
    with stopped_by_signals():
        try:
            return _execute(options)
        except SettingError as error:
            if error.name in ("measure", "sqlite"):
                raise CommandError(f"--{error.name}: {error.reason}") from None
            option = {"trials": "budget", "sampler": "sampler"}.get(error.name, "space")
            raise CommandError(f"--{option}: {error}") from None
        except FileProblemError as error:
            raise CommandError(str(error)) from None


def _execute(options: argparse.Namespace) -> int:
    outputs = table_outputs(options)
    seeds = options.seeds
    if not 1 <= seeds <= MOST_SEEDS:
        raise CommandError(f"--seeds: must be from 1 to {MOST_SEEDS}, not {seeds}")
    if (options.measure == "steps") != (options.target is not None):
        raise CommandError("--target: the loss to arrive at belongs to --measure steps")
    plans = [(*one, _plan(options, one[-1])) for one in _runs(options)]
    found: Found = []
    with connected(options) as machines:
        for name, experiment, run, spec, plan in plans:
            with ProgressBar(f"tuning {name}", quiet=options.quiet) as bar:
                result = search(
                    spec,
                    plan,
                    store=kernel_store(),
                    stop=machines.stops(bar.cancelled),
                    progress=bar.progress,
                    executor=machines.on(experiment, run),
                )
            found.append((name, result))
        _write(found, outputs, options)
    return 0


def _write(found: Found, outputs: Outputs, options: argparse.Namespace) -> None:
    with all_or_none():
        if outputs.csv is not None:
            write_whole(outputs.csv, lambda file: file.write(trials_csv(found)))
        if outputs.json is not None:
            write_json(outputs.json, trials_summary(found, options.measure))
        if outputs.sqlite is not None:
            write_sqlite(outputs.sqlite, found)
    if not options.quiet:
        print_lines(aligned(list(_lines(found, options.measure))))


def _runs(options: argparse.Namespace) -> Iterator[tuple[str, Experiment, str, RunSpec]]:
    """The runs that are tuned, with their experiment and id: one for each name of
    ``--optimizer``, else those of the file."""
    names = options.optimizer.split(",") if options.optimizer else [None]
    for name in names:
        one = argparse.Namespace(**vars(options) | {"optimizer": name})
        experiment, resolved = experiment_of(one)
        for run in experiment.runs:
            spec = resolved.specs.get(run.id)
            if spec is None:
                continue
            if spec.then:
                raise CommandError("a run that changes its rule on the way cannot be tuned")
            yield run.name or spec.rule.name, experiment, run.id, spec


def _plan(options: argparse.Namespace, spec: RunSpec) -> Search:
    return planned(
        spec,
        read_space(spec.rule, options.space or ""),
        options.budget,
        options.seeds,
        options.sampler,
        usual=not options.space,
        measure=options.measure,
        target=options.target,
    )


def _lines(found: Found, measure: str) -> Iterator[tuple[str, ...]]:
    yield ("run", measure, "failed", "settings")
    for name, result in found:
        failed = int((~(result.medians < math.inf)).sum())
        share = f"{failed} of {len(result.medians)}"
        if result.best is None:
            yield (name, "-", share, "all trials failed")
            continue
        settings = result.settings[result.best]
        text = " ".join(f"{k}={_text(v)}" for k, v in settings.items()) or "as it was"
        note = f"  ({'; '.join(result.notes)})" if result.notes else ""
        yield (name, f"{result.medians[result.best]:.6g}", share, text + note)


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value).lower()
