"""Search spaces: which settings are tried, from where to where, on which scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optlab.core.parameters import Parameter, SettingError
from optlab.core.rules import Choice, Rule

Array = npt.NDArray[np.float64]
WIDENED = 10.0
"""Factor by which a logarithmic axis grows where the best lies on its edge."""
_EDGE = 0.02
_NEAREST = 0.001
"""1 − β at the high end of a decay's axis; the low end is β = 0."""


@dataclass(frozen=True)
class SearchAxis:
    """A number from ``low`` to ``high``; ``scale`` is ``linear``, ``log``, or ``decay`` for one
    below 1 whose distance from 1 is logarithmic; ``choices`` instead for an option.

    Raises SettingError for ends in the wrong order or outside of the scale.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    scale: str = "linear"
    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        if self.choices:
            return
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise SettingError(self.name, f"needs a low end below its high, not {self.range_text}")
        if self.scale == "log" and self.low <= 0:
            raise SettingError(self.name, f"needs ends above 0, not {self.range_text}")
        if self.scale == "decay" and not (self.low >= 0 and self.high < 1):
            raise SettingError(self.name, f"needs ends from 0 to below 1, not {self.range_text}")

    @property
    def range_text(self) -> str:
        """The ends as they are typed."""
        return f"{self.low:g}:{self.high:g}"

    def value(self, share: float) -> float | Choice:
        """The setting at a share of the way, 0 to 1."""
        if self.choices:
            return self.choices[min(int(share * len(self.choices)), len(self.choices) - 1)]
        if share in (0.0, 1.0):
            return self.high if share else self.low
        if self.scale == "log":
            low, high = math.log(self.low), math.log(self.high)
            return min(max(math.exp(low + share * (high - low)), self.low), self.high)
        if self.scale == "decay":
            low, high = math.log(1 - self.low), math.log(1 - self.high)
            return min(max(1 - math.exp(low + share * (high - low)), self.low), self.high)
        return self.low + share * (self.high - self.low)

    def is_edge(self, share: float) -> bool:
        """Whether a share of the way is at one of the ends of a range."""
        return not self.choices and (share < _EDGE or share > 1 - _EDGE)


@dataclass(frozen=True)
class Space:
    """The axes of a search, in order."""

    axes: tuple[SearchAxis, ...]

    def settings(self, shares: Sequence[float]) -> dict[str, float | Choice]:
        """The settings at a point, shape (axes,), of numbers from 0 to 1."""
        return {axis.name: axis.value(s) for axis, s in zip(self.axes, shares, strict=True)}

    def edges(self, shares: Sequence[float]) -> tuple[tuple[str, int], ...]:
        """The axes at whose ends a point lies, each with −1 for the low end and 1 for the high."""
        pairs = zip(self.axes, shares, strict=True)
        return tuple((a.name, -1 if s < 0.5 else 1) for a, s in pairs if a.is_edge(s))

    def widened(self, edges: Iterable[tuple[str, int]], rule: Rule) -> Space:
        """The space with logarithmic axes ten times as wide at the given ends, as far as the
        rule's parameters allow."""
        ends = set(edges)
        axes = [self._wider(axis, ends, rule.parameters.get(axis.name)) for axis in self.axes]
        return Space(tuple(axes))

    @staticmethod
    def _wider(
        axis: SearchAxis, ends: set[tuple[str, int]], parameter: Parameter | None
    ) -> SearchAxis:
        if axis.scale != "log" or parameter is None:
            return axis
        low = axis.low / WIDENED if (axis.name, -1) in ends else axis.low
        high = axis.high * WIDENED if (axis.name, 1) in ends else axis.high
        low = low if _allowed(parameter, low) else axis.low
        return replace(axis, low=low, high=high if _allowed(parameter, high) else axis.high)


def corner(space: Space, rule: Rule, count: int) -> tuple[dict[str, float | Choice], ...]:
    """Settings without momentum, for ``count`` learning rates: a rule contains the one that it is
    without, and its space is searched there as well.  Empty where there is no such corner."""
    axes = {axis.name: axis for axis in space.axes}
    momenta = {n: a.low for n, a in axes.items() if _is_momentum(rule, n) and a.low == 0}
    if not momenta or "eta" not in axes:
        return ()
    shares = (np.arange(count) + 0.5) / count
    return tuple({"eta": axes["eta"].value(float(s)), **momenta} for s in shares)


def _is_momentum(rule: Rule, name: str) -> bool:
    return name in rule.parameters and rule.parameters[name].role == "momentum"


def _allowed(parameter: Parameter, value: float) -> bool:
    try:
        parameter.check(value)
    except SettingError:
        return False
    return True


def space_of(
    rule: Rule, names: Sequence[str] | None = None, given: Mapping[str, SearchAxis] | None = None
) -> Space:
    """The usual space of a rule: its parameters on the range and scale of their sliders, decays
    below 1 by their distance from 1.

    ``names`` chooses among them, None takes all; ``given`` replaces axes.  Raises SettingError
    for a name that the rule does not have.
    """
    chosen = list(rule.parameters) if names is None else list(names)
    axes = []
    for name in (*chosen, *(n for n in given or {} if n not in chosen)):
        if given and name in given:
            axes.append(given[name])
        elif name in rule.parameters:
            axes.append(_axis(rule.parameters[name]))
        elif name in rule.options:
            axes.append(SearchAxis(name, choices=rule.options[name].choices))
        else:
            raise SettingError(name, f"is not a parameter or option of {rule.key}")
    return Space(tuple(axes))


def _axis(parameter: Parameter) -> SearchAxis:
    low, high = parameter.slider
    if parameter.role in ("momentum", "second_moment_decay"):
        return SearchAxis(parameter.name, 0.0, 1 - _NEAREST, "decay")
    if parameter.scale == "log" and low > 0:
        return SearchAxis(parameter.name, low, high, "log")
    return SearchAxis(parameter.name, low, high)


def read_space(rule: Rule, text: str) -> Space:
    """The space of ``eta=1e-4:1:log,beta1,epsilon_placement``: names with or without a range; all
    parameters where there are none.

    Raises SettingError for what is no range, and for a name that the rule does not have.
    """
    names: list[str] = []
    given: dict[str, SearchAxis] = {}
    for part in text.split(",") if text else []:
        name, equals, ends = part.partition("=")
        names.append(name)
        if equals:
            given[name] = _typed_axis(name, ends)
    return space_of(rule, names or None, given)


def _typed_axis(name: str, text: str) -> SearchAxis:
    parts = text.split(":")
    scale = parts[2] if len(parts) == 3 else "linear"
    try:
        low, high = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        reason = f"needs LOW:HIGH or LOW:HIGH:log, not '{text[:40]}'"
        raise SettingError(name, reason) from None
    if scale not in ("linear", "log", "decay") or len(parts) > 3:
        raise SettingError(name, f"the scale must be linear, log or decay, not '{scale[:40]}'")
    return SearchAxis(name, low, high, scale)
