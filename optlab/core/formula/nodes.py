"""The tree of a formula: frozen nodes that know their own content.

Every node carries a digest of what it says (operation and digests of its arguments), so that
equality, hashing and the search for shared sub-expressions cost the same for a leaf and for a
tree of thousands of nodes, and a tree has the same digest in every process.

Canonical form: a :class:`Number` is finite and not negative; a minus sign is the operation
``neg``.  That keeps printing and parsing exact inverses of each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import TypeAlias


def _digest(*parts: bytes) -> bytes:
    return blake2b(b"\x00".join(parts), digest_size=16).digest()


class _Content:
    """Equality and hash by digest, shared by the three kinds of node."""

    __slots__ = ()
    digest: bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass(frozen=True, slots=True, eq=False)
class Number(_Content):
    """A constant: a finite float that is not negative."""

    value: float
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or math.copysign(1.0, self.value) < 0:
            raise ValueError(f"a Number is finite and not negative, not {self.value!r}")
        object.__setattr__(self, "digest", _digest(b"number", float(self.value).hex().encode()))


@dataclass(frozen=True, slots=True, eq=False)
class Symbol(_Content):
    """A name whose value is given later: a variable, a parameter, ``pi`` or ``e``."""

    name: str
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", _digest(b"symbol", self.name.encode()))


@dataclass(frozen=True, slots=True, eq=False)
class Apply(_Content):
    """An operation (a key of :data:`~optlab.core.formula.operations.OPERATIONS`) on nodes."""

    operation: str
    args: tuple[Node, ...]
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parts = (arg.digest.hex().encode() for arg in self.args)
        object.__setattr__(self, "digest", _digest(b"apply", self.operation.encode(), *parts))


Node: TypeAlias = Number | Symbol | Apply


def number(value: float) -> Node:
    """The canonical node of a finite value: a negative one is the negation of a Number."""
    value = float(value)
    if value == 0.0:
        return Number(0.0)
    return Number(value) if value > 0 else Apply("neg", (Number(-value),))


def value_of(node: Node) -> float | None:
    """The value of a literal (with or without a minus sign), else None."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Apply) and node.operation == "neg" and isinstance(node.args[0], Number):
        return -node.args[0].value
    return None


def postorder(*roots: Node) -> Iterator[Node]:
    """Every distinct node below the roots once, arguments before what uses them.

    Iterative: a sum of a thousand terms is a thousand levels deep.
    """
    seen: set[bytes] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if node.digest in seen:
            continue
        if ready or not isinstance(node, Apply):
            seen.add(node.digest)
            yield node
            continue
        stack.append((node, True))
        stack.extend((arg, False) for arg in reversed(node.args))


@lru_cache(maxsize=4096)
def symbols(*roots: Node) -> frozenset[str]:
    """The names that occur below the roots."""
    return frozenset(node.name for node in postorder(*roots) if isinstance(node, Symbol))


def substitute(node: Node, replacements: Mapping[str, Node]) -> Node:
    """The tree with symbols replaced, all at once (a replacement is not looked into)."""
    if replacements.keys().isdisjoint(symbols(node)):
        return node
    done: dict[Node, Node] = {}
    for part in postorder(node):
        if isinstance(part, Symbol):
            done[part] = replacements.get(part.name, part)
        elif isinstance(part, Apply):
            args = tuple(done[arg] for arg in part.args)
            done[part] = part if args == part.args else Apply(part.operation, args)
        else:
            done[part] = part
    return done[node]


_ATOM = 100
_INFIX: Mapping[str, tuple[str, int, int, int]] = MappingProxyType(
    # operation: (written as, own binding, least binding left, least binding right)
    {
        "or": (" or ", 1, 1, 2),
        "and": (" and ", 2, 2, 3),
        "lt": (" < ", 4, 5, 5),
        "le": (" <= ", 4, 5, 5),
        "gt": (" > ", 4, 5, 5),
        "ge": (" >= ", 4, 5, 5),
        "eq": (" == ", 4, 5, 5),
        "ne": (" != ", 4, 5, 5),
        "add": (" + ", 5, 5, 6),
        "sub": (" - ", 5, 5, 6),
        "mul": ("*", 6, 6, 7),
        "div": ("/", 6, 6, 7),
        "pow": ("^", 9, 10, 9),
    }
)
_SIGN, _SIGN_OPERAND = 8, 8


def number_text(value: float) -> str:
    """The shortest text that reads back exactly; whole numbers without a point."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def to_text(node: Node) -> str:
    """A formula in the notation of the language, with as few brackets as needed."""
    done: dict[Node, tuple[str, int]] = {}
    for part in postorder(node):
        done[part] = _text(part, done)
    return done[node][0]


def _text(node: Node, done: Mapping[Node, tuple[str, int]]) -> tuple[str, int]:
    if isinstance(node, Number):
        return number_text(node.value), _ATOM
    if isinstance(node, Symbol):
        return node.name, _ATOM
    if node.operation == "neg":
        return "-" + _bracketed(done[node.args[0]], _SIGN_OPERAND), _SIGN
    if node.operation == "not":
        return "not " + _bracketed(done[node.args[0]], 3), 3
    if node.operation in _INFIX:
        mark, binding, left, right = _INFIX[node.operation]
        first = _bracketed(done[node.args[0]], left)
        second = _bracketed(done[node.args[1]], right)
        return first + mark + second, binding
    if node.operation == "kink":
        condition, slope = (done[arg][0] for arg in node.args)
        return f"where({condition}, 0, {slope})", _ATOM
    args = ", ".join(done[arg][0] for arg in node.args)
    return f"{node.operation}({args})", _ATOM


def _bracketed(part: tuple[str, int], least: int) -> str:
    text, binding = part
    if text.startswith("-") and least > 5:
        return f"({text})"  # a*(-b) and (-a)^2 read better, and a sign never meets an operator
    return text if binding >= least else f"({text})"
