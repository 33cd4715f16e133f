"""Arguments as the functions here take them: each one checked, or refused in one sentence.

NumPy's numbers are numbers, its integers integers.  A value that cannot be is a
:class:`~optlab.core.parameters.SettingError`, which is a ValueError; one of a type that can never
be right is a :class:`WrongTypeError`.
"""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from optlab.core.parameters import SettingError

if TYPE_CHECKING:
    from optlab.figures.layout import Size


_LONGEST = 40
FEWEST_DOTS, MOST_DOTS = 20, 600
"""Dots an inch, as on the command line: text can just be read, and a fine printer."""


class WrongTypeError(SettingError, TypeError):
    """An argument of a type that can never be right: a TypeError, and a ValueError as well."""


class UnknownNameError(KeyError, ValueError):
    """A name that a result has not: a KeyError, as of any mapping, and a ValueError."""

    def __str__(self) -> str:
        """The sentence, which a KeyError would put into quotes."""
        return str(self.args[0])


class UnknownPlaceError(IndexError, ValueError):
    """A place that a result has not: an IndexError, as of any sequence, and a ValueError."""


def shown(value: object) -> str:
    """A value as a sentence quotes it, in one line of readable length."""
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def whole(name: str, value: object, least: int | None = None, most: int | None = None) -> int:
    """An integer, NumPy's too, from ``least`` to ``most``."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]  # what is none is refused
    except TypeError:
        raise WrongTypeError(name, f"must be a whole number, not {shown(value)}") from None
    if (least is not None and number < least) or (most is not None and number > most):
        limits = f"at least {least}" if most is None else f"from {least} to {most}"
        raise SettingError(name, f"must be {limits}, not {shown(number)}")
    return number


def number(name: str, value: object) -> float:
    """A real number of any library as a float; it may be infinite or nan."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    refused = isinstance(value, bool | np.bool_ | str | bytes | complex | np.complexfloating)
    try:
        if refused or (isinstance(value, np.ndarray) and value.ndim):
            raise TypeError
        return float(value)  # type: ignore[arg-type]  # what numbers of other libraries turn into
    except TypeError:
        raise WrongTypeError(name, f"must be a number, not {shown(value)}") from None
    except (OverflowError, ValueError):
        raise SettingError(name, f"must be a number of float64, not {shown(value)}") from None


def comparable(name: str, value: object) -> float:
    """A number that is greater or smaller than others: anything but nan."""
    found = number(name, value)
    if math.isnan(found):
        raise SettingError(name, "must be a number, not nan")
    return found


def at_least_zero(name: str, value: object) -> float:
    """A finite number that is not negative."""
    found = number(name, value)
    if not (math.isfinite(found) and found >= 0):
        raise SettingError(name, f"must be at least 0, not {found:g}")
    return found


def truth(name: str, value: object) -> bool:
    """True or False, NumPy's too."""
    if not isinstance(value, bool | np.bool_):
        raise WrongTypeError(name, f"must be True or False, not {shown(value)}")
    return bool(value)


def text(name: str, value: object) -> str:
    """A string that a file can hold."""
    if not isinstance(value, str):
        raise WrongTypeError(name, f"must be a text, not {shown(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise SettingError(name, f"holds what is no character: {shown(value)}") from None
    return str(value)


def path(name: str, value: object) -> Path:
    """The path of a file."""
    if not isinstance(value, str | os.PathLike):
        raise WrongTypeError(name, f"must be a path, not {shown(value)}")
    return Path(text(name, os.fspath(value)))


def name_or_path(name: str, value: object) -> str:
    """What a catalogue or a file calls something."""
    if not isinstance(value, str | os.PathLike):
        raise WrongTypeError(name, f"must be a name or a path, not {shown(value)}")
    return text(name, os.fspath(value))


def items(name: str, value: object, what: str) -> list[object]:
    """What a sequence holds; ``what`` is how a sentence calls it."""
    try:
        if isinstance(value, str | bytes | Mapping):
            raise TypeError
        return list(value)  # type: ignore[call-overload, no-any-return]  # or it is refused
    except TypeError:
        raise WrongTypeError(name, f"must be {what}, not {shown(value)}") from None


def numbers(name: str, value: object, count: int, what: str) -> tuple[float, ...]:
    """So many finite numbers; ``what`` is how a sentence calls them."""
    found = tuple(number(name, part) for part in items(name, value, what))
    if len(found) != count or not all(map(math.isfinite, found)):
        raise SettingError(name, f"must be {what}, not {shown(value)}")
    return found


def texts(name: str, value: object) -> dict[str, str]:
    """Texts by name."""
    if not isinstance(value, Mapping):
        raise WrongTypeError(name, f"must be texts by name, not {shown(value)}")
    return {text(name, key): text(name, one) for key, one in value.items()}


def one_of(name: str, value: object, known: Iterable[str]) -> str:
    """One of the known texts."""
    known = tuple(known)
    if text(name, value) not in known:
        raise SettingError(name, f"must be one of {', '.join(known)}, not {shown(value)}")
    return str(value)


def size_of(value: object) -> Size:
    """The size of a picture."""
    from optlab.figures.layout import SIZES

    known = one_of("size", value, SIZES)
    return next(size for size in SIZES if size == known)


def dots_of(value: object) -> int:
    """The dots an inch of a picture."""
    return whole("dpi", value, FEWEST_DOTS, MOST_DOTS)


def function(name: str, value: object) -> None:
    """Raises for what is neither None nor can be called."""
    if value is not None and not isinstance(value, Callable):  # type: ignore[arg-type]
        raise WrongTypeError(name, f"must be a function, not {shown(value)}")


Scalar = TypeVar("Scalar", bound=np.generic)


def locked(array: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
    """The same numbers, read-only; nothing is copied."""
    view = array.view()
    view.flags.writeable = False
    return view
