"""What of a step is the same for all runs, and what each run has of its own.

Nothing here knows a rule: whether all runs share a value follows from what its tree is made of.
What they share is computed once per step for a whole tile of runs, and a division by such a value
becomes a quotient with its reciprocal (:mod:`optlab.core.native.quotient`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from optlab.core.formula.algebra import ONE
from optlab.core.formula.emit import Assignment
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder, symbols, value_of
from optlab.core.formula.operations import CONSTANTS, OPERATIONS
from optlab.core.native.quotient import LARGEST_DIVISOR, LEAST_DIVISOR
from optlab.core.run.program import StepProgram

QUOTIENT = "quotient"
"""The operation ``(a, b, 1/b)``, whose value is that of a/b."""


@dataclass(frozen=True)
class Parts:
    """``shared``: assignments that are the same for all runs at a step; ``single``: those of each
    run, in the order of the program; ``own``: all names that are not shared."""

    shared: tuple[Assignment, ...]
    single: tuple[Assignment, ...]
    own: frozenset[str]


@dataclass(frozen=True)
class QuickParts:
    """``single`` with quotients for divisions; ``reciprocals``: what they need besides, shared;
    ``divisors``: names of shared values that must be positive and neither tiny nor huge."""

    single: tuple[Assignment, ...]
    reciprocals: tuple[Assignment, ...]
    divisors: tuple[str, ...]


def parts_of(program: StepProgram, own: Collection[str]) -> Parts:
    """Splits a step; ``own`` are the names that each run has a value of its own for.

    Also parts of trees that all runs share become assignments (``h_0``, ``h_1`` …).
    """
    names = {*program.inputs, *own}
    shared: list[Assignment] = []
    single: list[Assignment] = []
    for target, tree in program.assignments:
        if symbols(tree) & names:
            names.add(target)
            single.append((target, tree))
        else:
            shared.append((target, tree))
    lifting = _Lifting(names)
    lifted = tuple((target, lifting.tree(tree)) for target, tree in single)
    named = ((symbol.name, tree) for tree, symbol in lifting.names.items())
    return Parts((*shared, *named), lifted, frozenset(names))


def quick_parts(parts: Parts) -> QuickParts:
    """The same assignments with quotients where the divisor is shared, and the dividend is not.

    What is the same for all runs, as in a condition that all of them share, the compiler may
    compute before the flags are cleared that tell whether a quotient is exact.
    """
    reciprocals: dict[str, str] = {}
    done: dict[Node, Node] = {}
    for part in postorder(*(tree for _, tree in parts.single)):
        done[part] = part
        if isinstance(part, Apply):
            args = tuple(done[arg] for arg in part.args)
            done[part] = Apply(part.operation, args)
            if part.operation == "div" and symbols(part.args[0]) & parts.own:
                reciprocal = _reciprocal(part.args[1], parts.own, reciprocals)
                if reciprocal is not None:
                    done[part] = Apply(QUOTIENT, (*args, reciprocal))
    single = tuple((target, done[tree]) for target, tree in parts.single)
    wanted = tuple(
        (name, Apply("div", (ONE, Symbol(divisor)))) for divisor, name in reciprocals.items()
    )
    return QuickParts(single, wanted, tuple(reciprocals))


def _reciprocal(divisor: Node, own: Collection[str], known: dict[str, str]) -> Node | None:
    """What stands for 1/divisor, or None where it has to be a division."""
    value = CONSTANTS.get(divisor.name) if isinstance(divisor, Symbol) else value_of(divisor)
    if value is not None:
        if not LEAST_DIVISOR <= value <= LARGEST_DIVISOR or math.frexp(value)[0] == 0.5:
            return None  # the compiler turns a power of two into a factor by itself
        return Number(1.0 / value)
    if isinstance(divisor, Symbol) and divisor.name not in own:
        return Symbol(known.setdefault(divisor.name, f"y_{len(known)}"))
    return None


@dataclass
class _Lifting:
    """Takes parts that all runs share out of trees."""

    own: Collection[str]
    names: dict[Node, Symbol] = field(default_factory=dict)

    def tree(self, root: Node) -> Node:
        shared: dict[Node, bool] = {}
        done: dict[Node, Node] = {}
        for part in postorder(root):
            done[part] = part
            if isinstance(part, Symbol):
                shared[part] = part.name not in self.own
            elif isinstance(part, Apply):
                shared[part] = all(shared[arg] for arg in part.args)
                if not shared[part]:
                    args = self.args(part.args, shared, done)
                    done[part] = Apply(part.operation, args)
            else:
                shared[part] = True
        return done[root]

    def args(
        self, args: Iterable[Node], shared: dict[Node, bool], done: dict[Node, Node]
    ) -> tuple[Node, ...]:
        return tuple(self.name(arg) if shared[arg] else done[arg] for arg in args)

    def name(self, part: Node) -> Node:
        """The name of a shared part; leaves and yes or no stay as they are."""
        if not isinstance(part, Apply) or value_of(part) is not None:
            return part
        if OPERATIONS[part.operation].is_condition:
            return part
        return self.names.setdefault(part, Symbol(f"h_{len(self.names)}"))
