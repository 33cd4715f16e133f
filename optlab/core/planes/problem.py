"""A loss on a plane as a loss of two weights, so that all that draws a surface draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.planes.plane import Plane
from optlab.core.problems import MapWindow, Minimum, Problem, pair
from optlab.core.problems.problem import DEFAULT_WINDOW, Array
from optlab.core.run.kernels.problem_calls import Evaluator, evaluator

BLOCK = 256
"""Points between two looks at a cancellation."""
_FEW = 16
"""The same where each point takes long, without compiled code."""
_NUMBERS = 2_000_000
"""Numbers of all points of a block, about."""
Spread = Callable[[Callable[[slice], None], Iterable[slice]], Iterable[None]]
"""Calls a function for each part, as ``map`` does, perhaps in several threads."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlaneProblem(Problem):
    """The loss of ``whole`` on a ``plane``, over its two coordinates; by :func:`plane_problem`.

    Gradient and Hessian are those of the loss along the two directions.
    """

    whole: Problem
    plane: Plane
    store: KernelStore = NO_STORE
    spread: Spread = map
    compiled: bool = True
    """Whether :meth:`grid` may wait for compiled code; without, it asks point by point."""

    @property
    def is_surface(self) -> bool:
        """Always: it has two weights."""
        return True

    @property
    def has_hessian(self) -> bool:
        """Whether the whole loss has one."""
        return self.whole.has_hessian

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """E at a point of the plane."""
        return self.whole.loss(self._point(w), rows)

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """E and its slopes along the two directions."""
        loss, gradient = self.whole.loss_and_gradient(self._point(w), rows)
        return loss, self.plane.directions @ gradient

    def hessian(self, w: Sequence[float] | Array, rows: Indices | None = None) -> Array:
        """The second derivatives along the two directions, shape (2, 2)."""
        point, directions = self._point(w), self.plane.directions
        products = [self.whole.hessian_product(point, direction, rows) for direction in directions]
        found: Array = directions @ np.array(products).T
        return found

    def _point(self, w: Sequence[float] | Array) -> Array:
        point: Array = self.plane.points(np.array([w], dtype=np.float64))[0]
        return point

    def grid(self, w1: Array, w2: Array) -> Array:
        """E over arrays of the coordinates that broadcast together."""
        return self.losses(w1, w2)

    def losses(self, w1: Array, w2: Array, cancelled: Callable[[], bool] = lambda: False) -> Array:
        """E over arrays of the coordinates that broadcast together; nan for points that were not
        reached when it was ``cancelled``."""
        across, up = np.broadcast_arrays(w1, w2)
        at = np.column_stack([across.ravel(), up.ravel()]).astype(np.float64)
        out = np.full(len(at), np.nan)
        store = self.store if self.compiled else None
        free: list[Evaluator] = []

        def compute(part: slice) -> None:
            if cancelled():
                return
            try:
                losses = free.pop()
            except IndexError:  # other threads have them all
                losses = evaluator(self.whole, False, store)
            out[part] = losses(self.plane.points(at[part]))[0]
            free.append(losses)

        size = min(BLOCK if self.compiled else _FEW, max(1, _NUMBERS // self.whole.dimension))
        parts = [slice(first, first + size) for first in range(0, len(at), size)]
        for _ in (self.spread if self.compiled else map)(compute, parts):
            pass
        return out.reshape(across.shape)


def plane_problem(
    whole: Problem,
    plane: Plane,
    start: Sequence[float],
    window: MapWindow = DEFAULT_WINDOW,
    store: KernelStore = NO_STORE,
    spread: Spread = map,
) -> PlaneProblem:
    """The loss of a problem on a plane; ``start`` and known minima are projected onto it."""
    minima = np.array([m.at for m in whole.minima]).reshape(-1, whole.dimension)
    places = plane.coordinates(minima) if len(minima) else np.empty((0, 2))
    return PlaneProblem(
        whole=whole,
        plane=plane,
        weights=plane.names,
        name=whole.title,
        window=window,
        start=pair(plane.coordinates(np.array([start]))[0].tolist()),
        minima=tuple(
            Minimum(pair(place), minimum.value)
            for place, minimum in zip(places.tolist(), whole.minima, strict=True)
        ),
        store=store,
        spread=spread,
    )
