"""How a run ended: a value with its sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from optlab.core.numbers_text import short

Kind = Literal["finished", "converged", "diverged", "left_domain", "cancelled"]

OUTCOMES: tuple[Kind, ...] = ("finished", "converged", "diverged", "left_domain")
"""How a run that nobody cancelled ends."""

FARTHEST = 1e30
"""A weight beyond this counts as diverged: no surface means anything there, and a picture's
single-precision numbers end at 3e38."""


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


def broken_outcome(
    step: int, weights: tuple[float, ...], loss: float, gradient: tuple[float, ...]
) -> Outcome | None:
    """What ended a run at this row, or None where its numbers are all right.

    A weight beyond :data:`FARTHEST`, or a loss that grew beyond all numbers, has diverged.  A loss
    that is not a number (or infinite at once), or a gradient that is not, at finite weights, has
    left the domain.  ``gradient`` is the one that led here, empty at step 0.
    """
    at = "w = (" + ", ".join(short(value) for value in weights) + ")"
    if not all(math.isfinite(value) for value in weights):
        if any(math.isnan(value) or math.isinf(value) for value in gradient) and step > 0:
            return Outcome("left_domain", step, "the gradient is not finite")
        return Outcome("diverged", step, "a weight is no longer finite")
    if any(abs(value) > FARTHEST for value in weights):
        return Outcome("diverged", step, at)
    if math.isfinite(loss):
        return None
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
