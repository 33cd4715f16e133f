"""Writes what a measurement printed into docs/reliability.md, with the machine it was made on.

``python -m tests.soak.figures PART FILE`` replaces the text between ``<!-- measured: PART -->`` and
the next ``<!-- end -->``.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def surroundings() -> str:
    """The day, the processors and how busy they are, and the versions."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.date.today()}: {os.cpu_count()} processors, load {load} at the end, "
        f"Python {platform.python_version()}"
    )


def with_figures(document: str, part: str, text: str) -> str:
    """The document with other figures of one part. Raises ValueError where it has no such part."""
    begin, end = f"<!-- measured: {part} -->", "<!-- end -->"
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    block = f"{begin}\n```text\n{text.strip()}\n```\n{end}"
    changed, count = place.subn(lambda _found: block, document)
    if count != 1:
        raise ValueError(f"the document has {count} places for {part}")
    return changed


def main(part: str, file: str) -> int:
    """From the command line."""
    text = f"{surroundings()}\n{Path(file).read_text('utf-8')}"
    DOCUMENT.write_text(with_figures(DOCUMENT.read_text("utf-8"), part, text), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
