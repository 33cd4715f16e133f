"""Blocks of a report as pieces of paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from matplotlib.font_manager import FontProperties

from optlab.figures import setting
from optlab.figures.experiment_figure import ExperimentFigure
from optlab.figures.options import PictureOptions
from optlab.pictures.theme import LIGHT
from optlab.report import blocks
from optlab.report.blocks import Block, Code
from optlab.report.paper.equations import equation_pieces
from optlab.report.paper.flow import PageItem
from optlab.report.paper.listing import listing_pieces
from optlab.report.paper.sheet import LEFT, POINT, ROOM, SAMPLE, Sheet
from optlab.report.paper.tables import table_pieces
from optlab.report.paper.wrapping import Line, TextSpan, width_of, wrapped
from optlab.session.study import Study

_LEADING = 1.5
"""The distance of lines in sizes of the letters."""
_NAMES = 1.25
"""Inches for the names of facts."""
_TONES: dict[blocks.Tone, tuple[float, str]] = {
    "": (9.5, LIGHT.text),
    "lead": (11.0, LIGHT.text),
    "muted": (9.5, LIGHT.muted),
    "note": (8.5, LIGHT.muted),
    "warn": (9.5, LIGHT.warning),
}


def pieces_of(study: Study, block: Block) -> Iterator[PageItem]:
    """A block from top to bottom. Called within ``drawing()``."""
    match block:
        case blocks.TitleBlock():
            yield from _text([_span(block.text, 20, LIGHT.text, "semibold")], 20, leading=1.25)
        case blocks.SectionBlock():
            yield _section(block.text)
        case blocks.RunHeading():
            yield from _run_heading(block)
        case blocks.Paragraph():
            size, color = _TONES[block.tone]
            # Words about what follows stay with it.
            keeps = block.tone in ("muted", "warn") or block.text.endswith(":")
            yield from _text([_span(block.text, size, color)], size, gap=0.1, keeps=keeps)
        case blocks.Claims():
            for claim in block.items:
                yield from _claim(claim)
        case blocks.TableBlock():
            yield from table_pieces(block)
        case blocks.Facts():
            for name, lines in block.pairs:
                yield from _fact(name, lines)
        case blocks.Equations():
            yield from equation_pieces(block.lines)
        case blocks.Picture():
            yield _picture(study, block)
        case blocks.CommandListing():
            yield from listing_pieces(block.commands)


def _span(text: str, size: float, color: str, weight: str = "normal") -> TextSpan:
    return TextSpan(text, setting.font(setting.TEXT, size, weight), color)


def draw_line(line: Line, x: float, baseline: float, sheet: Sheet, top: float) -> None:
    """A line of words whose baseline lies so many inches below the top of its piece."""
    for word in line:
        sheet.text(x + word.x, top - baseline, word.span.text, word.span.font, word.span.color)


def _text(
    spans: Sequence[TextSpan],
    size: float,
    *,
    left: float = LEFT,
    gap: float = 0.0,
    leading: float = _LEADING,
    keeps: bool = False,
) -> Iterator[PageItem]:
    """Running text; its first two lines stay together, and its last two."""
    height = size * leading * POINT
    baseline = height / 2 + 0.36 * size * POINT
    lines = wrapped(spans, LEFT + ROOM - left)
    for index, line in enumerate(lines):
        together = keeps or (index in (0, len(lines) - 2) and index < len(lines) - 1)
        draw = partial(draw_line, line, left, baseline)
        yield PageItem(height, draw, 0.0 if index else gap, together)


def _section(text: str) -> PageItem:
    font = setting.font(setting.TEXT, 8.5, "semibold")

    def draw(sheet: Sheet, top: float) -> None:
        sheet.rule(top)
        sheet.text(LEFT, top - 0.26, text.upper(), font, LIGHT.muted)

    return PageItem(0.32, draw, gap=0.32, keeps=True)


def _run_heading(block: blocks.RunHeading) -> Iterator[PageItem]:
    spans = [_span(block.text, 12.5, LIGHT.text, "semibold")]
    if block.remark:
        spans.append(_span(block.remark, 9.5, LIGHT.muted))
    indent = LEFT + SAMPLE + 0.12
    pieces = list(_text(spans, 12.5, left=indent, gap=0.28, leading=1.4, keeps=True))
    for index, piece in enumerate(pieces):

        def draw(
            sheet: Sheet, top: float, piece: PageItem = piece, first: bool = index == 0
        ) -> None:
            piece.draw(sheet, top)
            if first:
                sheet.sample(block.sample, LEFT, top - piece.height / 2)

        yield PageItem(piece.height, draw, piece.gap, piece.keeps)


def _claim(claim: blocks.Claim) -> Iterator[PageItem]:
    spans = [_span(claim.sentence, 9.5, LIGHT.text)]
    if claim.remark:
        spans.append(_span(claim.remark, 9.5, LIGHT.muted))
    if claim.found:
        spans.append(_span(claim.found, 9.5, LIGHT.warning))
    font = setting.font(["DejaVu Sans"], 9.5)
    mark, color = ("✓", LIGHT.good) if claim.held else ("✗", LIGHT.warning)
    for index, piece in enumerate(_text(spans, 9.5, left=LEFT + 0.24, gap=0.06)):

        def draw(
            sheet: Sheet, top: float, piece: PageItem = piece, first: bool = index == 0
        ) -> None:
            piece.draw(sheet, top)
            if first:
                sheet.text(LEFT, top - piece.height / 2 - 0.36 * 9.5 * POINT, mark, font, color)

        yield PageItem(piece.height, draw, piece.gap, piece.keeps)


def _fact(name: str, lines: Sequence[str | Code]) -> Iterator[PageItem]:
    named = _span(name, 9.5, LIGHT.muted)
    indent = LEFT + max(_NAMES, width_of(name, named.font) + 0.2)
    first = True
    for line in lines:
        span = _code(line.text) if isinstance(line, Code) else _span(line, 9.5, LIGHT.text)
        for piece in _text([span], 9.5, left=indent, gap=0.08 if first else 0.0):

            def draw(
                sheet: Sheet, top: float, piece: PageItem = piece, first: bool = first
            ) -> None:
                if first:
                    y = top - piece.height / 2 - 0.36 * 9.5 * POINT
                    sheet.text(LEFT, y, name, named.font, named.color)
                piece.draw(sheet, top)

            yield PageItem(piece.height, draw, piece.gap, piece.keeps)
            first = False


def _code(text: str) -> TextSpan:
    font: FontProperties = setting.font(setting.CODE, 8.5)
    return TextSpan(text, font, LIGHT.text)


def _picture(study: Study, block: blocks.Picture) -> PageItem:
    options = PictureOptions(view=block.view, size="page")
    width, height = ExperimentFigure.inches(study, options)

    def draw(sheet: Sheet, top: float) -> None:
        ExperimentFigure(study, options, sheet.part(LEFT, top - height, width, height))

    return PageItem(height, draw, gap=0.2)
