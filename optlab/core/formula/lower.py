"""From the language to the few operations that code is generated for.

``fold`` computes what is constant and takes branches that are decided; ``lower`` then writes
powers with small whole exponents as products and ``min max sign mod kink`` through ``where`` and
``floor``.  Both keep every value to the bit, except that a whole power becomes a product: all
generated code shares that choice, so that all tiers share the numbers.
"""

from __future__ import annotations

import math
from functools import lru_cache

from optlab.core.formula.algebra import ONE, ZERO
from optlab.core.formula.nodes import Apply, Node, Number, number, postorder, value_of
from optlab.core.formula.operations import OPERATIONS, constant_values

LARGEST_PRODUCT = 16
"""Whole exponents up to here are multiplied out."""


@lru_cache(maxsize=2048)
def fold(node: Node) -> Node:
    """The tree without what is already decided.

    Constant parts become literals (where finite), ``where`` with a decided condition becomes
    its branch, what is decided leaves ``and or not``, and factors and divisors of 1 disappear;
    none of it changes a value.
    """
    constants = constant_values(node)
    done: dict[Node, Node] = {}
    decided: dict[Node, bool] = {}
    for part in postorder(node):
        folded = _folded(part, done, decided, constants.get(part))
        if isinstance(folded, bool):
            decided[part] = folded
            folded = part
        done[part] = folded
    return done[node]


def _folded(
    part: Node, done: dict[Node, Node], decided: dict[Node, bool], constant: float | bool | None
) -> Node | bool:
    """What a part becomes; yes or no for a condition that is decided."""
    if isinstance(constant, bool):
        return constant
    if constant is not None and math.isfinite(constant):
        return number(constant)
    if not isinstance(part, Apply):
        return part
    if part.operation in ("and", "or", "not"):
        return _junction(part, done, decided)
    args = tuple(done[arg] for arg in part.args)
    if part.operation == "where" and part.args[0] in decided:
        return args[1] if decided[part.args[0]] else args[2]
    if part.operation == "mul" and ONE in args:
        return args[1] if args[0] == ONE else args[0]
    if part.operation in ("div", "pow") and args[1] == ONE:
        return args[0]
    return _computed(part.operation, args)


def _computed(operation: str, args: tuple[Node, ...]) -> Node | bool:
    """The operation, or its value where a decided ``where`` has left it nothing but literals."""
    values = [value_of(arg) for arg in args]
    compute = OPERATIONS[operation].compute
    if compute is not None and None not in values:
        value = compute(*values)
        if isinstance(value, bool):
            return value
        if math.isfinite(value):
            return number(value)
    return Apply(operation, args)


def _junction(part: Apply, done: dict[Node, Node], decided: dict[Node, bool]) -> Node | bool:
    """``and``, ``or`` or ``not`` without the conditions that are decided."""
    if part.operation == "not":
        (inner,) = part.args
        return not decided[inner] if inner in decided else Apply("not", (done[inner],))
    known = [decided[arg] for arg in part.args if arg in decided]
    wins = part.operation == "or"
    if wins in known:
        return wins
    open_ = [done[arg] for arg in part.args if arg not in decided]
    if not open_:
        return not wins
    return open_[0] if len(open_) == 1 else Apply(part.operation, tuple(open_))


def lower(node: Node) -> Node:
    """The folded tree in the operations that code is generated for."""
    folded = fold(_with_choices(node))
    done: dict[Node, Node] = {}
    for part in postorder(folded):
        if isinstance(part, Apply):
            args = tuple(done[arg] for arg in part.args)
            done[part] = _lowered(part.operation, args)
        else:
            done[part] = part
    return done[folded]


def _with_choices(node: Node) -> Node:
    """The tree with every ``kink`` as a choice between 0 and its value."""
    done: dict[Node, Node] = {}
    for part in postorder(node):
        done[part] = part
        if isinstance(part, Apply):
            args = tuple(done[arg] for arg in part.args)
            if part.operation == "kink":
                done[part] = Apply("where", (args[0], ZERO, args[1]))
            elif args != part.args:
                done[part] = Apply(part.operation, args)
    return done[node]


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
