"""A formula in LaTeX as a drawing: shapes that look the same in a window, a page and on paper."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Final

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

    ``size`` is that of the letters in pixels.  The first one takes some tenths of a second more.
    """
    with warnings.catch_warnings():
        # The library finds its font in a way that Python 3.11 and 3.12 complain about.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.config import config
        from ziamath.tex import tex2mml
        from ziamath.zmath import Math

    config.svg2 = False  # glyphs as plain paths: Qt draws no symbols by reference
    try:
        markup = str(tex2mml(latex))
        # An accent as wide as its letter, not stretched beyond it.
        markup = markup.replace("<mo>&#x00302;</mo>", '<mo stretchy="false">&#x002C6;</mo>')
        markup = markup.replace('<mo stretchy="true">&#x000AF;</mo>', _BAR)
        markup = markup.replace("<mo>&#x02207;</mo>", "<mi>&#x02207;</mi>")
        svg = Math(markup, size=size).svg()
    except Exception:  # the library raises whatever its parser or its fonts do
        return None
    box = _VIEW_BOX.search(svg)
    if box is None:
        return None
    _, top, width, height = (float(part) for part in box.groups())
    return Drawing(svg.encode(), width, height, -top)


_BAR: Final = '<mo stretchy="false">&#x000AF;</mo>'
