"""Text in aligned columns."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

Row = Sequence[str]


def aligned(rows: Sequence[Row]) -> list[str]:
    """Lines in which every column but the last has one width."""
    if not rows:
        return []
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    widths[-1] = 0
    return [
        "  ".join(c + " " * (n - _width(c)) for c, n in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def fitted(rows: Sequence[Row], width: int) -> list[str]:
    """The same where it fits into ``width`` characters; else each row as a paragraph.

    A paragraph has the first two cells on its first line and every further one on a line of its
    own, behind the names; what is too long is continued below.  A word that is longer than a line
    is broken.
    """
    lines = aligned(rows)
    if all(_width(line) <= width for line in lines):
        return lines
    indent = min(max(_width(row[0]) for row in rows) + 2, max(width // 2, 1))
    found = []
    for name, *cells in rows:
        head = f"{name}  ".ljust(indent)
        for cell in filter(None, cells):
            lead = head if len(head) <= indent else f"{head.rstrip()}\n{' ' * indent}"
            found += lead.splitlines()[:-1]
            found += textwrap.wrap(
                cell,
                width=max(width, indent + 1),
                initial_indent=lead.splitlines()[-1],
                subsequent_indent=" " * (indent + 2),
                break_on_hyphens=False,
            )
            head = " " * indent
    return [line.rstrip() for line in found]


def _width(text: str) -> int:
    """Columns on a terminal: accents take none."""
    return sum(unicodedata.combining(character) == 0 for character in text)
