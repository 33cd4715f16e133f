"""The pictures of a fair comparison on one sheet: profile, sensitivity, budget, losses, ranks."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

import optlab
from optlab.core.tuning.comparison import (
    ComparisonResult,
    Entry,
    Tuning,
    eta_sensitivity,
    loss_band,
)
from optlab.core.tuning.statistics import expected_best, median
from optlab.figures.setting import drawing, pt, theme
from optlab.figures.svg_fonts import with_fonts
from optlab.files.temp_files import write_whole

_DASHES = ("-", "--", "-.", ":")
_COLORED = 8
_SIZE = (12.8, 7.6)
_NAMES: dict[Tuning, str] = {"defaults": "defaults", "eta": "η tuned", "all": "all tuned"}


def save_comparison_figure(
    result: ComparisonResult, path: Path, problem: str = "", dpi: int = 150
) -> None:
    """Write the sheet as the kind of file that the suffix names: ``.png``, ``.svg``, ``.pdf``.

    Raises FileProblemError where it cannot be written, ValueError for another kind.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in ("png", "svg", "pdf"):
        raise ValueError(f"'{kind}' is not a kind of picture; known are png, svg, pdf")
    made: dict[str, str | None] = {"Software": f"OptLab {optlab.__version__}"}
    if kind != "png":
        made = {"Creator": made["Software"], "Date" if kind == "svg" else "CreationDate": None}
    buffer = io.BytesIO()
    with drawing():
        draw_comparison(result, problem).savefig(buffer, format=kind, dpi=dpi, metadata=made)
    content = buffer.getvalue()
    if kind == "svg":
        content = with_fonts(content.decode()).encode()
    write_whole(path, lambda file: file.write(content))


def draw_comparison(result: ComparisonResult, problem: str = "") -> Figure:
    """The sheet; ``problem`` is that of the panes about one problem, by default the first."""
    problem = problem or next(iter(result.plan.problems))
    sheet = _Sheet(result, problem)
    figure = Figure(figsize=_SIZE, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # type: ignore[union-attr, call-arg]
    grid = figure.add_gridspec(2, 12)
    top = [grid[0, 4 * i : 4 * i + 4] for i in range(3)]
    places = (*top, grid[1, :4], grid[1, 4:9], grid[1, 9:])
    panes: Sequence[Callable[[Axes], None]] = (
        sheet.profile,
        sheet.sensitivity,
        sheet.budget,
        sheet.losses,
        sheet.ranks,
        sheet.key,
    )
    for place, draw in zip(places, panes, strict=True):
        draw(figure.add_subplot(place))
    return figure


class _Sheet:
    """What all panes share: the order of the rules, their colours and dashes."""

    def __init__(self, result: ComparisonResult, problem: str) -> None:
        self.result, self.problem = result, problem
        self.tuning: Tuning = result.plan.tunings[-1]
        ranks = result.ranks(self.tuning)
        self.rules = sorted(ranks, key=lambda rule: (ranks[rule], rule))
        self.titles = {rule.key: rule.name for rule in result.plan.rules}

    def style(self, rule: str) -> dict[str, Any]:
        """Colour, dash and width of a rule's line; those far behind are thin and grey."""
        place = self.rules.index(rule)
        if place >= _COLORED:
            return {"color": theme().border, "linewidth": pt(0.8), "zorder": 1}
        colors = theme().runs
        return {
            "color": colors[place % len(colors)],
            "linestyle": _DASHES[place // 2 % len(_DASHES)],
            "linewidth": pt(1.6),
            "zorder": 3,
        }

    def entries(self, tuning: Tuning) -> list[Entry]:
        """The entries on the sheet's problem, in the order of the rules."""
        found = {one.rule: one for one in self.result.of(tuning) if one.problem == self.problem}
        return [found[rule] for rule in self.rules if rule in found]

    def profile(self, axes: Axes) -> None:
        """The share of problems that are solved within a factor of the best."""
        tau, shares = self.result.profile(self.tuning)
        end = max(float(tau[-1]) * 1.3, 2.0)
        for rule in reversed(self.rules):
            values = shares[rule]
            axes.step(
                [*tau, end], [*values, values[-1]], where="post", label=rule, **self.style(rule)
            )
        _log(axes.set_xscale, axes.xaxis)
        axes.set_xlim(1, end)
        axes.set_ylim(-0.02, 1.02)
        count = len(self.result.plan.problems)
        _name(axes, f"Solved within τ of the best · {_NAMES[self.tuning]}", "τ", f"of {count}")

    def sensitivity(self, axes: Axes) -> None:
        """The loss over the learning rate, with quartiles; a cross where runs failed."""
        for entry in reversed(self.entries("eta")):
            eta, low, middle, high = eta_sensitivity(entry)
            style = self.style(entry.rule)
            sound = np.isfinite(middle)
            axes.plot(eta[sound], middle[sound], **style)
            if style["zorder"] == 3:
                between = sound & np.isfinite(high)
                color = str(style["color"])
                axes.fill_between(
                    eta[between], low[between], high[between], color=color, alpha=0.15
                )
                failed = eta[~sound]
                top = np.full(len(failed), 0.985)
                axes.plot(
                    failed,
                    top,
                    "x",
                    color=color,
                    markersize=pt(3.5),
                    transform=axes.get_xaxis_transform(),
                )
        _log(axes.set_xscale, axes.xaxis)
        _loss_scale(axes)
        _name(axes, f"Loss over the learning rate · {self._title} · × failed", "η", "loss")

    def budget(self, axes: Axes) -> None:
        """The best loss to be expected from so many trials."""
        for entry in reversed(self.entries(self.tuning)):
            if entry.search is None:
                continue
            medians = entry.search.medians[~np.isnan(entry.search.medians)]
            counts = np.unique(np.geomspace(1, max(len(medians), 1), 40).astype(int))
            finite = medians[np.isfinite(medians)]
            if finite.size:
                # A trial that failed counts as the worst that came to an end: none is chosen.
                values = np.where(np.isfinite(medians), medians, finite.max())
                best = expected_best(values.tolist(), counts.tolist())
                axes.plot(counts, best, **self.style(entry.rule))
        _log(axes.set_xscale, axes.xaxis)
        _loss_scale(axes)
        _name(axes, f"Best loss to expect · {self._title}", "trials", "loss")

    def losses(self, axes: Axes) -> None:
        """Median and quartiles of the loss over gradients."""
        for entry in reversed(self.entries(self.tuning)):
            if entry.reason:
                continue
            band = loss_band(self.result, entry)
            style = self.style(entry.rule)
            axes.plot(band.gradients, _shown(band.median), **style)
            if style["zorder"] == 3:
                low, high = _shown(band.low), _shown(band.high)
                axes.fill_between(band.gradients, low, high, color=str(style["color"]), alpha=0.15)
        target = self.result.targets.get(self.problem, -math.inf)
        if math.isfinite(target):
            axes.axhline(target, color=theme().muted, linewidth=pt(0.8), linestyle=(0, (2, 2)))
        _loss_scale(axes)
        _name(axes, f"Loss over gradients · {self._title}", "gradients", "loss")

    def ranks(self, axes: Axes) -> None:
        """The median final loss with its interval, and the mean rank over all problems."""
        axes.set_axis_off()
        ranks = {tuning: self.result.ranks(tuning) for tuning in self.result.plan.tunings}
        head = ("mean rank", *(_NAMES[t] for t in ranks), "loss", "95 % interval")
        rows = [head]
        loss = {entry.rule: entry for entry in self.entries(self.tuning)}
        for rule in self.rules[:14]:
            entry = loss.get(rule)
            cells = [f"{ranks[t][rule]:.1f}" if rule in ranks[t] else "–" for t in ranks]
            interval = entry.loss if entry else None
            text = f"{interval.low:.2g} … {interval.high:.2g}" if interval else "–"
            rows.append(
                (self.titles[rule], *cells, f"{median(entry.losses):.3g}" if entry else "–", text)
            )
        edges = (0.0, *np.linspace(0.4, 0.64, len(ranks)), 0.77, 1.0)
        for index, row in enumerate(rows):
            y = 0.9 - 0.062 * index
            for place, cell in enumerate(row):
                right = place > 0
                axes.text(
                    edges[place],
                    y,
                    cell,
                    fontsize=pt(6.2 if index == 0 else 7.2),
                    color=theme().muted if index == 0 else theme().text,
                    ha="right" if right else "left",
                    va="center",
                )
        _name(axes, f"Ranks over all problems, loss on {self._title}", "", "")

    def key(self, axes: Axes) -> None:
        """Which line is which, and the protocol."""
        axes.set_axis_off()
        shown = self.rules[:_COLORED]
        for index, rule in enumerate(shown):
            y = 0.93 - 0.062 * (index // 2)
            x = 0.5 * (index % 2)
            axes.plot([x, x + 0.09], [y, y], **self.style(rule))
            axes.text(x + 0.11, y, self.titles[rule], fontsize=pt(7.5), va="center")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        bottom = 0.93 - 0.062 * ((len(shown) + 1) // 2) - 0.03
        if len(self.rules) > _COLORED:
            axes.text(0, bottom, "others: thin lines", fontsize=pt(6.5), color=theme().muted)
            bottom -= 0.06
        text = _wrapped(self.result.plan.text, 62)
        axes.text(
            0, bottom, text, fontsize=pt(5.8), color=theme().muted, va="top", linespacing=1.35
        )
        _name(axes, "Lines and protocol", "", "")

    @property
    def _title(self) -> str:
        problem = self.result.plan.problems[self.problem]
        return problem.title[:28]


def _name(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, fontsize=pt(8.5), loc="left", color=theme().text)
    axes.set_xlabel(x, fontsize=pt(8))
    axes.set_ylabel(y, fontsize=pt(8))
    axes.tick_params(which="both", labelsize=pt(7), length=0)
    axes.grid(color=theme().grid, linewidth=pt(0.5))
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _log(scale: Callable[[str], None], axis: Any) -> None:
    """A logarithmic axis whose labels are powers of ten in Unicode."""
    scale("log")
    axis.set_major_formatter(FuncFormatter(_power))
    axis.set_minor_formatter(NullFormatter())


def _power(value: float, _place: int = 0) -> str:
    exponent = round(math.log10(value)) if value > 0 else 0
    if abs(exponent) <= 2:
        return f"{value:g}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _shown(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _loss_scale(axes: Axes) -> None:
    """Logarithmic where all losses are above 0, else linear; not below 1e-16 of the largest."""
    parts = [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines]
    values = np.concatenate(parts) if parts else np.empty(0)
    known = values[np.isfinite(values)]
    above = known[known > 0]
    if known.size and (known >= 0).all() and above.size:
        _log(axes.set_yscale, axes.yaxis)
        low, high = float(above.min()), float(above.max())
        axes.set_ylim(max(low, high * 1e-18) / 2, high * 3)


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(" ".join(text.split()), width))
