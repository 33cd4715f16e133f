"""Which window a picture shows, and where its runs begin."""

from __future__ import annotations

from collections.abc import Iterable

from optlab.core.planes import PlaneProblem
from optlab.core.problems import map_window, pair
from optlab.pictures.places import Window
from optlab.session.resolve import Resolved
from optlab.session.study import Study

_MARGIN = 0.2


def shown_window(study: Study) -> Window:
    """The part of the surface to show, or of a plane, which has its own window.

    A window that the experiment names is kept.  Otherwise it is the problem's own, made larger
    where the start lies outside it; a typed formula has none, so a start outside the usual one
    gives the box of the starts and of all runs that did not run away.
    """
    experiment, resolved = study.experiment, study.resolved
    window = map_window(resolved.window)
    if experiment.surface.window is not None or isinstance(resolved.problem, PlaneProblem):
        return window
    starts = starts_of(resolved)
    if all(_inside(window, start) for start in starts):
        return window
    if not experiment.surface.formula:
        return _around(starts, window)
    points = list(starts)
    for trajectory in study.trajectories.values():
        if trajectory.outcome.kind in ("finished", "converged"):
            low, high = trajectory.weights.min(axis=0), trajectory.weights.max(axis=0)
            points += [pair(low.tolist()), pair(high.tolist())]
    return _around(points)


def starts_of(resolved: Resolved) -> list[tuple[float, float]]:
    """Where the runs on a map begin, recorded ones too; where they would, if there are none."""
    starts = [pair(spec.start) for spec in resolved.specs.values()]
    starts += [pair(walk.weights[0].tolist()) for walk in resolved.recordings.values()]
    return list(dict.fromkeys(starts)) or [pair(resolved.start)]


def _inside(window: Window, point: tuple[float, float]) -> bool:
    return all(low <= x <= high for (low, high), x in zip(window, point, strict=True))


def _around(points: Iterable[tuple[float, float]], window: Window | None = None) -> Window:
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
