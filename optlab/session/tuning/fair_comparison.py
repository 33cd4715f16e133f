"""A fair comparison that can be looked at while it is computed: coarse at once, then in full."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule, rule_names
from optlab.core.tuning.compare import compare
from optlab.core.tuning.comparison import (
    ComparisonPlan,
    ComparisonResult,
    Entry,
    LossBand,
    Tuning,
    loss_band,
)
from optlab.core.tuning.suites import problems_of, treatments_of, usual_optimizers
from optlab.session.cluster.executor import Machines, ThisMachine
from optlab.session.experiment import THIS, Comparison, Experiment
from optlab.session.jobs import JobControl
from optlab.session.resolve import NOTHING, ExperimentError, resolve_problem

_COARSE_TRIALS, _COARSE_SEEDS = 6, 2
Key = tuple[str, str, str]
ALL_RULES = "all"
"""The name of all rules of the catalogue."""
NUMBERS = ("budget", "trials", "tuning_seeds", "seeds", "seed")
"""The numbers of a comparison's protocol."""


def comparison_plan(asked: Comparison, experiment: Experiment = NOTHING) -> ComparisonPlan:
    """What is compared; own rules and surfaces of an experiment count.

    Raises SettingError, naming problems, optimizers or a number.
    """
    names = [name for name in asked.problems if name != THIS]
    try:
        problems = problems_of(names, experiment.surfaces)
        if THIS in asked.problems:
            problems = {THIS: resolve_problem(experiment), **problems}
    except (UnknownNameError, DataError, ExperimentError) as error:
        raise SettingError("problems", str(error)) from None
    keys = asked.optimizers or usual_optimizers(names)
    keys = rule_names() if keys == (ALL_RULES,) else keys
    try:
        rules = [load_rule(name, own=experiment.rules) for name in dict.fromkeys(keys)]
    except (UnknownNameError, DataError) as error:
        raise SettingError("optimizers", str(error)) from None
    numbers = {name: getattr(asked, name) for name in NUMBERS}
    return ComparisonPlan(problems, rules, treatments=treatments_of(names), source=asked, **numbers)


@dataclass(eq=False)
class ComparisonWork:
    """A comparison as far as it was computed; a job of the session.

    ``document`` is what ``machines`` are told, ``wanted`` what its numbers follow from.
    ``changes`` counts what can be drawn anew; ``coarse`` while few trials are looked at.
    """

    plan: ComparisonPlan
    store: KernelStore = NO_STORE
    machines: Machines = field(default_factory=ThisMachine)
    document: Experiment = NOTHING
    wanted: object = None
    changes: int = 0
    coarse: bool = True
    complete: bool = False
    targets: dict[str, float] = field(default_factory=dict)
    entries: dict[Key, Entry] = field(default_factory=dict)
    bands: dict[Key, tuple[Entry, LossBand]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, control: JobControl) -> ComparisonWork:
        """Compare with few trials, then with all, until it is asked to stop."""
        plan = self.plan
        executor, stop = self.machines.on(self.document), self.machines.stops(control.cancelled)
        few = replace(
            plan,
            trials=min(plan.trials, _COARSE_TRIALS),
            tuning_seeds=min(plan.tuning_seeds, _COARSE_SEEDS),
        )
        for stage in (few, plan):
            control.words = "a first look" if stage is few else ""
            found = compare(
                stage,
                store=self.store,
                stop=stop,
                progress=control.progress,
                found=self._take,
                executor=executor,
            )
            if stop():
                break
            with self._lock:
                self.targets |= found.targets
                self.entries |= {_key(one): one for one in found.entries}
                self.coarse = stage is few
                self.changes += 1
        self.complete = not stop()
        return self

    def result(self) -> ComparisonResult | None:
        """What is known now, in the order of the plan; None before there is anything."""
        with self._lock:
            known = dict(self.entries)
            targets = dict(self.targets)
        order = [
            (name, rule.key, tuning)
            for name in self.plan.problems
            for rule in self.plan.rules
            for tuning in self.plan.tunings
        ]
        entries = tuple(known[key] for key in order if key in known)
        return ComparisonResult(self.plan, targets, entries) if entries else None

    def loss_bands(
        self, problem: str, tuning: Tuning, stop: Callable[[], bool] = lambda: False
    ) -> dict[str, LossBand]:
        """The bands of the rules on a problem; those of entries that did not change are kept."""
        result = self.result()
        found: dict[str, LossBand] = {}
        for entry in () if result is None else result.of(tuning):
            if entry.problem != problem or entry.reason or stop():
                continue
            kept = self.bands.get(_key(entry))
            same = kept is not None and kept[0].settings == entry.settings
            if not same and result is not None:
                self.bands[_key(entry)] = kept = (entry, loss_band(result, entry))
            if kept is not None:
                found[entry.rule] = kept[1]
        return found

    def _take(self, entry: Entry) -> None:
        """An entry as it comes; until its costs are known, those of the coarse one stand in."""
        with self._lock:
            before = self.entries.get(_key(entry))
            if before is not None and np.isnan(entry.costs).all():
                entry = replace(entry, costs=before.costs)
            self.entries[_key(entry)] = entry
            self.changes += 1


def _key(entry: Entry) -> Key:
    return entry.problem, entry.rule, entry.tuning
