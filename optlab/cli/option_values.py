"""Values of options from their text; each raises argparse's error with a sentence."""

from __future__ import annotations

import math
import re
from argparse import ArgumentTypeError
from dataclasses import dataclass

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


def point(text: str) -> tuple[float, ...]:
    """Finite numbers with commas between them, or those of a NumPy file (.npy); how many there
    must be is checked later."""
    if text.strip().lower().endswith(".npy"):
        return _array(text.strip())
    parts = text.split(",")
    if not all(part.strip() for part in parts):
        reason = f"needs numbers with commas between, such as -15,20, not {shown(text)}"
        raise ArgumentTypeError(reason)
    return tuple(map(finite, parts))


def _array(path: str) -> tuple[float, ...]:
    import numpy as np

    try:
        array = np.load(path, allow_pickle=False)
    except OSError as error:
        raise ArgumentTypeError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, EOFError) as error:
        raise ArgumentTypeError(f"{path}: is not a NumPy file of numbers: {error}") from None
    numbers = isinstance(array, np.ndarray) and array.dtype.kind in "fiu" and array.size > 0
    if not numbers or not np.isfinite(array).all():
        raise ArgumentTypeError(f"{path}: must hold finite numbers, one for each weight")
    return tuple(np.asarray(array, dtype=np.float64).ravel().tolist())


def names(text: str) -> tuple[str, ...]:
    """Names with commas between them."""
    parts = tuple(part.strip() for part in text.split(","))
    if not all(parts):
        raise ArgumentTypeError(f"needs names with commas between, such as a,b, not {shown(text)}")
    return parts


@dataclass(frozen=True)
class Then:
    """A change of the optimizer as typed: after how many updates or epochs, which, with what
    settings."""

    after: int
    epochs: bool
    optimizer: str
    settings: tuple[tuple[str, str], ...]


def then(text: str) -> Then:
    """``K:OPTIMIZER`` or ``K:OPTIMIZER:KEY=VALUE,...``; K may be ``5epochs``."""
    after, colon, rest = text.partition(":")
    optimizer, last, given = rest.rpartition(":")
    if not last or "=" not in given:
        optimizer, given = rest, ""
    if not colon or not optimizer.strip():
        raise ArgumentTypeError(f"needs the form K:OPTIMIZER[:KEY=VALUE,...], not {shown(text)}")
    settings = tuple(map(setting, given.split(","))) if given else ()
    count = after.strip().removesuffix("epochs")
    return Then(whole(count), count != after.strip(), optimizer.strip(), settings)


def truth(text: str) -> bool:
    """Yes or no."""
    found = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in found:
        raise ArgumentTypeError(f"must be yes or no, not {shown(text)}")
    return found[text.lower()]


def setting(text: str) -> tuple[str, str]:
    """A name and the text of its value."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise ArgumentTypeError(f"needs the form KEY=VALUE, not {shown(text)}")
    return name.strip(), value.strip()


def sweep(text: str) -> tuple[str, tuple[float, ...]]:
    """A parameter and its values: ``eta=0.01,0.1``."""
    name, values = setting(text)
    return name, point(values)


def updates(text: str) -> tuple[int, int]:
    """The first and the last of some updates: ``3``, or ``1-4``."""
    first, dash, last = text.partition("-")
    low, high = whole(first), whole(last if dash else first)
    # Imported where it is needed: asking for help loads no numbers.
    from optlab.session.view import MOST_ARROWS

    if not 1 <= low <= high < low + MOST_ARROWS:
        raise ArgumentTypeError(
            f"must be up to {MOST_ARROWS} updates, such as 1-2, not {shown(text)}"
        )
    return low, high


def steps_between(text: str) -> tuple[int, int]:
    """The first and the last of some steps: ``0-50``."""
    first, dash, last = text.partition("-")
    if not dash or not first.strip().isdigit() or not last.strip().isdigit():
        raise ArgumentTypeError(f"needs two steps, such as 0-50, not {shown(text)}")
    low, high = whole(first), whole(last)
    if low >= high:
        raise ArgumentTypeError(f"must go from a step to a later one, not {shown(text)}")
    return low, high
