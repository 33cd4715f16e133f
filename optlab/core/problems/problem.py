"""What is minimised: a loss of n weights, with its exact gradient and Hessian."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from optlab.core.formula import (
    SURFACE_NAMES,
    GridFunction,
    Node,
    gradient,
    hessian,
    parse,
    scalar_function,
)
from optlab.core.formula.compiled import Array

Window = tuple[tuple[float, float], ...]
"""The lowest and the highest value shown of each weight."""

DEFAULT_WINDOW: Window = ((-5.0, 5.0), (-5.0, 5.0))


@dataclass(frozen=True)
class Minimum:
    """A known minimum: where it is and the loss there."""

    at: tuple[float, ...]
    value: float


@dataclass(frozen=True)
class Problem:
    """A loss surface E(w1, w2) given by one formula.

    ``formula`` is the text as written, ``tree`` its parsed form; the gradient and the Hessian
    are derived from the tree.  ``key`` is the catalogue name, empty for a typed formula.
    ``smooth`` says that the gradient vanishes at the minima.
    """

    formula: str
    tree: Node
    key: str = ""
    name: str = ""
    story: str = ""
    source: str = ""
    window: Window = DEFAULT_WINDOW
    start: tuple[float, ...] = (1.0, 1.0)
    minima: tuple[Minimum, ...] = ()
    smooth: bool = True
    variables: tuple[str, ...] = field(default=SURFACE_NAMES)

    @property
    def dimension(self) -> int:
        """How many weights there are."""
        return len(self.variables)

    @property
    def title(self) -> str:
        """The name, or the formula where there is none."""
        return self.name or self.formula

    @cached_property
    def gradient_trees(self) -> tuple[Node, ...]:
        """∂E/∂w1, ∂E/∂w2 as formulas."""
        return gradient(self.tree, self.variables)

    @cached_property
    def hessian_trees(self) -> tuple[tuple[Node, ...], ...]:
        """The second derivatives as formulas, row by row."""
        return hessian(self.tree, self.variables)

    def loss(self, weights: Sequence[float]) -> float:
        """E at a point; nan or ±inf outside the formula's domain."""
        return float(self._loss_function(*map(float, weights))[0])

    def gradient(self, weights: Sequence[float]) -> tuple[float, ...]:
        """∇E at a point."""
        values: tuple[float, ...] = self._gradient_function(*map(float, weights))
        return values

    def hessian(self, weights: Sequence[float]) -> tuple[tuple[float, ...], ...]:
        """The Hessian at a point, row by row."""
        flat = self._hessian_function(*map(float, weights))
        size = self.dimension
        return tuple(tuple(flat[row * size : (row + 1) * size]) for row in range(size))

    def grid(self, w1: Array, w2: Array) -> Array:
        """E over arrays that broadcast together, float64, of their common shape."""
        return self._grid_function(w1, w2)

    @property
    def lowest_value(self) -> float | None:
        """The smallest known minimum value, or None where none is known."""
        values = [minimum.value for minimum in self.minima]
        return min(values) if values else None

    def nearest_minimum(self, weights: Sequence[float]) -> tuple[Minimum, float] | None:
        """The known minimum nearest to a point, and its distance; None where none is known."""
        if not self.minima or not all(math.isfinite(value) for value in weights):
            return None
        return min(
            ((minimum, math.dist(minimum.at, weights)) for minimum in self.minima),
            key=lambda pair: pair[1],
        )

    @cached_property
    def _loss_function(self):  # type: ignore[no-untyped-def]
        return scalar_function((self.tree,), self.variables)

    @cached_property
    def _gradient_function(self):  # type: ignore[no-untyped-def]
        return scalar_function(self.gradient_trees, self.variables)

    @cached_property
    def _hessian_function(self):  # type: ignore[no-untyped-def]
        rows = self.hessian_trees
        return scalar_function([entry for row in rows for entry in row], self.variables)

    @cached_property
    def _grid_function(self) -> GridFunction:
        return GridFunction(self.tree, self.variables)


@lru_cache(maxsize=256)
def formula_problem(text: str) -> Problem:
    """The surface of a typed formula. Raises FormulaError with the column."""
    return Problem(formula=text, tree=parse(text))
