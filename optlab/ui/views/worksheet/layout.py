"""Where the parts of a worksheet go: column widths, and rows that need two lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = 20.0
MARGIN: Final = 16.0
SMALLEST: Final = 0.5
"""An equation is made smaller to fit, down to this share of its size."""
_WIDEST_SHARE: Final = 0.46
"""Of the room for equation and numbers, what the column of equations takes at most."""


LINE_SHARE: Final = 0.84
"""The height of a line under an equation, as a share of a row's."""

_OPERATORS = re.compile(r"(?<= )(?=[+−] )|(?<=·)(?=\()|(?<=/)(?=[(√])")
_COMMAS = re.compile(r"(?<=, )")


@dataclass(frozen=True)
class RowNeed:
    """What a row would like: the size of its equation in pixels, and its numbers in their
    shortest form (empty: there are none)."""

    width: float
    height: float
    numbers: str


@dataclass(frozen=True)
class RowPlace:
    """How a row is shown.

    ``wide``: the equation takes the room of the numbers too, which then stand in ``lines`` lines
    of so many ``characters`` under it; ``scale``: of the equation.
    """

    wide: bool
    height: int
    scale: float
    characters: int
    lines: int


@dataclass(frozen=True)
class SheetLayout:
    """Widths of the columns in pixels (``result``: of each result), and the rows."""

    equation: int
    numbers: int
    result: int
    rows: tuple[RowPlace, ...]


def lay_out(
    needs: Sequence[RowNeed],
    width: int,
    columns: int,
    character: float,
    result: float,
    line: float,
) -> SheetLayout:
    """The layout of rows in a table ``width`` pixels wide with ``columns`` results.

    ``character`` is the width of a character of the numbers, ``result`` the width of a result,
    ``line`` the height of a row of text.
    """
    result_width = round(result + GAP)
    space = max(0.0, width - columns * result_width)
    widest = space * _WIDEST_SHARE
    fitting = [need.width for need in needs if need.width <= widest - MARGIN - GAP]
    equation = max(fitting, default=0.0) + MARGIN + GAP
    places = tuple(_place(need, equation, space, character, line) for need in needs)
    return SheetLayout(round(equation), round(space - equation), result_width, places)


def _place(need: RowNeed, equation: float, space: float, character: float, line: float) -> RowPlace:
    beside = int((space - equation) / character)
    below = max(1, int((space - MARGIN - 2 * GAP) / character))
    wide = need.width > equation - MARGIN - GAP or len(need.numbers) > beside
    free = (space if wide else equation) - MARGIN - GAP
    scale = min(1.0, max(SMALLEST, free / need.width)) if need.width else 1.0
    first = max(line, need.height * scale + 8)
    if not wide:
        return RowPlace(False, round(first), scale, beside, 1)
    lines = len(wrapped(need.numbers, below)) if need.numbers else 0
    return RowPlace(True, round(first + lines * line * LINE_SHARE), scale, below, lines)


def wrapped(text: str, characters: int) -> list[str]:
    """A text in lines of at most so many characters, broken before operators if possible."""
    lines = [""]
    for part in _OPERATORS.split(text):
        small = _COMMAS.split(part) if len(part.rstrip()) > characters else [part]
        for piece in small:
            if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > characters:
                lines.append("")
            lines[-1] += piece
    return lines
