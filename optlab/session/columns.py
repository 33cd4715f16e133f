"""Lines with columns."""

from __future__ import annotations

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


def _width(text: str) -> int:
    """Columns on a terminal: accents take none."""
    return sum(unicodedata.combining(character) == 0 for character in text)
