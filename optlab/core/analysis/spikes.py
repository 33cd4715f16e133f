"""Where a trajectory breaks: the first number that is not finite, or the first sudden rise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optlab.core.data.table import Array
from optlab.core.run import Trajectory
from optlab.core.run.trajectory import LAYERS

BEFORE = 20
"""Rows before the break that are looked at."""
_RISE = 10.0
"""Times the largest before it that a loss, or the length of an update, is."""
_WORST = 5


@dataclass(frozen=True)
class WorstWeight:
    """A weight with its share of the squared length of the update, 0 to 1."""

    name: str
    share: float
    w: float
    update: float
    numbers: tuple[tuple[str, float], ...]
    """Every other quantity that has a number for each weight, such as g, m, s."""


@dataclass(frozen=True, eq=False)
class Spike:
    """A break at ``row``; ``quantity`` broke; ``level`` is its largest size until
    the rows that are shown.

    ``steps`` are the numbers of the updates shown, ``norms`` the length of each quantity there,
    ``onset`` the update from which the lengths of the updates grew without a pause.
    """

    row: int
    step: int
    quantity: str
    value: float
    level: float
    onset: int
    steps: Array
    norms: dict[str, Array]
    worst: tuple[WorstWeight, ...]

    @property
    def sentence(self) -> str:
        """What happened, without the full stop."""
        if math.isfinite(self.value):
            first = (
                f"{_LABELS.get(self.quantity, self.quantity)} rises to {self.value:.3g}"
                f" at step {self.step}, from at most {self.level:.3g} before"
            )
        else:
            label = _LABELS.get(self.quantity, self.quantity)
            first = f"{label} is not finite at step {self.step}"
        if self.onset < self.step:
            first += f"; the updates grew from step {self.onset} on"
        if self.worst and self.worst[0].share >= 0.1:
            first += f"; {self.worst[0].share:.0%} of the update is in {self.worst[0].name}"
        return first


_LABELS = {"loss": "the loss", "dw": "the update", "w": "a weight", "g": "the gradient"}


def find_spike(trajectory: Trajectory, before: int = BEFORE) -> Spike | None:
    """The first break of a trajectory, or None.

    What is not finite counts where a finite number stood in an earlier row: a number that was
    never recorded is none.  A rise counts where the loss, or the length of the update, is ten
    times the largest of the ``before`` rows before, or the loss ten times the largest in the first
    half of the run until then, and above where the run began.
    """
    lengths = _lengths(trajectory)
    found = [(row, 0, name) for name, row in _not_finite(lengths).items()]
    for order, name in enumerate(("loss", "dw"), 1):
        # A learning rate that is warmed up lets the updates grow; that is no break.
        grows = name == "loss"
        found += [(row, order, name) for row in _rises(lengths[name], before, grows)]
    if not found:
        return None
    row, _, quantity = min(found)
    numbers = lengths[quantity]
    shown = range(max(0, row - before), row + 1)
    earlier = numbers[: max(1, row - before)]
    known = earlier[np.isfinite(earlier)]
    counts = trajectory["step"] if "step" in trajectory.names else trajectory["t"]
    return Spike(
        row,
        int(counts[row]),
        quantity,
        float(numbers[row]),
        float(known.max()) if known.size else math.nan,
        int(counts[_onset(lengths["dw"], row)]),
        counts[shown.start : shown.stop],
        {name: values[shown.start : shown.stop] for name, values in lengths.items()},
        _worst(trajectory, row),
    )


def _lengths(trajectory: Trajectory) -> dict[str, Array]:
    """The size of each quantity in each row: its length, or the number itself; with dw."""
    w = trajectory.vector("w")
    with np.errstate(over="ignore", invalid="ignore"):
        found = {"loss": trajectory["loss"], "w": np.linalg.norm(w, axis=1)}
        moved = np.linalg.norm(np.diff(w, axis=0), axis=1)
        found["dw"] = np.concatenate(([np.nan], moved))
        for name in trajectory.vectors:
            if name not in found and name not in ("step", "eta") and not name.endswith(LAYERS):
                values = trajectory.vector(name)
                one = values.shape[1] == 1
                found[name] = values[:, 0] if one else np.linalg.norm(values, axis=1)
    return found


def _not_finite(lengths: dict[str, Array]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, values in lengths.items():
        finite = np.isfinite(values)
        broken = np.flatnonzero(~finite)
        known = np.flatnonzero(finite)
        late = broken[broken > known[0]] if known.size else broken[:0]
        # A last row may lack what the next update would have brought.
        ends = late[(late < len(values) - 1) | np.isinf(values[late])] if late.size else late
        if ends.size:
            found[name] = int(ends[0])
    return found


def _rises(values: Array, before: int, growth: bool) -> list[int]:
    """The first row that is ten times as large as all those near before it, or as all in the
    first half before it: a jump, or ``growth``; and larger than where the run began."""
    sizes = np.where(np.isfinite(values), np.abs(values), 0.0)
    first = next((float(size) for size in sizes if size > 0), math.inf)
    largest = np.maximum.accumulate(sizes)
    rows = np.arange(len(sizes))
    padded = np.concatenate((np.zeros(before), sizes))
    near = np.lib.stride_tricks.sliding_window_view(padded, before)[: len(sizes)].max(axis=1)
    far = largest[rows // 2] if growth else np.full(len(sizes), math.inf)
    level = np.where(near > 0, np.minimum(near, far), far)
    with np.errstate(over="ignore"):
        rises = (sizes > _RISE * level) & (level > 0) & (sizes > first) & (rows >= 3)
    return [int(row) for row in np.flatnonzero(rises)[:1]]


def _onset(moved: Array, row: int) -> int:
    """The row from which each update up to ``row`` is longer than the one before."""
    onset = row
    while onset > 1 and moved[onset - 1] < moved[onset]:
        onset -= 1
    return onset if math.isfinite(moved[row]) else row


def _worst(trajectory: Trajectory, row: int) -> tuple[WorstWeight, ...]:
    """The weights that make up most of the last finite update up to ``row``."""
    w = trajectory.vector("w")
    with np.errstate(over="ignore", invalid="ignore"):
        moved = np.diff(w[: row + 1], axis=0)
        whole = np.flatnonzero(np.isfinite(moved).all(axis=1))
        if not whole.size:
            return ()
        at = int(whole[-1]) + 1
        update = moved[at - 1]
        largest = float(np.abs(update).max()) or 1.0
        squares = (update / largest) ** 2
    total = float(squares.sum())
    if total == 0:
        return ()
    order = np.argsort(-squares, kind="stable")[:_WORST]
    names = trajectory.names[trajectory.vectors.place("w")]
    others = _by_weight(trajectory)
    return tuple(
        WorstWeight(
            names[i],
            float(squares[i] / total),
            float(w[at, i]),
            float(update[i]),
            tuple((name, float(trajectory.vector(name)[at, i])) for name in others),
        )
        for i in order.tolist()
    )


def _by_weight(trajectory: Trajectory) -> Sequence[str]:
    """The quantities that have one number for each weight."""
    size = trajectory.dimension
    return [
        name
        for name in trajectory.vectors
        if name != "w" and trajectory.vectors.size(name) == size and size > 1
    ]
