"""A formula in LaTeX as a drawing: shapes that look the same in a window, a page and on paper."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

MOST_WORK: Final = 8_000
"""Boxes that may be laid out for one formula; those shipped take less than half."""
_LONGEST: Final = 20_000
"""Characters of LaTeX that are read at all."""

_VIEW_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')


@dataclass(frozen=True)
class Drawing:
    """An SVG in black; sizes in pixels, ``baseline`` from the top."""

    svg: bytes
    width: float
    height: float
    baseline: float


def draw_formula(latex: str, size: float) -> Drawing | None:
    """The drawing of a formula in LaTeX's math mode; None where it cannot be typeset.

    ``size`` is that of the letters in pixels.  A formula that takes more than :data:`MOST_WORK`
    is not typeset.  The first one takes some tenths of a second more.
    """
    if len(latex) > _LONGEST:
        return None
    with warnings.catch_warnings():
        # The library finds its font in a way that Python 3.11 and 3.12 complain about.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.config import config
        from ziamath.escapes import unescape
        from ziamath.zmath import Math

    config.svg2 = False  # glyphs as plain paths: Qt draws no symbols by reference
    try:
        markup = _markup(latex)
        tree = ElementTree.fromstring(unescape(markup))
        if layout_work(tree) > MOST_WORK:
            return None
        svg = Math(tree, size=size).svg()
    except Exception:  # the library raises whatever its parser or its fonts do
        return None
    box = _VIEW_BOX.search(svg)
    if box is None:
        return None
    _, top, width, height = (float(part) for part in box.groups())
    return Drawing(svg.encode(), width, height, -top)


def formula_mathml(latex: str) -> str | None:
    """A formula as MathML, which a browser typesets itself; None where it cannot be read."""
    if len(latex) > _LONGEST:
        return None
    try:
        markup = _markup(latex)
    except Exception:  # the library raises whatever its parser does
        return None
    for attribute in (' xmlns="http://www.w3.org/1998/Math/MathML"', ' accent="true"'):
        markup = markup.replace(attribute, "")
    markup = markup.replace('display="block"', 'displaystyle="true"')
    return _SINGLE_ROW.sub(r"\1", markup)


_SINGLE_ROW: Final = re.compile(r"<mrow>(<m[ino]>[^<]*</m[ino]>)</mrow>")
"""A row around a single letter, number or sign, which says nothing."""


def _markup(latex: str) -> str:
    """MathML of a formula, with accents that the renderers set right; raises what the library
    raises."""
    with warnings.catch_warnings():
        # The library finds its font in a way that Python 3.11 and 3.12 complain about.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.tex import tex2mml
    markup = str(tex2mml(latex))
    # An accent as wide as its letter, not stretched beyond it.
    markup = markup.replace("<mo>&#x00302;</mo>", '<mo stretchy="false">&#x002C6;</mo>')
    markup = markup.replace('<mo stretchy="true">&#x000AF;</mo>', _BAR)
    return markup.replace("<mo>&#x02207;</mo>", "<mi>&#x02207;</mi>")


_BAR: Final = '<mo stretchy="false">&#x000AF;</mo>'


_ROWS: Final = ("math", "mrow", "mtd", "merror")
_BRACKETS: Final = "mfenced"


def layout_work(tree: ElementTree.Element) -> int:
    """How many boxes the library makes to lay out an element of MathML, in time linear in it.

    It lays out the content of a row twice, once for its height, and that of brackets twice more:
    each level of nested powers, roots, fractions and brackets doubles what is inside of it.  A
    row of n boxes is also measured n times.
    """
    work: dict[ElementTree.Element, int] = {}
    stack = [(tree, False)]
    while stack:
        element, children_are_done = stack.pop()
        if not children_are_done:
            stack.append((element, True))
            stack += [(child, False) for child in element]
            continue
        inside = sum(work.pop(child) for child in element)
        count = len(element)
        tag = element.tag.rpartition("}")[2]
        if tag == _BRACKETS:
            work[element] = 3 + 4 * inside
        elif tag in _ROWS:
            work[element] = 1 + 2 * inside + count * count // 1000
        elif tag == "msqrt" and count > 1:
            work[element] = 2 + 2 * inside
        elif tag == "mtable":
            work[element] = 1 + inside - count  # a row of a table is no box
        else:
            work[element] = 1 + inside
    return work[tree]
