"""Where paths run in a picture: which window to show, what of a path is drawn, where it leaves.

Pure functions of arrays; points have shape (n, 2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optlab.core.problems import map_window, pair
from optlab.core.run import Trajectory
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

Floats = npt.NDArray[np.float64]
Box = tuple[tuple[float, float], tuple[float, float]]

_FINE = 2400
"""Cells along each side of the window: points in one cell look the same."""
_MOST_POINTS = 20_000
_MARGIN = 0.2
_FARTHEST = 1e12
"""In shares of the window's smaller side."""


def shown_window(
    resolved: Resolved, experiment: Experiment, trajectories: Mapping[str, Trajectory]
) -> Box:
    """The part of the surface to show.

    A window that the experiment names is kept.  Otherwise it is the problem's own, made larger
    where the start lies outside it; a typed formula has none, so a start outside the usual one
    gives the box of the starts and of all runs that did not run away.
    """
    window = map_window(resolved.window)
    if experiment.surface.window is not None:
        return window
    starts = starts_of(resolved)
    if all(_inside(window, start) for start in starts):
        return window
    if not experiment.surface.formula:
        return _around(starts, window)
    points = list(starts)
    for trajectory in trajectories.values():
        if trajectory.outcome.kind in ("finished", "converged"):
            low, high = trajectory.weights.min(axis=0), trajectory.weights.max(axis=0)
            points += [pair(low.tolist()), pair(high.tolist())]
    return _around(points)


def starts_of(resolved: Resolved) -> list[tuple[float, float]]:
    """Where the runs on a map begin, recorded ones too; where they would, if there are none."""
    starts = [pair(spec.start) for spec in resolved.specs.values()]
    starts += [pair(walk.weights[0].tolist()) for walk in resolved.recordings.values()]
    return list(dict.fromkeys(starts)) or [pair(resolved.start)]


def _inside(window: Box, point: tuple[float, float]) -> bool:
    return all(low <= x <= high for (low, high), x in zip(window, point, strict=True))


def _around(points: Iterable[tuple[float, float]], window: Box | None = None) -> Box:
    """The box of some points (and a window) with a margin, nowhere very narrow."""
    columns = [list(map(float, axis)) for axis in zip(*points, strict=True)]
    spans = [max(axis) - min(axis) for axis in columns]
    sizes = [max(abs(x) for x in axis) for axis in columns]
    least = max(*spans, *(0.5 * size for size in sizes)) / 3 or 1.0
    ranges = []
    for index, axis in enumerate(columns):
        low, high = min(axis), max(axis)
        if window is None:
            middle, half = (low + high) / 2, max(high - low, least) * (0.5 + _MARGIN)
            ranges.append((middle - half, middle + half))
            continue
        (old_low, old_high) = window[index]
        span = max(high, old_high) - min(low, old_low)
        ranges.append(
            (
                old_low if low >= old_low else low - _MARGIN * span,
                old_high if high <= old_high else high + _MARGIN * span,
            )
        )
    return ranges[0], ranges[1]


@dataclass(frozen=True)
class Path:
    """What is drawn of a walk: ``pieces`` are polylines of points and the step of each point.

    ``points`` are all finite points in order, shape (n, 2).
    """

    points: Floats
    pieces: tuple[tuple[npt.NDArray[np.int64], Floats], ...]

    def until(self, step: int) -> list[tuple[npt.NDArray[np.int64], Floats]]:
        """The pieces up to a step."""
        cut = []
        for steps, points in self.pieces:
            count = int(np.searchsorted(steps, step, side="right"))
            if count > 1:
                cut.append((steps[:count], points[:count]))
        return cut


def path_of(trajectory: Trajectory, window: Box) -> Path:
    """The path of a run in a window: finite, without points that look the same, and cut off a
    window's width outside it, so that no number is too large to draw."""
    weights = trajectory.weights
    finite = np.isfinite(weights).all(axis=1)
    count = len(weights) if finite.all() else int(np.argmin(finite))
    points = weights[:count]
    steps = _visible_steps(points, window)
    return Path(points, tuple(_pieces(steps, points[steps], window)))


def _visible_steps(points: Floats, window: Box) -> npt.NDArray[np.int64]:
    """The steps at which the path moves on by more than a hair; always the first and last."""
    limits = np.asarray(window)
    unit = (limits[:, 1] - limits[:, 0]) / _FINE
    cells = np.clip((points - limits[:, 0]) / unit, -1e9, 1e9).astype(np.int64)
    moved = np.any(cells[1:] != cells[:-1], axis=1)
    keep = np.flatnonzero(np.concatenate(([True], moved)))
    if len(keep) > _MOST_POINTS:
        keep = keep[np.linspace(0, len(keep) - 1, _MOST_POINTS).astype(np.int64)]
    if len(points) and keep[-1] != len(points) - 1:
        keep = np.append(keep, len(points) - 1)
    return keep


def _pieces(
    steps: npt.NDArray[np.int64], points: Floats, window: Box
) -> Iterable[tuple[npt.NDArray[np.int64], Floats]]:
    """The connected parts of a polyline inside the window and its surroundings."""
    if len(points) < 2:
        return
    wide = tuple((low - (high - low), high + (high - low)) for low, high in window)
    begin, end = clip_segments(points[:-1], points[1:], (wide[0], wide[1]))
    # Between points this far out rounding decides where a line runs: it is not drawn.
    spans = np.array([high - low for low, high in window])
    known = (
        np.maximum(np.abs(points[:-1]), np.abs(points[1:])).max(axis=1) < _FARTHEST * spans.min()
    )
    visible = (begin <= end) & known
    joined = visible[:-1] & visible[1:] & (end[:-1] == 1.0) & (begin[1:] == 0.0)
    breaks = np.flatnonzero(~joined) + 1
    for run in np.split(np.arange(len(visible)), breaks):
        first, last = run[0], run[-1]
        if not visible[first]:
            continue
        part = points[first : last + 2].copy()
        part[0] = _between(points[first], points[first + 1], begin[first])
        part[-1] = _between(points[last], points[last + 1], end[last])
        yield steps[first : last + 2], part


def _between(one: Floats, other: Floats, share: float) -> Floats:
    if share in (0.0, 1.0):
        return other if share else one
    return one + share * (other - one)


def clip_segments(start: Floats, end: Floats, box: Box) -> tuple[Floats, Floats]:
    """The shares of each segment at which it enters and leaves a box (Liang & Barsky 1984).

    Entering is above leaving where the segment does not meet the box.  Shapes (n, 2) to (n,).
    """
    enter, leave = np.zeros(len(start)), np.ones(len(start))
    for axis, (low, high) in enumerate(box):
        origin, way = start[:, axis], end[:, axis] - start[:, axis]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            first, second = (low - origin) / way, (high - origin) / way
        near, far = np.fmin(first, second), np.fmax(first, second)
        still = way == 0
        outside = still & ((origin < low) | (origin > high))
        near = np.where(still, np.where(outside, np.inf, -np.inf), near)
        far = np.where(still, np.inf, far)
        enter, leave = np.maximum(enter, near), np.minimum(leave, far)
    return enter, leave


@dataclass(frozen=True)
class Exit:
    """Where a path leaves the window for good: the place on its border, and the direction in
    shares of the window's sides."""

    at: tuple[float, float]
    direction: tuple[float, float]


def exit_of(points: Floats, window: Box) -> Exit | None:
    """Where a path left, or None where its last point lies inside the window."""
    limits = np.asarray(window)
    within = np.all((points >= limits[:, 0]) & (points <= limits[:, 1]), axis=1)
    if len(points) == 0 or within[-1]:
        return None
    inside = np.flatnonzero(within)
    if len(inside):
        start, end = points[inside[-1]], points[inside[-1] + 1]
    else:
        start, end = limits.mean(axis=1), points[-1]
    _, leave = clip_segments(start[None], end[None], window)
    at = np.clip(start + float(leave[0]) * (end - start), limits[:, 0], limits[:, 1])
    way = (end - start) / (limits[:, 1] - limits[:, 0])
    way /= np.abs(way).max() or 1.0
    length = math.hypot(*way) or 1.0
    return Exit((float(at[0]), float(at[1])), (float(way[0] / length), float(way[1] / length)))
