"""``optlab code``: an update rule as code of another library."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from optlab.api.map_arguments import ArgumentError, mapped_run
from optlab.cli.exits import CommandError, print_lines
from optlab.cli.experiment_options import find_file, with_schedule
from optlab.cli.outputs import check_output
from optlab.cli.settings import with_settings
from optlab.core.export.code import STEPS
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.run.spec import MAX_STEPS
from optlab.files.experiment_files import load_experiment
from optlab.files.run_files import code_of_run
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.embedded.own_texts import rule_of, with_file
from optlab.session.experiment import Experiment, Run, changed
from optlab.session.resolve import ExperimentError


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then writes."""
    output = None if options.output is None else Path(options.output)
    if output is not None:
        check_output("--output", output)
    try:
        experiment, run = _run(options)
        text = code_of_run(experiment, run, options.target)
        if output is None:
            print_lines(text.splitlines())
        else:
            write_whole(output, lambda file: file.write(text.encode()))
    except ArgumentError as error:
        raise CommandError(f"--{error.name}: {error.reason}") from None
    except SettingError as error:
        raise CommandError(error.reason if error.name == "rule" else str(error)) from None
    except (DataError, UnknownNameError, ExperimentError, FileProblemError) as error:
        raise CommandError(str(error)) from None
    return 0


def _run(options: argparse.Namespace) -> tuple[Experiment, Run]:
    """The run whose rule is written, and the experiment that it belongs to."""
    if options.rule.endswith((".optlab", ".png", ".svg", ".pdf", ".html")):
        experiment = load_experiment(find_file(options.rule))
        chosen = mapped_run(experiment, options.run)
        experiment = changed(experiment, runs=(chosen,))
    elif options.run is not None:
        raise CommandError("--run: names a run of an experiment file, and there is none")
    else:
        experiment, key = with_file(Experiment(steps=STEPS), "rules", options.rule)
        run = Run(id="1", optimizer=key)
        run = msgspec.structs.replace(run, name=rule_of(experiment, run).name)
        experiment = changed(experiment, runs=(run,))
    experiment = with_settings(experiment, options.set)
    run = experiment.runs[0]
    if options.steps is not None:
        if not 1 <= options.steps <= MAX_STEPS:
            raise CommandError(f"--steps: must be from 1 to {MAX_STEPS}, not {options.steps}")
        experiment = changed(experiment, steps=options.steps)
    if options.schedule is not None:
        experiment, schedule = with_schedule(experiment, options.schedule)
        run = msgspec.structs.replace(run, schedule=schedule)
    return experiment, run
