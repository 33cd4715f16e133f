"""From trees to source text: straight lines of assignments, in any dialect.

A dialect says how operations are written; each is defined where its code is used.  What is used
more than once is computed once, into a temporary.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder
from optlab.core.formula.operations import CONSTANTS, OPERATIONS, STRIDE, divide, power

Assignment = tuple[str, Node]
"""A name and the tree whose value it gets."""


@dataclass(frozen=True)
class Dialect:
    """How operations are written, and how large one expression may grow.

    ``templates`` for what is not written as a call; ``renamed`` for functions under another
    name; ``largest``: operations and temporaries that one expression may hold, so that neither
    Python's 200 nested brackets nor numexpr's 63 inputs are reached.
    """

    templates: Mapping[str, str]
    renamed: Mapping[str, str]
    largest: int
    share: bool = True

    def write(self, operation: str, args: Sequence[str]) -> str:
        template = self.templates.get(operation)
        if template is not None:
            return template.format(*args)
        return f"{self.renamed.get(operation, operation)}({', '.join(args)})"


OPERATORS: Mapping[str, str] = MappingProxyType(
    {
        "neg": "(-{0})",
        "add": "({0} + {1})",
        "sub": "({0} - {1})",
        "mul": "({0} * {1})",
        "div": "({0} / {1})",
        "lt": "({0} < {1})",
        "le": "({0} <= {1})",
        "gt": "({0} > {1})",
        "ge": "({0} >= {1})",
        "eq": "({0} == {1})",
        "ne": "({0} != {1})",
    }
)
"""How most languages write the operations that are no calls."""
LAZY: Mapping[str, str] = MappingProxyType(
    {
        "and": "({0} and {1})",
        "or": "({0} or {1})",
        "not": "(not {0})",
        "where": "({1} if {0} else {2})",
    }
)
"""As Python has them: only what is needed is computed."""
ELEMENTWISE: Mapping[str, str] = MappingProxyType(
    {"and": "({0} & {1})", "or": "({0} | {1})", "not": "(~{0})"}
)
"""For arrays of yes and no."""
_CONDITIONS = frozenset(name for name, known in OPERATIONS.items() if known.is_condition)


def straight_lines(
    assignments: Iterable[Assignment], dialect: Dialect, prefix: str = "_"
) -> list[tuple[str, str]]:
    """The assignments as ``(name, expression text)``, temporaries in front of their first use.

    Targets must be distinct and not occur as symbols before they are assigned.
    """
    assignments = list(assignments)
    uses = _uses([tree for _, tree in assignments])
    written: dict[Node, str] = {}
    sizes: dict[Node, int] = {}
    lines: list[tuple[str, str]] = []

    def keep(part: Node) -> None:
        name = f"{prefix}{len(lines)}"
        lines.append((name, written[part]))
        written[part], sizes[part] = name, 1

    for target, tree in assignments:
        for part in postorder(tree):
            if part in written:
                continue
            if isinstance(part, Apply):
                while 1 + sum(sizes[arg] for arg in part.args) > dialect.largest:
                    keep(max(part.args, key=sizes.__getitem__))
            written[part], sizes[part] = _write(part, written, sizes, dialect)
            shared = uses[part] > 1 and (dialect.share or sizes[part] > 30)
            if part != tree and _can_wait(part) and shared:
                keep(part)
        lines.append((target, written[tree]))
        if isinstance(tree, Apply):
            written[tree], sizes[tree] = target, 1
    return lines


def _can_wait(part: Node) -> bool:
    """Whether it pays to keep a value that is used again: not a leaf, and not a yes or no."""
    return isinstance(part, Apply) and part.operation not in _CONDITIONS


def _uses(roots: Sequence[Node]) -> Counter[Node]:
    uses: Counter[Node] = Counter(roots)
    for part in postorder(*roots):
        if isinstance(part, Apply):
            uses.update(part.args)
    return uses


def _write(
    part: Node, written: Mapping[Node, str], sizes: Mapping[Node, int], dialect: Dialect
) -> tuple[str, int]:
    if isinstance(part, Number):
        return repr(part.value), 0
    if isinstance(part, Symbol):
        constant = CONSTANTS.get(part.name)
        return (part.name if constant is None else repr(constant)), 0
    text = dialect.write(part.operation, [written[arg] for arg in part.args])
    return text, 1 + sum(sizes[arg] for arg in part.args)


Array = npt.NDArray[np.float64]

_ARC = ("asin", "acos", "atan", "atan2")
_LOGS = ("log", "log10", "log2")
MATH_NAMES = ("sin", "cos", "tan", *_ARC, "sinh", "cosh", "tanh", "exp", *_LOGS, "sqrt", "cbrt")


def _floor(a: float) -> float:
    return float(math.floor(a)) if a else a


def _powers(base: float) -> list[float]:
    return [math.pow(base, float(exponent)) for exponent in range(STRIDE)]


def _total_powers(base: float) -> list[float]:
    return [power(base, float(exponent)) for exponent in range(STRIDE)]


PLAIN_NAMES: Mapping[str, Any] = MappingProxyType(
    {name: getattr(math, name) for name in MATH_NAMES}
    | {"abs": abs, "floor": _floor, "pow": math.pow, "powers": _powers, "inf": math.inf}
)
"""What code in the PLAIN dialect calls; raises where the value is not finite."""

TOTAL_NAMES: Mapping[str, Any] = MappingProxyType(
    {name: OPERATIONS[name].compute for name in (*MATH_NAMES, "abs", "floor")}
    | {"pow": power, "powers": _total_powers, "div": divide, "inf": math.inf}
)
"""What code in the TOTAL dialect calls; never raises."""


PLAIN = Dialect(MappingProxyType({**OPERATORS, **LAZY}), MappingProxyType({}), 40)
"""Python on floats with operators and ``math`` functions; also what Numba compiles."""
TOTAL = Dialect(
    MappingProxyType({**OPERATORS, **LAZY, "div": "div({0}, {1})"}), MappingProxyType({}), 40
)
"""The same where a division or a function that would raise answers inf or nan instead."""

_BUILTINS = {"range": range, "int": int, "float": float}


def define(source: str, name: str, namespace: Mapping[str, Any]) -> Callable[..., Any]:
    """The function ``name`` of a source text that was generated from trees."""
    scope: dict[str, Any] = {"__builtins__": _BUILTINS, **namespace}
    exec(compile(source, f"<generated {name}>", "exec"), scope)  # noqa: S102 - our own text
    function: Callable[..., Any] = scope[name]
    return function


def scalar_function(
    trees: Sequence[Node], names: Sequence[str]
) -> Callable[..., tuple[float, ...]]:
    """A total function of floats, one argument per name, that returns the trees' values."""
    targets = [f"r_{index}" for index in range(len(trees))]
    lines = straight_lines(zip(targets, map(lower, trees), strict=True), TOTAL)
    body = "".join(f"    {name} = {text}\n" for name, text in lines)
    returned = "".join(f"{target}, " for target in targets)
    source = f"def values({', '.join(names)}):\n{body}    return ({returned})\n"
    return define(source, "values", TOTAL_NAMES)
