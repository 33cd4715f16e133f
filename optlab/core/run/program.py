"""One step of one run as a list of scalar assignments.

The equations of a rule are element-wise, over vectors; here they become assignments to scalars,
one per component, together with the gradient of the problem, its treatment, the schedule and the
loss, so that one piece of straight code does a whole step.  Every name is assigned once.

The names of the scalars are ``in_`` for weights and memory as they come in, ``v_`` for what is
assigned, ``p_ c_ s0_`` for the numbers of a run, ``n1_ n2_`` for its random numbers, ``r_``
for powers of a constant with the step as exponent.  With these in front, no name from a rule
file can meet another one, or a word of Python.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from optlab.core.formula.emit import Assignment
from optlab.core.formula.nodes import Apply, Node, Symbol, symbols
from optlab.core.formula.operations import CONSTANTS
from optlab.core.rules import Choice

GRADIENT_NORM = "v__gradient_norm_1"
"""What holds the norm of the gradient at w, where the run watches it."""


@dataclass(frozen=True)
class StepperPart:
    """What a stepper needs besides the assignments.

    ``key`` of the stepper and its ``options``; ``parameters``: their names; ``memory``: for each
    the shape of its array; ``objective`` and ``hessian`` (row by row): the loss with its L2 term
    and its second derivatives, of the weights among the program's inputs.
    """

    key: str
    options: tuple[tuple[str, Choice], ...]
    parameters: tuple[str, ...]
    memory: tuple[tuple[str, tuple[int, ...]], ...]
    objective: Node
    hessian: tuple[Node, ...]


STEP = Symbol("t")
"""The number of the step, from 1."""


def is_step_power(node: Node, constants: Collection[str]) -> bool:
    """Whether a node is a power of something that stays, with the step as its exponent."""
    if not (isinstance(node, Apply) and node.operation == "pow" and node.args[1] == STEP):
        return False
    return symbols(node.args[0]) <= {*constants, *CONSTANTS}


@dataclass(frozen=True)
class StepProgram:
    """What code is generated from.

    ``inputs``: the weights, then the memory, as scalars; ``starts``: their values before the
    first step (the weights stand for themselves); ``values``: the numbers a run passes in;
    ``assignments``: a whole step; ``carry``: the new name of each input; ``columns``: the
    recorded quantities, column by column, with the name that holds them; ``vectors``: the
    quantities and their columns; ``noise``: names of this step's random numbers;
    ``series``: names of powers with the step as exponent, and their bases;
    ``gradients``: how many gradients a step takes; ``stepper``: what computes a step between the
    assignments and the last one, the loss, where no equations do.
    """

    inputs: tuple[str, ...]
    starts: tuple[Node, ...]
    values: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    carry: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    vectors: tuple[tuple[str, tuple[str, ...]], ...]
    state: tuple[str, ...]
    noise: tuple[str, ...]
    watches_gradient: bool
    dimension: int
    gradients: int = 1
    series: tuple[tuple[str, Node], ...] = ()
    stepper: StepperPart | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(name for name, _ in self.columns)
