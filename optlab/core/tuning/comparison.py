"""The fair comparison: every rule under one budget, at defaults, with η tuned, with all tuned.

The protocol, in words, is :data:`PROTOCOL`; it follows Sivaprasad et al. 2020 (arXiv:1910.11758),
Choi et al. 2019 (arXiv:1910.05446), Schmidt et al. 2021 (arXiv:2007.01547) and MLCommons' AlgoPerf.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem
from optlab.core.rules import Choice, Rule
from optlab.core.run import RunSpec, gradient_calls, run
from optlab.core.tuning.search import SearchResult, budgeted, with_settings
from optlab.core.tuning.statistics import (
    ConfidenceInterval,
    bootstrap,
    median,
    performance_profile,
)

Array = npt.NDArray[np.float64]
Tuning = Literal["defaults", "eta", "all"]
TUNINGS: tuple[Tuning, ...] = ("defaults", "eta", "all")
BASELINE_BUDGET = 4
"""How many times the budget the best baseline has, whose loss decides the target."""
RELAXED = 1e-3
"""Share of the way from the start to the baseline's loss that may be left at the target."""
REPORTED_FROM = 10_000
"""The first seed that is reported on, counted from the plan's; tuning never sees these."""
EQUAL = 1e-9
"""Share of the way from the start within which losses above the lowest one count as equal."""
_JITTER = 0.05
_TRIAL_SECONDS, _PASSES = 1e-4, 1.7
"""What a trial takes beside its runs, and how often a space is searched, about."""
_MOST_PROBLEMS, _MOST_RULES = 100, 100

PROTOCOL = """\
Every rule has {budget} gradients for a run, whatever a step of it costs. It is run as it ships
(defaults), with its learning rate tuned, and with all its parameters tuned, on logarithmic spaces
without a preferred scale: {eta_trials} Halton points for the learning rate, {all_trials} for all,
and a line of learning rates without momentum.
Where the best lies on an edge, the space is widened, and the report says so. Settings are chosen by
the median final loss on {tuning_seeds} seeds and reported on {seeds} others; noise, batches and
starts are the same for all rules. The target on each problem is the loss of the best rule with four
times the budget, relaxed by a thousandth of the way from the start. A run that misses it costs
infinitely many gradients; one that diverges has failed. Losses nearer to the lowest known one than
a billionth of the way from the start count as equal. A verdict is given only where the 95 %
bootstrap intervals of two medians have no number in common."""


@dataclass(frozen=True)
class ComparisonPlan:
    """What is compared: ``problems`` by name, ``rules``, and the protocol's numbers.

    ``budget``: gradients of a run; ``trials``: points for the learning rate, as many for each
    further parameter; ``tuning_seeds`` and ``seeds`` are counts; ``treatments`` are those of the
    gradients on some of the problems; ``source`` is the document that it was made from, if any.
    Raises SettingError.
    """

    problems: Mapping[str, Problem]
    rules: Sequence[Rule]
    budget: int = 1000
    trials: int = 32
    tuning_seeds: int = 10
    seeds: int = 10
    seed: int = 0
    tunings: tuple[Tuning, ...] = TUNINGS
    treatments: Mapping[str, GradientTransforms] = field(default_factory=dict)
    source: Any = None

    def __post_init__(self) -> None:
        for name, count, most in (
            ("problems", len(self.problems), _MOST_PROBLEMS),
            ("optimizers", len(self.rules), _MOST_RULES),
        ):
            if not 1 <= count <= most:
                raise SettingError(name, f"needs 1 to {most}, not {count}")
        for name in ("budget", "trials", "tuning_seeds", "seeds"):
            if getattr(self, name) < 1:
                raise SettingError(name, f"must be at least 1, not {getattr(self, name)}")

    def run(self, name: str, rule: Rule) -> RunSpec:
        """A rule at its defaults on a problem. Raises SettingError where it cannot run there."""
        treatment = self.treatments.get(name, GradientTransforms())
        return budgeted(RunSpec(self.problems[name], rule, treatment=treatment), self.budget)

    @property
    def text(self) -> str:
        """The protocol with its numbers."""
        return PROTOCOL.format(
            budget=self.budget,
            eta_trials=self.trials,
            all_trials=f"{self.trials} more for each other parameter",
            tuning_seeds=self.tuning_seeds,
            seeds=self.seeds,
        )


@dataclass(frozen=True, eq=False)
class Entry:
    """A rule with one kind of tuning on one problem, on the reporting seeds.

    ``losses`` and ``costs`` have shape (seeds,): the final loss, and the gradients until the
    target, inf for a miss; ``search`` is None for defaults; ``trial_medians`` the measures from
    which :func:`~optlab.core.tuning.statistics.expected_best` is computed.
    """

    problem: str
    rule: str
    tuning: Tuning
    settings: Mapping[str, float | Choice]
    losses: Array
    costs: Array
    failed: int
    search: SearchResult | None = None
    notes: tuple[str, ...] = ()
    reason: str = ""

    @cached_property
    def loss(self) -> ConfidenceInterval:
        """The median final loss with its interval."""
        return bootstrap(self.losses.tolist())

    @property
    def cost(self) -> float:
        """The median number of gradients until the target."""
        return median(self.costs)


@dataclass(frozen=True, eq=False)
class ComparisonResult:
    """Entries in the order of problems, rules and tunings; ``targets`` by problem."""

    plan: ComparisonPlan
    targets: Mapping[str, float]
    entries: tuple[Entry, ...] = field(default=())

    def of(self, tuning: Tuning, rules: Sequence[str] | None = None) -> list[Entry]:
        """The entries of one kind of tuning, of some rules."""
        known = rules if rules is not None else [rule.key for rule in self.plan.rules]
        return [one for one in self.entries if one.tuning == tuning and one.rule in known]

    def profile(
        self, tuning: Tuning, rules: Sequence[str] | None = None
    ) -> tuple[Array, dict[str, Array]]:
        """The performance profile of the rules that are shown, over the problems with a target; it
        depends on which rules they are."""
        costs: dict[str, list[float]] = {}
        for one in self.of(tuning, rules):
            if one.problem in self.targets:
                costs.setdefault(one.rule, []).append(max(one.cost, 1.0))
        return performance_profile(costs)

    def ranks(self, tuning: Tuning, rules: Sequence[str] | None = None) -> dict[str, float]:
        """The mean rank of each rule shown over the problems, by median final loss; equals
        share."""
        totals: dict[str, list[float]] = {}
        for problem in self.plan.problems:
            entries = [one for one in self.of(tuning, rules) if one.problem == problem]
            losses = np.array([median(one.losses) for one in entries])
            for one, own in zip(entries, losses.tolist(), strict=True):
                below, same = int((losses < own).sum()), int((losses == own).sum())
                totals.setdefault(one.rule, []).append(below + (same + 1) / 2)
        return {rule: float(np.mean(ranks)) for rule, ranks in totals.items()}

    def verdict(
        self,
        problem: str,
        tuning: Tuning,
        rules: Sequence[str] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> str:
        """Which of the rules ends lowest on a problem, or that no difference is shown; rules are
        called by their ``titles``, None for their keys."""
        entries = [one for one in self.of(tuning, rules) if one.problem == problem]
        entries.sort(key=lambda one: (median(one.losses), one.rule))
        if not entries or not math.isfinite(median(entries[0].losses)):
            return "no rule came to an end"
        best = entries[0]
        equal = [one.rule for one in entries[1:] if one.loss.overlaps(best.loss)]
        if len(equal) == len(entries) - 1 and equal:
            return "no difference shown"
        names = titles or {}
        others = ", ".join(names.get(rule, rule) for rule in equal)
        others = f"; not told apart from {others}" if equal else ""
        return f"{names.get(best.rule, best.rule)} ends lowest{others}"


def start_of(problem: Problem, seed: int) -> tuple[float, ...]:
    """The start for a seed: the problem's own, moved at random by at most a twentieth of the
    window along each weight; the same for all rules."""
    random = np.random.default_rng([seed, 0x57A27])
    moved = random.uniform(-_JITTER, _JITTER, problem.dimension)
    spans = np.array([high - low for low, high in problem.window] or [0.0])
    spans = np.resize(spans, problem.dimension)
    return tuple((np.array(problem.start) + moved * spans).tolist())


def run_of(plan: ComparisonPlan, entry: Entry) -> RunSpec:
    """The run that an entry stands for, from the problem's own start."""
    rule = next(rule for rule in plan.rules if rule.key == entry.rule)
    return with_settings(plan.run(entry.problem, rule), entry.settings)


@dataclass(frozen=True, eq=False)
class LossBand:
    """The loss of a rule over gradients, on the reporting seeds; arrays of shape (rows,)."""

    rule: str
    gradients: Array
    low: Array
    median: Array
    high: Array


def loss_band(result: ComparisonResult, entry: Entry) -> LossBand:
    """Median and quartiles over the reporting seeds of an entry's loss, after each step.

    A run that ended early has an infinite loss from there on.
    """
    plan = result.plan
    spec = run_of(plan, entry)
    rows = np.full((plan.seeds, spec.steps + 1), np.inf)
    for index in range(plan.seeds):
        seed = plan.seed + REPORTED_FROM + index
        losses = run(replace(spec, seed=seed, start=start_of(spec.problem, seed))).loss
        rows[index, : len(losses)] = np.where(np.isnan(losses), np.inf, losses)
    ordered = np.sort(rows, axis=0)
    low, middle, high = (ordered[round(q * (plan.seeds - 1))] for q in (0.25, 0.5, 0.75))
    cost = gradient_calls(spec, 1)
    return LossBand(entry.rule, np.arange(spec.steps + 1.0) * cost, low, middle, high)


def loss_bands(
    result: ComparisonResult,
    problem: str,
    tuning: Tuning,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, LossBand]:
    """The bands of all rules on a problem that could be run there, by rule."""
    found = {}
    for entry in result.of(tuning):
        if entry.problem == problem and not entry.reason and not stop():
            found[entry.rule] = loss_band(result, entry)
    return found


def eta_sensitivity(entry: Entry) -> tuple[Array, Array, Array, Array]:
    """Learning rates of an entry's search, ascending, with the quartiles and median of the loss.

    Only trials that vary the rate alone count.  Shapes (trials,), inf where runs failed.
    """
    found = entry.search
    if found is None:
        return (np.empty(0),) * 4
    rows = [i for i, one in enumerate(found.settings) if set(one) == {"eta"}]
    eta = np.array([float(found.settings[i]["eta"]) for i in rows])
    measures = np.sort(found.measures[rows], axis=1) if rows else np.empty((0, 1))
    order = np.argsort(eta, kind="stable")
    last = measures.shape[1] - 1
    columns = (measures[order, round(q * last)] for q in (0.25, 0.5, 0.75))
    low, middle, high = columns
    return eta[order], low, middle, high
