"""Pieces of HTML; every text that comes from outside is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

import optlab
from optlab.figures import PictureOptions, draw_experiment, svg_element
from optlab.files.embedded_experiment import script_with
from optlab.files.encoding import experiment_line
from optlab.pictures.formula_drawing import draw_formula
from optlab.report import blocks, sections
from optlab.report.blocks import Block, Cell, Code, Formula, Progress, with_progress
from optlab.report.page_style import STYLE
from optlab.session.study import Study

LETTERS = 16.0
"""Pixels of a formula's letters."""


def text(words: str) -> str:
    """Text between tags."""
    return escape("".join(c if c.isprintable() or c == "\n" else " " for c in words), quote=False)


def value(words: str) -> str:
    """Text inside an attribute's quotes."""
    return escape(words, quote=True)


def tag(name: str, content: str, kind: str = "") -> str:
    """An element of ready HTML on a line of its own."""
    opening = f'<{name} class="{kind}">' if kind else f"<{name}>"
    return f"{opening}{content}</{name}>\n"


@lru_cache(maxsize=512)
def formula(latex: str, plain: str) -> str:
    """A typeset formula that reads as ``plain`` aloud; where it cannot be typeset, that alone."""
    drawing = draw_formula(latex, LETTERS)
    if drawing is None:
        return f'<code class="formula">{text(plain)}</code>'
    svg = drawing.svg.decode()
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", svg).strip()
    svg = re.sub(r'\s(?:xmlns:\w+|version)="[^"]*"', "", svg)
    lower = drawing.height - drawing.baseline
    opening = f'<svg role="img" aria-label="{value(plain)}" style="vertical-align:{-lower:.2f}px"'
    return f'<span class="formula">{svg.replace("<svg", opening, 1)}</span>'


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] = frozenset()
) -> str:
    """A table of ready HTML; the columns with these ``numbers`` are set as figures."""

    def cells(tag: str, row: Sequence[str]) -> str:
        shown = []
        for index, cell in enumerate(row):
            kind = ' class="number"' if index in numbers else ""
            scope = ' scope="col"' if tag == "th" else ""
            shown.append(f"<{tag}{scope}{kind}>{cell}</{tag}>")
        return "<tr>" + "".join(shown) + "</tr>"

    body = "\n".join(cells("td", row) for row in rows)
    return (
        '<div class="wide"><table>\n<thead>'
        f"{cells('th', head)}</thead>\n<tbody>\n{body}\n</tbody>\n</table></div>\n"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and ready HTML, one below the other."""
    rows = "".join(f"<dt>{text(name)}</dt><dd>{shown}</dd>\n" for name, shown in pairs)
    return f"<dl>\n{rows}</dl>\n"


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_bytes(study: Study, progress: Progress | None = None) -> bytes:
    """The page (UTF-8); ``progress`` gets sections done and the total, and may raise to stop."""
    parts = [_head(study)]
    for make in with_progress(sections.makers("report.html"), progress):
        shown = "".join(_block(study, block) for block in make(study))
        parts.append(f"<footer>{shown}</footer>\n" if make is sections.foot else shown)
    parts.append("</body>\n</html>\n")
    return "".join(parts).encode("utf-8", "xmlcharrefreplace")


def _head(study: Study) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{value(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="OptLab {value(optlab.__version__)}">\n'
        f"<title>{text(study.title)}</title>\n"
        f"{script_with(experiment_line(study.experiment))}\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _block(study: Study, block: Block) -> str:
    match block:
        case blocks.TitleBlock():
            return tag("h1", text(block.text))
        case blocks.SectionBlock():
            return tag("h2", text(block.text))
        case blocks.RunHeading():
            remark = f' <span class="muted">{text(block.remark)}</span>' if block.remark else ""
            return tag("h3", f"{_sample(block.sample)}{text(block.text)}{remark}")
        case blocks.Paragraph():
            return tag("p", text(block.text), block.tone)
        case blocks.Claims():
            items = "".join(map(_claim, block.items))
            return f'<ul class="claims">\n{items}</ul>\n'
        case blocks.TableBlock():
            rows = [list(map(_cell, row)) for row in block.rows]
            made = table([text(title) for title in block.head], rows, block.numbers)
            return f'<div class="{block.kind}">{made}</div>'
        case blocks.Facts():
            return facts((name, "<br>".join(map(_shown, lines))) for name, lines in block.pairs)
        case blocks.Equations():
            lines = "".join(f"<div>{_shown(line)}</div>" for line in block.lines)
            return f'<div class="equations">{lines}</div>\n'
        case blocks.Picture():
            return _picture(study, block)
        case blocks.CommandListing():
            return tag("pre", text("\n".join(" ".join(words) for words in block.commands)))


def _shown(piece: blocks.Shown) -> str:
    match piece:
        case Formula():
            return formula(piece.latex, piece.plain)
        case Code():
            return f"<code>{text(piece.text)}</code>"
        case _:
            return text(piece)


def _cell(cell: Cell) -> str:
    shown = _shown(cell.shown)
    if cell.tone:
        shown = f'<span class="{cell.tone}">{shown}</span>'
    return shown if cell.sample is None else _sample(cell.sample) + shown


def _claim(claim: blocks.Claim) -> str:
    remark = f' <span class="muted">{text(claim.remark)}</span>' if claim.remark else ""
    found = f' <span class="warn">{text(claim.found)}</span>' if claim.found else ""
    kind = "held" if claim.held else "broken"
    return f'<li class="{kind}">{text(claim.sentence)}{remark}{found}</li>\n'


def _sample(sample: blocks.Sample) -> str:
    """A piece of a run's line."""
    dashes = " ".join(f"{3 * length / 2:g}" for length in sample.dashes)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        '<svg width="28" height="8" aria-hidden="true" style="margin-right:8px">'
        f'<line x1="0" y1="4" x2="28" y2="4" stroke="{escape(sample.color)}" stroke-width="3"'
        f"{dashed}/></svg>"
    )


def _picture(study: Study, picture: blocks.Picture) -> str:
    options = PictureOptions(view=picture.view, size="page")
    svg = svg_element(draw_experiment(study, options), picture.view)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{value(picture.says)}"', 1)
    return f"<figure>\n{svg}</figure>\n"
