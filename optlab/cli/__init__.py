"""The command line: the window, or the same experiments without a screen."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from optlab.cli.exits import (
    INTERRUPTED,
    CommandError,
    StoppedError,
    abandon_output,
    one_line,
    tolerate_any_encoding,
)
from optlab.cli.parser import read_arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Does what the command line says and returns the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    program = "optlab"
    tolerate_any_encoding()
    try:
        options = read_arguments(arguments)
        if options.command:
            program = f"optlab {options.command}"
        return _command(options.command, options)
    except CommandError as error:
        return _say(error.program or program, str(error), error.status)
    except KeyboardInterrupt:
        return _say(program, "interrupted", INTERRUPTED)
    except StoppedError as stopped:
        return _say(program, f"stopped by {stopped.name}", stopped.status)
    except BrokenPipeError:
        # The reader has had enough (optlab list problems | head): nothing is wrong.
        abandon_output()
        return 0
    except MemoryError:
        return _say(program, "there is not enough memory for this many steps", 2)
    except SystemExit as finished:  # argparse leaves this way after --help and --version
        return int(finished.code or 0)


def _command(name: str | None, options: argparse.Namespace) -> int:
    if name is None:
        from optlab.cli.commands.open import open_window

        _quiet_libraries()
        return open_window(None)
    _quiet_libraries()
    # Each command is a module of its own, so that asking for help loads none of them.
    module = importlib.import_module(f"optlab.cli.commands.{name.replace('-', '_')}")
    status: int = module.execute(options)
    return status


def _quiet_libraries() -> None:
    """What libraries tell each other (a cache that cannot be written) is not for stderr."""
    import logging

    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())


def _say(program: str, message: str, status: int) -> int:
    print(f"{program}: {one_line(message)}", file=sys.stderr)
    return status
