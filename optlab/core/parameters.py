"""A parameter, declared once: panel, tooltip, validation, files, map axes and help read it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from optlab.core.interval import Interval, parse_interval
from optlab.core.names import display_symbol

Scale = Literal["linear", "log"]


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
    """

    name: str
    symbol: str
    default: float
    range: Interval
    scale: Scale
    slider: tuple[float, float]
    help: str

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
    low, high = item.slider or _slider(item.default, interval)
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
    )


def _slider(default: float, interval: Interval) -> tuple[float, float]:
    low = interval.low if math.isfinite(interval.low) else min(0.0, 10 * default)
    high = interval.high if math.isfinite(interval.high) else max(1.0, 10 * abs(default))
    return low, high
