"""The parts of a fair comparison, and how an executor's results become one."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from optlab.core.executor import LOCAL, Executor, Part, Stop
from optlab.core.maps import step_seconds
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem
from optlab.core.rules import Rule
from optlab.core.run import RunSpec
from optlab.core.tuning.comparison import (
    BASELINE_BUDGET,
    EQUAL,
    RELAXED,
    REPORTED_FROM,
    ComparisonPlan,
    ComparisonResult,
    Entry,
    Tuning,
    start_of,
)
from optlab.core.tuning.search import Search, SearchResult, budgeted, search, with_settings
from optlab.core.tuning.space import SearchAxis, Space, corner, space_of
from optlab.core.tuning.statistics import median
from optlab.core.tuning.trials import Settings, TrialResults, run_trials

_TRIAL_SECONDS, _PASSES = 1e-4, 1.7
"""What a trial takes beside its runs, and how often a space is searched, about."""


def compare(
    plan: ComparisonPlan,
    *,
    store: KernelStore = NO_STORE,
    stop: Stop = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    found: Callable[[Entry], None] = lambda entry: None,
    executor: Executor = LOCAL,
) -> ComparisonResult:
    """Tune and run every rule on every problem; the same wherever ``executor`` does it.

    ``found`` is called with each entry twice: as it is there, its costs nan, and once the target
    is known.  Of what ``stop`` leaves out, entries or costs are missing.
    """
    work = RulesWork(plan, store)
    problems, rules = list(plan.problems), [rule.key for rule in plan.rules]
    parts: deque[Part] = deque(
        {"stage": "entries", "problem": name, "rule": rule} for name in problems for rule in rules
    )
    missing = dict.fromkeys(problems, len(rules))
    entries: dict[tuple[str, str, Tuning], Entry] = {}
    targets: dict[str, float] = {}
    order = [(n, rule, tuning) for n in problems for rule in rules for tuning in plan.tunings]

    def ran(name: str) -> list[Entry]:
        known = (entries[key] for key in order if key[0] == name and key in entries)
        return [entry for entry in known if not entry.reason]

    for part, result in executor.results(work, parts, stop):
        name, stage = part["problem"], part["stage"]
        changed: list[Entry] = []
        if stage == "entries":
            changed = work.entries(part, result)
            missing[name] -= 1
        elif stage == "target":
            targets[name] = result["target"]
            parts.extendleft(work.cost_parts(name, ran(name), targets[name]))
        else:
            keys = [(name, part["rule"], tuning) for tuning in part["settings"]]
            changed = [replace(entries[k], costs=result["costs"][k[2]]) for k in keys]
        for entry in changed:
            entries[entry.problem, entry.rule, entry.tuning] = entry
            found(entry)
        if stage == "entries" and not missing[name]:
            parts.appendleft(work.target_part(name, ran(name)))
        progress(len(entries), len(order))
    known = tuple(entries[key] for key in order if key in entries)
    targets = {name: targets[name] for name in problems if name in targets}
    return ComparisonResult(plan, targets, known)


Seeds = tuple[tuple[int, ...], tuple[int, ...]]
Starts = Mapping[int, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class _Place:
    """A problem of a plan, with what all rules have in common there."""

    plan: ComparisonPlan
    name: str
    store: KernelStore
    executor: Executor

    @cached_property
    def problem(self) -> Problem:
        return self.plan.problems[self.name]

    @cached_property
    def seeds(self) -> Seeds:
        """Those of the tuning, and those that are reported on."""
        plan, first = self.plan, self.plan.seed + REPORTED_FROM
        tuning = tuple(range(plan.seed, plan.seed + plan.tuning_seeds))
        return tuning, tuple(range(first, first + plan.seeds))

    @cached_property
    def starts(self) -> Starts:
        return {seed: start_of(self.problem, seed) for part in self.seeds for seed in part}

    def search(self, rule: Rule, tuning: Tuning, better: Sequence[Settings]) -> Search:
        """How a rule is tuned here; what was found with less freedom is tried with more."""
        names = ["eta"] if tuning == "eta" and "eta" in rule.parameters else None
        space = space_of(rule, names)
        return Search(
            space,
            self.plan.trials * max(1, len(space.axes)),
            self.seeds[0],
            widen=2,
            seed=self.plan.seed,
            starts=self.starts,
            first=(*better, *corner(space, rule, self.plan.trials)),
        )

    def ran(self, spec: RunSpec, stop: Stop, **asked: Any) -> TrialResults | None:
        """A run on the reporting seeds; None where it was stopped."""
        asked |= {"starts": self.starts, "store": self.store, "executor": self.executor}
        found = run_trials(spec, [{}], self.seeds[1], stop=stop, **asked)
        return None if np.isnan(found.measure).any() else found


class RulesWork:
    """The parts of a comparison, in three stages for each problem: the ``entries`` of a rule, the
    ``target`` from the best of them, the ``costs`` of each until there."""

    def __init__(
        self, plan: ComparisonPlan, store: KernelStore = NO_STORE, executor: Executor = LOCAL
    ) -> None:
        self.plan = plan
        self._rules = {rule.key: rule for rule in plan.rules}
        self._places = {name: _Place(plan, name, store, executor) for name in plan.problems}

    def seconds(self, part: Part) -> float:
        """See :class:`~optlab.core.executor.Work`."""
        plan, name = self.plan, part["problem"]
        if part["stage"] == "entries":
            rule = self._rules[part["rule"]]
            trials = _PASSES * plan.trials * (2 + len(rule.parameters))
            try:
                run_seconds = plan.budget * step_seconds(plan.run(name, rule))
            except SettingError:
                return _TRIAL_SECONDS
            return trials * (_TRIAL_SECONDS + plan.tuning_seeds * run_seconds)
        longer = BASELINE_BUDGET if part["stage"] == "target" else 1
        seconds = 0.0
        for key, _ in _runs(part):
            seconds += longer * plan.budget * step_seconds(plan.run(name, self._rules[key]))
        return 10 * _TRIAL_SECONDS + plan.seeds * seconds

    def run(self, part: Part, stop: Stop) -> Part | None:
        """See :class:`~optlab.core.executor.Work`."""
        place = self._places[part["problem"]]
        if part["stage"] == "entries":
            return self._tuned(place, self._rules[part["rule"]], stop)
        specs = [
            with_settings(self.plan.run(place.name, self._rules[rule]), settings)
            for rule, settings in _runs(part)
        ]
        if part["stage"] == "target":
            target = _target(place, specs, stop)
            return None if target is None else {"target": target}
        asked = {"measure": "steps", "target": part["target"]}
        ran = [place.ran(spec, stop, **asked) for spec in specs]
        if any(one is None for one in ran):
            return None
        costs = [one.measure[0] for one in ran if one is not None]
        return {"costs": dict(zip(part["settings"], costs, strict=True))}

    def _tuned(self, place: _Place, rule: Rule, stop: Stop) -> Part | None:
        better: list[Settings] = [{}]
        found: list[dict[str, Any]] = []
        before = ""
        for tuning in self.plan.tunings:
            if tuning == "all" and before == "eta" and list(rule.parameters) == ["eta"]:
                found.append(found[-1])  # the learning rate is all there is
                continue
            before = tuning
            one = _entry(place, rule, tuning, better, stop)
            if one is None:
                return None
            better += [one["settings"]] if one["settings"] else []
            found.append(one)
        return {"entries": found}

    def entries(self, part: Part, found: Part) -> list[Entry]:
        """What was found for a rule, in the order of tunings."""
        place, rule = self._places[part["problem"]], self._rules[part["rule"]]
        better: list[Settings] = [{}]
        entries = []
        for tuning, one in zip(self.plan.tunings, found["entries"], strict=True):
            trials = one["trials"]
            result = None
            if trials is not None:
                space = Space(tuple(SearchAxis(**axis) for axis in trials["axes"]))
                search_plan = place.search(rule, tuning, better)
                spec = self.plan.run(place.name, rule)
                measures, losses, medians = (
                    trials[name] for name in ("measures", "losses", "medians")
                )
                result = SearchResult(
                    spec,
                    search_plan,
                    space,
                    tuple(trials["settings"]),
                    measures,
                    losses,
                    medians,
                    tuple(one["notes"]),
                    trials["gradients"],
                )
            better += [one["settings"]] if one["settings"] else []
            costs = np.full(self.plan.seeds, np.inf if one["reason"] else np.nan)
            entries.append(
                Entry(
                    place.name,
                    rule.key,
                    tuning,
                    one["settings"],
                    one["losses"],
                    costs,
                    one["failed"],
                    result,
                    tuple(one["notes"]),
                    one["reason"],
                )
            )
        return entries

    def target_part(self, name: str, entries: Sequence[Entry]) -> Part:
        """Asks for the target: the best three runs with a larger budget."""
        best = sorted(entries, key=lambda one: median(one.losses))[:3]
        runs = [(one.rule, dict(one.settings)) for one in best]
        return {"stage": "target", "problem": name, "runs": runs}

    def cost_parts(self, name: str, entries: Sequence[Entry], target: float) -> list[Part]:
        """Ask for the costs of all entries, a part for each rule."""
        rules: dict[str, dict[Tuning, Settings]] = {}
        for one in entries:
            rules.setdefault(one.rule, {})[one.tuning] = dict(one.settings)
        given = {"stage": "costs", "problem": name, "target": target}
        return [{**given, "rule": rule, "settings": own} for rule, own in rules.items()]


def _runs(part: Part) -> list[tuple[str, Settings]]:
    """The rules and settings of a part that runs what was tuned."""
    if part["stage"] == "target":
        return list(part["runs"])
    return [(part["rule"], settings) for settings in part["settings"].values()]


def _entry(
    place: _Place, rule: Rule, tuning: Tuning, better: Sequence[Settings], stop: Stop
) -> dict[str, Any] | None:
    """The fields of an entry, JSON-like; None where it was stopped."""
    result = None
    try:
        spec = place.plan.run(place.name, rule)
        if tuning != "defaults":
            plan = place.search(rule, tuning, better)
            result = search(spec, plan, store=place.store, stop=stop, executor=place.executor)
            spec = spec if result.best is None else result.best_spec()
    except SettingError as error:
        nothing = np.full(place.plan.seeds, np.inf)
        fields = {"settings": {}, "losses": nothing, "failed": 0, "notes": [], "trials": None}
        return fields | {"reason": str(error)}
    ran = None if stop() else place.ran(spec, stop)
    if ran is None:
        return None
    level = _level(place.problem, place.starts, place.seeds[1], EQUAL)
    best = None if result is None else result.best
    return {
        "settings": {} if result is None or best is None else dict(result.settings[best]),
        "losses": np.maximum(ran.measure[0], level),
        "failed": int(ran.failed()[0].sum()),
        "notes": [] if result is None else list(result.notes),
        "reason": "",
        "trials": None if result is None else _trials(result),
    }


def _trials(result: SearchResult) -> dict[str, Any]:
    """The trials of a search, JSON-like."""
    return {
        "axes": [asdict(axis) for axis in result.space.axes],
        "settings": list(result.settings),
        "measures": result.measures,
        "losses": result.losses,
        "medians": result.medians,
        "gradients": result.gradients,
    }


def _target(place: _Place, specs: Sequence[RunSpec], stop: Stop) -> float | None:
    """The loss of the best of some runs with four times the budget, relaxed."""
    problem, starts, seeds = place.problem, place.starts, place.seeds[1]
    best = math.inf
    for spec in specs:
        ran = place.ran(budgeted(spec, BASELINE_BUDGET * place.plan.budget), stop)
        if ran is None:
            return None
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
