"""The operations on whole vectors: NumPy where it gives the bits of the scalar operations.

Sums, products, quotients, square roots and choices are exact in NumPy too; its other functions
differ in the last digit, so those are computed number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import OPERATORS, Dialect
from optlab.core.formula.operations import OPERATIONS

Array: TypeAlias = npt.NDArray[np.float64]
Value: TypeAlias = float | Array
"""A scalar, or a vector with one number for each weight."""


ARRAYS = Dialect(
    MappingProxyType(
        {**OPERATORS, "div": "div({0}, {1})"}
        | {name: f"{name}_({{0}}, {{1}})" for name in ("and", "or")}
        | {"not": "not_({0})"}
    ),
    MappingProxyType({}),
    40,
)
"""Total functions of floats and vectors side by side."""


def _where(condition: Any, a: Any, b: Any) -> Any:
    return np.where(condition, a, b)


def _maximum(a: Any, b: Any) -> Any:
    return np.where((a > b) | (a != a), a, b)


def _minimum(a: Any, b: Any) -> Any:
    return np.where((a < b) | (a != a), a, b)


def _sign(a: Any) -> Any:
    return np.where(a > 0.0, 1.0, np.where(a < 0.0, -1.0, a))


def _modulo(a: Any, b: Any) -> Any:
    return a - b * np.floor(np.divide(a, b))


_EXACT: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "neg": np.negative,
        "add": np.add,
        "sub": np.subtract,
        "mul": np.multiply,
        "div": np.divide,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "floor": np.floor,
        "where": _where,
        "max": _maximum,
        "min": _minimum,
        "sign": _sign,
        "mod": _modulo,
        "lt": np.less,
        "le": np.less_equal,
        "gt": np.greater,
        "ge": np.greater_equal,
        "eq": np.equal,
        "ne": np.not_equal,
        "and": np.logical_and,
        "or": np.logical_or,
        "not": np.logical_not,
    }
)


def on_vectors(operation: str) -> Callable[..., Any]:
    """An operation for floats and vectors alike; floats give a float, with the same bits.

    Raises ValueError for an operation without a value of its own, such as ``grad``.
    """
    compute = OPERATIONS[operation].compute
    if compute is None:
        raise ValueError(f"{operation} has no value by itself")
    exact = _EXACT.get(operation)

    def apply(*args: Any) -> Any:
        if not any(isinstance(arg, np.ndarray) for arg in args):
            return compute(*args)
        if exact is not None:
            return exact(*args)
        vectors = np.broadcast_arrays(*args)
        return np.array([compute(*row) for row in zip(*(v.tolist() for v in vectors), strict=True)])

    return apply


def total(values: Value, size: int) -> float:
    """The sum over the weights, from the first component on; a scalar stands for each of them."""
    vector = np.broadcast_to(np.asarray(values, dtype=np.float64), (size,))
    return float(np.add.accumulate(vector)[-1])


ARRAY_NAMES: Mapping[str, Any] = MappingProxyType(
    {name: on_vectors(name) for name, known in OPERATIONS.items() if known.compute is not None}
    | {f"{name}_": on_vectors(name) for name in ("and", "or", "not")}
    | {"total": total, "inf": float("inf")}
)
"""What code in the ``ARRAYS`` dialect calls; never raises, but NumPy may warn."""


def as_components(value: Value | Sequence[float], size: int) -> Array:
    """A value with one number for each weight; a scalar stands for all of them."""
    return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), (size,)))


__all__ = ["ARRAYS", "ARRAY_NAMES", "Array", "Value", "as_components", "on_vectors", "total"]
