"""How far to go along a direction: shorter until the loss really falls."""

from __future__ import annotations

from optlab.core.formula.emit import Array
from optlab.core.rules.steppers.stepper import StepContext

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
