"""How a command ends: on an error, a signal or a closed pipe, with the usual status."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from optlab.files.temp_files import drop_parts

BAD_INPUT = 2
INTERRUPTED = 130
LONGEST = 600


class CommandError(Exception):
    """Ends a command with one line on stderr.

    ``message`` names the option and what is wrong; ``program`` is the command that says so, by
    default the one that runs.
    """

    def __init__(self, message: str, *, program: str = "", status: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.program = program
        self.status = status


def one_line(text: str) -> str:
    """The text without line breaks and control characters, cut where it is very long."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class StoppedError(BaseException):
    """The system asks the program to end; like an interrupt, it passes every ``except``."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.name = signal.Signals(number).name
        self.status = 128 + number


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raises :class:`StoppedError` where a signal would end the process at once.

    So what is being written is taken away, as after Ctrl-C.  A signal that the parent process
    chose to ignore (``nohup``) stays ignored.  Only for the main thread.
    """
    usual = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]
    for number in usual:
        signal.signal(number, _stop)
    try:
        yield
    except (StoppedError, KeyboardInterrupt):
        drop_parts()
        raise
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for one in _SIGNALS:
        signal.signal(one, signal.SIG_IGN)  # it ends already
    raise StoppedError(number)


def tolerate_any_encoding() -> None:
    """Print characters that the terminal's encoding lacks as question marks, and what goes to a
    closed standard error nowhere."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (as long as we run)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def terminal_width() -> int | None:
    """The characters in a line of the terminal, or None where a file or another program reads."""
    if sys.stdout is not None and sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    return None


def print_lines(lines: Iterable[str]) -> None:
    """Prints the answer of a command; without a standard output it goes nowhere.

    Raises :class:`CommandError` where it cannot be written, BrokenPipeError where the reader has
    gone.
    """
    if sys.stdout is None:
        return
    try:
        for line in lines:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_output()
        reason = f"standard output cannot be written: {error.strerror}"
        raise CommandError(reason, status=1) from None


def abandon_output() -> None:
    """Sends the rest to nowhere, so that the interpreter does not try it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
