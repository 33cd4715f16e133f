"""Everything that decides the numbers of one run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from optlab.core.gradient import GradientTreatment
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem
from optlab.core.rules import Choice, Rule
from optlab.core.schedules import CONSTANT, Schedule, parse_schedule

MAX_STEPS = 10_000_000
"""Updates a run may have; each takes some 150 bytes of history."""
MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class RunSpec:
    """A run: problem, rule with all its settings, and where and how long to walk.

    ``parameters`` and ``options`` are completed with the rule's defaults and checked;
    ``stop_gradient`` ends the run as converged where ‖∇E(w)‖ is not above it.
    Raises :class:`SettingError` naming the setting.
    """

    problem: Problem
    rule: Rule
    parameters: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, Choice] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=lambda: parse_schedule(CONSTANT))
    treatment: GradientTreatment = field(default_factory=GradientTreatment)
    start: tuple[float, ...] = ()
    steps: int = 200
    seed: int = 0
    stop_gradient: float | None = None

    def __post_init__(self) -> None:
        settle = object.__setattr__
        settle(self, "parameters", self.rule.complete_parameters(self.parameters))
        settle(self, "options", self.rule.complete_options(self.options))
        settle(self, "start", tuple(map(float, self.start or self.problem.start)))
        dimension = self.problem.dimension
        if len(self.start) != dimension or not all(map(math.isfinite, self.start)):
            raise SettingError("start", f"must be {dimension} finite numbers")
        if not 0 <= self.steps <= MAX_STEPS:
            raise SettingError("steps", f"must be from 0 to {MAX_STEPS}, not {self.steps:g}")
        if not 0 <= self.seed <= MAX_SEED:
            raise SettingError("seed", f"must be from 0 to {MAX_SEED}, not {self.seed:g}")
        tolerance = self.stop_gradient
        if tolerance is not None and not (math.isfinite(tolerance) and tolerance >= 0):
            raise SettingError("stop_gradient", f"must be at least 0, not {tolerance:g}")

    def values(self) -> dict[str, float]:
        """Every number that the equations use, under the names of the step program."""
        values = {f"p_{name}": value for name, value in self.parameters.items()}
        values.update(self.schedule.constants(self.steps))
        values.update({f"c_{name}": value for name, value in self.treatment.active().items()})
        values["c_horizon"] = float(self.steps)
        values["c_tolerance"] = -1.0 if self.stop_gradient is None else self.stop_gradient
        return values
