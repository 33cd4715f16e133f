"""From the language to the few operations that code is generated for.

``fold`` computes what is constant and takes branches that are decided; ``lower`` then writes
powers with small whole exponents as products and ``min max sign mod`` through ``where`` and
``floor``.  Both keep every value to the bit, except that a whole power becomes a product: all
generated code shares that choice, so that all tiers share the numbers.
"""

from __future__ import annotations

import math

from optlab.core.formula.algebra import ONE, ZERO
from optlab.core.formula.evaluate import constant_values
from optlab.core.formula.nodes import Apply, Node, Number, number, postorder, value_of

LARGEST_PRODUCT = 16
"""Whole exponents up to here are multiplied out."""


def fold(node: Node) -> Node:
    """The tree without what is already decided.

    Constant parts become literals (where finite), ``where`` with a constant condition becomes
    its branch, and factors and divisors of 1 disappear, which changes no value.
    """
    constants = constant_values(node)
    done: dict[Node, Node] = {}
    for part in postorder(node):
        done[part] = _folded(part, done, constants.get(part))
    return done[node]


def _folded(part: Node, done: dict[Node, Node], constant: float | None) -> Node:
    if constant is not None and not isinstance(constant, bool) and math.isfinite(constant):
        return number(constant)
    if not isinstance(part, Apply):
        return part
    args = tuple(done[arg] for arg in part.args)
    if part.operation == "where":
        decided = constant_values(args[0]).get(args[0])
        if decided is not None:
            return args[1] if decided else args[2]
    if part.operation == "mul" and ONE in args:
        return args[1] if args[0] == ONE else args[0]
    if part.operation in ("div", "pow") and args[1] == ONE:
        return args[0]
    return Apply(part.operation, args)


def lower(node: Node) -> Node:
    """The folded tree in the operations that code is generated for."""
    folded = fold(node)
    done: dict[Node, Node] = {}
    for part in postorder(folded):
        if isinstance(part, Apply):
            args = tuple(done[arg] for arg in part.args)
            done[part] = _lowered(part.operation, args)
        else:
            done[part] = part
    return done[folded]


def _lowered(operation: str, args: tuple[Node, ...]) -> Node:
    if operation == "pow":
        return _power(*args)
    if operation in ("min", "max"):
        a, b = args
        wins = Apply("lt" if operation == "min" else "gt", (a, b))
        not_a_number = Apply("ne", (a, a))
        return Apply("where", (Apply("or", (wins, not_a_number)), a, b))
    if operation == "sign":
        (a,) = args
        below = Apply("where", (Apply("lt", (a, ZERO)), number(-1.0), a))
        return Apply("where", (Apply("gt", (a, ZERO)), ONE, below))
    if operation == "mod":
        a, b = args
        whole = Apply("floor", (Apply("div", (a, b)),))
        return Apply("sub", (a, Apply("mul", (b, whole))))
    return Apply(operation, args)


def _power(base: Node, exponent: Node) -> Node:
    value = value_of(exponent)
    if value is None or not value.is_integer() or abs(value) > LARGEST_PRODUCT:
        return Apply("pow", (base, exponent))
    if value < 0:
        return Apply("div", (ONE, _power(base, Number(-value))))
    return _product(base, int(value))


def _product(base: Node, times: int) -> Node:
    if times == 0:
        return ONE
    if times == 1:
        return base
    half = _product(base, times // 2)
    square = Apply("mul", (half, half))
    return Apply("mul", (square, base)) if times % 2 else square
