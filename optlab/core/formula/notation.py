"""Formulas as people write them: what LaTeX and one line of Unicode have in common.

A tree is taken apart into sums, products, fractions and calls; a notation puts each of them into
text.  Signs move to the front, products lose their signs of multiplication where that reads well,
and brackets appear only where they are needed.  Nothing here recurses, and no text grows beyond a
limit: a tree whose nodes are shared can stand for more text than there is room in the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from optlab.core.formula.algebra import without_kinks
from optlab.core.formula.nodes import Apply, Node, Number, Symbol

SUM, PRODUCT, POWER, ATOM = 5, 6, 9, 100
"""How tightly a piece of text holds together; see :class:`Fragment`."""

Edge = Literal["number", "letter", "word", "call", "bracket", "fraction", "value", "sign"]

LIMIT = 400
"""Symbols and numbers that a text shows at most by default."""

_BINDING = {"or": 1, "and": 2, "not": 3}
_COMPARISON = 4


class Fragment(NamedTuple):
    """A written part: its text, what it may be joined to, and how much it shows.

    ``binding`` tells when brackets are needed; ``head`` and ``tail`` say what the text begins and
    ends with; ``size`` counts symbols and numbers; ``tall`` text needs tall brackets.
    """

    text: str
    binding: int = ATOM
    head: Edge = "letter"
    tail: Edge = "letter"
    size: int = 1
    tall: bool = False


class Notation(Protocol):
    """How the parts of a formula are put into text."""

    sign: str
    plus: str
    minus: str
    more: Fragment

    def symbol(self, name: str) -> Fragment:
        """A name."""

    def number(self, value: float) -> Fragment:
        """A constant, not negative."""

    def bracket(self, piece: Fragment) -> Fragment:
        """The piece in brackets."""

    def between(self, tail: Edge, head: Edge) -> str:
        """What stands between two factors."""

    def fraction(self, above: Fragment, below: Fragment) -> Fragment:
        """A quotient; the sign is not its business."""

    def power(self, base: Fragment, exponent: Fragment) -> Fragment:
        """A power whose base needs no brackets any more."""

    def call(self, operation: str, args: Sequence[Fragment], exponent: Fragment | None) -> Fragment:
        """A function at its arguments, raised to a power if there is one."""

    def cases(self, branches: Sequence[tuple[Fragment, Fragment | None]]) -> Fragment:
        """Values, each with its condition; the last one has none."""

    def relation(self, operation: str, args: Sequence[Fragment]) -> str:
        """A comparison, or conditions joined."""


def write(node: Node, notation: Notation, limit: int = LIMIT) -> Fragment:
    """The text of a tree in a notation, showing at most about ``limit`` symbols and numbers."""
    node = without_kinks(node)
    done: dict[Node, Fragment] = {}
    parts: dict[Node, Part] = {}
    stack = [node]
    while stack:
        here = stack[-1]
        if here in done:
            stack.pop()
            continue
        if here not in parts:
            parts[here] = part_of(here, limit)
            waiting = [child for child in parts[here].children if child not in done]
            if waiting:
                stack += waiting
                continue
        stack.pop()
        done[here] = _written(here, parts[here], done, notation, limit)
    return done[node]


def _written(
    node: Node, part: Part, done: Mapping[Node, Fragment], notation: Notation, limit: int
) -> Fragment:
    if isinstance(node, Number):
        return notation.number(node.value)
    if isinstance(node, Symbol):
        return notation.symbol(node.name)
    pieces = [done[child] for child in part.children]
    if part.kind == "sum":
        return _sum(pieces, part.negative, notation, limit)
    if part.kind == "product":
        return _product(pieces, part.negative[0], notation, limit)
    if sum(piece.size for piece in pieces) > limit:
        pieces = [notation.more if piece.size > 1 else piece for piece in pieces]
    if part.kind == "neg":
        return negated(loosely(pieces[0], PRODUCT, notation), notation)
    if part.kind == "div":
        return _fraction(pieces[0], pieces[1], part.negative[0] != part.negative[1], notation)
    if part.kind == "pow":
        return notation.power(loosely(pieces[0], POWER + 1, notation), pieces[1])
    if part.kind == "power of call":
        inner = node.args[0]
        assert isinstance(inner, Apply)
        return notation.call(inner.operation, pieces[:-1], pieces[-1])
    if part.kind == "where":
        pairs = list(zip(pieces[1::2], pieces[:-1:2], strict=True))
        return notation.cases([*pairs, (pieces[-1], None)])
    if part.kind == "relation":
        return _relation(node.operation, pieces, notation)
    return notation.call(node.operation, pieces, None)


def loosely(piece: Fragment, least: int, notation: Notation) -> Fragment:
    """The piece, in brackets unless it binds at least so tightly."""
    return piece if piece.binding >= least else notation.bracket(piece)


def negated(piece: Fragment, notation: Notation) -> Fragment:
    """The piece with a minus sign, or without the one it has."""
    if piece.head == "sign":
        return unsigned(piece, notation)
    return piece._replace(text=notation.sign + piece.text, binding=SUM, head="sign")


def unsigned(piece: Fragment, notation: Notation) -> Fragment:
    """A negative product without its sign."""
    text = piece.text.removeprefix(notation.sign)
    return piece._replace(text=text, binding=PRODUCT, head="letter")


def _sum(
    pieces: Sequence[Fragment], signs: Sequence[bool], notation: Notation, limit: int
) -> Fragment:
    text, size, tall = "", 0, False
    tail: Edge = "letter"
    for piece, negative in zip(pieces, signs, strict=True):
        if size and size + piece.size >= limit:
            text += notation.plus + notation.more.text
            size += 1
            break
        is_sum = piece.binding < PRODUCT and piece.head != "sign"
        term = notation.bracket(piece) if is_sum else piece
        if term.head == "sign":
            term, negative = unsigned(term, notation), not negative
        if text:
            text += notation.minus if negative else notation.plus
        elif negative:
            text = notation.sign
        text += term.text
        size += term.size
        tall = tall or term.tall
        tail = term.tail
    # Two signs in front would be misread as one product's, hence not "sign".
    return Fragment(text, SUM, "letter", tail, size, tall)


def _product(
    pieces: Sequence[Fragment], negative: bool, notation: Notation, limit: int
) -> Fragment:
    text, size, tall = "", 0, False
    head: Edge = "letter"
    tail: Edge = "letter"
    for piece in pieces:
        if piece.head == "sign":
            piece, negative = unsigned(piece, notation), not negative
        factor = loosely(piece, PRODUCT, notation)
        if size and size + factor.size >= limit:
            text += notation.between(tail, notation.more.head) + notation.more.text
            size += 1
            break
        if text:
            text += notation.between(tail, factor.head)
        else:
            head = factor.head
        text += factor.text
        size += factor.size
        tall = tall or factor.tall
        tail = factor.tail
    product = Fragment(text, PRODUCT, head, tail, size, tall)
    return negated(product, notation) if negative else product


def _fraction(above: Fragment, below: Fragment, negative: bool, notation: Notation) -> Fragment:
    if above.head == "sign":
        above, negative = unsigned(above, notation), not negative
    if below.head == "sign":
        below, negative = unsigned(below, notation), not negative
    whole = notation.fraction(above, below)
    return negated(whole, notation) if negative else whole


def _relation(operation: str, pieces: Sequence[Fragment], notation: Notation) -> Fragment:
    binding = _BINDING.get(operation, _COMPARISON)
    held = [loosely(piece, binding + 1, notation) for piece in pieces]
    text = notation.relation(operation, held)
    return Fragment(text, binding, size=sum(p.size for p in held), tall=any(p.tall for p in held))


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
