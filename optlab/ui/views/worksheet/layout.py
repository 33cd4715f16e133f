"""Where the parts of a worksheet go: column widths, and rows that need two lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from optlab.ui.style import fonts

GAP: Final = 14.0
MARGIN: Final = 16.0
SMALLEST: Final = 0.5
"""An equation is made smaller to fit, down to this share of its size."""
NUMBER_SIZES: Final = (fonts.NOTE, fonts.SMALL)
"""Of the font of numbers: the usual one, and one for where rows would need a second line."""
_READABLE: Final = 0.85
"""An equation may be this much smaller for its numbers to stand on its own line."""
_WIDEST_SHARE: Final = 0.46
"""Of the room for equation and numbers, what the column of equations takes at most."""


LEADING: Final = 6
"""Pixels between equations that are higher than a line of text."""
LINE_SHARE: Final = 0.84
"""The height of a line under an equation, as a share of a row's."""

_OPERATORS = re.compile(r"(?<= )(?=[+−] )|(?<=·)(?=\()|(?<=/)(?=[(√])")
_COMMAS = re.compile(r"(?<=, )")


@dataclass(frozen=True)
class RowNeed:
    """What a row would like: the size of its equation in pixels, its numbers in their shortest
    form (empty: there are none), and how many columns its result leaves ``free``."""

    width: float
    height: float
    numbers: str
    free: int = 0


@dataclass(frozen=True)
class RowPlace:
    """How a row is shown.

    ``wide``: the equation takes the room of the numbers too, and of the results that are not
    there: ``span`` columns.  The numbers then follow it on its line, ``start`` pixels from the
    left, or stand in ``lines`` lines of so many ``characters`` under it, where ``start`` is 0;
    ``scale``: of the equation.
    """

    wide: bool
    height: int
    scale: float
    characters: int
    lines: int
    start: float = 0.0
    span: int = 2

    @property
    def below(self) -> int:
        """How many lines of numbers stand under the equation."""
        return self.lines if self.wide and not self.start else 0


@dataclass(frozen=True)
class SheetLayout:
    """Widths of the columns in pixels (``result``: of each result), and the rows."""

    equation: int
    numbers: int
    result: int
    rows: tuple[RowPlace, ...]

    @property
    def height(self) -> int:
        """Of all rows, in pixels."""
        return sum(place.height for place in self.rows)


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
    # A result ends MARGIN before the end of its column, and begins after what is left of it.
    result_width = round(result + MARGIN + GAP / 2)
    space = max(0.0, width - columns * result_width)
    widest = space * _WIDEST_SHARE
    fitting = [need.width for need in needs if need.width <= widest - MARGIN - GAP]
    equation = max(fitting, default=0.0) + MARGIN + GAP
    places = tuple(
        _place(need, equation, space, need.free * result_width, character, line) for need in needs
    )
    return SheetLayout(round(equation), round(space - equation), result_width, places)


def _following(
    need: RowNeed, equation: float, room: float, character: float, line: float
) -> RowPlace | None:
    """A row that has its numbers behind its equation on one line, but not in their column."""
    fits = need.width <= equation - MARGIN - GAP
    free_width = room - MARGIN - 2 * GAP - len(need.numbers) * character
    if not need.numbers or free_width < _READABLE * need.width:
        return None
    scale = min(1.0, free_width / need.width) if need.width else 1.0
    start = equation if fits else MARGIN + need.width * scale + GAP
    characters = int((room - GAP - start) / character)
    if len(need.numbers) > characters:
        return None
    height = round(max(line, need.height * scale + LEADING))
    return RowPlace(True, height, scale, characters, 1, start, 2 + need.free)


def _place(
    need: RowNeed, equation: float, space: float, more: float, character: float, line: float
) -> RowPlace:
    beside = int((space - equation) / character)
    if need.width <= equation - MARGIN - GAP and len(need.numbers) <= beside:
        return RowPlace(False, round(max(line, need.height + LEADING)), 1.0, beside, 1)
    following = _following(need, equation, space + more, character, line)
    if following is not None:
        return following
    below = max(1, int((space - MARGIN - 2 * GAP) / character))
    free = space - MARGIN - GAP
    scale = min(1.0, max(SMALLEST, free / need.width)) if need.width else 1.0
    first = max(line, need.height * scale + LEADING)
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
