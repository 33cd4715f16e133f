"""One step of one run as statements over whole vectors, whatever the number of weights.

The statements come from the equations of a rule, the schedule and the treatment of the gradient.
They do not depend on the problem: what it has to answer is a :class:`Call`.  Two forms of code
are made from them: straight scalar code for few weights (``kernels/scalar_program.py``), and loops
over arrays for many (``kernels/array_program.py``).

The names are ``in_`` for weights and memory as they come in, ``v_`` for what is assigned,
``p_ c_ s0_`` for the numbers of a run, ``n1 n2`` for its random numbers, ``r_`` for powers of a
constant with the step as exponent.  With these in front, no name from a rule file can meet
another one, or a word of Python.  Every name is assigned once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from optlab.core.formula.nodes import Node, Symbol
from optlab.core.rules import Choice, StateVariable

STEP = Symbol("t")
"""The number of the step, from 1, as the rule counts it."""
GRADIENT_NORM = "v__gradient_norm_1"
"""What holds the norm of the gradient at w, where the run watches it."""
STALE = "in_stale"
"""The older weights at which gradients are taken, where they are."""
SHARE = Symbol("c_share")
"""The share of the weights that an update writes, where it does not write all."""
OFFSET = "c_before"
"""The steps of a run before its rule began, where they are not 0."""

Question = Literal["loss", "gradient", "curvature", "hessian_product"]


@dataclass(frozen=True)
class Assign:
    """``target`` gets the value of a formula: for each weight if ``vector``, else once."""

    target: str
    tree: Node
    vector: bool


@dataclass(frozen=True)
class Total:
    """``target`` gets the sum of a formula over the weights, from the first one on."""

    target: str
    tree: Node


@dataclass(frozen=True)
class Call:
    """``target`` gets what the problem answers at ``point``, the name of a vector.

    ``loss`` is one number; ``gradient``, ``curvature`` (the diagonal of the Hessian) and
    ``hessian_product`` (the Hessian times ``vector``) have one for each weight.
    """

    target: str
    question: Question
    point: str
    vector: str = ""


@dataclass(frozen=True)
class Record:
    """A quantity of the trajectory and what holds it; ``state`` is set for a rule's memory."""

    name: str
    holder: str
    vector: bool
    state: StateVariable | None = None


@dataclass(frozen=True)
class StepperCall:
    """The new weights, memory and records, by a Python function instead of equations.

    ``key`` names the stepper; ``parameters`` are the names of its numbers; ``memory`` is what it
    remembers; ``l2`` says that the loss has an L2 term.
    """

    key: str
    options: tuple[tuple[str, Choice], ...]
    parameters: tuple[str, ...]
    memory: tuple[StateVariable, ...]
    l2: bool


Statement: TypeAlias = Assign | Total | Call | StepperCall


@dataclass(frozen=True)
class StepEquations:
    """A whole step.

    ``inputs``: weights, then memory, as they come in, with whether each is a vector; ``starts``:
    the memory before the first step, formulas of the weights and the run's numbers; ``values``:
    the numbers that a run passes in; ``statements`` in order; ``carry``: what holds the new value
    of each input; ``records``: what a trajectory keeps; ``vectors``: all names with one value for
    each weight; ``noisy``: whether the step reads random numbers; ``gradients``: how many
    gradients it takes; ``powers``: names of powers with the step as exponent, and their bases;
    ``features``: ``batch`` where the problem answers for the rows of the step, ``delay`` where
    gradients are taken at older weights, ``share`` where an update writes some of the weights.
    """

    inputs: tuple[tuple[str, bool], ...]
    starts: tuple[Node, ...]
    values: tuple[str, ...]
    statements: tuple[Statement, ...]
    carry: tuple[str, ...]
    records: tuple[Record, ...]
    vectors: frozenset[str]
    noisy: bool
    watches_gradient: bool
    gradients: int
    powers: tuple[tuple[str, Node], ...]
    features: tuple[str, ...] = ()

    @property
    def watched(self) -> str:
        """The recorded loss that ends a run where it is not finite."""
        return "batch_loss" if "batch" in self.features else "loss"

    @property
    def random(self) -> int:
        """How many random numbers a step reads for each weight."""
        return 2 * self.noisy + ("share" in self.features)

    @property
    def stepper(self) -> StepperCall | None:
        """What computes the step where no equations do."""
        found = (item for item in self.statements if isinstance(item, StepperCall))
        return next(found, None)

    @property
    def state(self) -> tuple[str, ...]:
        """The names of the memory."""
        return tuple(record.name for record in self.records if record.state is not None)

    @property
    def questions(self) -> frozenset[Question]:
        """What the problem is asked."""
        asked = {item.question for item in self.statements if isinstance(item, Call)}
        return frozenset(asked)
