"""How a slider's positions and a quantity's values belong together."""

from __future__ import annotations

import math
from dataclasses import dataclass

POSITIONS = 400


@dataclass(frozen=True)
class Scale:
    """A linear or logarithmic scale from ``low`` to ``high`` over positions 0 … POSITIONS.

    A logarithmic scale needs 0 < low; one that begins at 0 begins six decades below ``high``.
    """

    low: float
    high: float
    logarithmic: bool = False

    def value(self, position: int) -> float:
        """The value at ``position``, rounded to what a drag can mean; the ends are exact."""
        if position <= 0:
            return self.low
        if position >= POSITIONS:
            return self.high
        share = position / POSITIONS
        if self.logarithmic:
            low = self._floor()
            return float(f"{low * (self.high / low) ** share:.3g}")
        step = 10.0 ** math.floor(math.log10(abs(self.high - self.low) / POSITIONS * 2))
        places = max(0, -round(math.log10(step)))
        return round(self.low + share * (self.high - self.low), places)

    def position(self, value: float) -> int:
        """The nearest position of ``value``; beyond the scale, the nearer end."""
        if self.high <= self.low or value <= self.low:
            return 0
        if value >= self.high:
            return POSITIONS
        if self.logarithmic:
            low = self._floor()
            share = math.log(max(value, low) / low) / math.log(self.high / low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(POSITIONS * share)

    def covers(self, value: float) -> bool:
        """Whether ``value`` lies on the scale."""
        return self.low <= value <= self.high

    def _floor(self) -> float:
        return self.low if self.low > 0 else self.high * 1e-6
