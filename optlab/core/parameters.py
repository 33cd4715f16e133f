"""A parameter, declared once: panel, tooltip, validation, files, map axes and help read it."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from optlab.core.display import display_symbol

Scale = Literal["linear", "log"]
Role = Literal["", "momentum", "second_moment_decay"]
"""What a parameter of a rule is to everything that speaks of momentum; most have none."""


class SettingError(ValueError):
    """A setting that cannot be: ``name`` of the setting and the ``reason``."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True)
class Parameter:
    """A number that a person may choose.

    ``slider`` is the range of its slider, inside ``range``, on a linear or logarithmic scale.
    ``role``: ``momentum`` is the share of a remembered direction that a step keeps,
    ``second_moment_decay`` that of a remembered size of the gradient.
    """

    name: str
    symbol: str
    default: float
    range: Interval
    scale: Scale
    slider: tuple[float, float]
    help: str
    role: Role = ""

    def check(self, value: float) -> float:
        """The value as a float. Raises :class:`SettingError` outside the range."""
        number = float(value)
        if not self.range.contains(number):
            raise SettingError(self.name, f"must be {self.range.sentence()}, not {value:g}")
        return number


class ParameterData(msgspec.Struct, forbid_unknown_fields=True):
    """A parameter as it stands in a data file."""

    default: float
    range: str = "(-inf, inf)"
    scale: Scale = "linear"
    slider: tuple[float, float] | None = None
    symbol: str = ""
    help: str = ""
    role: Role = ""


def read_parameters(data: Mapping[str, ParameterData]) -> dict[str, Parameter]:
    """The declared parameters. Raises :class:`SettingError` naming the key and the reason."""
    return {name: _parameter(name, item) for name, item in data.items()}


def _parameter(name: str, item: ParameterData) -> Parameter:
    try:
        interval = parse_interval(item.range)
    except ValueError as error:
        raise SettingError(f"{name}.range", str(error)) from None
    if not interval.contains(item.default):
        raise SettingError(f"{name}.default", f"{item.default:g} is outside {interval}")
    if item.scale == "log" and item.slider is None and item.default <= 0:
        raise SettingError(f"{name}.default", "must be above 0 for a log scale without a slider")
    if item.slider is None and interval.low == interval.high:
        raise SettingError(f"{name}.range", "leaves one number, which is no parameter")
    low, high = item.slider or _slider(item.default, interval, item.scale)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise SettingError(f"{name}.slider", "needs a low end below its high end")
    if item.scale == "log" and low <= 0:
        raise SettingError(f"{name}.slider", "must be above 0 for a log scale")
    return Parameter(
        name,
        item.symbol or display_symbol(name),
        item.default,
        interval,
        item.scale,
        (low, high),
        item.help,
        item.role,
    )


def _slider(default: float, interval: Interval, scale: Scale) -> tuple[float, float]:
    """The slider of a parameter whose file gives none: its range, else what surrounds its default.

    On a logarithmic scale that is a factor of 1000 to each side.  Ends that the range leaves out
    are moved inside.
    """
    most = sys.float_info.max / 4
    if scale == "log":
        low = interval.low if interval.low > 0 else max(default / 1000, math.ulp(0.0))
        high = interval.high if math.isfinite(interval.high) else min(default * 1000, most)
        step = (high / low) ** 1e-3
        inner = low * step, high / step
    else:
        low = interval.low if math.isfinite(interval.low) else max(min(0.0, 10 * default), -most)
        around = min(max(1.0, 10 * abs(default)), most)
        high = interval.high if math.isfinite(interval.high) else around
        step = 1e-3 * (high - low)
        inner = low + step, high - step
    return (
        low if interval.contains(low) else inner[0],
        high if interval.contains(high) else inner[1],
    )


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
