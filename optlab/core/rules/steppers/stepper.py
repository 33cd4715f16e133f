"""A rule that no equation expresses: one Python function a step, and its line search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from optlab.core.formula.emit import Array


@dataclass(frozen=True, eq=False)
class StepContext:
    """All that a step may look at, with n weights.

    ``t`` counts from 1; ``eta`` is scheduled; ``w`` and ``g`` (n,) are the weights and the treated
    gradient there; ``loss(point)`` and ``hessian(point)`` (n, n) belong to the loss with its L2
    term; nothing raises, what leaves the domain is nan.
    """

    t: int
    eta: float
    w: Array
    g: Array
    parameters: Mapping[str, float]
    options: Mapping[str, str | bool]
    loss: Callable[[Array], float]
    hessian: Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Step:
    """What a step gives back: the new weights (n,), all memory, and all records."""

    w: Array
    memory: Mapping[str, Array]
    records: Mapping[str, Array | float]


class Stepper(Protocol):
    """A way to step, known to rule files by its ``key``.

    ``needs_hessian``: whether it asks for second derivatives.  ``parameters``, ``options`` (with
    their choices) and ``memory`` are what a rule file that uses it must declare; ``records`` are
    quantities computed on the way, and whether each is one number (True) or one per weight.  A
    step depends on its arguments alone.
    """

    key: str
    needs_hessian: bool
    parameters: tuple[str, ...]
    options: Mapping[str, tuple[str | bool, ...]]
    memory: tuple[str, ...]
    records: Mapping[str, bool]

    def step(self, now: StepContext, memory: Mapping[str, Array]) -> Step:
        """One update.  A matrix in the memory has shape (rows, n), a vector (n,)."""
        ...


SUFFICIENT = 1e-4
"""Share of the fall that the slope promises which a step must keep; Armijo 1966."""
HALVINGS = 40


def backtracked(now: StepContext, direction: Array, rate: float) -> float:
    """The first of rate, rate/2, rate/4, ... that lowers the loss enough; the last where none does.

    A point outside the formula's domain counts as no fall.
    """
    slope = float(now.g @ direction)
    before = now.loss(now.w)
    for _ in range(HALVINGS):
        if now.loss(now.w + rate * direction) <= before + SUFFICIENT * rate * slope:
            break
        rate /= 2
    return rate
