"""A formula in one line of Unicode: ``β₁m + (1 − β₁)g²``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from optlab.core.display import MINUS, display_symbol
from optlab.core.formula.dialects.latex import Symbols
from optlab.core.formula.nodes import Node, number_text
from optlab.core.formula.notation import ATOM, LIMIT, POWER, PRODUCT, Edge, Fragment, loosely, write

_SUPERSCRIPTS = dict(zip("0123456789−+tkni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵗᵏⁿⁱ", strict=True))
_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "log": "ln"}
    | {"log10": "log₁₀", "log2": "log₂", "sqrt": "√", "cbrt": "∛", "grad": "∇E", "loss": "E"}
    | {"curvature": "diag ∇²E", "hessian_product": "∇²E·"}
)
_AT_POINT = ("sqrt", "cbrt", "grad", "loss", "curvature", "hessian_product")
_FENCED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "norm": ("‖", "‖"), "dot": ("⟨", "⟩")}
)
_RELATIONS: Mapping[str, str] = MappingProxyType(
    {"lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "=", "ne": "≠", "and": "and", "or": "or"}
)


def display_text(node: Node, symbols: Symbols | None = None, *, limit: int = LIMIT) -> str:
    """A formula as one line of Unicode, for tooltips and copies.

    ``symbols`` gives the text of names that are not to be written by the usual conventions.
    What is beyond ``limit`` symbols and numbers becomes dots.
    """
    return write(node, PlainNotation(symbols or {}), limit).text


def plain_symbol(name: str) -> str:
    """A name of the formula language in Unicode: β₁, m̂, s_max, drop."""
    shown = display_symbol(name)
    if " " not in shown:
        return shown
    stem, _, rest = name.partition("_")
    return f"{display_symbol(stem)}_{rest}"


class PlainNotation:
    """See :func:`display_text`."""

    sign = MINUS
    plus = " + "
    minus = f" {MINUS} "
    more = Fragment("…", head="word", tail="word")

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols

    def symbol(self, name: str) -> Fragment:
        """See :class:`~optlab.core.formula.notation.Notation`."""
        given = self._symbols.get(name)
        if isinstance(given, Fragment):
            return given
        if given is not None and given.startswith("("):
            return Fragment(given, ATOM, "bracket", "bracket")
        text = plain_symbol(name) if given is None else given
        letters = sum(unicodedata.category(char) in ("Lu", "Ll") for char in text)
        edge: Edge = "word" if letters > 1 else "letter"
        return Fragment(text, head=edge, tail=edge)

    def number(self, value: float) -> Fragment:
        text = number_text(value).replace("e-0", "e-").replace("-", MINUS)
        return Fragment(text, ATOM, "number", "number")

    def bracket(self, piece: Fragment) -> Fragment:
        return Fragment(f"({piece.text})", ATOM, "bracket", "bracket", piece.size)

    def between(self, tail: Edge, head: Edge) -> str:
        if head == "number" or tail == "fraction" or {"word", "value"} & {tail, head}:
            return "·"
        return " " if "call" in (tail, head) else ""

    def fraction(self, above: Fragment, below: Fragment) -> Fragment:
        over, under = loosely(above, PRODUCT, self), loosely(below, PRODUCT + 1, self)
        text = f"{over.text}/{under.text}"
        return Fragment(text, PRODUCT, over.head, "fraction", above.size + below.size)

    def power(self, base: Fragment, exponent: Fragment) -> Fragment:
        size = base.size + exponent.size
        return Fragment(base.text + self._raised(exponent), POWER, base.head, base.tail, size)

    def _raised(self, exponent: Fragment) -> str:
        if len(exponent.text) <= 4 and all(char in _SUPERSCRIPTS for char in exponent.text):
            return "".join(_SUPERSCRIPTS[char] for char in exponent.text)
        return f"^{loosely(exponent, ATOM, self).text}"

    def call(self, operation: str, args: Sequence[Fragment], exponent: Fragment | None) -> Fragment:
        size = 1 + sum(arg.size for arg in args) + (exponent.size if exponent else 0)
        inside = ", ".join(arg.text for arg in args)
        if operation in _FENCED:
            left, right = _FENCED[operation]
            return Fragment(f"{left}{inside}{right}", ATOM, "bracket", "bracket", size)
        if operation == "mod":
            first, second = (loosely(arg, PRODUCT + 1, self).text for arg in args)
            return Fragment(f"{first} mod {second}", PRODUCT - 1, size=size)
        name = _FUNCTIONS.get(operation, operation)
        if name == "√" and args[0].binding == ATOM and args[0].size == 1:
            # A lone symbol or number, or a vector that has its own brackets.
            return Fragment(f"√{inside}", ATOM, "letter", "fraction", size)
        if exponent is not None:
            name += self._raised(exponent)
        edge: Edge = "letter" if operation in _AT_POINT else "call"
        return Fragment(f"{name}({inside})", ATOM, edge, edge, size)

    def cases(self, branches: Sequence[tuple[Fragment, Fragment | None]]) -> Fragment:
        parts = [f"{v.text} if {c.text}" if c else f"else {v.text}" for v, c in branches]
        size = sum(v.size + (c.size if c else 0) for v, c in branches)
        return Fragment(f"({', '.join(parts)})", ATOM, "word", "word", size)

    def relation(self, operation: str, args: Sequence[Fragment]) -> str:
        if operation == "not":
            return f"not {args[0].text}"
        return f"{args[0].text} {_RELATIONS[operation]} {args[1].text}"
