"""Values of options from their text; each raises argparse's error with a sentence."""

from __future__ import annotations

import math
import re
from argparse import ArgumentTypeError

_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*", re.IGNORECASE)
_NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity)\s*", re.IGNORECASE)
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")


def shown(text: str) -> str:
    """What was typed, in quotes and not too long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def finite(text: str) -> float:
    """A finite number, written as in a formula: no digits of other scripts, no 1_000."""
    text = text.replace("\N{MINUS SIGN}", "-")
    if not (_NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text)):
        raise ArgumentTypeError(f"{shown(text)} is not a number")
    value = float(text)
    if not math.isfinite(value):
        raise ArgumentTypeError(f"must be a finite number, not {shown(text)}")
    return value


def whole(text: str) -> int:
    """A whole number in digits; its range is checked where it is used."""
    if not _WHOLE.fullmatch(text):
        raise ArgumentTypeError(f"must be a whole number in digits, not {shown(text)}")
    return int(text)


def dots(text: str) -> int:
    """Dots an inch: from 20, where text can just be read, to 600, a fine printer."""
    value = whole(text)
    if not 20 <= value <= 600:
        raise ArgumentTypeError(f"must be from 20 to 600, not {value}")
    return value


def point(text: str) -> tuple[float, float]:
    """Two finite numbers with a comma between them."""
    parts = text.split(",")
    if len(parts) != 2:
        reason = f"needs two numbers with a comma between, such as -15,20, not {shown(text)}"
        raise ArgumentTypeError(reason)
    return finite(parts[0]), finite(parts[1])


def setting(text: str) -> tuple[str, str]:
    """A name and the text of its value."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise ArgumentTypeError(f"needs the form KEY=VALUE, not {shown(text)}")
    return name.strip(), value.strip()
