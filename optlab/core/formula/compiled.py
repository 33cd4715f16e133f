"""Functions of floats made from trees: the dialects of Python, and what their code calls."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import LAZY, OPERATORS, Dialect, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Node
from optlab.core.formula.operations import OPERATIONS, STRIDE, divide, power

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
