"""A formula over arrays, through numexpr: the dialect for grids."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from optlab.core.formula.emit import (
    ELEMENTWISE,
    OPERATORS,
    Array,
    Assignment,
    Dialect,
    straight_lines,
)
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder
from optlab.core.formula.operations import constant_values

GRID = Dialect(
    MappingProxyType({**OPERATORS, **ELEMENTWISE, "pow": "({0} ** {1})"}),
    MappingProxyType({"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}),
    60,
    share=False,
)
"""Expressions of numexpr."""

# For numexpr, which computes with constants as Python does: 1/0 would raise.
_NOT_FINITE: dict[str, Array] = {
    "_nan": np.array(math.nan),
    "_plus": np.array(math.inf),
    "_minus": np.array(-math.inf),
}


def _not_finite(value: float) -> str:
    return "_nan" if math.isnan(value) else "_plus" if value > 0 else "_minus"


class GridFunction:
    """A formula over arrays, through numexpr; agrees with the scalar function to the bit."""

    def __init__(self, tree: Node, names: Sequence[str]) -> None:
        self._names = tuple(names)
        # numexpr has no cube root: its argument and its value become arrays of their own.
        self._roots: dict[str, str] = {}
        stages: list[Assignment] = []
        done: dict[Node, Node] = {}
        lowered = lower(tree)
        constants = constant_values(lowered)
        for part in postorder(lowered):
            done[part] = part
            if not math.isfinite(constants.get(part, 0.0)):
                done[part] = Symbol(_not_finite(constants[part]))
            elif isinstance(part, Apply):
                args = tuple(done[arg] for arg in part.args)
                done[part] = Apply(part.operation, args)
                if part.operation == "cbrt":
                    argument, root = f"_a{len(stages)}", f"_c{len(stages)}"
                    stages.append((argument, args[0]))
                    self._roots[argument] = root
                    done[part] = Symbol(root)
        self._lines = straight_lines([*stages, ("value", done[lowered])], GRID, "_q")

    def __call__(self, *arrays: Array) -> Array:
        """The values, float64, of the common shape that the arrays broadcast to."""
        local: dict[str, Array] = dict(zip(self._names, arrays, strict=True)) | _NOT_FINITE
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        for name, text in self._lines:
            local[name] = _elementwise(text, local)
            if name in self._roots:
                local[self._roots[name]] = _cube_root(local[name])
        result = np.asarray(local["value"], dtype=np.float64)
        return result if result.shape == shape else np.broadcast_to(result, shape).copy()


def _elementwise(text: str, local: Mapping[str, Array]) -> Array:
    import numexpr  # with the first grid, not before the window is drawn

    # numexpr's optimizations are off: they turn x/3 into x*(1/3) and powers into products.
    with np.errstate(all="ignore"):  # constants such as log(0) it computes with NumPy
        value = numexpr.evaluate(text, local_dict=local, global_dict={}, optimization="none")
    return np.asarray(value)


def _cube_root(values: Array) -> Array:
    flat = np.fromiter(map(math.cbrt, np.ravel(values)), np.float64, np.size(values))
    return flat.reshape(np.shape(values))
