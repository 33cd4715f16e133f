"""Numbers for people."""

from __future__ import annotations

import math


def short(value: float, digits: int = 4) -> str:
    """A number with the digits that mean something: ``3.62e-07``, ``-0.5``, ``not a number``."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}"
