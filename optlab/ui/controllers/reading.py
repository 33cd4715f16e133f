"""What is read out beside the pointer on a surface."""

from __future__ import annotations

import numpy as np

from optlab.core.display import short
from optlab.core.formula.emit import Array
from optlab.session.session import Session

_LOOKED_AT = 20_000  # rows of a path that are compared with the pointer at once
_NEAR = 0.03  # of the window's width: how near the pointer must be to a path to read it out

Window = tuple[tuple[float, float], tuple[float, float]]


def reading(session: Session, w1: float, w2: float, window: Window) -> str:
    """The weights and the loss there, and the nearest step of the nearest visible path.

    A path is near by the size of the ``window`` that is shown, its ranges of w1 and w2.
    """
    if session.resolved.no_map:
        return ""
    loss = session.resolved.problem.loss((w1, w2))
    text = f"w ({short(w1)}, {short(w2)})   E {short(loss)}"
    (left, right), (bottom, top) = window
    scale = np.array([right - left, top - bottom])
    here = np.array([w1, w2])
    best, found = _NEAR, ""
    for run in session.document.runs:
        trajectory = session.trajectories.get(run.id)
        if trajectory is None or not run.visible:
            continue
        step, distance = nearest_row(trajectory.weights, here, scale)
        if distance < best:
            best = distance
            at = ", ".join(short(float(value)) for value in trajectory.weights[step])
            loss_there = short(float(trajectory.loss[step]))
            found = f"\n{run.name}, step {step}: w ({at})   E {loss_there}"
    return text + found


def nearest_row(
    points: Array, here: Array, scale: Array, most: int = _LOOKED_AT
) -> tuple[int, float]:
    """The row of ``points`` (n, 2) nearest to ``here``, and how far it is in units of ``scale``.

    Of more than ``most`` rows only some are looked at, and then all around the nearest of them.
    The distance is inf where no row is finite.
    """
    stride = -(-len(points) // most)
    rows = np.arange(0, len(points), stride)
    for _ in range(2 if stride > 1 else 1):
        with np.errstate(all="ignore"):
            apart = (points[rows] - here) / scale
            distance = np.hypot(apart[:, 0], apart[:, 1])
        distance[np.isnan(distance)] = np.inf
        at = int(rows[distance.argmin()])
        nearest = float(distance.min())
        rows = np.arange(max(0, at - stride), min(len(points), at + stride + 1))
    return at, nearest
