"""Tables on paper: as narrow as they must be, with their head again on each page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from optlab.figures import setting
from optlab.figures.formulas import Shapes, shapes_of
from optlab.pictures.theme import LIGHT
from optlab.report.blocks import Cell, Code, Formula, TableBlock, Tone
from optlab.report.paper.flow import PageItem
from optlab.report.paper.sheet import LEFT, POINT, ROOM, SAMPLE, Sheet
from optlab.report.paper.wrapping import (
    Line,
    TextSpan,
    line_width,
    longest_word,
    width_of,
    wrapped,
)

_SIZE = 8.5
_SMALLEST = 5.5
_GAP = 0.16
_PAD = 0.05
_LEADING = 1.4
_WORD = 1.6
"""Inches of a word beyond which it may be cut."""
_COLORS: dict[Tone, str] = {"muted": LIGHT.muted, "note": LIGHT.muted, "warn": LIGHT.warning}


@dataclass(frozen=True)
class _Set:
    """A cell with its letters chosen."""

    cell: Cell
    spans: tuple[TextSpan, ...] = ()
    shapes: Shapes | None = None
    size: float = _SIZE

    @property
    def before(self) -> float:
        return 0.0 if self.cell.sample is None else SAMPLE + 0.1

    @property
    def natural(self) -> float:
        shapes = self.shapes
        wide = shapes.width * self.size * POINT if shapes else line_width(self.spans, ROOM)
        return self.before + wide

    @property
    def least(self) -> float:
        if self.shapes is not None:
            return self.natural
        return self.before + longest_word(self.spans, _WORD)


Rows = list[list[_Set]]


def table_pieces(table: TableBlock) -> Iterator[PageItem]:
    """The rows of a table."""
    size = _SIZE
    rows, widths = _fitted(table, size)
    while widths is None and size > _SMALLEST:
        size -= 0.5
        rows, widths = _fitted(table, size)
    if widths is None:
        share = ROOM / len(table.head)
        widths = [share - _GAP] * len(table.head)
    spread = table.kind == "comparison"
    gap = _gap(widths) if spread else _GAP
    places = [LEFT + sum(widths[:i]) + i * gap for i in range(len(widths))]
    columns = _Columns(widths, places, table.numbers, size)
    head = columns.piece(rows[0], is_head=True)
    yield PageItem(head.height, head.draw, 0.14, keeps=True)
    for index, row in enumerate(rows[1:], 1):
        # No row stands alone at the end or at the beginning of a page.
        together = index in (1, len(rows) - 2) and index < len(rows) - 1
        yield replace(columns.piece(row), again=head, keeps=together)


def _gap(widths: Sequence[float]) -> float:
    """Between columns that share what is left of the line, as far as the eye follows it."""
    if len(widths) < 2:
        return _GAP
    return max(_GAP / 2, min(0.45, (ROOM - sum(widths)) / (len(widths) - 1)))


def _fitted(table: TableBlock, size: float) -> tuple[Rows, list[float] | None]:
    """The cells in letters of a size, and widths of columns, None where they are too wide."""
    rows: Rows = [[_set(Cell(title, "muted"), size) for title in table.head]]
    rows += [[_set(cell, size) for cell in row] for row in table.rows]
    columns = list(zip(*rows, strict=True))
    gap = _GAP if table.kind == "settings" else 0.75 * _GAP
    room = ROOM - gap * (len(columns) - 1)
    # A head may have several lines; figures have one.
    least = [
        max(c.least if i not in table.numbers or not row else c.natural for row, c in enumerate(cs))
        for i, cs in enumerate(columns)
    ]
    natural = [
        max(least[i], *(c.natural for c in cs[0 if i not in table.numbers else 1 :] or cs))
        for i, cs in enumerate(columns)
    ]
    if sum(least) > room + 1e-9:
        return rows, None
    spare = room - sum(least)
    wanted = sum(natural) - sum(least)
    share = min(1.0, spare / wanted) if wanted > 0 else 0.0
    return rows, [low + share * (high - low) for low, high in zip(least, natural, strict=True)]


def _set(cell: Cell, size: float) -> _Set:
    color = _COLORS.get(cell.tone, LIGHT.text)
    shown = cell.shown
    if isinstance(shown, Formula):
        shapes = shapes_of(shown.latex)
        if shapes is not None:
            return _Set(cell, (), shapes, size * 1.1)
        shown = shown.plain
    is_code = isinstance(shown, Code)
    text = shown.text if isinstance(shown, Code) else shown
    font = setting.font(setting.CODE if is_code else setting.TEXT, size)
    return _Set(cell, (TextSpan(text, font, color),) if text else (), None, size)


@dataclass(frozen=True)
class _Columns:
    widths: Sequence[float]
    places: Sequence[float]
    numbers: frozenset[int]
    size: float

    def piece(self, row: Sequence[_Set], *, is_head: bool = False) -> PageItem:
        """A row with a hairline below."""
        lines = [
            wrapped(one.spans, width - one.before + 1e-6) if one.spans else []
            for one, width in zip(row, self.widths, strict=True)
        ]
        count = max([1, *map(len, lines)])
        height = count * self.size * _LEADING * POINT + 2 * _PAD
        draw = partial(self._draw, row, lines, height, count if is_head else 0)
        return PageItem(height, draw)

    def _draw(
        self,
        row: Sequence[_Set],
        lines: Sequence[Sequence[Line]],
        height: float,
        bottom_of: int,
        sheet: Sheet,
        top: float,
    ) -> None:
        step = self.size * _LEADING * POINT
        base = top - _PAD - step / 2 - 0.36 * self.size * POINT
        for index, (one, own) in enumerate(zip(row, lines, strict=True)):
            left = self.places[index]
            # The words of a head stand on the rule.
            first = max(0, bottom_of - len(own))
            if one.shapes is not None:
                sheet.formula(one.shapes, left, base, one.size)
            if one.cell.sample is not None:
                sheet.sample(one.cell.sample, left, base + 0.3 * self.size * POINT)
            for number, line in enumerate(own, first):
                x = left + one.before
                if index in self.numbers:
                    x = left + self.widths[index] - _width(line)
                for word in line:
                    span = word.span
                    sheet.text(x + word.x, base - number * step, span.text, span.font, span.color)
        sheet.rule(top - height)


def _width(line: Line) -> float:
    return max((word.x + width_of(word.span.text, word.span.font) for word in line), default=0.0)
