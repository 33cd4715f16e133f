"""The loss over the plane of a path's two principal components."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from optlab.recording import folder
from optlab.recording.projection import Projection
from optlab.recording.reading import checkpoints, read_folder

Array = npt.NDArray[np.float64]

_MOST_KEPT = 100_000
"""Weights up to which point and directions of the plane are stored."""


def store(
    where: Path, loss: Callable[[Array], Any], resolution: int = 64, margin: float = 0.25
) -> None:
    """Write ``plane.npz``: axes a, b, the loss, shape (resolution of b, of a), and the path.

    A point of the plane is ``point + a·directions[0] + b·directions[1]``; ``path`` has the
    coordinates of each row, ``distance`` its distance from the plane, ``explained`` the share
    of the variance along both.  Raises ValueError for fewer than three recorded points.
    """
    recorded = read_folder(where)
    full = not recorded.is_projected
    points = recorded.columns["w"] if full else checkpoints(where)
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 3:
        raise ValueError(f"plane: needs three recorded points at least, not {len(points)}")
    point = points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(points - point, full_matrices=False)
    directions = directions[:2] * _signs(directions[:2])
    if full:
        moved = recorded.columns["w"] - point
        path = moved @ directions.T
        distance = np.linalg.norm(moved - path @ directions, axis=1)
    else:
        split = np.cumsum(recorded.tensor_sizes("w"))[:-1]
        project = Projection(recorded.tensor_sizes("w"), int(recorded.about["seed"]))
        moved = recorded.columns["projection"] - project(np.split(point, split))
        shadows = np.stack([project(np.split(one, split)) for one in directions])
        path = np.linalg.lstsq(shadows.T, moved.T, rcond=None)[0].T
        distance = np.linalg.norm(moved - path @ shadows, axis=1)
    a, b = (_axis(path[:, axis], resolution, margin) for axis in (0, 1))
    values = np.array(
        [[_number(loss, point + x * directions[0] + y * directions[1]) for x in a] for y in b]
    )
    variance = sizes**2 / max(float((sizes**2).sum()), np.finfo(float).tiny)
    arrays = {"a": a, "b": b, "loss": values, "path": path, "distance": distance}
    if len(point) <= _MOST_KEPT:
        arrays |= {"point": point, "directions": directions}
    folder.write_arrays(where / folder.PLANE, arrays | {"explained": variance[:2]})


def _signs(directions: Array) -> Array:
    """Make the largest component of each direction positive: the same plane has one form."""
    rows = np.arange(len(directions))
    largest = directions[rows, np.abs(directions).argmax(axis=1)]
    return np.where(largest < 0, -1.0, 1.0)[:, None]


def _axis(values: Array, resolution: int, margin: float) -> Array:
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    room = margin * (high - low) or 1.0
    return np.linspace(low - room, high + room, resolution)


def _number(loss: Callable[[Array], Any], w: Array) -> float:
    value = loss(w)
    return float(value.detach() if hasattr(value, "detach") else value)
