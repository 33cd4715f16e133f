"""The best settings of a rule under a budget, by points of a sampler or by Optuna's TPE."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optlab.core.executor import LOCAL, Executor, Stop
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.rules import Choice
from optlab.core.run import RunSpec, steps_within
from optlab.core.tuning.samplers import SAMPLERS, points
from optlab.core.tuning.space import Space
from optlab.core.tuning.statistics import median
from optlab.core.tuning.trials import Progress, Settings, run_trials

Array = npt.NDArray[np.float64]
TPE = "tpe"
MOST_TRIALS = 100_000
_WIDENED = 2
"""How often the usual space of a rule grows where the best lies on its edge."""
_TOGETHER = 8
"""Trials that TPE proposes before it sees their results, and that are first shown."""
NO_OPTUNA = "needs the package optuna: pip install 'optlab-desktop[tune]'"


@dataclass(frozen=True)
class Search:
    """How a rule is tuned.

    ``trials`` points of ``sampler`` in ``space``, each run with all ``seeds``; ``gradients`` is the
    budget of one run, None for the steps of the run.  ``measure`` as in
    :func:`~optlab.core.tuning.trials.run_trials`; the median over the seeds counts.  ``widen``: how
    often the space may grow where the best lies on its edge.  ``seed`` decides the points;
    ``first`` are settings that are tried before them, by default the run's own.
    Raises SettingError naming what is wrong.
    """

    space: Space
    trials: int = 64
    seeds: tuple[int, ...] = (0,)
    sampler: str = "halton"
    gradients: int | None = None
    measure: str = "loss"
    target: float = -math.inf
    widen: int = 0
    seed: int = 0
    starts: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    first: tuple[Settings, ...] = ({},)

    def __post_init__(self) -> None:
        if self.sampler not in (*SAMPLERS, TPE):
            known = ", ".join((*SAMPLERS, TPE))
            raise SettingError("sampler", f"must be one of {known}, not {self.sampler}")
        if not 1 <= self.trials <= MOST_TRIALS:
            raise SettingError("trials", f"must be from 1 to {MOST_TRIALS}, not {self.trials}")
        if not self.seeds:
            raise SettingError("seeds", "needs one at least")
        if self.gradients is not None and self.gradients < 1:
            raise SettingError("budget", f"must be at least 1, not {self.gradients}")


def planned(
    spec: RunSpec,
    space: Space,
    trials: int,
    seeds: int,
    sampler: str,
    *,
    usual: bool,
    measure: str = "loss",
    target: float | None = None,
    gradients: int | None = None,
) -> Search:
    """The search for the settings of a run, over so many seeds from that of the run on.

    A space that is the ``usual`` one of the rule may grow.  ``target``, a loss, belongs to the
    measure steps alone.  Raises SettingError.
    """
    if measure == "steps" and target is None:
        raise SettingError("target", "says which loss counts as reached; give one")
    return Search(
        space,
        trials,
        tuple(range(spec.seed, spec.seed + seeds)),
        sampler,
        gradients,
        measure,
        -math.inf if target is None else target,
        _WIDENED if usual else 0,
        spec.seed,
    )


@dataclass(frozen=True, eq=False)
class SearchResult:
    """All trials in order, after those of the plan's ``first`` settings: what each changes, the
    measure, shape (trials, seeds), inf for a failure, and the median over the seeds.  ``space`` is
    the last one of the ``plan``; ``notes`` are sentences about edges and widening; ``gradients``
    all that were spent."""

    spec: RunSpec
    plan: Search
    space: Space
    settings: tuple[dict[str, float | Choice], ...]
    measures: Array
    losses: Array
    medians: Array
    notes: tuple[str, ...]
    gradients: int

    @property
    def best(self) -> int | None:
        """The trial with the smallest median, the first of equals; None where all failed."""
        finite = np.isfinite(self.medians)
        return int(np.argmin(np.where(finite, self.medians, np.inf))) if finite.any() else None

    def history(self) -> Array:
        """The smallest median so far, after each trial."""
        return np.minimum.accumulate(np.where(np.isnan(self.medians), np.inf, self.medians))

    def best_spec(self, seed: int | None = None) -> RunSpec:
        """The run with the best settings. Raises ValueError where all trials failed."""
        if self.best is None:
            raise ValueError(f"no trial of {self.spec.rule.name} came to an end")
        return with_settings(self.spec, self.settings[self.best], seed)


def with_settings(spec: RunSpec, settings: Settings, seed: int | None = None) -> RunSpec:
    """The run with other parameters and options of its rule, and with another seed."""
    numbers = {k: float(v) for k, v in settings.items() if k in spec.rule.parameters}
    options: dict[str, Any] = {k: v for k, v in settings.items() if k in spec.rule.options}
    changed = replace(
        spec, parameters={**spec.parameters, **numbers}, options={**spec.options, **options}
    )
    return changed if seed is None else replace(changed, seed=seed)


def budgeted(spec: RunSpec, gradients: int | None) -> RunSpec:
    """The run with as many steps as so many gradients allow. Raises SettingError for none."""
    if gradients is None:
        return spec
    steps = steps_within(replace(spec, steps=gradients), gradients)
    if steps < 1:
        raise SettingError("budget", f"is too small for one step of {spec.rule.key}")
    return replace(spec, steps=steps)


def search(
    spec: RunSpec,
    plan: Search,
    *,
    store: KernelStore = NO_STORE,
    stop: Stop = lambda: False,
    progress: Progress = lambda done, total: None,
    found: Callable[[SearchResult], None] | None = None,
    known: SearchResult | None = None,
    executor: Executor = LOCAL,
) -> SearchResult:
    """Run all trials of a plan; the same for the same plan wherever ``executor`` has them run.

    ``found`` is called with the trials so far, more of them each time.  What ``stop`` leaves out
    is missing at the end; a search that is given it as ``known`` goes on from there.  Raises
    SettingError where the sampler needs a package that is not installed.
    """
    spec = budgeted(spec, plan.gradients)
    space = plan.space
    notes: list[str] = []
    settings: list[dict[str, float | Choice]] = []
    rows: list[tuple[Array, Array]] = []
    kept = _kept(known, spec, plan)
    spent = 0

    def result() -> SearchResult:
        empty = np.empty((0, len(plan.seeds)))
        parts = zip(*rows, strict=True) if rows else ((empty,), (empty,))
        measures, losses = (np.concatenate(part) for part in parts)
        medians = np.array([median(row) for row in measures])
        told = tuple(settings), measures, losses, medians, tuple(notes)
        return SearchResult(spec, plan, space, *told, spent)

    def evaluate(some: Sequence[dict[str, float | Choice]]) -> Array:
        """The medians of the trials, in parts that grow where results are shown meanwhile;
        inf for those that were left out."""
        nonlocal spent
        medians = np.full(len(some), np.inf)
        first, size = 0, _shown_first(executor) if found else len(some)
        while first < len(some) and not stop():
            part = some[first : first + size]
            missing = [one for one in part if _key(one) not in kept]
            ran = run_trials(
                spec,
                missing,
                plan.seeds,
                measure=plan.measure,
                target=plan.target,
                starts=plan.starts,
                store=store,
                stop=stop,
                executor=executor,
            )
            new = iter(zip(ran.measure, ran.loss, strict=True))
            pairs = [kept[_key(one)] if _key(one) in kept else next(new) for one in part]
            whole = [not np.isnan(measure).any() for measure, _ in pairs]
            for index in np.flatnonzero(whole).tolist():
                rows.append((pairs[index][0][None], pairs[index][1][None]))
                medians[first + index] = median(pairs[index][0])
                settings.append(part[index])
            spent += ran.gradients * sum(whole) * len(plan.seeds)
            if not all(whole):
                break
            first, size = first + size, 2 * size
            progress(len(settings), len(plan.first) + plan.trials * (1 + len(notes)))
            if found:
                found(result())
        return medians

    first = evaluate([dict(one) for one in plan.first]) if plan.first else np.full(1, np.inf)
    for turn in range(plan.widen + 1):
        shares, medians = _turn(space, plan, turn, evaluate, stop)
        finite = np.isfinite(medians)
        if not finite.any() or turn == plan.widen or stop():
            break
        if not np.nanmin(np.where(finite, medians, np.inf)) < np.nanmin(first):
            break
        edges = space.edges(shares[int(np.argmin(np.where(finite, medians, np.inf)))])
        wider = space.widened(edges, spec.rule)
        if wider == space:
            break
        notes += [_edge_note(space, wider)]
        space = wider
    return result()


def _shown_first(executor: Executor) -> int:
    """How many trials are first shown: more where parts are large."""
    return _TOGETHER * max(1, round(executor.grain / LOCAL.grain))


def _key(settings: Settings) -> tuple[tuple[str, float | Choice], ...]:
    return tuple(settings.items())


def _kept(
    known: SearchResult | None, spec: RunSpec, plan: Search
) -> dict[tuple[tuple[str, float | Choice], ...], tuple[Array, Array]]:
    """The measures and losses of trials that need not be run again, by their settings."""
    if known is None or known.spec != spec:
        return {}
    same = ("seeds", "measure", "target", "starts")
    if any(getattr(known.plan, name) != getattr(plan, name) for name in same):
        return {}
    rows = zip(known.settings, known.measures, known.losses, strict=True)
    return {_key(one): (measure, loss) for one, measure, loss in rows}


def _edge_note(space: Space, wider: Space) -> str:
    changed = [
        f"{new.name} to {new.range_text}"
        for old, new in zip(space.axes, wider.axes, strict=True)
        if old != new
    ]
    return f"the best lay on an edge: widened {', '.join(changed)}"


Evaluate = Callable[[Sequence[dict[str, float | Choice]]], Array]


def _turn(
    space: Space, plan: Search, turn: int, evaluate: Evaluate, stop: Stop
) -> tuple[Array, Array]:
    """The points of one pass over the space, and the medians of their trials."""
    if plan.sampler == TPE:
        return _tpe(space, plan, turn, evaluate, stop)
    shares = points(plan.sampler, plan.trials, len(space.axes), plan.seed)
    return shares, evaluate([space.settings(row.tolist()) for row in shares])


def _tpe(
    space: Space, plan: Search, turn: int, evaluate: Evaluate, stop: Stop
) -> tuple[Array, Array]:
    """By Optuna's ask and tell, in memory, some trials at a time; a failure is reported as one."""
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        raise SettingError("sampler", f"tpe {NO_OPTUNA}") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=plan.seed + turn)
    study = optuna.create_study(direction="minimize", sampler=sampler)
    shares, medians = np.empty((0, len(space.axes))), np.empty(0)
    while len(shares) < plan.trials and not stop():
        asked = [study.ask() for _ in range(min(_TOGETHER, plan.trials - len(shares)))]
        new = np.array([[t.suggest_float(a.name, 0.0, 1.0) for a in space.axes] for t in asked])
        found = evaluate([space.settings(row.tolist()) for row in new])
        for trial, value in zip(asked, found.tolist(), strict=True):
            if math.isfinite(value):
                study.tell(trial, value)
            else:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
        shares, medians = np.concatenate([shares, new]), np.concatenate([medians, found])
    return shares, medians
