"""A curve made fit for drawing once: its range, and a form that a few thousand points hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from optlab.pictures.polyline import column_extremes
from optlab.ui.views.panes.drawings import CurveDrawing
from optlab.ui.views.panes.ranges import Extent, Floats, drawable, extent, height_of, range_of

# A plot has fewer half pixels: what lies in one column of so many cannot be told apart.
_COLUMNS: Final = 16_384


class Curve:
    """A curve on a linear or on a logarithmic axis; made in a worker where it is long.

    ``stretches`` are pieces (steps, heights) between gaps, the heights those of
    :func:`drawable`, which every pixel column of a plot shows as it shows the whole curve.
    """

    def __init__(self, drawing: CurveDrawing, log: bool) -> None:
        self.drawing = drawing
        self.extent: Extent = extent(drawing.values, log)
        heights = drawable(drawing.values, log)
        self.stretches = [_reduced(heights, *ends) for ends in _stretches(np.isfinite(heights))]
        self._log = log

    def height(self, step: int) -> float:
        """Where the curve is at a step; nan where it has no value that can be drawn."""
        values = self.drawing.values
        return height_of(float(values[step]), self._log) if step < len(values) else math.nan


def curve(drawing: CurveDrawing, log: bool) -> Curve:
    """The curve of a drawing, made at the first call and kept with the drawing."""
    if log not in drawing.made:
        drawing.made[log] = Curve(drawing, log)
    made = drawing.made[log]
    assert isinstance(made, Curve)
    return made


def prepare(drawing: CurveDrawing, log: bool) -> None:
    """Works out what drawing it takes; may be called in any thread, before it is shown."""
    curve(drawing, log)


def common_range(curves: Sequence[Curve], log: bool) -> tuple[float, float]:
    """The range of heights that shows all of them."""
    return range_of([each.extent for each in curves], log)


def _reduced(heights: Floats, first: int, last: int) -> tuple[Floats, Floats]:
    steps = np.arange(first, last, dtype=np.float64)
    column = max(1.0, len(heights) / _COLUMNS)
    return column_extremes(steps, heights[first:last], column)


def _stretches(finite: object) -> list[tuple[int, int]]:
    """First and one-past-last index of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(finite, np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
