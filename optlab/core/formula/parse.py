"""From tokens to a tree: operator precedence parsing with column-exact errors.

Binding, loosest first: ``or``, ``and``, ``not``, comparisons, ``+ -``, products and quotients,
unary minus, power (to the right).  A product without a sign is the product with one: ``2w1`` is
``2*w1``, and with ``/`` both are read from left to right, so that ``1/2w1`` and ``(1)/2w1`` are
(1/2)·w1, and ``1/w1 w2`` is (1/w1)·w2.  :func:`reading_hint` tells of a text in which a person may
have meant the other.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Mapping
from types import MappingProxyType

from optlab.core.formula.nodes import Apply, Node, Number, Symbol
from optlab.core.formula.operations import (
    CONSTANTS,
    FUNCTIONS,
    OPERATIONS,
    REDUCTIONS,
    constant_values,
)
from optlab.core.formula.tokens import FormulaError, Token, tokenize

MAX_DEPTH = 100
"""How deep brackets, powers and signs may be nested."""
MAX_OPERATIONS = 3_000
"""How many operations a formula may have."""

_LONGEST_HINT = 40
"""Characters of a product that a hint repeats."""

SURFACE_NAMES = ("w1", "w2")
SURFACE_ALIASES: Mapping[str, str] = MappingProxyType({"x": "w1", "y": "w2"})

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER = range(1, 9)
_INFIX: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "or": ("or", _OR),
        "and": ("and", _AND),
        "<": ("lt", _COMPARE),
        "<=": ("le", _COMPARE),
        ">": ("gt", _COMPARE),
        ">=": ("ge", _COMPARE),
        "==": ("eq", _COMPARE),
        "!=": ("ne", _COMPARE),
        "+": ("add", _SUM),
        "-": ("sub", _SUM),
        "*": ("mul", _PRODUCT),
        "/": ("div", _PRODUCT),
        "^": ("pow", _POWER),
        "**": ("pow", _POWER),
    }
)
WORDS = frozenset({"and", "or", "not"})
"""Names that join conditions."""
_ONLY_IN_WHERE = "a comparison answers yes or no and can only be the first argument of where(...)"


def parse(
    text: str,
    names: Collection[str] = SURFACE_NAMES,
    *,
    aliases: Mapping[str, str] | None = None,
    functions: Collection[str] = FUNCTIONS,
    switches: Collection[str] = (),
    columns: Collection[str] = (),
) -> Node:
    """The tree of a formula.

    ``names`` are the symbols it may use; ``aliases`` are other spellings of them (by default x
    and y where w1 and w2 are known); ``functions`` what it may call; ``switches`` those of the
    names that are yes or no, and so can stand as a condition; ``columns`` are those of a table,
    which stand inside ``mean`` and ``sum`` only.

    Raises :class:`FormulaError` with the column for everything that is not in the language, for
    a formula beyond the limits, and for a constant part whose value is not finite (``9^9^9``).
    """
    if aliases is None:
        aliases = {k: v for k, v in SURFACE_ALIASES.items() if v in names and k not in names}
    if columns:
        names, functions = (*names, *columns), {*functions, *REDUCTIONS}
    parser = _Parser(text, names, aliases, functions, switches, columns)
    return _finite(parser, condition=False)


def parse_condition(text: str, names: Collection[str], switches: Collection[str] = ()) -> Node:
    """The tree of a condition, such as ``form == average and not centred``."""
    return _finite(_Parser(text, names, {}, FUNCTIONS, switches), condition=True)


def reading_hint(text: str, names: Collection[str] = SURFACE_NAMES) -> str:
    """How a product without a sign behind a division is read, and how to write the other.

    Empty where there is none, or where the text is no formula; ``names`` as for :func:`parse`.
    """
    aliases = {k: v for k, v in SURFACE_ALIASES.items() if v in names and k not in names}
    try:
        parser = _Parser(text, names, aliases, FUNCTIONS, ())
        parser.whole(condition=False)
    except FormulaError:
        return ""
    if not parser.doubtful:
        return ""
    first, divisor, end = parser.doubtful[0]
    for again in parser.doubtful[1:]:
        end = again[2] if again[:2] == (first, divisor) else end
    whole, quotient = parser.source(first, end), parser.source(first, divisor.stop)
    if len(whole) > _LONGEST_HINT:
        return "A product without a sign behind / is read from left to right, like one with *"
    other = f"{parser.source(first, divisor.start - 1)}/({parser.source(divisor.start, end)})"
    return f"{whole} is read as ({quotient})*{parser.source(divisor.stop, end)}, not as {other}"


def _finite(parser: _Parser, condition: bool) -> Node:
    """The whole tree, once it is known that its constant parts have finite values."""
    text = parser.text
    node = parser.whole(condition)
    for part, value in constant_values(node).items():
        if not math.isfinite(value):
            column, length = parser.places.get(part, (1, len(text)))
            what = "is too large (not finite)" if value > 0 else "is not finite"
            what = "is not a number" if math.isnan(value) else what
            shown = text[column - 1 : column - 1 + length].strip()
            shown = shown if len(shown) <= 40 else shown[:37] + "..."
            raise FormulaError(f"the constant {shown} {what}", text, column, length)
    return node


class _Parser:
    """One pass over the tokens of one text."""

    def __init__(
        self,
        text: str,
        names: Collection[str],
        aliases: Mapping[str, str],
        functions: Collection[str],
        switches: Collection[str],
        columns: Collection[str] = (),
    ) -> None:
        self.text = text
        self.columns = columns
        self.reduction = ""
        self.switches = switches
        self.names = names
        self.aliases = aliases
        self.functions = functions
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.operations = 0
        self.places: dict[Node, tuple[int, int]] = {}
        # Products without a sign after a quotient: first token, divisor, and where they end.
        self.doubtful: list[tuple[int, range, int]] = []

    # -- tokens ---------------------------------------------------------------------------

    @property
    def here(self) -> Token:
        return self.tokens[self.index]

    def ends(self) -> bool:
        return self.here.kind == "end"

    def take(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def source(self, first: int, end: int) -> str:
        """The text of the tokens from ``first`` to before ``end``."""
        last = self.tokens[end - 1]
        return self.text[self.tokens[first].column - 1 : last.column - 1 + last.length]

    def at(self, mark: str) -> bool:
        return self.here.kind == "mark" and self.here.text == mark

    def error(self, message: str, token: Token | None = None) -> FormulaError:
        token = token or self.here
        return FormulaError(message, self.text, token.column, token.length)

    # -- the grammar ----------------------------------------------------------------------

    def whole(self, condition: bool) -> Node:
        if self.ends():
            raise FormulaError("the formula is empty", self.text)
        first = self.here
        node = self.expression(0)
        if not self.ends():
            if self.at(")"):
                raise self.error("this bracket closes nothing")
            raise self.error(f"'{self.here.text}' is not expected here")
        if self.is_condition(node) != condition:
            raise self.error("a condition is expected" if condition else _ONLY_IN_WHERE, first)
        return node

    def expression(self, binding: int) -> Node:
        """An expression whose operators bind tighter than ``binding``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} levels deep")
        start, first = self.here, self.index
        divisor = range(0)
        left = self.operand()
        while True:
            token = self.here
            if token.kind == "mark" and token.text in "²³" and binding < _POWER:
                self.take()
                exponent = Number(2.0 if token.text == "²" else 3.0)
                left = self.build("pow", (left, exponent), start)
                continue
            infix = _INFIX.get(token.text)
            if infix is not None:
                operation, strength = infix
                if strength <= binding:
                    break
                self.take()
                begin = self.index
                left = self.infix(operation, strength, left, start, token)
                divisor = range(begin, self.index) if operation == "div" else range(0)
            elif binding < _PRODUCT and self.starts_operand(token):
                right = self.expression(_PRODUCT)
                left = self.build("mul", (left, right), start, token)
                if divisor:
                    self.doubtful.append((first, divisor, self.index))
            else:
                break
        self.depth -= 1
        return left

    def infix(self, operation: str, strength: int, left: Node, start: Token, at: Token) -> Node:
        right = self.expression(_SIGN if strength == _POWER else strength)
        if strength == _COMPARE and _INFIX.get(self.here.text, ("", 0))[1] == _COMPARE:
            raise self.error("comparisons cannot be chained; join two with 'and'")
        return self.build(operation, (left, right), start, at)

    def starts_operand(self, token: Token) -> bool:
        if token.kind == "mark":
            return token.text == "("
        if token.kind == "number":
            before = self.tokens[self.index - 1]
            if token is self.here and before.kind == "number":
                raise self.error("an operator is missing between two numbers")
            return True
        return token.kind == "name" and token.text not in WORDS

    def operand(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return self.place(Number(token.value), token)
        if token.kind == "name":
            return self.named(token)
        if token.kind == "mark" and token.text == "(":
            node = self.expression(0)
            self.close(token)
            return node
        if token.kind == "mark" and token.text in "+-":
            inner = self.expression(_SIGN)
            return self.build("neg", (inner,), token) if token.text == "-" else inner
        if token.kind == "end":
            if self.index == 1:
                raise self.error("the formula is empty", token)
            raise self.error("the formula ends too early", token)
        raise self.error(f"'{token.text}' is not expected here", token)

    def close(self, opening: Token) -> None:
        if not self.at(")"):
            if self.ends():
                raise self.error("this bracket is never closed", opening)
            raise self.error(f"'{self.here.text}' is not expected here; ')' is")
        self.take()

    def named(self, token: Token) -> Node:
        name = token.text
        if name == "not":
            return self.build("not", (self.expression(_NOT),), token)
        if name in WORDS:
            raise self.error(f"'{name}' joins two conditions", token)
        if name in self.functions:
            return self.call(token)
        name = self.aliases.get(name, name)
        if name in self.columns and not self.reduction:
            example = f"mean({name})"
            raise self.error(f"{name} is a column; it stands inside mean or sum: {example}", token)
        if name in self.names or name in CONSTANTS:
            return self.place(Symbol(name), token)
        raise self.unknown(token)

    def call(self, token: Token) -> Node:
        if not self.at("("):
            raise self.error(f"{token.text} is a function: write {token.text}(...)", token)
        if token.text in REDUCTIONS:
            if self.reduction:
                inside = f"{token.text} cannot stand inside {self.reduction}"
                raise self.error(f"{inside}: both go over the same rows", token)
            self.reduction = token.text
        opening = self.take()
        args: list[Node] = []
        if not self.at(")"):
            args.append(self.expression(0))
            while self.at(","):
                self.take()
                args.append(self.expression(0))
        self.close(opening)
        if token.text in REDUCTIONS:
            self.reduction = ""
        return self.apply_function(token, args)

    def apply_function(self, token: Token, args: list[Node]) -> Node:
        rule = OPERATIONS[token.text]
        most = rule.last or rule.arity
        if not rule.arity <= len(args) <= most:
            wanted = str(rule.arity) if most == rule.arity else f"{rule.arity} to {most}"
            plural = "s" if wanted != "1" else ""
            message = f"{token.text} takes {wanted} argument{plural}, not {len(args)}"
            raise self.error(message, token)
        node = self.build(token.text, tuple(args[: rule.arity]), token)
        for arg in args[rule.arity :]:
            node = self.build(token.text, (node, arg), token)
        return node

    # -- nodes ----------------------------------------------------------------------------

    def build(
        self, operation: str, args: tuple[Node, ...], start: Token, at: Token | None = None
    ) -> Node:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            raise self.error(f"more than {MAX_OPERATIONS} operations", start)
        wants = OPERATIONS[operation].condition_args
        for index, arg in enumerate(args):
            if self.is_condition(arg) and index not in wants:
                raise self.error(_ONLY_IN_WHERE, at or start)
            if index in wants and not self.is_condition(arg):
                needs = "where(...)" if operation == "where" else f"'{operation}'"
                raise self.error(f"{needs} needs a comparison, such as w1 > 0", at or start)
        return self.place(Apply(operation, args), start)

    def place(self, node: Node, start: Token) -> Node:
        last = self.tokens[self.index - 1]
        length = last.column + last.length - start.column
        self.places.setdefault(node, (start.column, length))
        return node

    def unknown(self, token: Token) -> FormulaError:
        name = token.text
        known = sorted({*self.names, *self.aliases, *self.functions, *CONSTANTS})
        if name in REDUCTIONS:
            message = f"{name} goes over the rows of data, and there is none"
        elif name in OPERATIONS and OPERATIONS[name].written:
            message = f"{name} is only known in update rules"
        elif name == "ln" and "log" in self.functions:
            message = "unknown name 'ln'; the natural logarithm is log(...)"
        elif parts := self.as_product(name):
            message = f"unknown name '{name}'; did you mean {parts}?"
        elif close := difflib.get_close_matches(name.lower(), known, 1):
            message = f"unknown name '{name}'; did you mean {close[0]}?"
        else:
            shown = name if len(name) <= 40 else name[:37] + "..."
            message = f"unknown name '{shown}'; known are {', '.join(sorted(self.names))}"
        return self.error(message, token)

    def as_product(self, name: str) -> str:
        """``w1*w2`` for ``w1w2``, or nothing."""
        known = {*self.names, *self.aliases, *CONSTANTS}
        for cut in range(1, len(name)):
            if name[:cut] in known and name[cut:] in known:
                return f"{name[:cut]}*{name[cut:]}"
        return ""

    def is_condition(self, node: Node) -> bool:
        if isinstance(node, Symbol):
            return node.name in self.switches
        return isinstance(node, Apply) and OPERATIONS[node.operation].is_condition
