"""The fair comparison: every rule under one budget, at defaults, with η tuned, with all tuned.

The protocol, in words, is :data:`PROTOCOL`; it follows Sivaprasad et al. 2020 (arXiv:1910.11758),
Choi et al. 2019 (arXiv:1910.05446), Schmidt et al. 2021 (arXiv:2007.01547) and MLCommons' AlgoPerf.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem
from optlab.core.rules import Choice, Rule
from optlab.core.run import RunSpec, gradient_calls, run
from optlab.core.tuning.search import Search, SearchResult, budgeted, search, with_settings
from optlab.core.tuning.space import corner, space_of
from optlab.core.tuning.statistics import (
    ConfidenceInterval,
    bootstrap,
    median,
    performance_profile,
)
from optlab.core.tuning.trials import run_trials

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
    gradients on some of the problems.  Raises SettingError.
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


def compare(
    plan: ComparisonPlan,
    *,
    store: KernelStore = NO_STORE,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    found: Callable[[Entry], None] = lambda entry: None,
) -> ComparisonResult:
    """Tune and run every rule on every problem; the same result on any machine.

    Rules are tuned on all cores.  ``found`` is called with each entry twice: as it is there, its
    costs nan, and once the target is known.  Of what ``stop`` leaves out, entries or costs are
    missing.
    """
    tuning_seeds = tuple(range(plan.seed, plan.seed + plan.tuning_seeds))
    seeds = tuple(range(plan.seed + REPORTED_FROM, plan.seed + REPORTED_FROM + plan.seeds))
    total = len(plan.problems) * len(plan.rules) * len(plan.tunings)
    entries: list[Entry] = []
    targets: dict[str, float] = {}
    done, lock = 0, threading.Lock()

    def tell(entry: Entry, more: int = 0) -> None:
        nonlocal done
        with lock:
            done += more
            found(entry)
            progress(done, total)

    for name, problem in plan.problems.items():
        starts = {seed: start_of(problem, seed) for seed in (*tuning_seeds, *seeds)}
        place = _Place(plan, name, problem, (tuning_seeds, seeds), starts, store, stop)

        def tuned(rule: Rule, place: _Place = place) -> list[tuple[RunSpec | None, Entry]]:
            better: list[Mapping[str, float | Choice]] = [{}]
            own = []
            for tuning in plan.tunings:
                spec, entry = _entry(place, rule, tuning, better)
                if stop():
                    break
                # What was found with less freedom is a candidate with more.
                better += [entry.settings] if entry.settings else []
                own.append((spec, entry))
                tell(entry, 1)
            return own

        def costed(pair: tuple[RunSpec | None, Entry], place: _Place = place) -> Entry:
            spec, entry = pair
            if spec is None or stop():
                return entry
            entry = _with_costs(place, spec, entry, targets[place.name])
            tell(entry)
            return entry

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            pairs = [pair for own in pool.map(tuned, plan.rules) for pair in own]
            if not stop():
                targets[name] = _target(place, pairs)
            entries += pool.map(costed, pairs)
        if stop():
            targets.pop(name, None)
            break
    return ComparisonResult(plan, targets, tuple(entries))


Seeds = tuple[tuple[int, ...], tuple[int, ...]]
Starts = Mapping[int, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class _Place:
    """A problem of a plan, with what all rules have in common there."""

    plan: ComparisonPlan
    name: str
    problem: Problem
    seeds: Seeds
    starts: Starts
    store: KernelStore
    stop: Callable[[], bool]


def _entry(
    place: _Place, rule: Rule, tuning: Tuning, better: Sequence[Mapping[str, float | Choice]]
) -> tuple[RunSpec | None, Entry]:
    plan, problem, seeds, starts = place.plan, place.problem, place.seeds, place.starts
    name, store, stop = place.name, place.store, place.stop
    nothing = np.full(plan.seeds, np.inf)
    try:
        spec = plan.run(name, rule)
        result = None
        if tuning != "defaults":
            names = ["eta"] if tuning == "eta" and "eta" in rule.parameters else None
            space = space_of(rule, names)
            trials = plan.trials * max(1, len(space.axes))
            first = (*better, *corner(space, rule, plan.trials))
            search_plan = Search(
                space, trials, seeds[0], widen=2, seed=plan.seed, starts=starts, first=first
            )
            result = search(spec, search_plan, store=store, stop=stop)
            spec = spec if result.best is None else result.best_spec()
    except SettingError as error:
        return None, Entry(name, rule.key, tuning, {}, nothing, nothing, 0, reason=str(error))
    ran = run_trials(spec, [{}], seeds[1], starts=starts, store=store, stop=stop)
    settings = {} if result is None or result.best is None else result.settings[result.best]
    losses = np.maximum(ran.measure[0], _level(problem, starts, seeds[1], EQUAL))
    failed = int(ran.failed()[0].sum())
    notes = result.notes if result else ()
    costs = np.full(len(losses), np.nan)
    return spec, Entry(name, rule.key, tuning, settings, losses, costs, failed, result, notes)


def _target(place: _Place, pairs: Sequence[tuple[RunSpec | None, Entry]]) -> float:
    """The loss of the best rule with four times the budget, relaxed."""
    problem, starts, seeds = place.problem, place.starts, place.seeds[1]
    own = [(spec, entry) for spec, entry in pairs if spec is not None]
    best = math.inf
    for spec, _ in sorted(own, key=lambda pair: median(pair[1].losses))[:3]:
        longer = budgeted(spec, BASELINE_BUDGET * place.plan.budget)
        ran = run_trials(longer, [{}], seeds, starts=starts, store=place.store, stop=place.stop)
        best = min(best, median(ran.measure[0]))
    if problem.lowest_value is not None and math.isfinite(best):
        best = max(best, problem.lowest_value)
    begin = _begin(problem, starts, seeds)
    return best + RELAXED * abs(begin - best) if math.isfinite(best) else -math.inf


def _begin(problem: Problem, starts: Starts, seeds: Sequence[int]) -> float:
    return float(np.median([problem.loss(starts[seed]) for seed in seeds]))


def _level(problem: Problem, starts: Starts, seeds: Sequence[int], share: float) -> float:
    """The lowest known loss and a share of the way from the start; -inf where none is known."""
    lowest = problem.lowest_value
    if lowest is None:
        return -math.inf
    return lowest + share * abs(_begin(problem, starts, seeds) - lowest)


def _with_costs(place: _Place, spec: RunSpec, entry: Entry, target: float) -> Entry:
    ran = run_trials(
        spec,
        [{}],
        place.seeds[1],
        measure="steps",
        target=target,
        starts=place.starts,
        store=place.store,
        stop=place.stop,
    )
    return replace(entry, costs=ran.measure[0])


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
