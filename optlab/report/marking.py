"""Pieces of HTML; every text that comes from outside is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from optlab.session.formula_drawing import draw_formula

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
