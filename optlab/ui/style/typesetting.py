"""LaTeX formulas as drawings, kept once they are made.

Nothing here needs Qt or the GUI thread.  A formula takes a few milliseconds, the first one a
tenth of a second more, for the library; :func:`warm_up` in a worker takes that away.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from optlab.pictures.formula_drawing import Drawing, draw_formula

__all__ = ["SIZE", "Drawing", "expect_warm_up", "is_cold", "is_ready", "typeset", "warm_up"]

SIZE: Final = 15.0
"""The size of the letters in pixels, before the text scale."""

_MOST: Final = 2000
_LONGEST_WARM_UP: Final = 3.0
"""Seconds after which nobody waits for a worker any more."""

_lock = threading.RLock()
_made: OrderedDict[tuple[str, float], Drawing | None] = OrderedDict()
_cold_until = 0.0


def typeset(latex: str, size: float = SIZE) -> Drawing | None:
    """The drawing of a formula in LaTeX's math mode; None where it cannot be typeset."""
    key = latex, size
    with _lock:
        if key not in _made:
            _made[key] = draw_formula(latex, size)
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
