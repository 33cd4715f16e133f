"""Numbers and names for people: short digits, ``beta1`` as β₁, ``m_hat`` as m̂."""

from __future__ import annotations

import math
import re
from types import MappingProxyType

MINUS = "\N{MINUS SIGN}"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def short(value: float, digits: int = 4) -> str:
    """A number with the digits that mean something: ``3.62e−7``, ``−0.5``, ``not a number``."""
    text, power = _rounded(value, digits)
    return f"{text}e{power}".replace("-", MINUS) if power else text


def typeset_number(value: float, digits: int = 4) -> str:
    """The same as it is printed: ``3.62·10⁻⁷``, ``10⁻⁷``."""
    text, power = _rounded(value, digits)
    if not power:
        return text
    return power_of_ten(power) if text == "1" else f"{text}·{power_of_ten(power)}"


def power_of_ten(exponent: int) -> str:
    """``-5`` as ``10⁻⁵``."""
    return f"10{str(exponent).translate(_RAISED)}"


def _rounded(value: float, digits: int) -> tuple[str, int]:
    """The digits of a number, and the power of ten that they are to be multiplied with."""
    if math.isnan(value):
        return "not a number", 0
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞", 0
    text, _, power = f"{value:.{digits}g}".partition("e")
    return text.replace("-", MINUS), int(power or 0)


_LATIN_NAMES = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda"),
    *("mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
    *("Delta", "Gamma", "Sigma", "Omega"),
)
GREEK = MappingProxyType(dict(zip(_LATIN_NAMES, "αβγδεζηθκλμνξπρστφχψωΔΓΣΩ", strict=True)))
_ACCENTS = MappingProxyType({"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"})
_SUBSCRIPTS = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_PARTS = re.compile(r"([A-Za-z]+?)_?(\d*)")
_MARK = re.compile(r"(\D*)(\d*)")


def display_symbol(name: str) -> str:
    """The Unicode symbol of a name, or of a component as in ``m_hat1``.

    Names of several letters that mean nothing stay words.
    """
    stem, *marks = name.split("_")
    match = _PARTS.fullmatch(stem)
    if match is None:
        return name
    letter, digits = match[1], match[2]
    symbol = GREEK.get(letter, letter)
    if len(symbol) > 1 and not digits:
        return name.replace("_", " ")
    for mark in marks:
        found = _MARK.fullmatch(mark)
        if found is None or found[1] not in ("", *_ACCENTS):
            words = name.rstrip("0123456789")
            return words.replace("_", " ") + name[len(words) :].translate(_SUBSCRIPTS)
        symbol += _ACCENTS.get(found[1], "")
        digits += found[2]
    return symbol + digits.translate(_SUBSCRIPTS)
