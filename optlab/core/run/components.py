"""Values of a step: a scalar, or a vector as one node per weight."""

from __future__ import annotations

from functools import reduce

from optlab.core.formula.algebra import call
from optlab.core.formula.nodes import Node, Symbol

Value = Node | tuple[Node, ...]
"""A scalar, or a vector with one node per weight."""


def column_titles(name: str, size: int, vector: bool) -> tuple[str, ...]:
    """What the columns of a quantity are called: ``g1, g2``; a scalar has its own name."""
    return tuple(f"{name}{i}" for i in range(1, size + 1)) if vector else (name,)


def parts(value: Value) -> tuple[Node, ...]:
    """The components; a scalar is one."""
    return value if isinstance(value, tuple) else (value,)


def holders_of(value: Value) -> tuple[str, ...]:
    """The scalars that hold a value."""
    return tuple(node.name for node in parts(value) if isinstance(node, Symbol))


def dot(a: tuple[Node, ...], b: tuple[Node, ...]) -> Node:
    """The sum of the products, from the first component on."""
    products = [call("mul", x, y) for x, y in zip(a, b, strict=True)]
    return reduce(lambda total, term: call("add", total, term), products)


def norm(a: tuple[Node, ...]) -> Node:
    """The Euclidean length."""
    return call("sqrt", dot(a, a))
