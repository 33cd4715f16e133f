"""The one way in which a command fails."""

from __future__ import annotations

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
