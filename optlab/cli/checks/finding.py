"""What was found, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "without", "missing"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    ``state`` is "fine", "without" (something optional is not there) or "missing" (OptLab cannot
    work as it should); ``mend`` is a line that changes it, or nothing.
    """

    what: str
    found: str
    state: State = "fine"
    mend: str = ""


@dataclass(frozen=True)
class Section:
    """Findings about one part of the machine."""

    title: str
    findings: tuple[Finding, ...]
