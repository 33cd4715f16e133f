"""LaTeX formulas as drawings, kept once they are made.

Nothing here needs Qt or the GUI thread.  A formula takes a few milliseconds, the first one a
tenth of a second more, for the library; :func:`warm_up` in a worker takes that away.
"""

from __future__ import annotations

import re
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SIZE: Final = 15.0
"""The size of the letters in pixels, before the text scale."""

_MOST: Final = 2000
_LONGEST_WARM_UP: Final = 3.0
"""Seconds after which nobody waits for a worker any more."""
_VIEW_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')

_lock = threading.RLock()
_made: OrderedDict[tuple[str, float], Drawing | None] = OrderedDict()
_cold_until = 0.0


@dataclass(frozen=True)
class Drawing:
    """An SVG in black; sizes in pixels, ``baseline`` from the top."""

    svg: bytes
    width: float
    height: float
    baseline: float


def typeset(latex: str, size: float = SIZE) -> Drawing | None:
    """The drawing of a formula in LaTeX's math mode; None where it cannot be typeset."""
    key = latex, size
    with _lock:
        if key not in _made:
            _made[key] = _draw(latex, size)
            while len(_made) > _MOST:
                _made.popitem(last=False)
        _made.move_to_end(key)
        return _made[key]


def is_ready(latex: str, size: float = SIZE) -> bool:
    """Whether :func:`typeset` has its answer already."""
    return (latex, size) in _made


def expect_warm_up() -> None:
    """Says that a worker is about to call :func:`warm_up`: until it has, :func:`is_cold`."""
    global _cold_until
    if not _made:
        _cold_until = time.monotonic() + _LONGEST_WARM_UP


def is_cold() -> bool:
    """Whether a worker is still loading the library, which :func:`typeset` would wait for."""
    return time.monotonic() < _cold_until


def warm_up(formulas: Iterable[str] = ("x",), size: float = SIZE) -> int:
    """Typesets formulas that will be wanted soon; how many could be."""
    global _cold_until
    try:
        return sum(typeset(latex, size) is not None for latex in formulas)
    finally:
        _cold_until = 0.0


def _draw(latex: str, size: float) -> Drawing | None:
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
