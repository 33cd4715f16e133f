"""A formula as LaTeX, for papers, slides and the typesetting of the window."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from optlab.core.display import GREEK, display_symbol
from optlab.core.formula.nodes import Node, number_text
from optlab.core.formula.notation import ATOM, LIMIT, POWER, PRODUCT, Edge, Fragment, loosely, write

Symbols = Mapping[str, str | Fragment]
"""What names are written as, where it is not what the name itself says."""

# The plain \epsilon and \phi of LaTeX are not the letters ε and φ that the program shows.
_LETTERS = {letter: f"\\{name}" for name, letter in GREEK.items()} | {
    "ε": "\\varepsilon",
    "φ": "\\varphi",
}
_ACCENTS = {"\u0302": "\\hat", "\u0304": "\\bar", "\u0303": "\\tilde"}
_ACCENT_WORDS = {"hat": "\\hat", "bar": "\\bar", "tilde": "\\tilde"}
_SUPERSCRIPTS = {"⁺": "+", "⁻": "-", "*": "*"}
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₜₖₙᵢ", "0123456789+-tkni", strict=True))

_QUALIFIERS = ("min", "max", "prev", "next", "old", "new", "slow", "fast", "inf")
"""Words that say which one of several is meant, and become subscripts of other words."""

_NAMED = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "min", "max")
_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {name: f"\\{name}" for name in _NAMED}
    | {"asin": "\\arcsin", "acos": "\\arccos", "atan": "\\arctan", "log": "\\ln"}
    | {"log10": "\\log_{10}", "log2": "\\log_2", "sign": "\\operatorname{sign}"}
    | {"atan2": "\\operatorname{atan2}", "grad": "\\nabla E", "loss": "E"}
    | {"curvature": "\\operatorname{diag}\\nabla^2 E", "hessian_product": "\\nabla^2 E\\cdot "}
)
_AT_POINT = ("grad", "loss", "curvature", "hessian_product")
_FENCED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "abs": ("\\left|", "\\right|"),
        "floor": ("\\lfloor ", "\\rfloor"),
        "norm": ("\\left\\lVert ", "\\right\\rVert"),
        "dot": ("\\langle ", "\\rangle"),
    }
)
_RELATIONS: Mapping[str, str] = MappingProxyType(
    {"lt": "<", "le": "\\le", "gt": ">", "ge": "\\ge", "eq": "=", "ne": "\\ne"}
    | {"and": "\\text{ and }", "or": "\\text{ or }"}
)


def to_latex(
    node: Node, symbols: Symbols | None = None, *, inline: bool = False, limit: int = LIMIT
) -> str:
    """A formula as LaTeX for math mode.

    ``symbols`` gives the LaTeX of names that are not to be written by the usual conventions
    (``beta1`` is β₁, ``m_hat`` is m̂).  ``inline`` writes quotients with a slash, for one line of
    even height.  What is beyond ``limit`` symbols and numbers becomes dots.
    """
    return write(node, LatexNotation(symbols or {}, inline), limit).text


def latex_symbol(name: str) -> str:
    """The LaTeX of a name of the formula language: ``beta1``, ``m_hat``, ``s_max``, ``drop``."""
    shown = display_symbol(name)
    if " " not in shown:
        return latex_letters(shown)
    stem, *marks = name.split("_")
    text = latex_letters(display_symbol(stem))
    if text.startswith("\\text") and marks[-1] not in _QUALIFIERS:
        return f"\\text{{{shown}}}"
    if marks == ["inf"]:
        return f"{text}_\\infty"
    words = []
    for mark in marks:
        if mark in _ACCENT_WORDS:
            text = f"{_ACCENT_WORDS[mark]}{{{text}}}"
        else:
            words.append(mark)
    return f"{text}_{{\\text{{{','.join(words)}}}}}" if words else text


def latex_letters(shown: str) -> str:
    """The LaTeX of a symbol that is written in Unicode, such as η⁺, β₁ or m̂; of words too."""
    first, _, rest = shown.partition(" ")
    if rest and len(first) == 1:
        return f"{latex_letters(first)}_{{\\text{{{rest}}}}}"
    base, below, above = "", "", ""
    letters = 0
    for char in unicodedata.normalize("NFD", shown):
        if char in _ACCENTS:
            base = f"{_ACCENTS[char]}{{{base}}}"
        elif char in _SUBSCRIPTS:
            below += _SUBSCRIPTS[char]
        elif char in _SUPERSCRIPTS:
            above += _SUPERSCRIPTS[char]
        else:
            base += _LETTERS.get(char, char)
            letters += 1
    if letters > 1:
        base = f"\\text{{{base}}}"
    for mark, script in (("_", below), ("^", above)):
        if script:
            base += f"{mark}{script}" if len(script) == 1 else f"{mark}{{{script}}}"
    return base


def latex_number(value: float) -> str:
    """A number in LaTeX; powers of ten are written as such."""
    mantissa, _, exponent = number_text(value).partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else f"{mantissa} \\cdot {power}"


class LatexNotation:
    """See :func:`to_latex`."""

    sign = "-"
    plus = " + "
    minus = " - "
    more = Fragment("\\ldots", head="word", tail="word")

    def __init__(self, symbols: Symbols, inline: bool = False) -> None:
        self._symbols = symbols
        self._inline = inline

    def symbol(self, name: str) -> Fragment:
        """See :class:`~optlab.core.formula.notation.Notation`."""
        given = self._symbols.get(name)
        if isinstance(given, Fragment):
            return given
        if given is not None and given.startswith("("):
            return Fragment(given, ATOM, "bracket", "bracket")
        text = latex_symbol(name) if given is None else given
        edge: Edge = "word" if text.startswith("\\text") else "letter"
        return Fragment(text, head=edge, tail=edge)

    def number(self, value: float) -> Fragment:
        text = latex_number(value)
        binding = PRODUCT if "cdot" in text else POWER if "^" in text else ATOM
        return Fragment(text, binding, "number", "number")

    def bracket(self, piece: Fragment) -> Fragment:
        left, right = ("\\left(", "\\right)") if piece.tall else ("(", ")")
        text = f"{left}{piece.text}{right}"
        return Fragment(text, ATOM, "bracket", "bracket", piece.size, piece.tall)

    def between(self, tail: Edge, head: Edge) -> str:
        if "value" in (tail, head):
            return " \\cdot "
        if head == "number" or (self._inline and tail == "fraction"):
            return " \\cdot "
        if "word" in (tail, head):
            return " \\, "
        # LaTeX itself puts a space between a function's name and what is before it.
        return " \\, " if tail == "call" else " "

    def fraction(self, above: Fragment, below: Fragment) -> Fragment:
        size = above.size + below.size
        if self._inline:
            over, under = loosely(above, PRODUCT, self), loosely(below, PRODUCT + 1, self)
            tall = over.tall or under.tall
            text = f"{over.text} / {under.text}"
            return Fragment(text, PRODUCT, over.head, "fraction", size, tall)
        text = f"\\frac{{{above.text}}}{{{below.text}}}"
        return Fragment(text, PRODUCT, "bracket", "bracket", size, True)

    def power(self, base: Fragment, exponent: Fragment) -> Fragment:
        raised = exponent.text if len(exponent.text) == 1 else f"{{{exponent.text}}}"
        size = base.size + exponent.size
        below = f"{{{base.text}}}" if "^" in base.text and base.head == "letter" else base.text
        return Fragment(f"{below}^{raised}", POWER, base.head, base.tail, size, base.tall)

    def call(self, operation: str, args: Sequence[Fragment], exponent: Fragment | None) -> Fragment:
        size = 1 + sum(arg.size for arg in args) + (exponent.size if exponent else 0)
        tall = any(arg.tall for arg in args)
        inside = ", ".join(arg.text for arg in args)
        if operation in ("sqrt", "cbrt"):
            root = "\\sqrt" if operation == "sqrt" else "\\sqrt[3]"
            return Fragment(f"{root}{{{inside}}}", ATOM, "bracket", "bracket", size, tall)
        if operation in _FENCED:
            left, right = _FENCED[operation]
            return Fragment(f"{left}{inside}{right}", ATOM, "bracket", "bracket", size, tall)
        if operation == "mod":
            first, second = (loosely(arg, PRODUCT + 1, self).text for arg in args)
            return Fragment(f"{first} \\bmod {second}", PRODUCT - 1, size=size, tall=tall)
        name = _FUNCTIONS.get(operation, f"\\operatorname{{{operation}}}")
        if exponent is not None:
            name += f"^{{{exponent.text}}}" if len(exponent.text) > 1 else f"^{exponent.text}"
        whole = self.bracket(Fragment(inside, tall=tall))
        edge: Edge = "letter" if operation in _AT_POINT else "call"
        return Fragment(f"{name}{whole.text}", ATOM, edge, edge, size, tall)

    def cases(self, branches: Sequence[tuple[Fragment, Fragment | None]]) -> Fragment:
        rows = []
        for value, condition in branches:
            when = "\\text{otherwise}" if condition is None else f"\\text{{if }} {condition.text}"
            rows.append(f"{value.text} & {when}")
        size = sum(v.size + (c.size if c else 0) for v, c in branches)
        text = "\\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}"
        return Fragment(text, ATOM, "word", "word", size, True)

    def relation(self, operation: str, args: Sequence[Fragment]) -> str:
        if operation == "not":
            return f"\\text{{not }} {args[0].text}"
        return f"{args[0].text} {_RELATIONS[operation]} {args[1].text}"
