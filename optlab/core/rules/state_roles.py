"""What a rule's memory means geometrically, and which of its formulas are vectors.

If every gradient changed its sign, a momentum would change its sign and a second moment would
not.  So memory whose equations are odd in the gradients is a direction, to be drawn as an arrow;
memory that is even is a size, to be drawn along the axes; memory that starts from w is a point.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import combinations
from typing import Literal

from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder, symbols, value_of
from optlab.core.rules.rule import Variant

Meaning = Literal["direction", "size", "place"]

_ODD, _EVEN, _MIXED, _ZERO = "odd", "even", "mixed", "zero"
_NAMES: Mapping[str, Meaning] = {_ODD: "direction"}
_MOST_MEMORY = 8
"""Memory that is tried as odd and as even: each doubles the ways."""
_ODD_FUNCTIONS = frozenset({"sin", "tan", "asin", "atan", "sinh", "tanh", "cbrt", "sign", "neg"})


def meanings(variant: Variant) -> dict[str, Meaning]:
    """What each vector of a rule's memory and intermediates means."""
    return dict(_meanings(variant))


@lru_cache(maxsize=256)
def _meanings(variant: Variant) -> dict[str, Meaning]:
    places = {v.name for v in variant.state if "w" in symbols(v.start)}
    scalars = {v.name for v in variant.state if v.scalar or v.rows is not None}
    names = [v.name for v in variant.state] + list(variant.intermediates)
    parity = _parities(variant, places)
    return {
        name: "place" if name in places else _NAMES.get(parity.get(name, _ODD), "size")
        for name in names
        if name not in scalars
    }


def _parities(variant: Variant, places: AbstractSet[str]) -> dict[str, str]:
    """The parity of all that is assigned, where every memory comes out as it went in.

    Of the ways to share memory into odd and even the one with most odd ones counts.  Where none
    fits, what contradicts itself counts as even.
    """
    memory = [v.name for v in variant.state if v.name not in places][:_MOST_MEMORY]
    fixed = dict.fromkeys([*places, *(v.name for v in variant.state)], _EVEN)
    for count in range(len(memory) + 1):
        for even in combinations(memory, count):
            given = {**fixed, **{name: _ODD for name in memory if name not in even}}
            found = _assigned(variant, given)
            if all(found[name] in (given[name], _ZERO) for name in memory):
                return found | {name: given[name] for name in memory}
    given = {**fixed, **dict.fromkeys(memory, _ODD)}
    while True:
        found = _assigned(variant, given)
        wrong = next((n for n in memory if given[n] == _ODD and found[n] not in (_ODD, _ZERO)), "")
        if not wrong:
            return found | given
        given[wrong] = _EVEN


def _assigned(variant: Variant, given: Mapping[str, str]) -> dict[str, str]:
    """The parities after one update that begins with those of the memory."""
    # What shrinks the weights is no part of the question: it would blur every sum that it is in.
    known = {**given, "g": _ODD, "w": _ZERO}
    for equation in variant.equations:
        result = _parity(equation.tree, known)
        known[equation.target] = result if result != _ZERO else known.get(equation.target, _EVEN)
    return known


def _parity(tree: Node, known: Mapping[str, str]) -> str:
    done: dict[Node, str] = {}
    for part in postorder(tree):
        if isinstance(part, Number):
            done[part] = _ZERO if part.value == 0 else _EVEN
        elif isinstance(part, Symbol):
            done[part] = known.get(part.name, _EVEN)
        else:
            done[part] = _of_operation(part, [done[arg] for arg in part.args])
    return done[tree]


def _of_operation(part: Apply, args: list[str]) -> str:
    operation = part.operation
    if operation == "grad":
        return _ODD
    if operation in ("norm", "loss", "abs"):
        return _EVEN
    if _MIXED in args:
        return _MIXED
    if operation in ("mul", "div", "dot"):
        if _ZERO in args:
            return _ZERO
        return _EVEN if args[0] == args[1] else _ODD
    if operation in ("add", "sub", "where", "min", "max"):
        return _common(args[1:] if operation == "where" else args, operation)
    if operation == "pow":
        exponent = value_of(part.args[1])
        odd = args[0] == _ODD and (exponent is None or exponent % 2 != 0)
        return _ODD if odd else _EVEN
    if operation in _ODD_FUNCTIONS:
        return args[0]
    return _EVEN if all(arg in (_EVEN, _ZERO) for arg in args) else _MIXED


def _common(args: list[str], operation: str) -> str:
    kinds = {arg for arg in args if arg != _ZERO}
    if not kinds:
        return _ZERO
    if len(kinds) > 1:
        return _MIXED
    kind = kinds.pop()
    # The larger of two directions, component by component, is no direction.
    return _MIXED if kind == _ODD and operation in ("min", "max") else kind


_GIVES_NUMBER = frozenset({"dot", "norm", "loss"})
_GIVES_VECTOR = frozenset({"grad", "curvature", "hessian_product"})


def is_vector(tree: Node, vectors: Collection[str]) -> bool:
    """Whether a formula has one value per weight, where the names ``vectors`` have."""
    done: dict[Node, bool] = {}
    for part in postorder(tree):
        if isinstance(part, Symbol):
            done[part] = part.name in vectors
        elif isinstance(part, Apply):
            inner = any(done[arg] for arg in part.args) or part.operation in _GIVES_VECTOR
            done[part] = inner and part.operation not in _GIVES_NUMBER
        else:
            done[part] = False
    return done[tree]
