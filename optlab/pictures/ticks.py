"""Where the ticks of an axis go and what is written at them."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Final

from optlab.core.display import MINUS, power_of_ten

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_TICKS: Final = 9

Ticks = tuple[list[tuple[float, str]], list[float]]
"""Values with their labels, and values that have a small mark only."""


def tick_step(low: float, high: float, wanted: int, whole: bool = False) -> float:
    """The round step (1, 2, 2.5 or 5 times a power of ten) that gives about ``wanted`` ticks.

    ``whole`` keeps it an integer, for axes that count.
    """
    rough = (high - low) / max(1, wanted)
    if not math.isfinite(rough) or rough <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
    if whole:
        step = max(1.0, float(math.ceil(step)))
    return step


def linear_ticks(low: float, high: float, wanted: int, whole: bool = False) -> list[float]:
    """Round values in ``low`` … ``high``, about ``wanted`` of them; never more than 100."""
    step = tick_step(low, high, wanted, whole)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [index * step for index in range(first, min(last, first + 99) + 1)]


def linear_labels(ticks: list[float]) -> list[str]:
    """Write ticks with the same number of decimals, or as multiples of one power of ten."""
    if not ticks:
        return []
    largest = max(abs(tick) for tick in ticks)
    step = min((abs(b - a) for a, b in pairwise(ticks)), default=largest)
    if largest == 0.0:
        return ["0"] * len(ticks)
    exponent = math.floor(math.log10(largest) + 1e-9)
    unit = 0 if -4 < exponent < 5 else exponent
    decimals = _decimals(step / 10.0**unit) if unit > -300 else 3
    return [_with_power(tick, unit, decimals) for tick in ticks]


def _decimals(step: float) -> int:
    """How many decimals tell multiples of ``step`` apart and write them exactly."""
    for decimals in range(12):
        scaled = step * 10.0**decimals
        if scaled >= 0.999 and abs(scaled - round(scaled)) < 1e-6 * scaled:
            return decimals
    return 12


def _with_power(value: float, unit: int, decimals: int) -> str:
    if value == 0.0:
        return "0" if unit else plain(0.0, decimals)
    if not unit:
        return plain(value, decimals)
    return f"{plain(value / 10.0**unit, decimals)}·{power_of_ten(unit)}"


def plain(value: float, decimals: int) -> str:
    """Fixed decimals with the true minus sign, never a negative zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def log_ticks(low: float, high: float, wanted: int) -> list[int]:
    """Exponents of ten in ``low`` … ``high`` (both exponents), about ``wanted``, evenly spaced."""
    first, last = math.ceil(low - 1e-6), math.floor(high + 1e-6)
    if last < first:
        return []
    step = max(1, math.ceil((last - first + 1) / max(1, wanted)))
    if step > 3:
        step = next((s for s in (4, 5, 6, 8, 10, 15, 20, 30, 40, 50, 100) if s >= step), step)
    start = math.ceil(first / step) * step
    return list(range(start, last + 1, step)) or [first]


def figures(value: float, digits: int = 4) -> str:
    """A number for a person: ``digits`` figures, large and small ones with a power of ten.

    A dash stands for nan, which is what a quantity has where there is no value of it.
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 <= exponent < 6:
        return plain(value, max(0, min(6, digits - 1 - exponent)))
    mantissa, power = f"{value:.{max(1, digits - 2)}e}".split("e")
    return f"{mantissa.replace('-', MINUS)}·{power_of_ten(int(power))}"


def apart(ticks: list[tuple[float, str]], length: float, least: float) -> list[tuple[float, str]]:
    """Those of the ticks, at rising shares of a length, that do not touch the one before them."""
    shown: list[tuple[float, str]] = []
    for share, label in ticks:
        clear = not shown or (share - shown[-1][0]) * length >= least
        if clear and -1e-6 <= share <= 1 + 1e-6:
            shown.append((min(max(share, 0.0), 1.0), label))
    return shown


def wanted_ticks(units: float, each: float, most: int = MOST_TICKS) -> int:
    """How many numbers fit into so many units."""
    return max(2, min(most, int(units / each)))


@lru_cache(maxsize=256)
def round_ticks(
    low: float, high: float, wanted: int, *, log: bool = False, whole: bool = False
) -> Ticks:
    """Values of a range with their labels, and those that have a small mark only.

    With ``log`` the range and the values are decimal logarithms.
    """
    if not log:
        values = linear_ticks(low, high, wanted, whole)
        return list(zip(values, linear_labels(values), strict=True)), []
    if high - low >= 2.0:
        exponents = log_ticks(low, high, wanted)
        return [(float(k), power_of_ten(k)) for k in exponents], _between(low, high)
    values = _few_decades(10.0**low, 10.0**high)
    labels = [figures(value, 3).rstrip("0").rstrip(".") for value in values]
    places = [math.log10(value) for value in values]
    return list(zip(places, labels, strict=True)), _between(low, high)


def _between(low: float, high: float) -> list[float]:
    """Logarithms of 2, 3 … 9 times the powers of ten in a range of few decades."""
    if high - low > 5.0:
        return []
    places = [
        k + math.log10(digit)
        for k in range(math.floor(low), math.ceil(high))
        for digit in range(2, 10)
    ]
    return [place for place in places if low <= place <= high]


def _few_decades(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    digits = (1, 2, 5) if high / low > 4 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
    values = [digit * 10.0**k for k in range(first, last + 1) for digit in digits]
    return [v for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
