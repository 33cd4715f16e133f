"""An equation with numbers put in: how much of it is computed before it is shown.

Three levels of detail: every symbol replaced by its number; sums and products of numbers, where
functions and brackets are already worked out; and sums of ``coefficient · vector``.  What depends
on settings alone, such as 1 − β₁, is worked out in all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce as fold_left
from itertools import islice
from typing import NamedTuple, TypeGuard

from optlab.core.formula.algebra import ONE
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder, symbols
from optlab.core.formula.operations import CONSTANTS, VECTOR_FUNCTIONS
from optlab.core.rules import LEARNING_RATE

LEVELS = 3
LARGEST = 120
"""Distinct nodes of an equation that is taken apart; a larger one is shown by its value."""

_WHOLE = ("where", "grad", "loss", "curvature", "dot", "norm")
"""Worked out at every level: what is inside is no number that was shown before."""


class Slot(NamedTuple):
    """A place for a number: the tree that it is the value of.

    ``component`` picks one of a vector, ``exact`` numbers were chosen or counted by a person.
    """

    tree: Node
    exact: bool
    component: int | None = None


class Reduced(NamedTuple):
    """A tree to show, whose symbols ``#0``, ``#1``, ... stand for the slots."""

    tree: Node
    slots: tuple[Slot, ...]


def reduced(tree: Node, level: int, settings: Collection[str], scalar: bool) -> Reduced:
    """The tree at a level of detail, 0 (all of it) to ``LEVELS`` - 1.

    ``settings`` are the names whose values a person has chosen; ``scalar`` says that no vector
    occurs, so that an equation of settings alone is not worked out before it is shown.
    """
    work = _Reducer(frozenset(settings), scalar)
    if len(list(islice(postorder(tree), LARGEST + 1))) > LARGEST:
        return Reduced(work.slot(tree), tuple(work.slots))
    shown = (work.leaves, work.factors, work.coefficients)[level](tree)
    return Reduced(shown, tuple(work.slots))


class _Reducer:
    def __init__(self, settings: frozenset[str], scalar: bool) -> None:
        self.settings = settings | set(CONSTANTS)
        self.scalar = scalar
        self.slots: list[Slot] = []

    def slot(self, tree: Node) -> Node:
        if isinstance(tree, Number):
            return tree
        self.slots.append(Slot(tree, self.is_setting(tree)))
        return Symbol(f"#{len(self.slots) - 1}")

    def is_setting(self, tree: Node) -> bool:
        if not symbols(tree) <= self.settings:
            return False
        parts = (part for part in postorder(tree) if isinstance(part, Apply))
        return not any(part.operation in VECTOR_FUNCTIONS for part in parts)

    def is_coefficient(self, tree: Node) -> bool:
        return tree == Symbol(LEARNING_RATE) or self.is_setting(tree)

    def leaves(self, tree: Node) -> Node:
        if isinstance(tree, Number) or (isinstance(tree, Symbol) and tree.name in CONSTANTS):
            return tree
        if isinstance(tree, Symbol) or tree.operation in _WHOLE:
            return self.slot(tree)
        if not self.scalar and self.is_setting(tree):
            return self.slot(tree)
        return Apply(tree.operation, tuple(self.leaves(arg) for arg in tree.args))

    def factors(self, tree: Node) -> Node:
        if _is_sum(tree):
            return Apply(tree.operation, tuple(self.factors(arg) for arg in tree.args))
        if _is_product(tree):
            return self.product(tree)
        if isinstance(tree, Apply) and tree.operation in ("max", "min", "sqrt", "pow", "abs"):
            return Apply(tree.operation, tuple(self.slot(arg) for arg in tree.args))
        return self.slot(tree)

    def product(self, tree: Node) -> Node:
        if not _is_product(tree) or (not self.scalar and self.is_setting(tree)):
            return self.slot(tree)
        return Apply(tree.operation, tuple(self.product(arg) for arg in tree.args))

    def coefficients(self, tree: Node) -> Node:
        if _is_sum(tree):
            return Apply(tree.operation, tuple(self.coefficients(arg) for arg in tree.args))
        if not _is_product(tree):
            return self.slot(tree)
        above, below = _split(tree)
        fixed_above = [part for part in above if self.is_coefficient(part)]
        fixed_below = [part for part in below if self.is_coefficient(part)]
        rest_above = [part for part in above if part not in fixed_above]
        rest_below = [part for part in below if part not in fixed_below]
        if not rest_above and not rest_below:
            return self.slot(tree)
        rest = _quotient(rest_above, rest_below)
        if not fixed_above and not fixed_below:
            return self.slot(rest)
        if not fixed_above:
            return Apply("div", (self.slot(rest), self.slot(_quotient(fixed_below, []))))
        return Apply("mul", (self.slot(_quotient(fixed_above, fixed_below)), self.slot(rest)))


def _is_sum(tree: Node) -> TypeGuard[Apply]:
    return isinstance(tree, Apply) and tree.operation in ("add", "sub", "neg")


def _is_product(tree: Node) -> TypeGuard[Apply]:
    return isinstance(tree, Apply) and tree.operation in ("mul", "div")


def _split(tree: Node) -> tuple[list[Node], list[Node]]:
    """The factors above and below the line."""
    above: list[Node] = []
    below: list[Node] = []
    stack = [(tree, False)]
    while stack:
        part, under = stack.pop()
        if _is_product(part):
            first, second = part.args
            stack += [(second, under != (part.operation == "div")), (first, under)]
        else:
            (below if under else above).append(part)
    return above, below


def _quotient(above: list[Node], below: list[Node]) -> Node:
    over = _multiplied(above)
    return Apply("div", (over, _multiplied(below))) if below else over


def _multiplied(factors: list[Node]) -> Node:
    if not factors:
        return ONE
    return fold_left(lambda product, factor: Apply("mul", (product, factor)), factors)
