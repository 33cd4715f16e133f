"""How a run ended: a value with its sentence.

A run whose numbers left their range has diverged, and so has one that took all its steps but
ended far above its start and still grew.  The second rule, :func:`still_grows`, looks at six
losses: E₀ at the start and five at the end, an eighth of the run apart (:func:`growth_steps`).
It holds if

* the last is above E₀ by more than a million times |E₀|, or 1 if that is more, and
* the last three are above E₀, and each of the five that is above it is followed by one at least
  four times as far above.

Gradient descent above its limit does that for as long as its numbers last.  A run that was thrown
far up and stays or comes back does not, nor one that begins on a minimum and wanders about it in
noise, whose losses are in no such order (the chance of it is below 10⁻⁶), nor one whose loss falls
without an end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from optlab.core.display import short

Kind = Literal["finished", "converged", "diverged", "left_domain", "cancelled"]

OUTCOMES: tuple[Kind, ...] = ("finished", "converged", "diverged", "left_domain")
"""How a run ends that was not cancelled."""

FARTHEST = 1e30
"""A weight beyond this counts as diverged: no surface means anything there, and a picture's
single-precision numbers end at 3e38."""

_NAMED = 8
"""Weights that a sentence writes down."""
FAR_ABOVE = 1e6
"""Times its start (at least 1) that the loss of a run which diverges has risen."""
GROWTH = 4.0
"""Factor by which its rise grows in an eighth of the run; a steady one to 10⁶ grows by 5.6."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """``step`` is the number of updates done, or the one at which the numbers ended."""

    kind: Kind
    step: int
    detail: str = ""

    @property
    def sentence(self) -> str:
        """For a person, without the full stop."""
        texts = {
            "finished": f"finished after {self.step} step{'s' * (self.step != 1)}",
            "converged": f"converged after {self.step} step{'s' * (self.step != 1)}",
            "diverged": f"diverged at step {self.step}",
            "left_domain": f"left the formula's domain at step {self.step}",
            "cancelled": f"cancelled after {self.step} step{'s' * (self.step != 1)}",
        }
        return f"{texts[self.kind]}: {self.detail}" if self.detail else texts[self.kind]


def is_sound(weights: Floats, loss: float) -> bool:
    """Whether weights (n,) and loss are in their range, so that a run can go on."""
    return math.isfinite(loss) and bool((np.abs(weights) <= FARTHEST).all())


def broken_outcome(
    step: int, weights: tuple[float, ...], loss: float, gradient: tuple[float, ...]
) -> Outcome | None:
    """What ended a run at this row, or None where its numbers are all right.

    A weight beyond :data:`FARTHEST`, or a loss that grew beyond all numbers, has diverged.  A loss
    that is not a number (or infinite at once), or a gradient that is not, at finite weights, has
    left the domain.  ``gradient`` is the one that led here, empty at step 0.
    """
    if is_sound(np.array(weights), loss):
        return None
    named = ", ".join(short(value) for value in weights[:_NAMED])
    at = f"w = ({named}{', …' if len(weights) > _NAMED else ''})"
    if not all(math.isfinite(value) for value in weights):
        if any(math.isnan(value) or math.isinf(value) for value in gradient) and step > 0:
            return Outcome("left_domain", step, "the gradient is not finite")
        return Outcome("diverged", step, "a weight is no longer finite")
    if any(abs(value) > FARTHEST for value in weights):
        return Outcome("diverged", step, at)
    if math.isinf(loss) and step > 0:
        return Outcome("diverged", step, f"the loss is infinite at {at}")
    what = "not a number" if math.isnan(loss) else "infinite"
    return Outcome("left_domain", step, f"the loss is {what} at {at}")


def broken_kinds(
    steps: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    loss: npt.NDArray[np.float64],
    steep: npt.NDArray[np.bool_] | None = None,
) -> npt.NDArray[np.int8]:
    """The kinds of :func:`broken_outcome` for many runs: indices into :data:`OUTCOMES`, -1 for
    none.

    ``weights`` has shape (runs, weights); ``steep`` says for each run whether the gradient that
    led here is finite, by default yes.
    """
    diverged, left = OUTCOMES.index("diverged"), OUTCOMES.index("left_domain")
    there = np.isfinite(weights).all(axis=1)
    steep = np.ones(len(loss), dtype=np.bool_) if steep is None else steep
    nowhere = np.where(~steep & (steps > 0), left, diverged)
    at_loss = np.where(np.isinf(loss) & (steps > 0), diverged, left)
    kinds = np.where(np.isfinite(loss), -1, at_loss)
    kinds = np.where((np.abs(weights) > FARTHEST).any(axis=1), diverged, kinds)
    return np.where(there, kinds, nowhere).astype(np.int8)


def growth_steps(steps: int) -> tuple[int, ...]:
    """The five steps whose losses tell whether a run of ``steps`` steps still grows.

    The last one comes last.  Empty for fewer than four steps, which tell nothing.
    """
    apart = -(-steps // 8)
    return tuple(steps - apart * k for k in (4, 3, 2, 1, 0)) if steps >= 4 else ()


def may_still_grow(loss: float | Floats) -> bool | npt.NDArray[np.bool_]:
    """Whether a last loss is so high that :func:`still_grows` can hold, whatever the others are."""
    return loss > FAR_ABOVE - 1.0


def still_grows(
    start: float | Floats, losses: Sequence[float | Floats]
) -> bool | npt.NDArray[np.bool_]:
    """Whether runs end far above their start and still grow; see the module.

    ``start`` is the loss before the first step, ``losses`` those after :func:`growth_steps`; floats
    for one run, or arrays of one shape for many.  Losses that are not a number give False.
    """
    if not losses:
        return np.zeros(start.shape, bool) if isinstance(start, np.ndarray) else False
    with np.errstate(all="ignore"):
        rises = [np.subtract(loss, start) for loss in losses]
        grows = (rises[-1] > FAR_ABOVE * np.maximum(1.0, np.abs(start))) & (rises[-3] > 0.0)
        for before, after in pairwise(np.maximum(rise, 0.0) for rise in rises):
            grows &= after >= GROWTH * before
    return grows if isinstance(start, np.ndarray) else bool(grows)


def complete_outcome(losses: Floats) -> Outcome:
    """How a run ended that took all its steps; ``losses`` from the start to the last step."""
    step, start = len(losses) - 1, float(losses[0])
    if still_grows(start, [float(losses[k]) for k in growth_steps(step)]):
        risen = f"the loss rose from {short(start)} to {short(float(losses[-1]))} and still grows"
        return Outcome("diverged", step, risen)
    return Outcome("finished", step)
