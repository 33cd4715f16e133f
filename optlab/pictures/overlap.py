"""Marks on lines that lie on each other, so that each stays visible, in colour and in grey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.charts.curves import Curve
from optlab.pictures.items import Floats, Shape, marker
from optlab.pictures.places import Places
from optlab.pictures.theme import Theme
from optlab.pictures.trace import Trace

_NEAR: Final = 1.5
"""Units within which a line hides another."""
_HIDDEN: Final = 0.5
"""The share of a line that has to be hidden."""
_EACH: Final = 90.0
"""Units from mark to mark."""
_SAMPLES: Final = 200
_RADIUS: Final = 3.4

Mark = tuple[int, Shape]
"""The step from which on it is drawn."""


def curve_marks(curves: Sequence[Curve], places: Places, theme: Theme) -> list[Mark]:
    """The marks of curves in a pane, those of each run between those of the others."""
    first, last = places.window[0]
    steps = np.linspace(first, last, _SAMPLES)
    lines = [_sampled(made, steps, places) for made in curves]
    return _marks(lines, [made.drawing.color for made in curves], theme)


def path_marks(traces: Sequence[Trace], theme: Theme) -> list[Mark]:
    """The marks of paths on a map."""
    shown = [trace for trace in traces if not trace.path.faint]
    lines = []
    for trace in shown:
        points = trace.pixels[: trace.last // trace.stride + 1]
        with np.errstate(all="ignore"):
            along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
        if len(points) < 2 or not np.isfinite(along[-1]) or not along[-1]:
            lines.append(np.full((1, 3), np.nan))
            continue
        wanted = np.linspace(0.0, along[-1], _SAMPLES)
        columns = [np.interp(wanted, along, points[:, axis]) for axis in (0, 1)]
        steps = np.interp(wanted, along, np.arange(len(points)) * trace.stride)
        line = np.column_stack((steps, *columns))
        line[~_inside(line, trace.places)] = np.nan
        lines.append(line)
    return _marks(lines, [trace.path.color for trace in shown], theme)


def _sampled(made: Curve, steps: Floats, places: Places) -> Floats:
    """Steps and points (n, 3) of a curve at some steps; nan where it has none that is shown."""
    heights = np.full(len(steps), np.nan)
    for begin, values in made.stretches:
        heights = np.where(
            (steps >= begin[0]) & (steps <= begin[-1]), np.interp(steps, begin, values), heights
        )
    line = np.column_stack((steps, places.pixels(np.column_stack((steps, heights)))))
    line[~_inside(line, places)] = np.nan
    return line


def _inside(line: Floats, places: Places) -> NDArray[np.bool_]:
    x, y = line[:, 1], line[:, 2]
    with np.errstate(invalid="ignore"):
        inside = (x >= 0) & (x <= places.width) & (y >= 0) & (y <= places.height)
    return np.asarray(inside)


def _marks(lines: Sequence[Floats], colors: Sequence[str], theme: Theme) -> list[Mark]:
    hidden = [i for i in range(len(lines)) if _is_hidden(i, lines, colors)]
    marks: list[Mark] = []
    for rank, index in enumerate(hidden):
        line = lines[index][np.isfinite(lines[index][:, 1])]
        along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line[:, 1:], axis=0).T))))
        each = max(_EACH, 16.0 * len(hidden))
        places = np.arange((rank + 0.5) / len(hidden) * each, along[-1], each)
        for at in np.searchsorted(along, places).tolist():
            step, x, y = line[at].tolist()
            shape = marker(theme, colors[index], (x, y), _RADIUS)
            marks.append((int(np.ceil(step)), Shape(shape, colors[index], 1.0, theme.window, 1.0)))
    return marks


def _is_hidden(index: int, lines: Sequence[Floats], colors: Sequence[str]) -> bool:
    """Whether much of a line lies beside one of another colour."""
    own = lines[index][:, 1:]
    own = own[np.isfinite(own[:, 0])]
    if len(own) < 2:
        return False
    for other, color in zip(lines, colors, strict=True):
        if color == colors[index]:
            continue
        points = other[:, 1:]
        points = points[np.isfinite(points[:, 0])]
        if len(points):
            distance = np.hypot(*(own[:, None] - points[None]).transpose(2, 0, 1)).min(axis=1)
            # Between two samples of the other line it is farther to both than to the line.
            reach = np.hypot(*np.diff(points, axis=0).T).max(initial=0.0) / 2
            if float((distance <= np.hypot(_NEAR, min(reach, 2.0))).mean()) >= _HIDDEN:
                return True
    return False
