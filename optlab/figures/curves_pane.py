"""A quantity over the steps; a run that ran away does not flatten the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from optlab.core.analysis.quantities import Quantity
from optlab.figures import setting, words
from optlab.figures.marked import MarkedRun
from optlab.figures.setting import pt, theme
from optlab.pictures.items import LINE_STYLES, PATTERNS, dash_pattern

Floats = npt.NDArray[np.float64]

_COLUMNS = 1500
"""More points than this are drawn as the lowest and highest of each column."""
_MOST_DECADES = 16
"""Further below the highest loss there is only the rounding of the numbers."""
_ROUND = (1, 2, 5, 10)
_RUNAWAY = 1e4
"""A loss that grows to so many times the first one does not set the scale."""
_LOG_FROM = 20.0
"""A logarithmic axis is used where the largest loss is so many times the smallest."""


@dataclass(frozen=True, eq=False)
class Curve:
    """What is drawn of a run: a value for each step, and how the line looks."""

    run: MarkedRun
    name: str
    values: Floats
    style: str


class CurvesPane:
    """Axes with the curves of a quantity; :meth:`show` draws them up to a step."""

    def __init__(
        self,
        axes: Axes,
        quantity: Quantity,
        runs: Sequence[MarkedRun],
        lowest: float | None,
        height: float,
    ) -> None:
        """``runs`` are those whose curves are drawn; ``lowest`` is the least loss known; the
        axes are ``height`` design inches high."""
        self._ticks = min(max(2, int(height / 0.3)), 6)
        self._axes = axes
        self.title, self.symbol = quantity.title, quantity.symbol
        self.curves = curves = curves_of(quantity, runs)
        if quantity.key == "loss":
            losses, above = _heights([curve.values for curve in curves], lowest)
            curves = [replace(c, values=v) for c, v in zip(curves, losses, strict=True)]
            if above:
                self.title, self.symbol = "loss above the minimum", "E − Eₘᵢₙ"
        limits = _limits(curves, quantity.log, quantity.key in ("loss", "excess"))
        self._log = quantity.log and limits[0] > 0 and limits[1] / limits[0] > _LOG_FROM
        self._lines: list[Line2D] = []
        self._ends: list[Line2D] = []
        last = max((run.trajectory.steps for run in runs), default=0)
        self._dress(limits, last)
        for curve in curves:
            color, good = curve.run.color, curve.run.went_well
            (line,) = axes.plot([], [], color=color, linewidth=pt(1.6), zorder=3)
            if curve.style in PATTERNS:
                line.set_dashes(dash_pattern(curve.style, 1.75))
            (end,) = axes.plot([], [], color=color, zorder=4, linestyle="none", clip_on=False)
            end.set(marker="o" if good else "x", markersize=pt(6.5))
            end.set(markeredgewidth=pt(1.2 if good else 1.8))
            end.set(markeredgecolor=theme().window if good else color)
            self._lines.append(line)
            self._ends.append(end)
        self._thin = [_thinned(curve.values, self._log) for curve in curves]

    @property
    def artists(self) -> tuple[Line2D, ...]:
        """What :meth:`show` changes, in drawing order."""
        return (*self._lines, *self._ends)

    def show(self, step: int) -> None:
        """The curves up to a step."""
        bottom, top = self._axes.get_ylim()
        for line, end, (steps, losses) in zip(self._lines, self._ends, self._thin, strict=True):
            count = int(np.searchsorted(steps, step, side="right"))
            line.set_data(steps[:count], losses[:count])
            seen = np.flatnonzero(np.isfinite(losses[:count]))[-1:]
            seen = seen[(losses[seen] >= bottom) & (losses[seen] <= top)]
            end.set_data(steps[seen], losses[seen])

    def _dress(self, limits: tuple[float, float], last: int) -> None:
        axes = self._axes
        low, high = limits
        if self._log:
            axes.set_yscale("log")
            pad = (high / low) ** 0.06
            axes.set_ylim(low / pad, high * pad)
            axes.yaxis.set_major_locator(FixedLocator(_decades(low / pad, high * pad, self._ticks)))
            axes.yaxis.set_minor_locator(NullLocator())
            power = FuncFormatter(lambda value, _: words.power_of_ten(round(math.log10(value))))
            axes.yaxis.set_major_formatter(power)
        else:
            pad = 0.06 * (high - low)
            axes.set_ylim(low - pad, high + pad)
            axes.yaxis.set_major_locator(MaxNLocator(self._ticks - 1, steps=_ROUND))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 6)))
        axes.set_xlim(0, max(last, 1) * 1.02)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=_ROUND))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 7)))
        axes.set_xlabel("step t", fontproperties=setting.font(setting.TEXT, 10), labelpad=pt(4))
        axes.grid(color=theme().grid, linewidth=pt(0.8))
        axes.set_axisbelow(True)
        axes.tick_params(length=0, pad=pt(5))
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_fontproperties(setting.font(setting.TEXT, 10))
        for spine in axes.spines.values():
            spine.set_visible(False)


def curves_of(quantity: Quantity, runs: Sequence[MarkedRun]) -> list[Curve]:
    """A curve for each component; those of one run differ in their lines."""
    found = []
    for run in runs:
        for index, (name, values) in enumerate(quantity.curves(run.trajectory)):
            first = LINE_STYLES.index(run.style) if quantity.of_all else 0
            style = LINE_STYLES[(first + index) % len(LINE_STYLES)]
            found.append(Curve(run, name, np.asarray(values), style))
    return found


def _heights(losses: Sequence[Floats], lowest: float | None) -> tuple[list[Floats], bool]:
    """The losses, or how far they lie above the known minimum where they can be negative."""
    finite = [loss[np.isfinite(loss)] for loss in losses]
    least = min((float(values.min()) for values in finite if values.size), default=0.0)
    if least >= 0 or lowest is None or lowest >= 0:
        return list(losses), False
    # The known value is rounded: a run that rests in the minimum may lie a hair below it.
    if least < lowest - 1e-9 * max(1.0, abs(lowest)):
        return list(losses), False
    return [np.maximum(loss - lowest, 0.0) for loss in losses], True


def _limits(curves: Sequence[Curve], log: bool, losses: bool) -> tuple[float, float]:
    """What the axis must show: all of the runs that went well, of others where they began."""
    all_values = [curve.values[np.isfinite(curve.values)] for curve in curves]
    tame = [
        curve.run.went_well and values.size > 0 and not (losses and _runs_away(values))
        for curve, values in zip(curves, all_values, strict=True)
    ]
    shown = [v if good else v[:1] for good, v in zip(tame, all_values, strict=True)]
    if not any(tame):
        shown = all_values
    first = max((abs(float(v[0])) for v in all_values if v.size), default=0.0)
    values = np.concatenate([*shown, np.empty(0)])
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if log and low >= 0 and high > 0:
        positive = values[values > 0]
        least = float(positive.min())
        if high / least > _LOG_FROM:
            return max(least, min(first or high, high) * 10.0**-_MOST_DECADES), high
    if low == high:
        room = 0.5 * abs(low) or 0.5
        return low - room, high + room
    return low, high


def _runs_away(losses: Floats) -> bool:
    return bool(np.abs(losses).max() > _RUNAWAY * max(abs(float(losses[0])), 1.0))


def _decades(low: float, high: float, most: int) -> list[float]:
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    stride = max(1, math.ceil((last - first + 1) / most))
    return [10.0**exponent for exponent in range(first, last + 1, stride)]


def _thinned(loss: Floats, log: bool) -> tuple[Floats, Floats]:
    """Steps and losses to draw: of many points the lowest and highest in each column."""
    losses = np.where(np.isfinite(loss) & ((loss > 0) | (not log)), loss, np.nan)
    steps = np.arange(len(losses), dtype=np.float64)
    if len(losses) <= 4 * _COLUMNS:
        return steps, losses
    width = -(-len(losses) // _COLUMNS)
    padded = np.concatenate([losses, np.full(-len(losses) % width, np.nan)]).reshape(-1, width)
    begins = np.arange(len(padded)) * width
    lowest = begins + np.argmin(np.where(np.isnan(padded), np.inf, padded), axis=1)
    highest = begins + np.argmax(np.where(np.isnan(padded), -np.inf, padded), axis=1)
    chosen = np.unique(np.concatenate([[0, len(losses) - 1], lowest, highest]))
    chosen = chosen[chosen < len(losses)]
    return steps[chosen], losses[chosen]
