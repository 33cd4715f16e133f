"""The form of a step for many weights: the statements of a step over whole vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from optlab.core.problems import Problem
from optlab.core.run.columns import Columns
from optlab.core.run.equations import StepEquations, StepperCall
from optlab.core.run.layout import columns_of


@dataclass(frozen=True)
class ArrayProgram:
    """A step of any number of weights, for any problem."""

    equations: StepEquations
    problem: Problem

    @cached_property
    def vectors(self) -> Columns:
        """The recorded quantities and their columns."""
        return columns_of(self.equations, self.problem.weights)

    @property
    def state(self) -> tuple[str, ...]:
        """The names of the memory."""
        return self.equations.state

    @property
    def values(self) -> tuple[str, ...]:
        """The numbers that a run passes in."""
        return self.equations.values

    @property
    def dimension(self) -> int:
        """How many weights there are."""
        return self.problem.dimension

    @property
    def gradients(self) -> int:
        """How many gradients a step takes."""
        return self.equations.gradients

    @property
    def noise(self) -> bool:
        """Whether a step reads random numbers."""
        return self.equations.noisy

    @property
    def cost(self) -> int:
        """How many steps of two weights in scalar code a step of plain code costs, about."""
        return 20 + self.dimension // 8 + self.problem.cost

    @property
    def stepper(self) -> StepperCall | None:
        """What computes the step where no equations do."""
        return self.equations.stepper


@lru_cache(maxsize=512)
def array_program(equations: StepEquations, problem: Problem) -> ArrayProgram:
    """The step over whole vectors, the same object for the same step."""
    return ArrayProgram(equations, problem)
