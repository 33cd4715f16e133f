"""The charts of a search: its history, each parameter against the measure, parallel coordinates."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from optlab.core.tuning.search import SearchResult
from optlab.core.tuning.space import SearchAxis
from optlab.pictures.charts.chart import (
    Chart,
    ChartDots,
    ChartLine,
    ChartZone,
    fixed_ticks,
    loss_axis,
    on_axis,
    padded,
)
from optlab.pictures.items import Floats
from optlab.pictures.theme import Theme, mix

MEASURE_TITLES: Mapping[str, str] = {
    "loss": "loss at the end",
    "steps": "gradients to the target",
    "area": "mean of log₁₀ loss",
    "test_loss": "test loss",
}
_ZONE = 0.14
"""Share of the height that the trials which came to no end take."""
_MOST_LINES = 400


def tuning_charts(
    found: SearchResult, theme: Theme, importance: Mapping[str, float] | None = None
) -> tuple[Chart, ...]:
    """History, a slice for each parameter, parallel coordinates, and importance where known.

    The keys of dots and lines are the places of trials.
    """
    whole = _Search(found, theme)
    charts = [whole.history(), *(whole.slice(axis) for axis in found.space.axes)]
    if len(found.space.axes) > 1:
        charts.append(whole.parallel())
    if importance:
        charts.append(_importance(importance, found, theme))
    return tuple(charts)


class _Search:
    """What all charts share: the heights of trials, and which failed."""

    def __init__(self, found: SearchResult, theme: Theme) -> None:
        self.found, self.theme = found, theme
        self.name = MEASURE_TITLES[found.plan.measure]
        self.failed = ~np.isfinite(found.medians)
        self.log, (low, high) = loss_axis([found.medians])
        room = _ZONE * (high - low) if self.failed.any() else 0.0
        self.window = (low, high + room)
        self.heights = on_axis(found.medians, self.log, low)
        self.heights[self.failed] = high + room / 2
        self.top = high

    def history(self) -> Chart:
        """Each trial in turn, and the best so far."""
        numbers = np.arange(len(self.heights), dtype=np.float64)
        window = (padded(0.0, max(len(numbers) - 1.0, 1.0), 0.03), self.window)
        best = on_axis(self.found.history(), self.log, self.window[0])
        line = ChartLine(numbers, best, self.theme.accent, 2.0, steps=True)
        return self._chart(
            "history", "Trials and the best so far", "trial", window, numbers, (line,), whole=True
        )

    def slice(self, axis: SearchAxis) -> Chart:
        """A parameter against the measure."""
        x, log, ticks = self._across(axis)
        window = (padded(*self._ends(axis), 0.03), self.window)
        symbol = self._symbol(axis.name)
        title = f"{symbol} against {self.name}"
        return self._chart(axis.name, title, symbol, window, x, (), (log, ticks))

    def parallel(self) -> Chart:
        """A line for each trial through all parameters to its measure, the better the brighter."""
        axes = self.found.space.axes
        columns = []
        for axis in axes:
            low, high = self._ends(axis)
            columns.append((self._across(axis)[0] - low) / ((high - low) or 1.0))
        low, high = self.window
        columns.append((self.heights - low) / ((high - low) or 1.0))
        table, places = np.array(columns), np.arange(len(axes) + 1.0)
        order = np.argsort(self.heights, kind="stable")[:_MOST_LINES]
        lines = []
        for rank, trial in reversed(list(enumerate(order.tolist()))):
            share = 1.0 - rank / max(len(order) - 1, 1)
            color = mix(self.theme.border, self.theme.accent, share**2)
            if self.failed[trial]:
                color = self.theme.warning
            alpha = 0.25 if self.failed[trial] else 0.35 + 0.5 * share
            width = 2.4 if rank == 0 else 1.1
            lines.append(ChartLine(places, table[:, trial], color, width, alpha=alpha, key=trial))
        labels = [*(self._symbol(axis.name) for axis in axes), "loss" if self.log else "measure"]
        window = (padded(0.0, float(len(axes)), 0.06), (-0.04, 1.04))
        return Chart(
            "parallel",
            "All parameters together",
            ("", "low to high"),
            window,
            lines=tuple(lines),
            ticks=(fixed_ticks(labels), ((0.0, "low"), (1.0, "high"))),
            about="A line for each trial; the best is the brightest.",
        )

    def _chart(
        self,
        key: str,
        title: str,
        x_name: str,
        window: tuple[tuple[float, float], tuple[float, float]],
        x: Floats,
        lines: tuple[ChartLine, ...],
        scale: tuple[bool, tuple[tuple[float, str], ...] | None] = (False, None),
        whole: bool = False,
    ) -> Chart:
        keys, theme = np.arange(len(x)), self.theme
        sound, failed = ~self.failed, self.failed
        dots = [ChartDots(x[sound], self.heights[sound], theme.runs[1], keys[sound])]
        zones = []
        if failed.any():
            place = x[failed], self.heights[failed]
            dots.append(ChartDots(*place, theme.warning, keys[failed], "cross", alpha=0.7))
            strip = (window[0], (self.top, window[1][1]))
            zones.append(ChartZone(strip, "diverged or failed"))
        best = self.found.best
        if best is not None:
            at = x[best : best + 1], self.heights[best : best + 1]
            dots.append(ChartDots(*at, theme.accent, keys[best : best + 1], "ring", 5.5))
        return Chart(
            key,
            title,
            (x_name, self.name),
            window,
            (scale[0], self.log),
            lines,
            (),
            tuple(dots),
            tuple(zones),
            (scale[1], None),
            whole,
            f"{int(failed.sum())} of {len(x)} trials failed." if failed.any() else "",
            x_name if key != "history" else "",
        )

    def _across(
        self, axis: SearchAxis
    ) -> tuple[Floats, bool, tuple[tuple[float, str], ...] | None]:
        """Where trials stand on an axis, whether that is logarithmic, and its fixed ticks."""
        given = self.found.spec
        if axis.choices:
            known = [one.get(axis.name, given.options.get(axis.name)) for one in self._settings]
            places = {choice: float(place) for place, choice in enumerate(axis.choices)}
            labels = fixed_ticks([str(choice).lower() for choice in axis.choices])
            return np.array([places.get(v, math.nan) for v in known]), False, labels  # type: ignore[call-overload]
        numbers = np.array([self._number(one, axis.name) for one in self._settings])
        if axis.scale == "decay":
            with np.errstate(all="ignore"):
                x = -np.log10(np.maximum(1.0 - numbers, 1e-300))
            return x, False, _decay_ticks(axis)
        return on_axis(numbers, axis.scale == "log"), axis.scale == "log", None

    def _ends(self, axis: SearchAxis) -> tuple[float, float]:
        """The range of an axis, wide enough for trials outside of the space."""
        if axis.choices:
            return -0.3, len(axis.choices) - 0.7
        x = self._across(axis)[0]
        known = x[np.isfinite(x)].tolist()
        low, high = axis.low, axis.high
        if axis.scale == "log":
            low, high = math.log10(low), math.log10(high)
        elif axis.scale == "decay":
            low, high = -math.log10(1.0 - low), -math.log10(1.0 - high)
        return min([low, *known]), max([high, *known])

    @property
    def _settings(self) -> tuple[dict[str, object], ...]:
        return self.found.settings  # type: ignore[return-value]

    def _number(self, one: Mapping[str, object], name: str) -> float:
        spec = self.found.spec
        value = one.get(name, spec.parameters.get(name, spec.rule.parameters[name].default))
        return float(value)  # type: ignore[arg-type]

    def _symbol(self, name: str) -> str:
        parameter = self.found.spec.rule.parameters.get(name)
        return parameter.symbol if parameter is not None else name.replace("_", " ")


def _decay_ticks(axis: SearchAxis) -> tuple[tuple[float, str], ...]:
    """Round numbers on an axis of −log₁₀(1 − β)."""
    values = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
    inside = [value for value in values if axis.low <= value <= axis.high]
    return tuple((-math.log10(1.0 - value), f"{value:g}") for value in inside)


def _importance(importance: Mapping[str, float], found: SearchResult, theme: Theme) -> Chart:
    """The share of each parameter in what makes good trials good."""
    ranked = sorted(importance.items(), key=lambda pair: pair[1])
    lines = tuple(
        ChartLine(np.array([0.0, share]), np.array([place, place], dtype=float), theme.accent, 9.0)
        for place, (_, share) in enumerate(ranked)
    )
    parameters = found.spec.rule.parameters
    labels = [parameters[n].symbol if n in parameters else n.replace("_", " ") for n, _ in ranked]
    return Chart(
        "importance",
        "Importance (PED-ANOVA)",
        ("share", ""),
        ((0.0, 1.0), (-0.7, len(ranked) - 0.3)),
        lines=lines,
        ticks=(None, fixed_ticks(labels)),
        about="How much each parameter decides whether a trial is among the best.",
    )
