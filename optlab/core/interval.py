"""Ranges of numbers in the notation of mathematics: ``[0, 1)``, ``(0, inf)``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_PATTERN = re.compile(r"\s*([\[(])\s*([^,\s]+)\s*,\s*([^,\s]+?)\s*([\])])\s*")


@dataclass(frozen=True)
class Interval:
    """All numbers between two ends; an open end itself is left out."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = True
    high_open: bool = True

    def contains(self, value: float) -> bool:
        """Whether a number lies in the interval; nan lies in none."""
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below and math.isfinite(value)

    def __str__(self) -> str:
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{left}{_end(self.low)}, {_end(self.high)}{right}"

    def sentence(self) -> str:
        """The interval in words, to follow 'must be'."""
        parts = []
        if self.low > -math.inf:
            parts.append(f"{'above' if self.low_open else 'at least'} {_end(self.low)}")
        if self.high < math.inf:
            parts.append(f"{'below' if self.high_open else 'at most'} {_end(self.high)}")
        return " and ".join(parts) or "a finite number"


def _end(value: float) -> str:
    return f"{value:g}"


def parse_interval(text: str) -> Interval:
    """The interval of a text such as ``[0, 1)``. Raises ValueError with the reason."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not an interval such as [0, 1) or (0, inf)")
    try:
        low, high = float(match[2]), float(match[3])
    except ValueError:
        raise ValueError(f"the ends of '{text}' are not numbers") from None
    if not low < high:
        raise ValueError(f"the ends of '{text}' are in the wrong order")
    return Interval(low, high, match[1] == "(", match[4] == ")")
