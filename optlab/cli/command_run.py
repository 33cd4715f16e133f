"""``optlab run``: an experiment without a screen."""

from __future__ import annotations

import argparse

from optlab.api import Lab
from optlab.cli.ending import print_lines, stopped_by_signals
from optlab.cli.errors import CommandError
from optlab.cli.experiment import experiment_of
from optlab.cli.outputs import outputs_of
from optlab.cli.pictures import choices_of
from optlab.cli.progress import Bar
from optlab.cli.summary import lines
from optlab.cli.view_options import with_view
from optlab.cli.writing import Finished, write_outputs
from optlab.session.files import FileProblemError


def execute(options: argparse.Namespace) -> int:
    """Checks everything, then runs, then writes, then says what became of it."""
    with stopped_by_signals():
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    experiment, resolved = experiment_of(options)
    experiment = with_view(experiment, options)
    outputs = outputs_of(options, experiment)
    choices = choices_of(options, outputs, experiment, resolved)
    with Bar("running", quiet=options.quiet) as bar:
        result = Lab(experiment).run(bar.progress)
    try:
        finished = Finished(experiment, result.resolved, result.trajectories)
        write_outputs(outputs, finished, options, choices)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    if not options.quiet:
        print_lines(lines(experiment, result.trajectories))
    return 0
