"""Everything that decides the numbers of one run, and the memory before its first step."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from optlab.core.data.batches import Batches
from optlab.core.formula.dialects.numpy_dialect import ARRAY_NAMES, ARRAYS
from optlab.core.formula.emit import Array, define, straight_lines
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem
from optlab.core.rules import Choice, Rule, StateVariable, Variant
from optlab.core.run.columns import value_count
from optlab.core.run.equations import OFFSET, StepEquations
from optlab.core.run.sampling import Sampling
from optlab.core.run.step_compiler import step_equations
from optlab.core.schedules import CONSTANT, EpochCount, Schedule, parse_schedule
from optlab.core.schedules.schedule import EPOCH_PHASE

MAX_STEPS = 10_000_000
"""Updates a run may have; each takes some 150 bytes of history for two weights."""
MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class Segment:
    """Another rule, or other settings, after ``first`` updates of a run.

    ``schedule`` None goes on with the run's; one of its own counts from here.  ``memory`` of the
    rule before is taken over by name where both have it, and starts afresh otherwise; without
    ``keep_memory`` all of it starts afresh.
    """

    first: int
    rule: Rule
    parameters: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, Choice] = field(default_factory=dict)
    schedule: Schedule | None = None
    treatment: GradientTransforms = field(default_factory=GradientTransforms)
    keep_memory: bool = True
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True)
class Leg:
    """A stretch of a run with one rule, from update ``first`` + 1 to update ``last``.

    ``spec`` has its settings; ``kept`` names the memory that it takes over; ``started`` is the
    update of the run after which the rule's own count of steps began, ``scheduled`` the one
    after which its schedule began, when ``scheduled_epochs`` whole epochs were over, ``sampled``
    the one after which its batches began, when ``epochs`` were.
    """

    first: int
    last: int
    spec: RunSpec
    kept: frozenset[str]
    started: int
    scheduled: int
    sampled: int
    epochs: int = 0
    scheduled_epochs: int = 0

    @property
    def batches(self) -> Batches | None:
        """Its mini-batches; None where every step takes all rows."""
        return self.spec.sampling.batches(self.spec.problem.rows, self.spec.seed)

    def epoch(self, step: int) -> int:
        """The epoch, from 1, that update ``step`` of the run belongs to; 0 at its start."""
        batches = self.batches
        taken = step - self.sampled
        return self.epochs + (taken if batches is None else batches.epoch(taken))

    def first_of(self, epoch: int) -> int:
        """The updates of the run after which an epoch, from 1, begins."""
        return self.sampled + (epoch - 1 - self.epochs) * self.spec.epoch_steps

    def epochs_over(self, step: int) -> int:
        """The whole epochs that are over after update ``step`` of the run."""
        return self.epochs + (step - self.sampled) // self.spec.epoch_steps

    @property
    def epoch_count(self) -> EpochCount:
        """The epochs as its schedule counts them."""
        each = self.spec.epoch_steps
        missed = (self.epochs - self.scheduled_epochs) * each
        return EpochCount(each, self.scheduled - self.sampled + missed)

    @property
    def shift(self) -> int:
        """The steps of the schedule before the rule's own count began."""
        return self.started - self.scheduled

    def values(self) -> dict[str, float]:
        """Every number that the equations use, under the names of the step program."""
        own = {OFFSET: float(self.shift)}
        if self.spec.schedule.counts_epochs:
            own[EPOCH_PHASE] = float(self.epoch_count.phase)
        return self.spec.values() | own


@dataclass(frozen=True)
class MemoryRow:
    """What becomes of a memory at a change: ``goes over``, ``starts fresh`` or ``is dropped``."""

    name: str
    help: str
    fate: str


@dataclass(frozen=True)
class RunSpec:
    """A run: problem, rule with all its settings, where it starts and how many steps it takes.

    ``parameters`` and ``options`` are completed with the rule's defaults and checked;
    ``sampling`` says which rows and which weights its gradients are taken from.
    ``stop_gradient`` ends the run as converged where ‖∇E(w)‖ is not above it.  ``then`` are
    changes of the rule on the way, in order.  A run may go on from elsewhere: with ``before``
    updates already done and with ``memory`` by name, as flat numbers.  A row is kept every
    ``record_every`` updates, and of the last one, with the numbers that it would have anyway; a
    loss over all rows of data ends a run where it is recorded.
    Raises :class:`SettingError` naming the setting.
    """

    problem: Problem
    rule: Rule
    parameters: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, Choice] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=lambda: parse_schedule(CONSTANT))
    treatment: GradientTransforms = field(default_factory=GradientTransforms)
    start: tuple[float, ...] = ()
    steps: int = 200
    seed: int = 0
    stop_gradient: float | None = None
    then: tuple[Segment, ...] = ()
    before: int = 0
    memory: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    sampling: Sampling = field(default_factory=Sampling)
    record_every: int = 1

    def __post_init__(self) -> None:
        settle = object.__setattr__
        settle(self, "parameters", self.rule.complete_parameters(self.parameters))
        settle(self, "options", self.rule.complete_options(self.options))
        settle(self, "start", tuple(map(float, self.start or self.problem.start)))
        dimension = self.problem.dimension
        if len(self.start) != dimension or not all(map(math.isfinite, self.start)):
            numbers = f"{dimension} finite number{'s' * (dimension != 1)}"
            raise SettingError("start", f"must be {numbers}")
        if not 0 <= self.steps <= MAX_STEPS:
            raise SettingError("steps", f"must be from 0 to {MAX_STEPS}, not {self.steps:g}")
        if not 1 <= self.record_every <= MAX_STEPS:
            reason = f"must be from 1 to {MAX_STEPS}, not {self.record_every:g}"
            raise SettingError("record_every", reason)
        if not 0 <= self.seed <= MAX_SEED:
            raise SettingError("seed", f"must be from 0 to {MAX_SEED}, not {self.seed:g}")
        tolerance = self.stop_gradient
        if tolerance is not None and not (math.isfinite(tolerance) and tolerance >= 0):
            raise SettingError("stop_gradient", f"must be at least 0, not {tolerance:g}")
        settle(self, "then", tuple(map(_completed, self.then)))
        for leg in self.legs:
            if leg.spec.variant.needs_hessian and not self.problem.has_hessian:
                reason = f"'{leg.spec.rule.key}' needs second derivatives, which are not known here"
                raise SettingError("optimizer", reason)
            if leg.spec.sampling.batch is not None and self.problem.rows == 0:
                raise SettingError("batch", "needs data whose rows it takes; this loss has none")
            if leg.spec.schedule.counts_epochs and self.problem.rows == 0:
                reason = "counts epochs, and this loss has no data to go through; count steps"
                raise SettingError("schedule", reason)
        self._check_segments()
        self._check_memory()

    def _check_segments(self) -> None:
        previous = 0
        for segment in self.then:
            if segment.first <= previous:
                reason = f"must change the rule after step {previous}, not {segment.first}"
                raise SettingError("then", reason)
            previous = segment.first

    def _check_memory(self) -> None:
        if not 0 <= self.before <= MAX_STEPS:
            raise SettingError("before", f"must be from 0 to {MAX_STEPS}, not {self.before:g}")
        known = {variable.name: variable for variable in self.variant.state}
        for name, numbers in self.memory.items():
            if name not in known:
                names = ", ".join(known) or "nothing"
                reason = f"'{name}' is not remembered by {self.rule.key}, which keeps {names}"
                raise SettingError("memory", reason)
            count = value_count(known[name], self.problem.dimension)
            if len(numbers) != count:
                raise SettingError("memory", f"'{name}' has {count} numbers, not {len(numbers)}")

    @cached_property
    def point(self) -> Array:
        """The start as an array, shape (n,)."""
        point = np.array(self.start, dtype=np.float64)
        point.flags.writeable = False
        return point

    @cached_property
    def variant(self) -> Variant:
        """The rule with its options decided."""
        return self.rule.variant(self.options)

    @property
    def epoch_steps(self) -> int:
        """The steps of an epoch, as its first rule takes them: 1 where each takes all rows."""
        batches = self.sampling.batches(self.problem.rows, self.seed)
        return 1 if batches is None else batches.steps_per_epoch

    @cached_property
    def legs(self) -> tuple[Leg, ...]:
        """The stretches with one rule each; the last one ends with the run."""
        first = replace(self, then=()) if self.then else self
        firsts = [segment.first for segment in self.then if segment.first < self.steps]
        ends = [*firsts, self.steps]
        legs = [Leg(0, ends[0], first, frozenset(), *((-self.before,) * 3))]
        for segment, last in zip(self.then, ends[1:], strict=False):
            legs.append(self._leg(legs[-1], segment, last))
        return tuple(legs)

    def _leg(self, previous: Leg, segment: Segment, last: int) -> Leg:
        spec = replace(
            self,
            rule=segment.rule,
            parameters=segment.parameters,
            options=segment.options,
            schedule=segment.schedule or previous.spec.schedule,
            treatment=segment.treatment,
            sampling=segment.sampling,
            then=(),
            before=0,
            memory={},
        )
        before = {variable.name: variable for variable in previous.spec.variant.state}
        kept = {
            variable.name
            for variable in spec.variant.state
            if segment.keep_memory and _same_kind(before.get(variable.name), variable)
        }
        same = segment.sampling == previous.spec.sampling
        over = previous.epochs_over(segment.first)
        counts_on = segment.keep_memory and len(kept) == len(spec.variant.state)
        return Leg(
            segment.first,
            last,
            spec,
            frozenset(kept),
            previous.started if counts_on else segment.first,
            segment.first if segment.schedule else previous.scheduled,
            previous.sampled if same else segment.first,
            previous.epochs if same else previous.epoch(segment.first),
            over if segment.schedule else previous.scheduled_epochs,
        )

    def leg_at(self, step: int) -> Leg:
        """The stretch that update ``step`` (from 1) belongs to; step 0 belongs to the first."""
        return next((leg for leg in reversed(self.legs) if leg.first < step), self.legs[0])

    def values(self) -> dict[str, float]:
        """Every number that the equations use, under the names of the step program."""
        values = {f"p_{name}": value for name, value in self.parameters.items()}
        values.update(self.schedule.constants(self.steps, EpochCount(self.epoch_steps)))
        values.update({f"c_{name}": value for name, value in self.treatment.active().items()})
        if self.sampling.share is not None:
            values["c_share"] = self.sampling.share
        values["c_horizon"] = float(self.steps)
        values["c_tolerance"] = -1.0 if self.stop_gradient is None else self.stop_gradient
        return values


def legs_at(spec: RunSpec, after: int) -> tuple[Leg, Leg] | None:
    """The stretches before and behind the change after so many updates; None without one."""
    pairs = zip(spec.legs, spec.legs[1:], strict=False)
    return next((pair for pair in pairs if pair[1].first == after), None)


def memory_table(before: Leg, leg: Leg) -> tuple[MemoryRow, ...]:
    """What becomes of each memory where ``leg`` follows: that of its rule, then what is dropped."""
    state = leg.spec.variant.state
    names = {variable.name for variable in state}
    here = [
        MemoryRow(one.name, one.help, "goes over" if one.name in leg.kept else "starts fresh")
        for one in state
    ]
    dropped = [
        MemoryRow(one.name, one.help, "is dropped")
        for one in before.spec.variant.state
        if one.name not in names
    ]
    return (*here, *dropped)


def _completed(segment: Segment) -> Segment:
    rule = segment.rule
    parameters = rule.complete_parameters(segment.parameters)
    options = rule.complete_options(segment.options)
    return replace(segment, parameters=parameters, options=options)


def _same_kind(old: StateVariable | None, new: StateVariable) -> bool:
    """Whether memory of one rule can be that of the next: the same name and the same size."""
    return old is not None and (old.scalar, old.rows) == (new.scalar, new.rows)


def starting_memory(
    equations: StepEquations, values: Mapping[str, float], weights: Array
) -> dict[str, Array]:
    """What each memory of a rule starts from, at these weights (n,); flat arrays by name."""
    numbers = tuple(values[name] for name in equations.values)
    with np.errstate(all="ignore"):
        found = _function(equations)(weights, numbers)
    states = [record.state for record in equations.records if record.state is not None]
    return {
        state.name: np.array(np.broadcast_to(value, (value_count(state, len(weights)),)))
        for state, value in zip(states, found, strict=True)
    }


def equations_of(leg: Leg) -> StepEquations:
    """The statements of a leg's steps; the same object for legs that differ in numbers only."""
    spec = leg.spec
    return step_equations(
        spec.variant,
        tuple(spec.parameters),
        spec.schedule,
        tuple(spec.treatment.active()),
        spec.stop_gradient is not None,
        leg.shift != 0,
        spec.sampling.features,
    )


@lru_cache(maxsize=256)
def _function(equations: StepEquations) -> Callable[..., Any]:
    names = [f"start_{index}" for index in range(len(equations.starts))]
    pairs = straight_lines(list(zip(names, equations.starts, strict=True)), ARRAYS)
    lines = [f"{', '.join(equations.values)}, = values"] if equations.values else []
    lines += [f"{target} = {text}" for target, text in pairs]
    lines.append(f"return ({''.join(f'{name}, ' for name in names)})")
    body = "".join(f"    {line}\n" for line in lines)
    return define(f"def starts(in_w, values):\n{body}", "starts", ARRAY_NAMES)
