"""A step over whole vectors, for many weights: its statements, and their source for NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count

from optlab.core.formula.dialects.numpy_dialect import ARRAYS
from optlab.core.formula.emit import straight_lines
from optlab.core.formula.lower import lower
from optlab.core.problems import Problem
from optlab.core.rules.steppers import STEPPERS
from optlab.core.run.columns import Columns, columns_of
from optlab.core.run.equations import (
    GRADIENT_NORM,
    STALE,
    Assign,
    Call,
    Record,
    Statement,
    StepEquations,
    StepperCall,
    Total,
)


@dataclass(frozen=True, eq=False)
class ArrayProgram:
    """A step of any number of weights, for any problem; equal to itself alone, as
    :func:`array_program` makes one for each step."""

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
        """How many gradients a step takes; a Hessian counts as one for each weight."""
        part = self.equations.stepper
        second = part is not None and STEPPERS[part.key].needs_hessian
        return self.equations.gradients + second * self.dimension

    @property
    def noise(self) -> bool:
        """Whether a step reads random numbers."""
        return self.equations.noisy

    @property
    def features(self) -> tuple[str, ...]:
        """What else a step takes; see :class:`~optlab.core.run.equations.StepEquations`."""
        return self.equations.features

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


STEP_FUNCTION = "step"
_INDENT = "    "


def vector_source(equations: StepEquations) -> str:
    """``step(t, inputs, values, noise, answers, stepper, size, stale)``: the records and the new
    inputs.

    ``inputs`` are floats and vectors; ``answers`` has a method for each question that is put to
    the problem; ``stepper`` computes what no equations do; ``stale`` are the older weights at which
    gradients are taken.  Gives None before a step whose gradient is small enough.
    """
    names = "".join(f"{name}, " for name, _ in equations.inputs)
    lines = [f"{names}= inputs"]
    if equations.values:
        lines.append("".join(f"{name}, " for name in equations.values) + "= values")
    drawn = ["n1", "n2"] * equations.noisy + ["u1"] * ("share" in equations.features)
    if drawn:
        lines.append(f"{', '.join(drawn)}, = noise")
    if "delay" in equations.features:
        lines.append(f"{STALE} = stale")
    for name, base in equations.powers:
        pairs = straight_lines([(f"{name}_base", lower(base))], ARRAYS, f"{name}_")
        lines += [f"{target} = {text}" for target, text in pairs]
        lines.append(f"{name} = step_power({name}_base, t)")
    prefixes = (f"_{index}_" for index in count())
    for statement in equations.statements:
        lines += _lines(statement, equations, next(prefixes))
    records = "".join(f"{record.holder}, " for record in equations.records)
    carried = "".join(f"{name}, " for name in equations.carry)
    lines.append(f"return ({records}), ({carried})")
    head = f"def {STEP_FUNCTION}(t, inputs, values, noise, answers, stepper, size, stale):\n"
    return head + "".join(f"{_INDENT}{line}\n" for line in lines)


def _lines(statement: Statement, equations: StepEquations, prefix: str) -> Iterator[str]:
    match statement:
        case Assign(target, tree, vector):
            *first, (_, text) = straight_lines([(target, tree)], ARRAYS, prefix)
            yield from (f"{name} = {value}" for name, value in first)
            yield f"{target} = spread({text}, size)" if vector else f"{target} = {text}"
            if target == GRADIENT_NORM and equations.watches_gradient:
                yield f"if {target} <= c_tolerance:"
                yield f"{_INDENT}return None"
        case Total(target, tree):
            *first, (_, text) = straight_lines([(target, tree)], ARRAYS, prefix)
            yield from (f"{name} = {value}" for name, value in first)
            yield f"{target} = total({text}, size)"
        case Call(target, question, point, vector):
            given = f"{point}, {vector}" if vector else point
            yield f"{target} = answers.{question}({given})"
        case StepperCall():
            names = ["w", *(v.name for v in statement.memory)]
            given = "".join(f"in_{name}, " for name in names)
            stepped = "".join(f"new_{record.name}, " for record in stepped_records(equations))
            parameters = "".join(f"p_{name}, " for name in statement.parameters)
            l2 = "c_l2" if statement.l2 else "0.0"
            g, eta = _holder(equations, "g"), _holder(equations, "eta")
            call = f"stepper(t, {g}, {eta}, ({given}), ({parameters}), {l2})"
            yield f"{stepped}= {call}"


def stepped_records(equations: StepEquations) -> list[Record]:
    """The records that a stepper gives back, in their order."""
    return [record for record in equations.records if record.holder == f"new_{record.name}"]


def _holder(equations: StepEquations, name: str) -> str:
    return next(record.holder for record in equations.records if record.name == name)
