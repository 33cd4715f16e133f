"""A tree taken apart the way it is written: terms with signs, factors, quotients, branches."""

from __future__ import annotations

from typing import NamedTuple

from optlab.core.formula.nodes import Apply, Node, Number

_CHAINS = ("min", "max")
_RELATIONS = ("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not")
_RAISED = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "log")
"""Functions whose power is written between name and argument."""


class Part(NamedTuple):
    """What a node is made of, as it is written: signs go with the children of a sum."""

    kind: str
    children: tuple[Node, ...]
    negative: tuple[bool, ...] = ()


def part_of(node: Node, most: int) -> Part:
    """What a node is made of; of a chain of operations at most about ``most`` parts."""
    if not isinstance(node, Apply):
        return Part("leaf", ())
    if node.operation in ("add", "sub"):
        return _terms(node, most)
    if node.operation == "mul" or (node.operation == "neg" and _is(node.args[0], "mul")):
        return _factors(node, most)
    if node.operation == "where":
        return Part("where", _branches(node, most))
    if node.operation in _CHAINS:
        return Part("call", _chain(node, most))
    if node.operation == "pow" and _power_of_function(node):
        inner = node.args[0]
        assert isinstance(inner, Apply)
        return Part("power of call", (*inner.args, node.args[1]))
    if node.operation == "div":
        unsigned_args = [_sign_split(arg) for arg in node.args]
        negative = tuple(is_negative for _, is_negative in unsigned_args)
        return Part("div", tuple(arg for arg, _ in unsigned_args), negative)
    known = {"neg": "neg", "pow": "pow"}
    kind = "relation" if node.operation in _RELATIONS else "call"
    return Part(known.get(node.operation, kind), node.args)


def _is(node: Node, *operations: str) -> bool:
    return isinstance(node, Apply) and node.operation in operations


def _sign_split(node: Node) -> tuple[Node, bool]:
    if isinstance(node, Apply) and node.operation == "neg":
        return node.args[0], True
    return node, False


def _terms(node: Node, most: int) -> Part:
    terms: list[Node] = []
    signs: list[bool] = []
    stack = [(node, False)]
    while stack and len(terms) <= most:
        part, negative = stack.pop()
        if isinstance(part, Apply) and part.operation == "neg":
            stack.append((part.args[0], not negative))
        elif isinstance(part, Apply) and part.operation in ("add", "sub") and not negative:
            stack += [(part.args[1], part.operation == "sub"), (part.args[0], False)]
        else:
            terms.append(part)
            signs.append(negative)
    return Part("sum", tuple(terms), tuple(signs))


def _factors(node: Node, most: int) -> Part:
    factors: list[Node] = []
    negative = False
    stack = [node]
    while stack and len(factors) <= most:
        part = stack.pop()
        if isinstance(part, Apply) and part.operation == "mul":
            stack += [part.args[1], part.args[0]]
        elif isinstance(part, Apply) and part.operation == "neg":
            negative = not negative
            stack.append(part.args[0])
        else:
            factors.append(part)
    return Part("product", tuple(factors), (negative,))


def _branches(node: Apply, most: int) -> tuple[Node, ...]:
    """Condition, value, condition, value, ..., and the value where no condition holds."""
    found: list[Node] = []
    rest: Node = node
    while isinstance(rest, Apply) and rest.operation == "where" and len(found) <= most:
        found += rest.args[:2]
        rest = rest.args[2]
    return (*found, rest)


def _chain(node: Apply, most: int) -> tuple[Node, ...]:
    """The arguments of max(max(a, b), c)."""
    found: list[Node] = []
    first: Node = node
    while isinstance(first, Apply) and first.operation == node.operation and len(found) <= most:
        found.append(first.args[1])
        first = first.args[0]
    return (first, *reversed(found))


def _power_of_function(node: Apply) -> bool:
    base, exponent = node.args
    whole = isinstance(exponent, Number) and exponent.value.is_integer() and exponent.value > 0
    return whole and _is(base, *_RAISED)
