"""The five pictures of a fair comparison, as charts."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from optlab.core.tuning.comparison import (
    ComparisonResult,
    Entry,
    LossBand,
    Tuning,
    eta_sensitivity,
)
from optlab.core.tuning.statistics import expected_best
from optlab.pictures.charts.chart import (
    Chart,
    ChartBand,
    ChartDots,
    ChartLine,
    ChartZone,
    fixed_ticks,
    loss_axis,
    on_axis,
    padded,
)
from optlab.pictures.items import LINE_STYLES
from optlab.pictures.theme import Theme, mix

TUNING_NAMES: Mapping[Tuning, str] = {
    "defaults": "defaults",
    "eta": "η tuned",
    "all": "all tuned",
}
COLORED = 8
"""Rules with a colour of their own, the best; the others are thin and grey."""
_MOST_ROWS = 16
_GOOD = 10.0
"""A rate is good where its loss is at most so many times the best, or in the same tenth of the
way."""
_FAR = 1e3
"""Times the loss at the start beyond which sensitivity curves leave their chart."""


@dataclass(frozen=True)
class LineStyle:
    """How the line of a rule looks."""

    color: str
    style: str
    width: float
    is_colored: bool


class ComparisonCharts:
    """What all pictures share: which rules are shown, in which order, in which colours.

    ``problem``: that of the pictures about one problem, empty for the first.  ``tuning``: which
    settings are shown, None for the freest.  ``hidden``: rules that are left out; the profile and
    the ranks are worked out anew without them, the colours stay.  ``against``: the rule with which
    each other one is profiled as a pair, empty for all together.
    """

    def __init__(
        self,
        result: ComparisonResult,
        theme: Theme,
        problem: str = "",
        tuning: Tuning | None = None,
        hidden: Collection[str] = (),
        bands: Mapping[str, LossBand] | None = None,
        against: str = "",
    ) -> None:
        self.result, self.theme, self.against = result, theme, against
        self.problem = problem or next(iter(result.plan.problems))
        self.tuning: Tuning = tuning or result.plan.tunings[-1]
        self.all_ranks = result.ranks(self.tuning)
        self.order = sorted(self.all_ranks, key=lambda rule: (self.all_ranks[rule], rule))
        self.rules = [rule for rule in self.order if rule not in hidden]
        self.titles = {rule.key: rule.name for rule in result.plan.rules}
        self.bands = bands or {}

    def charts(self) -> tuple[Chart, ...]:
        """Profile, sensitivity, expected best, losses, and ranks with intervals."""
        return (self.profile(), self.sensitivity(), self.budget(), self.losses(), self.ranks())

    def style(self, rule: str) -> LineStyle:
        """The look of a rule's line; it stays while rules are hidden."""
        place = self.order.index(rule) if rule in self.order else COLORED
        if place >= COLORED:
            return LineStyle(mix(self.theme.border, self.theme.muted, 0.35), "solid", 1.0, False)
        runs = self.theme.runs
        return LineStyle(runs[place % len(runs)], LINE_STYLES[place // 2 % 4], 1.9, True)

    def entries(self, tuning: Tuning) -> list[Entry]:
        """The entries of the rules shown on the problem, the worst first."""
        found = {one.rule: one for one in self.result.of(tuning) if one.problem == self.problem}
        return [found[rule] for rule in reversed(self.rules) if rule in found]

    def profile(self) -> Chart:
        """The share of problems that are solved within a factor of the best."""
        if self.against in self.rules:
            return self._pairs(self.against)
        tau, shares = self.result.profile(self.tuning, self.rules)
        end = math.log10(max(float(tau[-1]) * 1.3, 2.0))
        x = np.concatenate((np.log10(tau), [end]))
        lines = [
            self._line(rule, x, np.append(shares[rule], shares[rule][-1:]), steps=True)
            for rule in reversed(self.rules)
            if rule in shares
        ]
        count = len(self.result.targets)
        return Chart(
            "profile",
            f"Solved within τ of the best · {TUNING_NAMES[self.tuning]}",
            ("τ", f"share of {count}"),
            ((0.0, end), (-0.03, 1.04)),
            (True, False),
            tuple(lines),
            about=f"Of the {len(self.rules)} rules shown; hiding one changes the profile.",
        )

    def _pairs(self, against: str) -> Chart:
        """The profile of each rule in a pair with one: where its line is above a half of what both
        solve, it is the better one of the two."""
        lines, ends = [], [2.0]
        for rule in reversed(self.rules):
            tau, shares = self.result.profile(self.tuning, [rule, against])
            if rule != against and rule in shares:
                ends.append(float(tau[-1]) * 1.3)
                x = np.append(np.log10(tau), math.log10(ends[-1]))
                y = np.append(shares[rule], shares[rule][-1:])
                lines.append(self._line(rule, x, y, steps=True))
        count = len(self.result.targets)
        return Chart(
            "profile",
            f"In pairs with {self.titles[against]}",
            ("τ", f"share of {count}"),
            ((0.0, math.log10(max(ends))), (-0.03, 1.04)),
            (True, False),
            tuple(lines),
            about=f"Each rule in a pair with {self.titles[against]} alone: others play no part.",
        )

    def titles_shown(self) -> list[tuple[str, str, str]]:
        """The rules that are shown, for a choice."""
        return [(rule, self.titles[rule], "") for rule in self.rules]

    def sensitivity(self) -> Chart:
        """The loss over the learning rate with quartiles, and where the best rule diverges."""
        entries = [one for one in self.entries("eta") if len(eta_sensitivity(one)[0])]
        curves = {one.rule: eta_sensitivity(one) for one in entries}
        ends = [m for _, _, m, _ in curves.values()]
        finite = np.concatenate([m[np.isfinite(m)] for m in ends]) if ends else np.empty(0)
        most = np.quantile(finite, 0.9) * _FAR if finite.size and finite.min() >= 0 else np.inf
        log, heights = loss_axis([np.minimum(finite, most)])
        rates = np.concatenate([eta for eta, *_ in curves.values()]) if curves else np.ones(1)
        across = padded(float(np.log10(rates.min())), float(np.log10(rates.max())), 0.02)
        lines, bands = [], []
        zones: list[ChartZone] = []
        widths: list[str] = []
        for one in entries:
            eta, low, middle, high = curves[one.rule]
            x = np.log10(eta)
            y = on_axis(middle, log, heights[0])
            lines.append(self._line(one.rule, x, y))
            if self.style(one.rule).is_colored:
                bottom, top = (on_axis(part, log, heights[0]) for part in (low, high))
                bands.append(ChartBand(x, bottom, top, self.style(one.rule).color, 0.13))
        best = entries[-1] if entries else None
        if best is not None:
            eta, _, middle, _ = curves[best.rule]
            zones = _diverged(np.log10(eta), ~np.isfinite(middle), across, heights)
            widths.append(f"{self.titles[best.rule]}: {good_range(eta, middle)}")
        return Chart(
            "sensitivity",
            f"Loss over the learning rate · {self._title}",
            ("η", "loss"),
            (across, heights),
            (True, log),
            tuple(lines),
            tuple(bands),
            zones=tuple(zones),
            about="; ".join(widths),
        )

    def budget(self) -> Chart:
        """The best loss to be expected from so many trials."""
        parts = []
        for one in self.entries(self.tuning):
            medians = np.empty(0) if one.search is None else one.search.medians
            finite = medians[np.isfinite(medians)]
            if finite.size:
                counts = np.unique(np.geomspace(1, len(medians), 40).astype(int))
                # None is chosen that failed, or ended above the start: they count as that.
                problem = self.result.plan.problems[one.problem]
                begin = max(problem.loss(problem.start), float(finite.min()))
                values = np.minimum(np.where(np.isfinite(medians), medians, begin), begin)
                parts.append((one.rule, counts, expected_best(values.tolist(), counts.tolist())))
        log, heights = loss_axis([best for _, _, best in parts])
        most = max((int(counts[-1]) for _, counts, _ in parts), default=10)
        lines = [
            self._line(rule, np.log10(counts), on_axis(best, log, heights[0]))
            for rule, counts, best in parts
        ]
        return Chart(
            "budget",
            f"Best loss to expect · {self._title}",
            ("trials", "loss"),
            (padded(0.0, math.log10(max(most, 2)), 0.02), heights),
            (True, log),
            tuple(lines),
            about="" if parts else "Settings at their defaults are not searched.",
        )

    def losses(self) -> Chart:
        """Median and quartiles of the loss over gradients, and the target."""
        shown = [
            self.bands[one.rule] for one in self.entries(self.tuning) if one.rule in self.bands
        ]
        target = self.result.targets.get(self.problem, -math.inf)
        known = [band.median for band in shown] + ([np.array([target])] if shown else [])
        log, heights = loss_axis(known)
        most = max((float(band.gradients[-1]) for band in shown), default=1.0)
        lines, bands = [], []
        for band in shown:
            style = self.style(band.rule)
            middle = on_axis(band.median, log, heights[0])
            lines.append(self._line(band.rule, band.gradients, middle))
            if style.is_colored:
                bottom, top = (on_axis(part, log, heights[0]) for part in (band.low, band.high))
                bands.append(ChartBand(band.gradients, bottom, top, style.color, 0.13))
        if math.isfinite(target) and shown:
            height = float(on_axis([target], log, heights[0])[0])
            level = np.array([0.0, most]), np.array([height, height])
            lines.append(ChartLine(*level, self.theme.muted, 1.0, "dash"))
        return Chart(
            "losses",
            f"Loss over gradients · {self._title}",
            ("gradients", "loss"),
            ((0.0, most), heights),
            (False, log),
            tuple(lines),
            tuple(bands),
            whole=True,
            about="The dashed line is the target." if math.isfinite(target) else "",
        )

    def ranks(self) -> Chart:
        """The median final loss of each rule with its interval, by mean rank over all problems."""
        mean = self.result.ranks(self.tuning, self.rules)
        order = sorted(mean, key=lambda rule: (mean[rule], rule))[:_MOST_ROWS]
        found = {one.rule: one for one in self.entries(self.tuning)}
        shown = [found[rule] for rule in order if rule in found]
        log, heights = loss_axis([[one.loss.value, one.loss.low, one.loss.high] for one in shown])
        lines, dots = [], []
        for place, one in enumerate(reversed(shown)):
            color = self.style(one.rule).color
            row = np.full(2, float(place))
            ends = on_axis([one.loss.low, one.loss.high], log, heights[0])
            ends = np.where(np.isnan(ends), heights[1], ends)
            if math.isfinite(one.loss.low):
                lines.append(ChartLine(ends, row, color, 3.0, alpha=0.55))
            at = on_axis([one.loss.value], log, heights[0])
            keys = np.array([-1])
            if np.isfinite(at).all():
                dots.append(ChartDots(at, row[:1], color, keys, size=4.5, alpha=1.0))
            else:
                edge = np.array([heights[1] - 0.02 * (heights[1] - heights[0])])
                dots.append(ChartDots(edge, row[:1], self.theme.warning, keys, "cross", 5.0))
        labels = [f"{self.titles[one.rule][:20]}  {mean[one.rule]:.1f}" for one in reversed(shown)]
        return Chart(
            "ranks",
            f"Mean rank, and loss · {self._title}",
            ("loss", ""),
            (heights, (-0.7, max(len(shown), 1) - 0.3)),
            (log, False),
            tuple(lines),
            dots=tuple(dots),
            ticks=(None, fixed_ticks(labels)),
            about="With 95 % intervals; a cross: half of the runs or more failed." if shown else "",
        )

    def verdict(self) -> str:
        """A sentence on the problem, with the names of the rules."""
        said = self.result.verdict(self.problem, self.tuning, self.rules, self.titles)
        return f"{self._title}, {TUNING_NAMES[self.tuning]}: {said}."

    def _line(self, rule: str, x: np.ndarray, y: np.ndarray, *, steps: bool = False) -> ChartLine:
        style = self.style(rule)
        key = self.order.index(rule) if rule in self.order else -1
        return ChartLine(x, y, style.color, style.width, style.style, steps=steps, key=key)

    @property
    def _title(self) -> str:
        return self.result.plan.problems[self.problem].title[:28]


def good_range(eta: np.ndarray, middle: np.ndarray) -> str:
    """In words, how wide the stretch of good learning rates is around the best."""
    sound = np.isfinite(middle)
    if not sound.any():
        return "no learning rate came to an end"
    best = int(np.argmin(np.where(sound, middle, np.inf)))
    low_loss, high_loss = float(middle[sound].min()), float(middle[sound].max())
    allowed = low_loss * _GOOD if low_loss > 0 else low_loss + 0.1 * (high_loss - low_loss)
    good = sound & (middle <= allowed)
    first = last = best
    while first > 0 and good[first - 1]:
        first -= 1
    while last < len(eta) - 1 and good[last + 1]:
        last += 1
    factor = float(eta[last] / eta[first])
    return f"good from η {eta[first]:.2g} to {eta[last]:.2g}, a factor of {factor:.2g}"


def _diverged(
    x: np.ndarray, failed: np.ndarray, across: tuple[float, float], heights: tuple[float, float]
) -> list[ChartZone]:
    """Where runs failed, from half-way to the neighbours that did not."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], failed.astype(np.int8), [0]))))
    zones = []
    for begin, end in edges.reshape(-1, 2):
        left = across[0] if begin == 0 else float(x[begin - 1] + x[begin]) / 2
        right = across[1] if end == len(x) else float(x[end - 1] + x[end]) / 2
        wide = right - left > 0.12 * (across[1] - across[0])
        zones.append(ChartZone(((left, right), heights), "diverges" if wide else ""))
    return zones
