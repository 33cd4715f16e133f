"""Bounds for the value of a formula, from bounds for its symbols.

Interval arithmetic (Moore 1966).  Sums, products, quotients and square roots are rounded
correctly, and rounding never turns an order around, so that bounds computed in the same
arithmetic hold for every computed value; where the C library computes, they are a little wider.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder
from optlab.core.formula.operations import CONSTANTS, OPERATIONS

Interval = tuple[float, float]

_WIDER = 1.01
_EXP_LIMIT = 700.0


def bounds(node: Node, known: Mapping[str, Interval]) -> Interval | None:
    """Between what numbers the value lies for all values of the symbols within ``known``.

    The ends are finite, and no value is nan; None where that cannot be shown.  The tree must be
    lowered (:mod:`optlab.core.formula.lower`).
    """
    found: dict[Node, Interval | None] = {}
    for part in postorder(node):
        if isinstance(part, Number):
            found[part] = (part.value, part.value)
        elif isinstance(part, Symbol):
            constant = CONSTANTS.get(part.name)
            found[part] = known.get(part.name) if constant is None else (constant, constant)
        else:
            found[part] = _applied(part, found)
    return found[node]


def _applied(part: Apply, found: Mapping[Node, Interval | None]) -> Interval | None:
    if part.operation == "where":
        # Whichever branch it takes, and comparisons of finite numbers are never in doubt.
        return _spanning(*(found[arg] for arg in part.args[1:])) if _known(part, found) else None
    if OPERATIONS[part.operation].is_condition:
        return (0.0, 1.0) if all(found[arg] is not None for arg in part.args) else None
    rule = _RULES.get(part.operation)
    inner = [interval for arg in part.args if (interval := found[arg]) is not None]
    if rule is None or len(inner) < len(part.args):
        return None
    if part.operation == "mul" and part.args[0] == part.args[1]:
        low, high = _product(inner[0], inner[0])
        result: Interval | None = (max(low, 0.0), high)
    else:
        result = rule(*inner)
    return result if result is not None and all(map(math.isfinite, result)) else None


def _known(part: Apply, found: Mapping[Node, Interval | None]) -> bool:
    return all(found[arg] is not None for arg in part.args)


def _spanning(*intervals: Interval | None) -> Interval:
    some = [interval for interval in intervals if interval is not None]
    return min(low for low, _ in some), max(high for _, high in some)


def _product(a: Interval, b: Interval) -> Interval:
    ends = [x * y for x in a for y in b]
    return min(ends), max(ends)


def _quotient(a: Interval, b: Interval) -> Interval | None:
    if b[0] <= 0.0 <= b[1]:
        return None
    ends = [x / y for x in a for y in b]
    return min(ends), max(ends)


def _absolute(a: Interval) -> Interval:
    low, high = a
    least = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))


def _root(a: Interval) -> Interval | None:
    return (math.sqrt(a[0]), math.sqrt(a[1])) if a[0] >= 0.0 else None


def _exponential(a: Interval) -> Interval | None:
    return (0.0, math.exp(a[1]) * _WIDER) if a[1] <= _EXP_LIMIT else None


def _between(low: float, high: float) -> Callable[..., Interval]:
    return lambda *_: (low, high)


_RULES: Mapping[str, Callable[..., Interval | None]] = MappingProxyType(
    {
        "neg": lambda a: (-a[1], -a[0]),
        "add": lambda a, b: (a[0] + b[0], a[1] + b[1]),
        "sub": lambda a, b: (a[0] - b[1], a[1] - b[0]),
        "mul": _product,
        "div": _quotient,
        "abs": _absolute,
        "sqrt": _root,
        "exp": _exponential,
        "floor": lambda a: (a[0] - 1.0, a[1]),
        "sin": _between(-_WIDER, _WIDER),
        "cos": _between(-_WIDER, _WIDER),
        "tanh": _between(-_WIDER, _WIDER),
        "atan": _between(-1.6, 1.6),
        "atan2": _between(-3.2, 3.2),
    }
)
