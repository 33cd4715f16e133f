"""Trials: one run with many settings and seeds, all at once where it can be."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from optlab.core.formula.algebra import call
from optlab.core.formula.nodes import Node, Number
from optlab.core.gradient_transforms import NOISE_STAGES
from optlab.core.maps import Cells, run_cells
from optlab.core.maps.map_measures import REACHED, StepNames, StepRecord
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.parameters import SettingError
from optlab.core.rules import Choice
from optlab.core.run import RunSpec, compiled_kernel, gradient_calls, has_scalar_code, run
from optlab.core.run.kernels.block_kernel import BlockKernel, Program
from optlab.core.run.outcome import OUTCOMES

Array = npt.NDArray[np.float64]
Settings = Mapping[str, float | Choice]
Stop = Callable[[], bool]
Progress = Callable[[int, int], None]

MEASURES = ("loss", "steps", "area", "test_loss")
"""What a trial is judged by, smaller being better: the loss at the end; gradients until the target
loss; the mean of log₁₀(loss − lowest) over the steps; the loss on the rows kept for the test."""
FAILED = math.inf
_FLOOR = 1e-16
_CORES = os.cpu_count() or 1
_LONG = 4_000_000
"""Steps of single runs from which a batch is worth being split: some hundredths of a second."""
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
) -> TrialResults:
    """The results of all trials with each of the seeds, the same on any number of threads.

    A trial gives parameters and options of the rule.  ``starts`` replaces the start for a seed.
    Runs of few weights go through their steps side by side; others one by one, on all cores.
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
    tasks = [
        (base, rows, columns)
        for base, chosen in _groups(spec, trials)
        for rows, columns in _batches(base, chosen, len(seeds), measure)
    ]
    total, done = sum(len(rows) * len(columns) for _, rows, columns in tasks), 0

    def work(task: tuple[RunSpec, list[int], tuple[int, ...]]) -> None:
        nonlocal done
        base, rows, columns = task
        if stop():
            return
        ones = [_seeded(base, seeds[column], starts or {}) for column in columns]
        numbers = [_numbers(trials[index], base) for index in rows]
        part = _side_by_side if _go_together(base, measure) else _one_by_one
        found = part(ones, numbers, measure, target, store, stop)
        table = [values.reshape(len(columns), len(rows)).T for values in found]
        place = np.ix_(rows, columns)
        results.loss[place], results.measure[place], results.outcome[place] = table
        done += len(columns) * len(rows)
        progress(done, total)

    if len(tasks) < 2 or not _go_together(spec, measure):
        for task in tasks:
            work(task)
    else:
        work(tasks[0])  # makes the kernel, once
        with ThreadPoolExecutor(_CORES) as pool:
            for _ in pool.map(work, tasks[1:]):
                pass
    results.measure[results.failed()] = FAILED
    results.measure[np.isnan(results.measure) & ~np.isnan(results.loss)] = FAILED
    return results


def _go_together(spec: RunSpec, measure: str) -> bool:
    return has_scalar_code(spec) and measure != "test_loss"


def _batches(
    spec: RunSpec, chosen: list[int], seeds: int, measure: str
) -> Iterator[tuple[list[int], tuple[int, ...]]]:
    """Trials and columns of seeds that go through their steps together, some for each core.

    Without noise a seed decides the start alone: all seeds are cells of one batch.
    """
    if not _go_together(spec, measure) or _is_noisy(spec):
        yield from ((chosen, (column,)) for column in range(seeds))
        return
    parts = min(_CORES, len(chosen)) if len(chosen) * seeds * spec.steps > _LONG else 1
    for index in range(parts):
        yield chosen[index::parts], tuple(range(seeds))


def _groups(spec: RunSpec, trials: Sequence[Settings]) -> Iterator[tuple[RunSpec, list[int]]]:
    """Trials with the same options have the same code; the run with their options, and which."""
    groups: dict[tuple[tuple[str, Choice], ...], list[int]] = {}
    for index, trial in enumerate(trials):
        for name in trial:
            if name not in spec.rule.parameters and name not in spec.rule.options:
                raise SettingError(name, f"is not a parameter or option of {spec.rule.key}")
        options = {name: value for name, value in trial.items() if name in spec.rule.options}
        groups.setdefault(tuple(sorted(options.items())), []).append(index)  # type: ignore[arg-type]
    for key, chosen in groups.items():
        yield replace(spec, options={**spec.options, **dict(key)}), chosen


def _numbers(trial: Settings, spec: RunSpec) -> dict[str, float]:
    """The parameters of a trial, checked."""
    given = {name: float(v) for name, v in trial.items() if name in spec.rule.parameters}
    return spec.rule.complete_parameters({**spec.parameters, **given})


Found = tuple[Array, Array, npt.NDArray[np.int8]]


def _seeded(spec: RunSpec, seed: int, starts: Mapping[int, tuple[float, ...]]) -> RunSpec:
    return replace(spec, seed=seed, start=starts.get(seed, spec.start))


def _is_noisy(spec: RunSpec) -> bool:
    return any(spec.treatment.active().get(name) for name in NOISE_STAGES)


def _side_by_side(
    specs: Sequence[RunSpec],
    numbers: Sequence[Mapping[str, float]],
    measure: str,
    target: float,
    store: KernelStore,
    stop: Stop,
) -> Found:
    """Through the kernels of maps: a cell for each trial with each spec, one spec after another.

    All parameters vary and all records are kept, so that there is one kernel for a rule.
    """
    base, count = specs[0], len(specs)
    names = [name for name in base.parameters if name in base.variant.parameters]
    columns = {name: np.array([one[name] for one in numbers]) for name in names}
    varying = {f"p_{name}": np.tile(values, count) for name, values in columns.items()}
    lowest = base.problem.lowest_value or 0.0
    starts = np.repeat(np.array([spec.start for spec in specs]), len(numbers), axis=0)
    records = (REACHED, area_record(lowest)) if measure == "area" else (REACHED,)
    ends = run_cells(Cells(base, starts, varying), target, store, records, stop)
    values = ends.loss
    if measure == "steps":
        values = ends.records["reached"] * gradient_calls(base, 1)
    elif measure == "area":
        values = ends.records["area"] / max(base.steps, 1)
    return ends.loss, values.astype(np.float64), ends.outcome


@lru_cache(maxsize=64)
def area_record(lowest: float) -> StepRecord:
    """The sum of log₁₀(loss − lowest) over the steps; 1e-16 stands for less."""

    def add(step: StepNames) -> Node:
        above = call("max", call("sub", step.loss, Number(lowest)), Number(_FLOOR))
        return call("add", step.value, call("log10", above))

    return StepRecord("area", lambda loss, target: np.zeros(len(loss)), add)


def _one_by_one(
    specs: Sequence[RunSpec],
    numbers: Sequence[Mapping[str, float]],
    measure: str,
    target: float,
    store: KernelStore,
    stop: Stop,
) -> Found:
    """Through the loop of single runs, several at a time: compiled code leaves Python's lock."""
    (spec,) = specs
    count = len(numbers)
    loss, values = np.full(count, np.nan), np.full(count, np.nan)
    outcome = np.zeros(count, np.int8)
    lowest = spec.problem.lowest_value or 0.0

    def kernel(program: Program) -> BlockKernel:
        return compiled_kernel(program, store)

    def one(index: int) -> None:
        if stop():
            return
        trajectory = run(
            replace(spec, parameters=dict(numbers[index])), kernels=kernel, cancelled=stop
        )
        losses = trajectory.loss
        loss[index] = _last(losses)
        if trajectory.outcome.kind in OUTCOMES:
            outcome[index] = OUTCOMES.index(trajectory.outcome.kind)
        if measure == "steps":
            reached = np.flatnonzero(losses <= target)
            values[index] = gradient_calls(spec, int(reached[0])) if reached.size else FAILED
        elif measure == "area":
            above = np.maximum(losses[1:][np.isfinite(losses[1:])] - lowest, _FLOOR)
            values[index] = float(np.log10(above).mean()) if above.size else FAILED
        elif measure == "test_loss":
            values[index] = _last(trajectory["test_loss"]) if "test_loss" in trajectory else FAILED
        else:
            values[index] = _last(losses)

    one(0)
    with ThreadPoolExecutor(_CORES) as pool:
        for _ in pool.map(one, range(1, count)):
            pass
    return loss, values, outcome


def _last(values: Array) -> float:
    """The last number that was recorded; the loss on all rows may be left out in some steps."""
    known = values[~np.isnan(values)]
    return float(known[-1]) if known.size else FAILED
