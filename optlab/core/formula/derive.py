"""Exact derivatives, taken on the tree.

Forward mode over the shared nodes: every distinct node is differentiated once, so the size of a
derivative is linear in the size of the formula.  Where a function has a kink (``abs``, ``max``,
``min``, ``where``) the derivative is that of the branch that is taken; the derivative of ``sign``
and ``floor`` is 0 everywhere, also where they jump.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from optlab.core.formula.algebra import (
    ONE,
    TWO,
    ZERO,
    add,
    call,
    choose,
    divide,
    multiply,
    negate,
    raise_to,
    subtract,
)
from optlab.core.formula.evaluate import constant_values
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, number, postorder


def derivative(node: Node, name: str) -> Node:
    """The derivative of a formula with respect to the symbol ``name``."""
    return _derivatives((node,), name)[0]


def gradient(node: Node, names: Sequence[str]) -> tuple[Node, ...]:
    """The partial derivatives, in the order of ``names``."""
    return tuple(derivative(node, name) for name in names)


def hessian(node: Node, names: Sequence[str]) -> tuple[tuple[Node, ...], ...]:
    """The second derivatives, row by row; symmetric, each pair is one and the same node."""
    first = gradient(node, names)
    columns = [_derivatives(first, name) for name in names]
    size = range(len(names))
    return tuple(tuple(columns[max(i, j)][min(i, j)] for j in size) for i in size)


def _derivatives(nodes: Sequence[Node], name: str) -> tuple[Node, ...]:
    done: dict[Node, Node] = {}
    for part in postorder(*nodes):
        if isinstance(part, Symbol):
            done[part] = ONE if part.name == name else ZERO
        elif isinstance(part, Number) or part.operation not in _RULES:
            done[part] = ZERO
        else:
            inner = tuple(done[arg] for arg in part.args)
            varies = any(slope != ZERO for slope in inner)
            done[part] = _RULES[part.operation](part, inner) if varies else ZERO
    return tuple(done[node] for node in nodes)


Slopes = tuple[Node, ...]


def _product(node: Apply, slopes: Slopes) -> Node:
    (a, b), (da, db) = node.args, slopes
    return add(multiply(da, b), multiply(a, db))


def _quotient(node: Apply, slopes: Slopes) -> Node:
    (_, b), (da, db) = node.args, slopes
    if db == ZERO:
        return divide(da, b)
    # (da - (a/b) db)/b shares a/b with the formula itself and does not square b.
    return divide(subtract(da, multiply(node, db)), b)


def _power(node: Apply, slopes: Slopes) -> Node:
    (a, b), (da, db) = node.args, slopes
    if db == ZERO:
        exponent = constant_values(b).get(b)
        if exponent is not None:
            factor = multiply(number(exponent), raise_to(a, exponent - 1.0))
        else:
            factor = multiply(b, call("pow", a, subtract(b, ONE)))
        return multiply(factor, da)
    growth = multiply(db, ONE if a == Symbol("e") else call("log", a))
    if da == ZERO:
        return multiply(node, growth)
    # Split in two, so that w1^w2 has a derivative in w1 at w1 = 0 as well.
    return add(multiply(multiply(b, call("pow", a, subtract(b, ONE))), da), multiply(node, growth))


def _arctangent2(node: Apply, slopes: Slopes) -> Node:
    (y, x), (dy, dx) = node.args, slopes
    radius = add(multiply(x, x), multiply(y, y))
    return divide(subtract(multiply(x, dy), multiply(y, dx)), radius)


def _extreme(comparison: str) -> Callable[[Apply, Slopes], Node]:
    def rule(node: Apply, slopes: Slopes) -> Node:
        return choose(call(comparison, *node.args), *slopes)

    return rule


def _modulo(node: Apply, slopes: Slopes) -> Node:
    (a, b), (da, db) = node.args, slopes
    return subtract(da, multiply(call("floor", divide(a, b)), db))


def _chain(outer: Callable[[Node, Node], Node]) -> Callable[[Apply, Slopes], Node]:
    """The chain rule; ``outer`` gets the argument and the node itself."""

    def rule(node: Apply, slopes: Slopes) -> Node:
        return multiply(outer(node.args[0], node), slopes[0])

    return rule


def _over(denominator: Callable[[Node, Node], Node]) -> Callable[[Apply, Slopes], Node]:
    """A chain rule whose outer derivative is one over something."""

    def rule(node: Apply, slopes: Slopes) -> Node:
        return divide(slopes[0], denominator(node.args[0], node))

    return rule


def _square(a: Node) -> Node:
    return raise_to(a, 2.0)


_RULES: Mapping[str, Callable[[Apply, Slopes], Node]] = MappingProxyType(
    {
        "neg": lambda node, slopes: negate(slopes[0]),
        "add": lambda node, slopes: add(*slopes),
        "sub": lambda node, slopes: subtract(*slopes),
        "mul": _product,
        "div": _quotient,
        "pow": _power,
        "sin": _chain(lambda a, f: call("cos", a)),
        "cos": _chain(lambda a, f: negate(call("sin", a))),
        "tan": _chain(lambda a, f: add(ONE, _square(f))),
        "asin": _over(lambda a, f: call("sqrt", subtract(ONE, _square(a)))),
        "acos": _over(lambda a, f: negate(call("sqrt", subtract(ONE, _square(a))))),
        "atan": _over(lambda a, f: add(ONE, _square(a))),
        "atan2": _arctangent2,
        "sinh": _chain(lambda a, f: call("cosh", a)),
        "cosh": _chain(lambda a, f: call("sinh", a)),
        "tanh": _chain(lambda a, f: subtract(ONE, _square(f))),
        "exp": _chain(lambda a, f: f),
        "log": _over(lambda a, f: a),
        "log10": _over(lambda a, f: multiply(call("log", number(10.0)), a)),
        "log2": _over(lambda a, f: multiply(call("log", TWO), a)),
        "sqrt": _over(lambda a, f: multiply(TWO, f)),
        "cbrt": _over(lambda a, f: multiply(number(3.0), _square(f))),
        "abs": _chain(lambda a, f: call("sign", a)),
        "min": _extreme("lt"),
        "max": _extreme("gt"),
        "where": lambda node, slopes: choose(node.args[0], slopes[1], slopes[2]),
        "mod": _modulo,
    }
)
