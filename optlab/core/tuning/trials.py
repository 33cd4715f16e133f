"""Trials: one run with many settings and seeds, all at once where it can be."""

from __future__ import annotations

import itertools
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from optlab.core.executor import LOCAL, Executor, Part, Stop
from optlab.core.formula.algebra import call
from optlab.core.formula.nodes import Node, Number
from optlab.core.gradient_transforms import NOISE_STAGES
from optlab.core.maps import Cells, cell_kernel, is_cell, step_seconds
from optlab.core.maps.map_measures import REACHED, StepNames, StepRecord
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.rules import Choice
from optlab.core.run import (
    RunSpec,
    Trajectory,
    compiled_kernel,
    gradient_calls,
    program_of,
    run,
)
from optlab.core.run.kernels.block_kernel import BlockKernel, Program
from optlab.core.run.outcome import OUTCOMES

Array = npt.NDArray[np.float64]
Settings = Mapping[str, float | Choice]
Progress = Callable[[int, int], None]

MEASURES = ("loss", "steps", "area", "test_loss")
"""What a trial is judged by, smaller being better: the loss at the end; gradients until the target
loss; the mean of log₁₀(loss − lowest) over the steps; the loss on the rows kept for the test."""
FAILED = math.inf
_FLOOR = 1e-16
_PART_SECONDS = 0.02
"""How long a part takes that is worth being split off."""
_FAILURES = tuple(
    index for index, kind in enumerate(OUTCOMES) if kind in ("diverged", "left_domain")
)


@dataclass(frozen=True, eq=False)
class TrialResults:
    """Of each trial and seed, shape (trials, seeds): the final loss, the measure (inf for a trial
    that failed), and the outcome, which counts into
    :data:`~optlab.core.run.outcome.OUTCOMES`; ``gradients`` is the cost of one trial at most."""

    loss: Array
    measure: Array
    outcome: npt.NDArray[np.int8]
    gradients: int

    def failed(self) -> npt.NDArray[np.bool_]:
        """Which trials diverged or left the domain."""
        return np.isin(self.outcome, _FAILURES)


def run_trials(
    spec: RunSpec,
    trials: Sequence[Settings],
    seeds: Sequence[int],
    *,
    measure: str = "loss",
    target: float = -math.inf,
    starts: Mapping[int, tuple[float, ...]] | None = None,
    store: KernelStore = NO_STORE,
    stop: Stop = lambda: False,
    progress: Progress = lambda done, total: None,
    executor: Executor = LOCAL,
) -> TrialResults:
    """The results of all trials with each of the seeds, the same wherever they are computed.

    A trial gives parameters and options of the rule.  ``starts`` replaces the start for a seed.
    Runs of few weights go through their steps side by side; others one by one.
    What ``stop`` leaves out is nan.  Raises SettingError for an unknown measure or setting.
    """
    if measure not in MEASURES:
        raise SettingError("measure", f"must be one of {', '.join(MEASURES)}, not {measure}")
    if measure == "test_loss" and spec.problem.test is None:
        raise SettingError("measure", "test_loss needs rows that are kept for the test")
    shape = (len(trials), len(seeds))
    results = TrialResults(
        np.full(shape, np.nan),
        np.full(shape, np.nan),
        np.zeros(shape, np.int8),
        gradient_calls(spec, spec.steps),
    )
    work = TrialsWork(spec, measure, target, store)
    parts = deque(work.parts(trials, seeds, starts or {}, executor.count))
    total, done = len(trials) * len(seeds), 0
    for part, found in executor.results(work, parts, stop):
        place = np.ix_(part["rows"], part["columns"])
        for name in ("loss", "measure", "outcome"):
            getattr(results, name)[place] = found[name]
        done += len(part["rows"]) * len(part["columns"])
        progress(done, total)
    results.measure[results.failed()] = FAILED
    results.measure[np.isnan(results.measure) & ~np.isnan(results.loss)] = FAILED
    return results


class TrialsWork:
    """Trials of a run, some of them with some seeds a part.

    A part has ``rows`` and ``columns``, their places among trials and seeds; the ``options`` of
    the rule; ``numbers``, all its parameters by name, shape (rows,); ``seeds`` and ``starts``.
    """

    def __init__(
        self, spec: RunSpec, measure: str, target: float, store: KernelStore = NO_STORE
    ) -> None:
        self.spec, self.measure, self.target = spec, measure, target
        self._store, self._lock = store, threading.Lock()
        self._together = measure != "test_loss" and is_cell(spec)
        self._seconds = max(1, spec.steps) * step_seconds(spec)

    def parts(
        self,
        trials: Sequence[Settings],
        seeds: Sequence[int],
        starts: Mapping[int, tuple[float, ...]],
        count: int,
    ) -> Iterator[Part]:
        """Trials with the same options have the same code; as many parts for each of ``count``
        cores.  Raises SettingError for what the rule does not have."""
        for options, chosen in _groups(self.spec, trials):
            numbers = [_numbers(trials[index], self.spec) for index in chosen]
            whole = self._together and not _is_noisy(self.spec)
            columns = [range(len(seeds))] if whole else [range(i, i + 1) for i in range(len(seeds))]
            seconds = len(chosen) * len(columns[0]) * self._seconds
            parts = max(1, int(seconds / _PART_SECONDS))
            parts = min(-(-parts // count) * count if parts > 1 else 1, len(chosen))
            for column, place in itertools.product(columns, range(parts)):
                own = numbers[place::parts]
                yield {
                    "rows": chosen[place::parts],
                    "columns": list(column),
                    "options": options,
                    "numbers": {name: np.array([one[name] for one in own]) for name in own[0]},
                    "seeds": [seeds[i] for i in column],
                    "starts": [starts.get(seeds[i], self.spec.start) for i in column],
                }

    def seconds(self, part: Part) -> float:
        """See :class:`~optlab.core.executor.Work`."""
        return len(part["rows"]) * len(part["columns"]) * self._seconds

    def run(self, part: Part, stop: Stop) -> Part | None:
        """See :class:`~optlab.core.executor.Work`."""
        if stop():
            return None
        specs = [
            replace(self.spec, options=part["options"], seed=int(seed), start=tuple(start))
            for seed, start in zip(part["seeds"], part["starts"], strict=True)
        ]
        run_part = _side_by_side if self._together else _one_by_one
        with self._lock:  # the kernel is made once
            prepared = run_part(specs, part["numbers"], self.measure, self.target, self._store)
        found = prepared(stop)
        if found is None:
            return None
        shape = len(part["columns"]), len(part["rows"])
        tables = (values.reshape(shape).T for values in found)
        return dict(zip(("loss", "measure", "outcome"), tables, strict=True))


def _groups(
    spec: RunSpec, trials: Sequence[Settings]
) -> Iterator[tuple[dict[str, Choice], list[int]]]:
    """The options of the rule, and which of the trials have them."""
    groups: dict[tuple[tuple[str, Choice], ...], list[int]] = {}
    for index, trial in enumerate(trials):
        for name in trial:
            if name not in spec.rule.parameters and name not in spec.rule.options:
                raise SettingError(name, f"is not a parameter or option of {spec.rule.key}")
        options = {name: value for name, value in trial.items() if name in spec.rule.options}
        groups.setdefault(tuple(sorted(options.items())), []).append(index)  # type: ignore[arg-type]
    for key, chosen in groups.items():
        yield {**spec.options, **dict(key)}, chosen


def _numbers(trial: Settings, spec: RunSpec) -> dict[str, float]:
    """The parameters of a trial, checked."""
    given = {name: float(v) for name, v in trial.items() if name in spec.rule.parameters}
    return spec.rule.complete_parameters({**spec.parameters, **given})


Found = tuple[Array, Array, npt.NDArray[np.int8]]
Numbers = Mapping[str, Array]


def _is_noisy(spec: RunSpec) -> bool:
    return any(spec.treatment.active().get(name) for name in NOISE_STAGES)


def _side_by_side(
    specs: Sequence[RunSpec], numbers: Numbers, measure: str, target: float, store: KernelStore
) -> Callable[[Stop], Found | None]:
    """Through the kernels of maps: a cell for each trial with each spec, one spec after another;
    steppers and runs over arrays one by one, without a history.

    All parameters vary and all records are kept, so that there is one kernel for a rule.
    """
    base, count = specs[0], len(specs)
    rows = len(next(iter(numbers.values())))
    names = [name for name in base.parameters if name in base.variant.parameters]
    varying = {f"p_{name}": np.tile(numbers[name], count) for name in names}
    lowest = base.problem.lowest_value or 0.0
    starts = np.repeat(np.array([spec.start for spec in specs]), rows, axis=0)
    records = (REACHED, area_record(lowest)) if measure == "area" else (REACHED,)
    cells = Cells(base, starts, varying)
    kernel = cell_kernel(cells, target, store, records)

    def found(stop: Stop) -> Found | None:
        ends = kernel(stop)
        if ends is None:
            return None
        values = ends.loss
        if measure == "steps":
            values = ends.records["reached"] * gradient_calls(base, 1)
        elif measure == "area":
            values = ends.records["area"] / max(base.steps, 1)
        return ends.loss, values.astype(np.float64), ends.outcome

    return found


@lru_cache(maxsize=64)
def area_record(lowest: float) -> StepRecord:
    """The sum of log₁₀(loss − lowest) over the steps; 1e-16 stands for less."""

    def add(step: StepNames) -> Node:
        above = call("max", call("sub", step.loss, Number(lowest)), Number(_FLOOR))
        return call("add", step.value, call("log10", above))

    return StepRecord("area", lambda loss, target: np.zeros(len(loss)), add)


def _one_by_one(
    specs: Sequence[RunSpec], numbers: Numbers, measure: str, target: float, store: KernelStore
) -> Callable[[Stop], Found | None]:
    """Through the loop of single runs; the loss on all rows is computed where it is asked for."""
    base = specs[0]
    if measure in ("loss", "test_loss") and base.sampling.batch is not None and base.steps:
        sampling = replace(base.sampling, loss_every=base.steps)
        specs = [replace(spec, sampling=sampling) for spec in specs]
    rows = len(next(iter(numbers.values())))
    compiled_kernel(program_of(specs[0]), store)

    def kernel(program: Program) -> BlockKernel:
        return compiled_kernel(program, store)

    def found(stop: Stop) -> Found | None:
        loss, values = np.full((2, len(specs), rows), np.nan)
        outcome = np.zeros((len(specs), rows), np.int8)
        for index, row in np.ndindex(len(specs), rows):
            if stop():
                return None
            own = {name: float(given[row]) for name, given in numbers.items()}
            spec = replace(specs[index], parameters=own)
            trajectory = run(spec, kernels=kernel, cancelled=stop)
            if trajectory.outcome.kind == "cancelled":
                return None
            outcome[index, row] = OUTCOMES.index(trajectory.outcome.kind)
            loss[index, row] = _last(trajectory.loss)
            values[index, row] = _measured(spec, trajectory, measure, target)
        return loss.ravel(), values.ravel(), outcome.ravel()

    return found


def _measured(spec: RunSpec, trajectory: Trajectory, measure: str, target: float) -> float:
    """What a run is judged by."""
    losses = trajectory.loss
    if measure == "steps":
        reached = np.flatnonzero(losses <= target)
        return float(gradient_calls(spec, int(reached[0]))) if reached.size else FAILED
    if measure == "area":
        lowest = spec.problem.lowest_value or 0.0
        above = np.maximum(losses[1:][np.isfinite(losses[1:])] - lowest, _FLOOR)
        return float(np.log10(above).mean()) if above.size else FAILED
    if measure == "test_loss":
        return _last(trajectory["test_loss"]) if "test_loss" in trajectory else FAILED
    return _last(losses)


def _last(values: Array) -> float:
    """The last number that was recorded; the loss on all rows may be left out in some steps."""
    known = values[~np.isnan(values)]
    return float(known[-1]) if known.size else FAILED
