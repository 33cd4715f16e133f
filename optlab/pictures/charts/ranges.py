"""The range of values a pane shows. Pure functions of arrays, without Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Arithmetic on a range has to stay finite.
_HUGE: Final = 1e150
# A curve that ends this many times above its own middle has run away.
_RUNAWAY: Final = 1e3
_RUNAWAY_DECADES: Final = 6.0
_ROOM: Final = 0.05


def drawable(values: Floats, log: bool) -> Floats:
    """The heights to draw: the values, or their decimal logarithm with nan for all <= 0."""
    heights = np.asarray(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        if log:
            heights = np.log10(np.where(heights > 0.0, heights, np.nan))
    return np.where(np.isfinite(heights), np.clip(heights, -_HUGE, _HUGE), np.nan)


def height_of(value: float, log: bool) -> float:
    """:func:`drawable` for one value."""
    if log:
        value = math.log10(value) if 0.0 < value < math.inf else math.nan
    return max(-_HUGE, min(value, _HUGE)) if math.isfinite(value) else math.nan


def ran_away(values: Floats, log: bool = False) -> bool:
    """Whether a curve ends far beyond its own middle, or at infinity: a run that diverged."""
    values = np.asarray(values, dtype=np.float64)
    finite = values[np.isfinite(values)]
    if finite.size < 3:
        return bool(np.isinf(values).any())
    size = np.abs(finite)
    largest = float(size.max())
    if size[-1] < 0.1 * largest:
        return False
    if np.isinf(values[-1]) or (not log and largest > 1e100):
        return True
    if size[0] >= 0.1 * largest:
        return False
    limit = 10.0**_RUNAWAY_DECADES if log else _RUNAWAY
    return bool(largest > limit * max(float(np.median(size)), 1e-300))


@dataclass(frozen=True)
class Extent:
    """What a curve asks of the range: its ``limits`` (None: nothing to draw), and whether it
    ran away, so that they are only those of its beginning."""

    limits: tuple[float, float] | None
    wild: bool


def extent(values: Floats, log: bool) -> Extent:
    """What a curve of raw values asks of the range."""
    heights = drawable(values, log)
    wild = ran_away(values, log)
    return Extent(_limits(_first_half(heights) if wild else heights), wild)


def shown_range(curves: Sequence[Floats], log: bool) -> tuple[float, float]:
    """The range of heights (see :func:`drawable`) that shows ``curves``, raw values."""
    return range_of([extent(curve, log) for curve in curves], log)


def range_of(extents: Sequence[Extent], log: bool) -> tuple[float, float]:
    """The range of heights that shows curves by their extents.

    Curves that ran away count only when there are no others, so they never squash the rest.
    """
    limits = _around([each for each in extents if not each.wild])
    wild = _around([each for each in extents if each.wild])
    if limits is None:
        limits = wild
    elif log and any(each.wild for each in extents):
        # A decade of room shows where it goes.
        limits = limits[0], limits[1] + 1.0
    if limits is None:
        return (0.0, 1.0)
    return _with_room(*limits, log)


def _around(extents: Sequence[Extent]) -> tuple[float, float] | None:
    known = [each.limits for each in extents if each.limits is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def _first_half(heights: Floats) -> Floats:
    """The smaller half of a curve that runs away: enough to see how it begins."""
    finite = heights[np.isfinite(heights)]
    if finite.size < 3:
        return finite
    return np.asarray(finite[np.abs(finite) <= np.quantile(np.abs(finite), 0.8)])


def _limits(heights: Floats) -> tuple[float, float] | None:
    finite = heights[np.isfinite(heights)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def _with_room(low: float, high: float, log: bool) -> tuple[float, float]:
    if log:
        if high - low < 1.0:
            low, high = math.floor(low), max(math.ceil(high), math.floor(low) + 1)
        room = _ROOM * (high - low)
        return low - room, high + room
    span = high - low
    size = max(abs(low), abs(high))
    if span <= 1e-12 * size or span == 0.0:
        half = 0.5 * size if size else 1.0
        return low - half, high + half
    # Near zero, zero itself belongs to the picture.
    if 0.0 < low < 0.3 * high:
        low = 0.0
    elif 0.3 * low < high < 0.0:
        high = 0.0
    room = _ROOM * (high - low)
    return low - room, high + room
