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
from hashlib import blake2b
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
    seen: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if node in seen:
            continue
        if ready or not isinstance(node, Apply):
            seen.add(node)
            yield node
            continue
        stack.append((node, True))
        stack.extend((arg, False) for arg in reversed(node.args))


def symbols(*roots: Node) -> frozenset[str]:
    """The names that occur below the roots."""
    return frozenset(node.name for node in postorder(*roots) if isinstance(node, Symbol))


def substitute(node: Node, replacements: Mapping[str, Node]) -> Node:
    """The tree with symbols replaced, all at once (a replacement is not looked into)."""
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
