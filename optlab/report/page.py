"""The report of an experiment as one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import optlab
from optlab.core.run import Trajectory
from optlab.figures import draw_experiment, svg_element
from optlab.report import content, sections
from optlab.report.content import Block, Cell, Code, Typeset
from optlab.report.marking import facts, formula, table, tag, text, value
from optlab.report.progress import Progress, told
from optlab.report.sections import Reported
from optlab.report.style import STYLE
from optlab.session.carriers import script_with
from optlab.session.encoding import experiment_line
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_bytes(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    progress: Progress | None = None,
) -> bytes:
    """The page (UTF-8); ``progress`` hears the sections done and in all, and may raise to stop."""
    reported = Reported(experiment, resolved, trajectories, "report.html")
    parts = [_head(reported)]
    for make in told(sections.MAKERS, progress):
        shown = "".join(_block(reported, block) for block in make(reported))
        parts.append(f"<footer>{shown}</footer>\n" if make is sections.foot else shown)
    parts.append("</body>\n</html>\n")
    return "".join(parts).encode("utf-8", "xmlcharrefreplace")


def _head(reported: Reported) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{value(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="OptLab {value(optlab.__version__)}">\n'
        f"<title>{text(reported.title)}</title>\n"
        f"{script_with(experiment_line(reported.experiment))}\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _block(reported: Reported, block: Block) -> str:
    match block:
        case content.Title():
            return tag("h1", text(block.text))
        case content.Section():
            return tag("h2", text(block.text))
        case content.RunHeading():
            remark = f' <span class="muted">{text(block.remark)}</span>' if block.remark else ""
            return tag("h3", f"{_sample(block.sample)}{text(block.text)}{remark}")
        case content.Paragraph():
            return tag("p", text(block.text), block.tone)
        case content.Claims():
            items = "".join(map(_claim, block.items))
            return f'<ul class="claims">\n{items}</ul>\n'
        case content.Table():
            rows = [list(map(_cell, row)) for row in block.rows]
            made = table([text(title) for title in block.head], rows, block.numbers)
            return f'<div class="{block.kind}">{made}</div>'
        case content.Facts():
            return facts((name, "<br>".join(map(_shown, lines))) for name, lines in block.pairs)
        case content.Equations():
            lines = "".join(f"<div>{_shown(line)}</div>" for line in block.lines)
            return f'<div class="equations">{lines}</div>\n'
        case content.Picture():
            return _picture(reported, block)
        case content.Listing():
            return tag("pre", text("\n".join(" ".join(words) for words in block.commands)))


def _shown(piece: content.Shown) -> str:
    match piece:
        case Typeset():
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


def _claim(claim: content.Claim) -> str:
    remark = f' <span class="muted">{text(claim.remark)}</span>' if claim.remark else ""
    found = f' <span class="warn">{text(claim.found)}</span>' if claim.found else ""
    kind = "held" if claim.held else "broken"
    return f'<li class="{kind}">{text(claim.sentence)}{remark}{found}</li>\n'


def _sample(sample: content.Sample) -> str:
    """A piece of a run's line."""
    dashes = " ".join(f"{3 * length / 2:g}" for length in sample.dashes)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        '<svg width="28" height="8" aria-hidden="true" style="margin-right:8px">'
        f'<line x1="0" y1="4" x2="28" y2="4" stroke="{escape(sample.color)}" stroke-width="3"'
        f"{dashed}/></svg>"
    )


def _picture(reported: Reported, picture: content.Picture) -> str:
    parts = reported.resolved, reported.experiment, reported.trajectories
    svg = svg_element(draw_experiment(*parts, picture.view, "page"), picture.view)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{value(picture.says)}"', 1)
    return f"<figure>\n{svg}</figure>\n"
