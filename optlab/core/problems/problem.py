"""What is minimised, whatever it is computed from: the face that runs, maps and views ask."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from optlab.core.data.batches import Indices
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.problems.compiled_calls import Pointer

Array = npt.NDArray[np.float64]

Range = tuple[float, float]
"""The lowest and the highest value shown of a weight."""
Window = tuple[Range, ...]
"""The range of each weight."""
MapWindow = tuple[Range, Range]
"""The ranges of the two weights of a map."""

Shapes = tuple[tuple[str, tuple[int, ...]], ...]

DEFAULT_RANGE = (-5.0, 5.0)
DEFAULT_WINDOW: MapWindow = (DEFAULT_RANGE, DEFAULT_RANGE)


def pair(point: Sequence[float]) -> tuple[float, float]:
    """A point of a map as w1 and w2. Raises ValueError for any other number of weights."""
    first, second = point
    return first, second


def map_window(window: Window) -> MapWindow:
    """The ranges of a map. Raises ValueError for any other number of weights."""
    first, second = window
    return first, second


@dataclass(frozen=True)
class Minimum:
    """A known minimum: where it is and the loss there."""

    at: tuple[float, ...]
    value: float


class Objective(Protocol):
    """A loss of n weights.

    ``w`` and ``v`` have shape (n,), float64.  ``rows`` are the numbers of the rows of the data that
    count (int64, ascending); None stands for all of them.  Nothing raises for a point outside the
    domain: the answers are nan or inf.
    """

    @property
    def dimension(self) -> int:
        """n"""

    @property
    def weights(self) -> tuple[str, ...]:
        """The names of the weights, in order."""

    @property
    def rows(self) -> int:
        """How many rows the data has; 0 where there is none."""

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """E(w)"""

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """E(w) and ∇E(w), shape (n,)"""

    def hessian(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivatives, shape (n, n), where :attr:`Problem.has_hessian`."""

    def hessian_product(
        self, w: Sequence[float] | Array, v: Sequence[float] | Array, rows: Indices | None = None
    ) -> Array:
        """The Hessian at w times v, shape (n,), where :attr:`Problem.has_hessian`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """An :class:`Objective` with what a person should know of it.

    Kernels are kept by problem: a kind is equal to itself alone, unless its class compares all
    of its fields.
    ``key`` is the catalogue name, empty for what was typed or handed in.  ``window`` has a range
    for each weight; ``smooth`` says that the gradient vanishes at the ``minima``.
    """

    weights: tuple[str, ...] = ("w1", "w2")
    key: str = ""
    name: str = ""
    story: str = ""
    source: str = ""
    window: Window = DEFAULT_WINDOW
    start: tuple[float, ...] = (1.0, 1.0)
    minima: tuple[Minimum, ...] = ()
    smooth: bool = True

    @property
    def dimension(self) -> int:
        """How many weights there are."""
        return len(self.weights)

    @property
    def rows(self) -> int:
        """How many rows the data has; 0 where there is none."""
        return 0

    @property
    def shapes(self) -> Shapes:
        """Names and shapes of the arrays that the weights are, one after the other."""
        return (("w", (self.dimension,)),)

    def start_of(self, seed: int) -> tuple[float, ...]:
        """Where runs of a seed begin; the same for all where initial weights are not random."""
        return self.start

    @property
    def cost(self) -> int:
        """How long its gradient takes without compiled code, in microseconds, about."""
        return 0

    @property
    def has_quick_products(self) -> bool:
        """Whether a Hessian product takes about as long as a gradient, however many weights."""
        return False

    @property
    def test(self) -> Problem | None:
        """The same loss on rows that are kept for the test; None where there are none."""
        return None

    @property
    def has_accuracy(self) -> bool:
        """Whether the rows have labels that :meth:`accuracy` can compare with."""
        return False

    def loss_and_accuracy(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, float]:
        """E(w), and the share of rows that are labelled right, where :attr:`has_accuracy`."""
        raise NotImplementedError

    def accuracy(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """The share of rows that are labelled right, where :attr:`has_accuracy`."""
        return self.loss_and_accuracy(w, rows)[1]

    @property
    def formula(self) -> str:
        """The formula as written, empty where there is none."""
        return ""

    @property
    def title(self) -> str:
        """The name, or the formula, on one line, where there is none."""
        return self.name or " ".join(self.formula.split())

    @property
    def has_hessian(self) -> bool:
        """Whether second derivatives are known."""
        return False

    @property
    def is_joint(self) -> bool:
        """Whether loss and gradient come out of one computation."""
        return False

    @property
    def is_surface(self) -> bool:
        """Whether it can be drawn as a map of its two weights."""
        return False

    def pointer(self, questions: Collection[str], store: KernelStore = NO_STORE) -> Pointer | None:
        """The problem as a compiled function that answers these questions, None where there is
        none; it is kept in ``store``, or compiled now in some tenths of a second."""
        return None

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """E(w); nan or ±inf outside the domain."""
        raise NotImplementedError

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """E(w) and ∇E(w), shape (n,)."""
        raise NotImplementedError

    def gradient(self, w: Sequence[float] | Array) -> tuple[float, ...]:
        """∇E(w)"""
        return tuple(self.loss_and_gradient(w)[1].tolist())

    def hessian(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivatives at a point, shape (n, n)."""
        raise NotImplementedError

    def hessian_diagonal(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivative along each weight, shape (n,)."""
        return np.array(np.diagonal(self.hessian(w, rows)))

    def hessian_product(
        self, w: Sequence[float] | Array, v: Sequence[float] | Array, rows: Indices | None = None
    ) -> Array:
        """The Hessian at w times v, shape (n,)."""
        return self.hessian(w, rows) @ np.asarray(v, dtype=np.float64)

    def grid(self, w1: Array, w2: Array) -> Array:
        """E over arrays of two weights that broadcast together, where :attr:`is_surface`."""
        raise NotImplementedError

    @property
    def lowest_value(self) -> float | None:
        """The smallest known minimum value, or None where none is known."""
        values = [minimum.value for minimum in self.minima]
        return min(values) if values else None

    def nearest_minimum(self, w: Sequence[float]) -> tuple[Minimum, float] | None:
        """The known minimum nearest to a point, and its distance; None where none is known."""
        if not self.minima or not all(math.isfinite(value) for value in w):
            return None
        return min(
            ((minimum, math.dist(minimum.at, w)) for minimum in self.minima),
            key=lambda pair: pair[1],
        )
