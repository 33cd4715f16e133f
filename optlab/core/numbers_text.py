"""Numbers for people."""

from __future__ import annotations

import math


def short(value: float, digits: int = 4) -> str:
    """A number with the digits that mean something: ``3.62e−7``, ``−0.5``, ``not a number``."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text, exponent, power = f"{value:.{digits}g}".partition("e")
    return f"{text}e{int(power)}".replace("-", "−") if exponent else text.replace("-", "−")
