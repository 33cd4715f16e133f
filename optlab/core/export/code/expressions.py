"""Formulas of a rule as expressions of Python, written as a person would write them.

The order of the operations is that of the equations, so that the code gives their numbers to the
last bit wherever a library's functions do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from optlab.core.formula.nodes import Apply, Node, Number, Symbol, number_text, postorder
from optlab.core.formula.operations import CONSTANTS
from optlab.core.rules import StateVariable

CHOICE, OR, AND, NOT, COMPARISON, JOIN, SUM, PRODUCT, SIGN, POWER, ATOM = range(11)
"""How tightly operations bind in Python, from ``a if c else b`` to a name."""
_INFIX: Mapping[str, tuple[str, int]] = {
    "add": ("+", SUM),
    "sub": ("-", SUM),
    "mul": ("*", PRODUCT),
    "div": ("/", PRODUCT),
    "mod": ("%", PRODUCT),
    "lt": ("<", COMPARISON),
    "le": ("<=", COMPARISON),
    "gt": (">", COMPARISON),
    "ge": (">=", COMPARISON),
    "eq": ("==", COMPARISON),
    "ne": ("!=", COMPARISON),
}
_REDUCTIONS = ("dot", "norm")
_NUMBER_FUNCTIONS = ("abs", "min", "max")
"""Functions of plain numbers that need no module."""


class Text(NamedTuple):
    """A written part: how tightly it binds, and whether it has one value for each weight."""

    text: str
    binding: int = ATOM
    vector: bool = False

    def at_least(self, binding: int) -> str:
        """In brackets unless it binds so tightly."""
        return self.text if self.binding >= binding else f"({self.text})"


@dataclass(frozen=True)
class Library:
    """What code calls: ``vectors`` is the module of functions of arrays, ``numbers`` that of plain
    numbers; ``renamed`` are functions under another name; ``branches`` says that plain numbers
    are chosen between by ``a if c else b``."""

    vectors: str
    numbers: str
    renamed: Mapping[str, str]
    branches: bool = True


_ARC = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}
NUMPY = Library("np", "np", _ARC)


class Expressions:
    """Writes trees; ``vectors`` are the names that have one value for each weight by now.

    ``names`` gives the names that cannot stay as they are.
    """

    library = NUMPY

    def __init__(self, vectors: set[str], names: Mapping[str, str]) -> None:
        self.vectors = vectors
        self.names = names
        self._kept: dict[Node, str] = {}

    def lines(self, target: str, tree: Node, vector: bool) -> list[str]:
        """The assignment, after those of what its formula needs more than once."""
        lines = self.kept(tree)
        value = self.write(tree)
        text = self.spread(value) if vector and not value.vector else value.text
        lines += wrapped(f"{self.name(target)} = ", text)
        (self.vectors.add if vector else self.vectors.discard)(target)
        self._kept.clear()
        return lines

    def kept(self, tree: Node) -> list[str]:
        """Names for sums over the weights that occur more than once."""
        uses: Counter[Node] = Counter()
        for part in postorder(tree):
            if isinstance(part, Apply):
                uses.update(part.args)
        lines: list[str] = []
        for part in postorder(tree):
            if isinstance(part, Apply) and part.operation in _REDUCTIONS and uses[part] > 1:
                words = [arg.name for arg in part.args if isinstance(arg, Symbol)]
                whole = len(words) == len(part.args)
                name = "_".join((part.operation, *words)) if whole else part.operation
                while name in (*self._kept.values(), *self.vectors, *self.names):
                    name += "_"
                lines += wrapped(f"{name} = ", self.write(part).text)
                self._kept[part] = name
        return lines

    def name(self, name: str) -> str:
        """A name of the rule as the code has it."""
        return self.names.get(name, name)

    def write(self, tree: Node) -> Text:
        """The expression of a formula."""
        done: dict[Node, Text] = {}
        for part in postorder(tree):
            if part in self._kept:
                done[part] = Text(self._kept[part])
            elif isinstance(part, Number):
                done[part] = Text(number_text(part.value))
            elif isinstance(part, Symbol):
                done[part] = self.symbol(part.name)
            else:
                done[part] = self.operation(part.operation, [done[arg] for arg in part.args])
        return done[tree]

    def symbol(self, name: str) -> Text:
        """A constant, or a name."""
        if name in CONSTANTS:
            return Text(f"{self.library.numbers}.{name}")
        return Text(self.name(name), ATOM, name in self.vectors)

    def operation(self, operation: str, args: Sequence[Text]) -> Text:
        """An operation on what is written already."""
        vector = any(arg.vector for arg in args)
        if operation in _INFIX:
            sign, binding = _INFIX[operation]
            left, right = args[0].at_least(binding), args[1].at_least(binding + 1)
            if binding == COMPARISON:
                left = args[0].at_least(binding + 1)
            return Text(f"{left} {sign} {right}", binding, vector)
        if operation == "neg":
            return Text(f"-{args[0].at_least(SIGN)}", SIGN, vector)
        if operation == "pow":
            base, exponent = args[0].at_least(ATOM), args[1].at_least(SIGN)
            simple = base.isidentifier() and all(char.isalnum() or char == "_" for char in exponent)
            return Text(f"{base}{'**' if simple else ' ** '}{exponent}", POWER, vector)
        if operation in ("and", "or", "not"):
            return self.junction(operation, args, vector)
        if operation == "where":
            return self.where(*args)
        if operation in ("min", "max"):
            return self.extreme(operation, args, vector)
        special = getattr(self, operation, None)
        if special is not None:
            found: Text = special(*args)
            return found
        return self.function(operation, args, vector)

    def function(self, name: str, args: Sequence[Text], vector: bool) -> Text:
        """A function by its name in the library."""
        inside = ", ".join(arg.text for arg in args)
        if name in _NUMBER_FUNCTIONS and not vector and self.library.branches:
            return Text(f"{name}({inside})")
        module = self.library.vectors if vector else self.library.numbers
        if module == "math":
            return Text(f"math.{name}({inside})")
        return Text(f"{module}.{self.library.renamed.get(name, name)}({inside})", ATOM, vector)

    def junction(self, operation: str, args: Sequence[Text], vector: bool) -> Text:
        """``and``, ``or``, ``not``."""
        if vector or not self.library.branches:
            sign = {"and": "&", "or": "|", "not": "~"}[operation]
            held = [arg.at_least(JOIN + 1) for arg in args]
            return Text(sign + held[0] if len(held) == 1 else f" {sign} ".join(held), JOIN, vector)
        binding = {"and": AND, "or": OR, "not": NOT}[operation]
        held = [arg.at_least(binding + 1) for arg in args]
        text = f"not {held[0]}" if len(held) == 1 else f" {operation} ".join(held)
        return Text(text, binding)

    def where(self, condition: Text, a: Text, b: Text) -> Text:
        """A choice: for the whole where one number decides, else for each weight."""
        vector = condition.vector or a.vector or b.vector
        if self.library.branches and not condition.vector:
            first, second = (
                self.spread(side) if vector and not side.vector else side.text for side in (a, b)
            )
            first = first if a.binding > CHOICE or vector != a.vector else f"({first})"
            return Text(f"{first} if {condition.at_least(OR)} else {second}", CHOICE, vector)
        return Text(
            f"{self.library.vectors}.where({condition.text}, {a.text}, {b.text})", ATOM, vector
        )

    def extreme(self, operation: str, args: Sequence[Text], vector: bool) -> Text:
        """The smaller or the larger of two."""
        inside = ", ".join(arg.text for arg in args)
        if not vector and self.library.branches:
            return Text(f"{operation}({inside})")
        return Text(f"{self.library.vectors}.{operation}imum({inside})", ATOM, vector)

    def spread(self, value: Text) -> str:
        """One number for all weights."""
        module = self.library.vectors
        if value.text == "0":
            return f"{module}.zeros_like(w)"
        return f"{module}.full_like(w, {value.text})"

    def start(self, variable: StateVariable, copied: str) -> str:
        """The value of a state variable before the first step; ``copied`` are the weights' own."""
        start = self.write(variable.start)
        if variable.scalar:
            return f"{start.text}.0" if start.text.isdigit() else start.text
        if start.text == "w":
            return copied
        return start.text if start.vector else self.spread(start)

    # -- over the weights, and what the problem is asked --------------------------------------

    def dot(self, a: Text, b: Text) -> Text:
        """The sum of the products."""
        if a.vector and b.vector:
            return Text(f"{self.library.vectors}.dot({a.text}, {b.text})")
        product = f"{a.at_least(PRODUCT)} * {b.at_least(PRODUCT + 1)}"
        whole = product if a.vector or b.vector else f"{self.spread(Text(product))}"
        return Text(f"{self.library.vectors}.sum({whole})")

    def norm(self, a: Text) -> Text:
        """The Euclidean length."""
        return Text(f"{self.library.vectors}.linalg.norm({a.text if a.vector else self.spread(a)})")

    def grad(self, point: Text) -> Text:
        """The gradient at a point."""
        return Text(f"grad({point.text})", ATOM, True)

    def loss(self, point: Text) -> Text:
        """The loss at a point."""
        return Text(f"loss({point.text})")

    def curvature(self, point: Text) -> Text:
        """The diagonal of the Hessian at a point."""
        return Text(f"curvature({point.text})", ATOM, True)

    def hessian_product(self, vector: Text) -> Text:
        """The Hessian at w times a vector."""
        return Text(f"hessian_product({vector.text})", ATOM, True)


LINE = 92
"""Characters of a line of code; what is longer is broken at an operator."""


def wrapped(head: str, text: str, tail: str = "") -> list[str]:
    """``head text tail`` in lines of readable length, broken where few brackets are open."""
    if len(head) + len(text) + len(tail) <= LINE:
        return [f"{head}{text}{tail}"]
    pieces = _cut(text, (" + ", " - ", " if ", " else "))
    if len(pieces) == 1:
        return _opened(f"{head}{text}{tail}")
    lines = [line for piece in pieces for line in _opened(f"    {piece}")]
    return [f"{head}(", *lines, f"){tail}"]


def _cut(text: str, marks: tuple[str, ...]) -> list[str]:
    """The text cut in front of marks that no bracket holds."""
    pieces, depth, begin = [], 0, 0
    for index, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if depth == 0 and index > begin and text.startswith(marks, index):
            pieces.append(text[begin:index].strip())
            begin = index
    return [*pieces, text[begin:].strip()]


def _opened(line: str) -> list[str]:
    """A line, its longest bracket opened over several lines where it is too long."""
    if len(line) <= LINE:
        return [line]
    spans, stack = [], []
    for index, char in enumerate(line):
        if char in "([{":
            stack.append(index)
        elif char in ")]}":
            first = stack.pop()
            if not stack:
                spans.append((index - first, first, index))
    if not spans:
        return [line]
    _, first, last = max(spans)
    indent = line[: len(line) - len(line.lstrip())]
    items = [item.removeprefix(",").strip() for item in _cut(line[first + 1 : last], (",",))]
    comma = "," if len(items) > 1 else ""
    inside = [f"{indent}    {part}" for item in items for part in wrapped("", item, comma)]
    return [line[: first + 1], *inside, f"{indent}{line[last:]}"]


def listed(head: str, items: Sequence[str], tail: str) -> list[str]:
    """``head item, item, ... tail`` in one line, or with the items in lines of their own."""
    whole = f"{head}{', '.join(items)}{tail}"
    if len(whole) <= LINE:
        return [whole]
    return [head, *(f"    {item}," for item in items), tail]
