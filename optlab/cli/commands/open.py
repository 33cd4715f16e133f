"""``optlab open`` and ``optlab``: the window."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from optlab.cli.exits import CommandError


def execute(options: argparse.Namespace) -> int:
    """Opens the window on an experiment that was read without fault."""
    from optlab.cli.experiment_options import find_file
    from optlab.files.experiment_files import load_experiment
    from optlab.files.temp_files import FileProblemError

    if options.file is None:
        return open_window(None)  # the desktop's menu gives no file
    path = find_file(options.file)
    try:
        load_experiment(path)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    return open_window(path)


def open_window(path: Path | None) -> int:
    """The window, on an experiment file or on the default experiment."""
    from optlab.cli.checks.findings import display_problem, mending_line, missing_libraries
    from optlab.pictures.surface3d.renderers import renderer_asked

    # Qt would abort the process for either.
    missing = missing_libraries()
    if missing:
        names = ", ".join(library.file for library in missing)
        raise CommandError(f"Qt needs {names}; {mending_line(missing)}")
    try:
        renderer_asked()
    except ValueError as error:
        raise CommandError(str(error)) from None
    problem = display_problem()
    if problem:
        raise CommandError(f"{problem}; optlab run works without one, optlab doctor says more")
    try:
        module = importlib.import_module("optlab.ui.shell.app")
    except ImportError as error:
        reason = f"the window cannot be opened: {error}"
        raise CommandError(reason, status=1) from None
    status: int = module.main(path)
    return status
