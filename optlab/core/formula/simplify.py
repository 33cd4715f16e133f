"""A formula rearranged for reading: like terms and constant factors collected, factors in order.

Meant for derivatives, which come out of the chain rule in the order of its steps.  The value is
the same up to rounding; nothing is multiplied out, and no factor is cancelled against a divisor.
Never computed with: see :mod:`~optlab.core.formula.derive` for what is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from itertools import islice
from typing import NamedTuple

from optlab.core.formula.algebra import ONE, ZERO, without_kinks
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, number, postorder, value_of
from optlab.core.formula.operations import CONSTANTS

LARGEST = 600
"""Distinct nodes a tree may have to be rearranged."""
_LARGEST_POWER = 64
_DIGITS = 12  # a constant that was folded in floating point is shown without its rounding error

Powers = tuple[tuple[Node, float], ...]


class Term(NamedTuple):
    """``over/under`` times the powers above, divided by the powers below."""

    over: float = 1.0
    under: float = 1.0
    above: Powers = ()
    below: Powers = ()


Terms = tuple[Term, ...]


def tidy(node: Node) -> Node:
    """The tree rearranged, or as it is when it is too large for anybody to read."""
    node = without_kinks(node)
    if len(list(islice(postorder(node), LARGEST + 1))) > LARGEST:
        return node
    done: dict[Node, Terms] = {}
    for part in postorder(node):
        done[part] = _terms(part, done)
    return _sum(done[node])


def _terms(node: Node, done: dict[Node, Terms]) -> Terms:
    if isinstance(node, Number):
        return (Term(node.value),) if node.value else ()
    if isinstance(node, Symbol):
        return (Term(above=((node, 1.0),)),)
    args = [done[arg] for arg in node.args]
    if node.operation == "add":
        return _collected((*args[0], *args[1]))
    if node.operation == "sub":
        return _collected((*args[0], *map(_negative, args[1])))
    if node.operation == "neg":
        return tuple(map(_negative, args[0]))
    if node.operation == "mul":
        return _product(_single(args[0]), _single(args[1]))
    if node.operation == "div" and args[1]:
        over, under = _single(args[0]), _single(args[1])
        return _product(over, Term(under.under, under.over, under.below, under.above))
    if node.operation == "pow":
        exponent = value_of(_sum(args[1]))
        if exponent is not None:
            return _power(_single(args[0]), exponent)
    built = Apply(node.operation, tuple(_sum(arg) for arg in args))
    return (Term(above=((built, 1.0),)),)


def _negative(term: Term) -> Term:
    return term._replace(over=-term.over)


def _single(terms: Terms) -> Term:
    """A sum as one factor."""
    if len(terms) == 1:
        return terms[0]
    return Term(above=((_sum(terms), 1.0),)) if terms else Term(0.0)


def _collected(terms: Iterable[Term]) -> Terms:
    found: dict[tuple[Powers, Powers], Term] = {}
    for term in terms:
        key = term.above, term.below
        if key in found:
            known = found[key]
            total = known.over / known.under + term.over / term.under
            found[key] = term._replace(over=total, under=1.0)
        else:
            found[key] = term
    return tuple(term for term in found.values() if term.over)


def _product(a: Term, b: Term) -> Terms:
    over, under = _reduced(a.over * b.over, a.under * b.under)
    if not over or not math.isfinite(over) or not math.isfinite(under):
        return ()
    return (Term(over, under, _merged(a.above, b.above), _merged(a.below, b.below)),)


def _reduced(over: float, under: float) -> tuple[float, float]:
    if under < 0:
        over, under = -over, -under
    if over.is_integer() and under.is_integer() and under and abs(over) < 1e15 and under < 1e15:
        common = math.gcd(int(over), int(under))
        return over / common, under / common
    ratio = over / under if under else math.inf
    return (ratio, 1.0) if len(f"{abs(ratio):.{_DIGITS}g}") <= 8 else (over, under)


def _merged(one: Powers, other: Powers) -> Powers:
    powers = dict(one)
    for base, exponent in other:
        powers[base] = powers.get(base, 0.0) + exponent
    return tuple(sorted(powers.items(), key=_place))


def _place(power: tuple[Node, float]) -> tuple[int, str]:
    """Constants first, then symbols, sums, and functions last."""
    base = power[0]
    if isinstance(base, Symbol):
        return (0 if base.name in CONSTANTS else 1), base.name
    is_sum = isinstance(base, Apply) and base.operation in ("add", "sub", "neg")
    return (2 if is_sum else 3), ""


def _power(base: Term, exponent: float) -> Terms:
    if exponent == 0.0:
        return (Term(),)
    whole = exponent.is_integer() and abs(exponent) <= _LARGEST_POWER
    plain = base.over == base.under == 1.0 and not base.below and len(base.above) == 1
    if plain and whole:
        inner, inner_exponent = base.above[0]
        if inner_exponent.is_integer() and abs(inner_exponent * exponent) <= _LARGEST_POWER:
            raised = ((inner, abs(inner_exponent * exponent)),)
            return (Term(above=raised) if exponent > 0 else Term(below=raised),)
    node = _sum((base,))
    if exponent > 0:
        return (Term(above=((node, exponent),)),)
    return (Term(below=((node, -exponent),)),)


# --- back to a tree ------------------------------------------------------------------------


def _sum(terms: Terms) -> Node:
    total: Node | None = None
    for term in terms:
        size = _node(term._replace(over=abs(term.over)))
        if total is None:
            total = Apply("neg", (size,)) if term.over < 0 else size
        else:
            total = Apply("sub" if term.over < 0 else "add", (total, size))
    return ZERO if total is None else total


def _node(term: Term) -> Node:
    above = _factors(term.over, term.above)
    if term.under == 1.0 and not term.below:
        return above
    return Apply("div", (above, _factors(term.under, term.below)))


def _factors(factor: float, powers: Powers) -> Node:
    shown = number(float(f"{factor:.{_DIGITS}g}"))
    factors = [] if shown == ONE and powers else [shown]
    for base, exponent in powers:
        factors.append(base if exponent == 1.0 else Apply("pow", (base, number(exponent))))
    return reduce(lambda product, item: Apply("mul", (product, item)), factors)
