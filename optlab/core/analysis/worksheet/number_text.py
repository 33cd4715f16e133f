"""Numbers and vectors as a worksheet shows them."""

from __future__ import annotations

import math

from optlab.core.analysis.worksheet.part_values import Value
from optlab.core.display import MINUS

SHOWN = 6
"""Significant digits for display."""
MOST = 4
"""Components of a vector that are shown."""


def plain_number(value: float, digits: int | None = SHOWN, *, exact: bool = False) -> str:
    """A number in Unicode.

    ``digits`` significant ones, or as many as read back exactly for None.  An ``exact`` number,
    one that a person chose or counted, is not filled up with zeros.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = _digits(value, digits, exact)
    mantissa, _, power = text.partition("e")
    if power:
        text = f"{mantissa}e{int(power)}"
    return text.replace("-", MINUS)


def latex_number(value: float, digits: int | None = SHOWN, *, exact: bool = False) -> str:
    """The same in LaTeX, for math mode."""
    if math.isnan(value):
        return "\\text{NaN}"
    if math.isinf(value):
        return "\\infty" if value > 0 else "-\\infty"
    mantissa, _, power = _digits(value, digits, exact).partition("e")
    if not power:
        return mantissa
    tens = f"10^{{{int(power)}}}"
    return {"1": tens, "-1": f"-{tens}"}.get(mantissa, f"{mantissa} \\cdot {tens}")


def plain_value(value: Value, digits: int | None = SHOWN, *, exact: bool = False) -> str:
    """A number, or a vector in brackets."""
    if not isinstance(value, tuple):
        return plain_number(value, digits, exact=exact or _is_count(value))
    parts = [plain_number(part, digits, exact=exact) for part in _shown(value)]
    return f"({', '.join(_dotted(parts, value, '…'))})"


def latex_value(value: Value, digits: int | None = SHOWN, *, exact: bool = False) -> str:
    """The same in LaTeX."""
    if not isinstance(value, tuple):
        return latex_number(value, digits, exact=exact or _is_count(value))
    parts = [latex_number(part, digits, exact=exact) for part in _shown(value)]
    inside = ",\\, ".join(_dotted(parts, value, "\\ldots"))
    return f"({inside})"


def _digits(value: float, digits: int | None, exact: bool) -> str:
    if value == 0.0:
        return "0"
    if digits is None:
        return repr(value).removesuffix(".0")
    if exact:
        return f"{value:.{digits}g}"
    if not 1e-3 <= abs(value) < 10.0**digits:
        return f"{value:.{digits - 1}e}"
    return f"{value:#.{digits}g}".removesuffix(".")


def _is_count(value: float) -> bool:
    return value.is_integer() and abs(value) < 1e6


def _shown(value: tuple[float, ...]) -> tuple[float, ...]:
    return value if len(value) <= MOST else (*value[: MOST - 1], value[-1])


def _dotted(parts: list[str], value: tuple[float, ...], dots: str) -> list[str]:
    return parts if len(value) <= MOST else [*parts[:-1], dots, parts[-1]]
