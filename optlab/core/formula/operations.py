"""The operations of the formula language: one table that every other module reads.

Each value is IEEE 754 double arithmetic: what leaves the domain is nan, what overflows or divides
by zero is inf or nan, in every code that is made from a tree.  The functions here are *total*:
they never raise.  They are the reference that generated code must agree with bit by bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder

CONSTANTS = MappingProxyType({"pi": math.pi, "e": math.e})


@dataclass(frozen=True)
class Operation:
    """What the language knows of one operation.

    ``compute``: the total function of floats (comparisons and logic give bool); None for the
    vector operations of update rules and the sums over rows of data, which are taken apart before
    anything is computed.
    ``condition_args`` and ``is_condition`` say where yes/no values go in and come out.
    ``last``: highest number of arguments as written (``max(a, b, c)`` nests), else ``arity``.
    """

    name: str
    arity: int
    compute: Callable[..., float] | None
    written: bool = True
    is_condition: bool = False
    condition_args: tuple[int, ...] = ()
    last: int | None = None


def _total(function: Callable[..., float], ufunc: Callable[..., float]) -> Callable[..., float]:
    """A ``math`` function that answers inf or nan, as IEEE says, where Python raises."""

    def compute(*args: float) -> float:
        try:
            return function(*args)
        except (ValueError, OverflowError, ZeroDivisionError):
            with np.errstate(all="ignore"):
                return float(ufunc(*(np.float64(arg) for arg in args)))

    return compute


def _divide(a: float, b: float) -> float:
    return a / b


def _floor(a: float) -> float:
    return float(math.floor(a)) if math.isfinite(a) and a != 0.0 else a


def _choose(condition: float, a: float, b: float) -> float:
    return a if condition else b


def _settle(condition: float, a: float) -> float:
    return 0.0 if condition else a


def _maximum(a: float, b: float) -> float:
    return a if (a > b or a != a) else b


def _minimum(a: float, b: float) -> float:
    return a if (a < b or a != a) else b


def _sign(a: float) -> float:
    return 1.0 if a > 0.0 else (-1.0 if a < 0.0 else a)


divide = _total(_divide, np.divide)
power = _total(math.pow, np.power)

STRIDE = 64
"""Powers with the step as exponent are taken as base^(64 q) · base^r, with t = 64 q + r."""


def step_power(base: float, step: float) -> float:
    """base^step for a whole step ≥ 0, as runs compute it: 1.5 units in the last place at worst.

    A loop over the steps needs one true power in 64 steps and a table for the rest, and any
    step has the same value wherever a run begins.
    """
    rest = math.fmod(step, float(STRIDE))
    return power(base, step - rest) * power(base, rest)


def _modulo(a: float, b: float) -> float:
    return a - b * _floor(divide(a, b))


def _functions() -> list[Operation]:
    one: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
        "sin": (math.sin, np.sin),
        "cos": (math.cos, np.cos),
        "tan": (math.tan, np.tan),
        "asin": (math.asin, np.arcsin),
        "acos": (math.acos, np.arccos),
        "atan": (math.atan, np.arctan),
        "sinh": (math.sinh, np.sinh),
        "cosh": (math.cosh, np.cosh),
        "tanh": (math.tanh, np.tanh),
        "exp": (math.exp, np.exp),
        "log": (math.log, np.log),
        "log10": (math.log10, np.log10),
        "log2": (math.log2, np.log2),
        "sqrt": (math.sqrt, np.sqrt),
        "cbrt": (math.cbrt, np.cbrt),
    }
    table = [Operation(name, 1, _total(*pair)) for name, pair in one.items()]
    table += [
        Operation("abs", 1, abs),
        Operation("sign", 1, _sign),
        Operation("floor", 1, _floor),
        Operation("atan2", 2, math.atan2),
        Operation("mod", 2, _modulo),
        Operation("min", 2, _minimum, last=32),
        Operation("max", 2, _maximum, last=32),
        Operation("where", 3, _choose, condition_args=(0,)),
        Operation("dot", 2, None),
        Operation("norm", 1, None),
        Operation("grad", 1, None),
        Operation("curvature", 1, None),
        Operation("hessian_product", 1, None),
        Operation("loss", 1, None),
        Operation("mean", 1, None),
        Operation("sum", 1, None),
    ]
    return table


def _infix() -> list[Operation]:
    return [
        Operation("neg", 1, lambda a: -a, written=False),
        Operation("add", 2, lambda a, b: a + b, written=False),
        Operation("sub", 2, lambda a, b: a - b, written=False),
        Operation("mul", 2, lambda a, b: a * b, written=False),
        Operation("div", 2, divide, written=False),
        Operation("pow", 2, power, written=False),
        Operation("lt", 2, lambda a, b: a < b, written=False, is_condition=True),
        Operation("le", 2, lambda a, b: a <= b, written=False, is_condition=True),
        Operation("gt", 2, lambda a, b: a > b, written=False, is_condition=True),
        Operation("ge", 2, lambda a, b: a >= b, written=False, is_condition=True),
        Operation("eq", 2, lambda a, b: a == b, written=False, is_condition=True),
        Operation("ne", 2, lambda a, b: a != b, written=False, is_condition=True),
        Operation("and", 2, lambda a, b: a and b, False, True, (0, 1)),
        Operation("or", 2, lambda a, b: a or b, False, True, (0, 1)),
        Operation("not", 1, lambda a: not a, False, True, (0,)),
        # Only in derivatives: 0 where the condition holds, else the value; shown as the value.
        Operation("kink", 2, _settle, False, condition_args=(0,)),
    ]


OPERATIONS = MappingProxyType({op.name: op for op in (*_functions(), *_infix())})

VECTOR_FUNCTIONS = frozenset({"dot", "norm", "grad", "curvature", "hessian_product", "loss"})
"""Written in update rules only: over the components of a vector, or the problem at a point."""

REDUCTIONS = frozenset({"mean", "sum"})
"""Written in formulas over data only: over the rows of the table."""

FUNCTIONS = frozenset(op.name for op in OPERATIONS.values() if op.written) - (
    VECTOR_FUNCTIONS | REDUCTIONS
)
"""The functions a surface or a schedule may call."""


def evaluate(node: Node, values: Mapping[str, float]) -> float:
    """The value of a formula. IEEE arithmetic: inf and nan are results, nothing is raised.

    Raises KeyError where ``values`` lacks a symbol of the tree.
    """
    known = {**CONSTANTS, **values}
    results: dict[Node, float] = {}
    for part in postorder(node):
        if isinstance(part, Number):
            results[part] = part.value
        elif isinstance(part, Symbol):
            results[part] = known[part.name]
        else:
            results[part] = _apply(part, results)
    return results[node]


def constant_values(node: Node) -> dict[Node, float]:
    """The values of all sub-trees that contain no symbol but the constants pi and e."""
    results: dict[Node, float] = {}
    for part in postorder(node):
        if isinstance(part, Number):
            results[part] = part.value
        elif isinstance(part, Symbol):
            if part.name in CONSTANTS:
                results[part] = CONSTANTS[part.name]
        elif OPERATIONS[part.operation].compute and all(arg in results for arg in part.args):
            results[part] = _apply(part, results)
    return results


def _apply(node: Apply, results: Mapping[Node, float]) -> float:
    compute = OPERATIONS[node.operation].compute
    if compute is None:
        raise ValueError(f"{node.operation} has no value by itself")
    return compute(*(results[arg] for arg in node.args))
