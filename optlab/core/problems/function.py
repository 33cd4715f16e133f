"""A Python function as a problem: whatever a person can compute a loss and a gradient of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.problems.compiled_calls import Pointer
from optlab.core.problems.problem import DEFAULT_RANGE, Array, Problem

Function = Callable[[Array], tuple[float, Array]]
"""Gives the loss and the gradient, shape (n,), at a point of shape (n,)."""


@dataclass(frozen=True, kw_only=True)
class FunctionProblem(Problem):
    """A loss given by a function of Python; it must depend on its argument alone.

    ``compiled`` is the same function for compiled loops (see
    :mod:`optlab.core.problems.compiled_calls`), such as a ``numba.cfunc``; it
    answers for loss and gradient.
    """

    function: Function
    compiled: Any = None

    @property
    def is_joint(self) -> bool:
        """Always: one call of the function gives both."""
        return True

    def pointer(self, questions: Collection[str], store: KernelStore = NO_STORE) -> Pointer | None:
        """The function that was handed in for compiled loops."""
        if self.compiled is None:
            return None
        return Pointer(self.compiled.address, joint=True, keep=self.compiled)

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """E(w)"""
        return self.loss_and_gradient(w)[0]

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """E(w) and ∇E(w). Raises ValueError for a gradient of another shape than w."""
        point = np.array(w, dtype=np.float64)
        loss, gradient = self.function(point.copy())
        slope = np.array(gradient, dtype=np.float64)
        if slope.shape != point.shape:
            shapes = f"{point.shape}, not {slope.shape}"
            raise ValueError(f"the gradient of {self.title} must have the shape {shapes}")
        return float(loss), slope


def function_problem(
    function: Function, start: Sequence[float], weights: Sequence[str] = (), compiled: Any = None
) -> FunctionProblem:
    """The problem of a function. ``start`` says how many weights there are.

    Raises ValueError for a start without numbers.
    """
    point = tuple(float(value) for value in start)
    if not point:
        raise ValueError("the start needs at least one number")
    names = tuple(weights) or tuple(f"w{i}" for i in range(1, len(point) + 1))
    if len(names) != len(point):
        raise ValueError(f"{len(names)} names do not fit a start of {len(point)} numbers")
    return FunctionProblem(
        function=function,
        compiled=compiled,
        weights=names,
        name=getattr(function, "__name__", type(function).__name__),
        window=(DEFAULT_RANGE,) * len(point),
        start=point,
    )
