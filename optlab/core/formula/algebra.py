"""Building new trees: constructors that leave out what changes nothing.

Used by the derivative and the lowering of rules.  A factor of a symbolic zero makes zero, a
factor or divisor of one disappears, constants are multiplied together: enough for a derivative
that a person wants to read, without rewriting anybody's formula.
"""

from __future__ import annotations

import math

from optlab.core.formula.nodes import Apply, Node, Number, Symbol, number, postorder, value_of
from optlab.core.formula.operations import CONSTANTS, OPERATIONS

ZERO: Node = Number(0.0)
ONE: Node = Number(1.0)
TWO: Node = Number(2.0)


def _folded(operation: str, *args: Node) -> Node | None:
    """The literal that an operation on literals gives, where it is finite."""
    values = [value_of(arg) for arg in args]
    compute = OPERATIONS[operation].compute
    if compute is None or any(value is None for value in values):
        return None
    result = compute(*values)
    return number(result) if math.isfinite(result) else None


def negate(a: Node) -> Node:
    """-a"""
    if isinstance(a, Apply) and a.operation == "neg":
        return a.args[0]
    if a == ZERO:
        return a
    return Apply("neg", (a,))


def _is_negative(a: Node) -> bool:
    return isinstance(a, Apply) and a.operation == "neg"


def add(a: Node, b: Node) -> Node:
    """a + b"""
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    if _is_negative(b):
        return subtract(a, negate(b))
    if _is_negative(a):
        return subtract(b, negate(a))
    return _folded("add", a, b) or Apply("add", (a, b))


def subtract(a: Node, b: Node) -> Node:
    """a - b"""
    if b == ZERO:
        return a
    if a == ZERO:
        return negate(b)
    if _is_negative(b):
        return add(a, negate(b))
    return _folded("sub", a, b) or Apply("sub", (a, b))


def multiply(a: Node, b: Node) -> Node:
    """a * b, the sign outside and a literal factor in front"""
    if ZERO in (a, b):
        return ZERO
    if a == ONE:
        return b
    if b == ONE:
        return a
    if _is_negative(a):
        return negate(multiply(negate(a), b))
    if _is_negative(b):
        return negate(multiply(a, negate(b)))
    if isinstance(b, Number) and not isinstance(a, Number):
        a, b = b, a
    if folded := _folded("mul", a, b):
        return folded
    if isinstance(a, Number) and isinstance(b, Apply) and b.operation == "kink":
        return at_kink(b.args[0], multiply(a, b.args[1]))
    if isinstance(b, Apply) and b.operation == "mul" and isinstance(b.args[0], Number):
        if isinstance(a, Number):
            return multiply(multiply(a, b.args[0]), b.args[1])
        return multiply(b.args[0], multiply(a, b.args[1]))
    return Apply("mul", (a, b))


def divide(a: Node, b: Node) -> Node:
    """a / b"""
    if a == ZERO:
        return ZERO
    if b == ONE:
        return a
    if _is_negative(a):
        return negate(divide(negate(a), b))
    if _is_negative(b):
        return negate(divide(a, negate(b)))
    return Apply("div", (a, b))


def raise_to(a: Node, exponent: float) -> Node:
    """a ^ exponent, for a constant exponent"""
    if exponent == 0.0:
        return ONE
    if exponent == 1.0:
        return a
    return Apply("pow", (a, number(exponent)))


def choose(condition: Node, a: Node, b: Node) -> Node:
    """where(condition, a, b)"""
    return a if a == b else Apply("where", (condition, a, b))


def at_kink(condition: Node, slope: Node) -> Node:
    """A slope that is 0 where the condition holds: at a kink, where its formula says 0/0."""
    if slope == ZERO:
        return ZERO
    if _is_negative(slope):
        return negate(at_kink(condition, negate(slope)))
    return Apply("kink", (condition, slope))


def over_rows(operation: str, a: Node) -> Node:
    """mean(a) or sum(a), signs and literal factors in front; the mean of a literal is itself"""
    if _is_negative(a):
        return negate(over_rows(operation, negate(a)))
    if isinstance(a, Number) and (operation == "mean" or a == ZERO):
        return a
    if isinstance(a, Apply) and a.operation == "mul" and isinstance(a.args[0], Number):
        return multiply(a.args[0], over_rows(operation, a.args[1]))
    return Apply(operation, (a,))


def without_kinks(node: Node) -> Node:
    """The tree as it is shown: slopes without the places at which they are set to 0."""
    done: dict[Node, Node] = {}
    for part in postorder(node):
        done[part] = part
        if isinstance(part, Apply):
            args = tuple(done[arg] for arg in part.args)
            if part.operation == "kink":
                done[part] = args[1]
            elif args != part.args:
                done[part] = Apply(part.operation, args)
    return done[node]


def call(operation: str, *args: Node) -> Node:
    """An operation as it is, without any rewriting."""
    return Apply(operation, args)


def constant_value(node: Node) -> float | None:
    """The value of a literal or of pi or e, else None."""
    if isinstance(node, Symbol):
        return CONSTANTS.get(node.name)
    return value_of(node)
