"""Exact derivatives, taken on the tree.

Forward mode over the shared nodes: every distinct node is differentiated once, so the size of a
derivative is linear in the size of the formula.

Where a function has a kink (``abs``, ``max``, ``min``, ``where``) the derivative is that of the
branch that is taken; the derivative of ``sign`` and ``floor`` is 0 everywhere, also where they
jump.  The derivative of ``mean`` and ``sum`` over rows of data is that of their terms, over the
same rows.  Where the slope of a function is infinite and that of its argument is 0, as at the tip
of ``sqrt(w1^2 + w2^2)``, the product is 0: the subgradient in the middle.  This holds for ``sqrt``,
``cbrt``, ``asin``, ``acos`` and powers below 1, and for ``atan2`` at the origin.  The derivative of
``a^b`` at ``a = 0`` is 0 in ``b`` where ``b`` is not negative, its limit for every ``b`` above 0,
and 0 in ``a`` where ``b`` is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from optlab.core.formula.algebra import (
    ONE,
    TWO,
    ZERO,
    add,
    at_kink,
    call,
    choose,
    constant_value,
    divide,
    multiply,
    negate,
    over_rows,
    raise_to,
    subtract,
)
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, number, postorder
from optlab.core.formula.operations import constant_values


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
        if exponent is None:
            return _power_in_base(a, b, da)
        slope = multiply(multiply(number(exponent), raise_to(a, exponent - 1.0)), da)
        return _steep(a, da, slope) if 0.0 < exponent < 1.0 else slope
    growth = multiply(node, multiply(db, ONE if a == Symbol("e") else call("log", a)))
    if constant_value(a) in (None, 0.0):
        growth = at_kink(call("and", call("eq", a, ZERO), call("ge", b, ZERO)), growth)
    if da == ZERO:
        return growth
    # Split in two, so that w1^w2 has a derivative in w1 at w1 = 0 as well.
    return add(_power_in_base(a, b, da), growth)


def _power_in_base(a: Node, b: Node, da: Node) -> Node:
    """b·a^(b − 1)·a′ for an exponent that varies; 0 where it is 0, also at a = 0."""
    slope = multiply(multiply(b, call("pow", a, subtract(b, ONE))), da)
    return at_kink(call("eq", b, ZERO), _steep(a, da, slope))


def _steep(infinite_at_zero: Node, inner: Node, slope: Node) -> Node:
    """The slope of a function that is infinite where its argument, or what is given in its
    place, is 0: there it is 0 if the ``inner`` slope is."""
    if constant_value(inner) not in (None, 0.0):
        return slope
    both = call("and", call("eq", infinite_at_zero, ZERO), call("eq", inner, ZERO))
    return at_kink(both, slope)


def _arctangent2(node: Apply, slopes: Slopes) -> Node:
    (y, x), (dy, dx) = node.args, slopes
    radius = add(multiply(x, x), multiply(y, y))
    origin = call("and", call("eq", x, ZERO), call("eq", y, ZERO))
    return at_kink(origin, divide(subtract(multiply(x, dy), multiply(y, dx)), radius))


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


def _steep_over(
    denominator: Callable[[Node, Node], Node], zero: Callable[[Node], Node] = lambda a: a
) -> Callable[[Apply, Slopes], Node]:
    """The same where the denominator may be 0: where ``zero`` of the argument is; see `_steep`."""

    def rule(node: Apply, slopes: Slopes) -> Node:
        slope = divide(slopes[0], denominator(node.args[0], node))
        return _steep(zero(node.args[0]), slopes[0], slope)

    return rule


def _square(a: Node) -> Node:
    return raise_to(a, 2.0)


def _from_one(a: Node) -> Node:
    """1 − a² without the cancellation near ±1."""
    return multiply(subtract(ONE, a), add(ONE, a))


_COSH_LIMIT = 355.0
"""Beyond it 1/cosh² is below the normal numbers, and soon cosh² above the largest."""


def _tanh(node: Apply, slopes: Slopes) -> Node:
    # 1/cosh² keeps the digits that 1 - tanh² loses.
    (a,) = node.args
    slope = divide(slopes[0], _square(call("cosh", a)))
    return at_kink(call("gt", call("abs", a), number(_COSH_LIMIT)), slope)


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
        "asin": _steep_over(lambda a, f: call("sqrt", _from_one(a)), _from_one),
        "acos": _steep_over(lambda a, f: negate(call("sqrt", _from_one(a))), _from_one),
        "atan": _over(lambda a, f: add(ONE, _square(a))),
        "atan2": _arctangent2,
        "sinh": _chain(lambda a, f: call("cosh", a)),
        "cosh": _chain(lambda a, f: call("sinh", a)),
        "tanh": _tanh,
        "exp": _chain(lambda a, f: f),
        "log": _over(lambda a, f: a),
        "log10": _over(lambda a, f: multiply(call("log", number(10.0)), a)),
        "log2": _over(lambda a, f: multiply(call("log", TWO), a)),
        "sqrt": _steep_over(lambda a, f: multiply(TWO, f)),
        "cbrt": _steep_over(lambda a, f: multiply(number(3.0), _square(f))),
        "abs": _chain(lambda a, f: call("sign", a)),
        "min": _extreme("lt"),
        "max": _extreme("gt"),
        "where": lambda node, slopes: choose(node.args[0], slopes[1], slopes[2]),
        "mod": _modulo,
        "kink": lambda node, slopes: at_kink(node.args[0], slopes[1]),
        "mean": lambda node, slopes: over_rows("mean", slopes[0]),
        "sum": lambda node, slopes: over_rows("sum", slopes[0]),
    }
)
