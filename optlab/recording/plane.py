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
_ACROSS = 0x91A2E
"""Seed of the direction across a line."""


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
    variances, directions = principal(points - point)
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
    total = max(float(np.sum((points - point) ** 2)), np.finfo(float).tiny)
    arrays = {"a": a, "b": b, "loss": values, "path": path, "distance": distance}
    if len(point) <= _MOST_KEPT:
        arrays |= {"point": point, "directions": directions}
    folder.write_arrays(where / folder.PLANE, arrays | {"explained": variances / total})


def principal(centred: Array) -> tuple[Array, Array]:
    """The two largest sums of squares along a direction, and these directions (2, n).

    ``centred`` are points around their mean, shape (points, n), n at least 2; of points and n the
    fewer decide what it costs.  The largest component of each direction is positive.
    """
    rows, n = centred.shape
    if n <= rows:
        values, vectors = np.linalg.eigh(centred.T @ centred)
        return oriented(values[::-1][:2], vectors[:, ::-1][:, :2].T)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    return oriented(values[::-1][:2], (centred.T @ vectors[:, ::-1][:, :2]).T)


def oriented(found: Array, directions: Array) -> tuple[Array, Array]:
    """Principal components of length one, so that the same plane has one form.

    Where all points lie on a line the second one is some direction across it.
    """
    if found[1] <= 1e-14 * found[0]:
        across = np.random.Generator(np.random.Philox(_ACROSS)).normal(size=directions.shape[1])
        along = directions[0] / np.linalg.norm(directions[0])
        directions = np.array([along, across - (across @ along) * along])
        found = np.array([found[0], 0.0])
    directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    largest = np.abs(directions).argmax(axis=1)
    signs = np.where(directions[[0, 1], largest] < 0, -1.0, 1.0)
    return np.maximum(found, 0.0), directions * signs[:, None]


def _axis(values: Array, resolution: int, margin: float) -> Array:
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    room = margin * (high - low) or 1.0
    return np.linspace(low - room, high + room, resolution)


def _number(loss: Callable[[Array], Any], w: Array) -> float:
    value = loss(w)
    return float(value.detach() if hasattr(value, "detach") else value)
