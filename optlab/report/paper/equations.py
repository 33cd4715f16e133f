"""Typeset formulas on paper, in several lines where they are too long for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from optlab.figures import setting
from optlab.figures.formulas import Shapes, broken
from optlab.pictures.theme import LIGHT
from optlab.report.blocks import Formula
from optlab.report.paper.flow import PageItem
from optlab.report.paper.sheet import LEFT, POINT, ROOM, Sheet
from optlab.report.paper.wrapping import Line, TextSpan, wrapped

SIZE = 10.5
"""Points of a formula's letters."""
_INDENT = 0.16
_GO_ON = 0.3
_PAD = 0.045
_EDGE = 0.09
_TOGETHER = 12
"""Up to so many rows a panel is not cut."""

Drawn = tuple[Shapes, float, float] | Line
"""A formula, where it begins and what its size is multiplied by; or words."""


def equation_pieces(lines: Sequence[Formula]) -> Iterator[PageItem]:
    """A quiet panel with a formula, or several lines of one, in each piece."""
    rows = [
        (*row, "" if number else line.plain)
        for line in lines
        for number, row in enumerate(_rows(line))
    ]
    last = len(rows) - 1
    for index, (above, below, row, plain) in enumerate(rows):
        over = above + _PAD + (_EDGE if index == 0 else 0.0)
        height = over + below + _PAD + (_EDGE if index == last else 0.0)
        keeps = index < last and (last < _TOGETHER or index == 0 or index == last - 1)
        yield PageItem(
            height, partial(_draw, row, plain, over, height), 0.1 if index == 0 else 0.0, keeps
        )


def _draw(row: Drawn, plain: str, over: float, height: float, sheet: Sheet, top: float) -> None:
    # A hair more, so that no line of the paper shows between two pieces.
    sheet.panel(top - height - 0.004, height + 0.004)
    if isinstance(row[0], Shapes):
        shapes, x, scale = row
        sheet.formula(shapes, LEFT + _INDENT + x, top - over, SIZE * scale, plain)
        return
    for word in row:
        where = LEFT + _INDENT + word.x
        sheet.text(where, top - over, word.span.text, word.span.font, word.span.color)


def _rows(line: Formula) -> Iterator[tuple[float, float, Drawn]]:
    """Height above and below the baseline, and what is drawn there."""
    found = broken(line.latex, ROOM - 2 * _INDENT, SIZE * POINT, _GO_ON)
    if found is None:
        span = TextSpan(line.plain, setting.font(setting.CODE, 8.5), LIGHT.text)
        for words in wrapped([span], ROOM - 2 * _INDENT):
            yield 0.12, 0.04, words
        return
    for shapes, x, scale in found:
        size = SIZE * POINT * scale
        above, below = max(0.8, shapes.above) * size, max(0.25, shapes.below) * size
        yield above, below, (shapes, x, scale)
