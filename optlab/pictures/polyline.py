"""Long paths made fit for drawing: cut at a border, thinned to what a screen can show.

All of it works on pixel arrays (n, 2) and never on the data itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Movements shorter than this on the screen (device-independent pixels) are drawn as one.
_FINEST: Final = 0.5
# What lies closer than this to a line cannot be told from it.
_UNSEEN: Final = 0.12
_STRETCHES: Final = (32, 8, 2)


class Rectangle(Protocol):
    """A rectangle in pixels, y downwards or upwards: top() <= bottom(). A QRectF is one."""

    def left(self) -> float: ...
    def top(self) -> float: ...
    def right(self) -> float: ...
    def bottom(self) -> float: ...


@dataclass(frozen=True)
class Square:
    """The rectangle from -half to half along both axes."""

    half: float

    def left(self) -> float:
        """The lowest x."""
        return -self.half

    def top(self) -> float:
        """The lowest y."""
        return -self.half

    def right(self) -> float:
        """The highest x."""
        return self.half

    def bottom(self) -> float:
        """The highest y."""
        return self.half


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch (n, 2) of a path inside a rectangle; it begins ``start`` steps along the path."""

    points: Floats
    start: float


@dataclass(frozen=True)
class Crossing:
    """Where a path leaves a rectangle: at pixel x, y, during the update that makes ``step``."""

    step: int
    x: float
    y: float


def thinned(points: Floats, finest: float = _FINEST) -> Floats:
    """Leave out points (n, 2) that lie within ``finest`` of path length of the one before.

    The first and the last point stay. Nothing that is left out could be seen.
    """
    return points[thinned_index(points, finest)]


def thinned_index(points: Floats, finest: float = _FINEST) -> NDArray[np.intp]:
    """The rows that :func:`thinned` keeps."""
    if len(points) < 3:
        return np.arange(len(points))
    length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    bucket = np.floor(length / finest)
    keep = np.concatenate(([True], np.diff(bucket) > 0.0))
    keep[-1] = True
    return np.flatnonzero(keep)


def simplified(points: Floats, tolerance: float = _UNSEEN) -> Floats:
    """Leave out points (n, 2) where the line through the rest passes within ``tolerance`` pixels.

    Stretches of 32, 8 and 2 steps are tried against their chords, all at once; a stroke costs in
    proportion to its points, and a smooth path on a screen needs few. All points are finite.
    """
    return points[simplified_index(points, tolerance)]


def simplified_index(points: Floats, tolerance: float = _UNSEEN) -> NDArray[np.intp]:
    """The rows that :func:`simplified` keeps."""
    keep = np.ones(len(points), dtype=np.bool_)
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    for size in _STRETCHES:
        end = (len(points) - 1) // size * size
        if end == 0:
            continue
        # One row for each stretch; its first point moves to the origin.
        dx, dy = x[:end].reshape(-1, size), y[:end].reshape(-1, size)
        chord_x, chord_y = x[size : end + 1 : size] - dx[:, 0], y[size : end + 1 : size] - dy[:, 0]
        dx, dy = dx[:, 1:] - dx[:, :1], dy[:, 1:] - dy[:, :1]
        squared = np.maximum(chord_x**2 + chord_y**2, 1e-12)
        ahead_x, ahead_y = (chord_x / squared)[:, None], (chord_y / squared)[:, None]
        # The nearest place on the chord itself, so that a path that doubles back is kept.
        share = (dx * ahead_x + dy * ahead_y).clip(0.0, 1.0)
        dx -= share * chord_x[:, None]
        dy -= share * chord_y[:, None]
        close = (dx * dx + dy * dy).max(axis=1) <= tolerance**2
        keep[:end].reshape(-1, size)[close, 1:] = False
    return np.flatnonzero(keep)


def inside_pieces(points: Floats, rect: Rectangle) -> list[Piece]:
    """Cut the path through the points (n, 2) at the border of ``rect`` (Liang and Barsky's way).

    The pieces are exactly the visible part, whatever lies outside: huge values stay harmless.
    A point that is not finite interrupts the path.
    """
    if len(points) == 0:
        return []
    if _all_inside(points, rect):
        return [Piece(points, 0.0)]
    points = _bounded(points)
    enter, leave, seen = _clip(points, rect)
    pieces: list[Piece] = []
    index = np.flatnonzero(seen)
    if index.size == 0:
        return pieces
    # A new piece begins where a segment is cut at its beginning or the one before is not seen.
    joined = (np.diff(index) == 1) & (leave[index[:-1]] >= 1.0) & (enter[index[1:]] <= 0.0)
    for group in np.split(index, np.flatnonzero(~joined) + 1):
        first, last = int(group[0]), int(group[-1])
        line = points[first : last + 2].copy()
        line[0] = _on_or_inside(rect, _between(points, first, float(enter[first])))
        line[-1] = _on_or_inside(rect, _between(points, last, float(leave[last])))
        pieces.append(Piece(line, first + float(enter[first])))
    return pieces


def crossings(points: Floats, rect: Rectangle) -> list[Crossing]:
    """Where the path through the points (n, 2) leaves ``rect``, in order."""
    if len(points) < 2 or _all_inside(points, rect):
        return []
    points = _bounded(points)
    _, leave, seen = _clip(points, rect)
    found = []
    for index in np.flatnonzero(seen & (leave < 1.0)):
        x, y = _on_or_inside(rect, _between(points, int(index), float(leave[index])))
        found.append(Crossing(int(index) + 1, float(x), float(y)))
    return found


def _all_inside(points: Floats, rect: Rectangle) -> bool:
    low, high = points.min(axis=0), points.max(axis=0)  # nan fails every comparison
    return bool(
        low[0] >= rect.left()
        and low[1] >= rect.top()
        and high[0] <= rect.right()
        and high[1] <= rect.bottom()
    )


def _bounded(points: Floats) -> Floats:
    """Make room for arithmetic: nan for what is not finite, at most 1e150 for the rest."""
    return np.where(np.isfinite(points), np.clip(points, -1e150, 1e150), np.nan)


def _on_or_inside(rect: Rectangle, point: Floats) -> Floats:
    """Undo what rounding did to the end of a cut segment."""
    return np.clip(point, (rect.left(), rect.top()), (rect.right(), rect.bottom()))


def _between(points: Floats, index: int, share: float) -> Floats:
    if share <= 0.0:
        return np.asarray(points[index])
    if share >= 1.0:
        return np.asarray(points[index + 1])
    one, other = points[index], points[index + 1]
    return np.asarray(one + (other - one) * share)


def _clip(points: Floats, rect: Rectangle) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """For each segment: the shares 0 … 1 at which it enters and leaves, and whether it is seen."""
    with np.errstate(all="ignore"):
        begin, change = points[:-1], np.diff(points, axis=0)
        low = np.array([rect.left(), rect.top()])
        high = np.array([rect.right(), rect.bottom()])
        to_low, to_high = (low - begin) / change, (high - begin) / change
        still = change == 0.0
        within = (begin >= low) & (begin <= high)
        near = np.where(still, np.where(within, -np.inf, np.inf), np.minimum(to_low, to_high))
        far = np.where(still, np.where(within, np.inf, -np.inf), np.maximum(to_low, to_high))
        enter = np.maximum(near.max(axis=1), 0.0)
        leave = np.minimum(far.min(axis=1), 1.0)
        seen = enter <= leave  # nan is not
    return enter, leave, seen


def column_extremes(x: Floats, y: Floats, pixel: float) -> tuple[Floats, Floats]:
    """Thin a curve y over increasing x to first, lowest, highest and last of each pixel column.

    ``x`` and ``y`` are (n,) pixels and finite, ``pixel`` is the width of a column. The picture is
    that of the whole curve: every spike keeps its height.
    """
    if len(x) < 3:
        return x, y
    column = np.floor(x / pixel).astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(column) != 0)))
    if len(starts) * 4 >= len(x):
        return x, y
    ends = np.append(starts[1:], len(x)) - 1
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    middle = (x[starts] + x[ends]) / 2.0
    columns = np.repeat(middle, 4)
    columns[0::4], columns[3::4] = x[starts], x[ends]
    heights = np.empty(len(starts) * 4)
    heights[0::4], heights[3::4] = y[starts], y[ends]
    falling = y[starts] > y[ends]
    heights[1::4] = np.where(falling, high, low)
    heights[2::4] = np.where(falling, low, high)
    return columns, heights


LONG: Final = 2_000
"""Steps from which a path is worth reducing."""
_MOST: Final = 6_000
# Segments between the same two squares of this size are one; a coarser grid where that is not
# enough, which happens in clouds of noise only.
_GRIDS: Final = (0.25, 1.0, 3.0, 8.0, 20.0)


class Skeleton:
    """The reduced form of a piece of a path, whose points are steps in a row."""

    def __init__(self, piece: Piece) -> None:
        self._points = piece.points
        self._first = int(piece.start)
        thin = thinned_index(piece.points)
        kept = thin[simplified_index(piece.points[thin])]
        self._steps = kept + self._first
        self._fresh = fresh_segments(piece.points[kept])

    def lines(self, first: int, last: int) -> list[tuple[int, Floats]]:
        """What is to be drawn of steps ``first`` … ``last``: lines (n, 2), each with its step.

        What was drawn before ``first`` is left out too.
        """
        return [(int(steps[0]), points) for steps, points in self.stretches(first, last)]

    def stretches(self, first: int, last: int) -> list[tuple[NDArray[np.intp], Floats]]:
        """The same, each line with the steps (n,) of all of its points."""
        first = max(first, self._first)
        last = min(last, self._first + len(self._points) - 1)
        if last <= first:
            return []
        begin, end = np.searchsorted(self._steps, (first + 1, last))
        steps = np.concatenate(([first], self._steps[begin:end], [last]))
        draw = np.ones(len(steps) - 1, dtype=np.bool_)
        if end - begin > 1:
            draw[1:-1] = self._fresh[begin : end - 1]
        points = self._points[steps - self._first]
        edges = np.flatnonzero(np.diff(np.concatenate(([0], draw.astype(np.int8), [0]))))
        pairs = edges.reshape(-1, 2).tolist()
        return [(steps[a : b + 1], points[a : b + 1]) for a, b in pairs]


def fresh_segments(points: Floats, most: int = _MOST) -> NDArray[np.bool_]:
    """Which segments of the line through the points (n, 2) show something new, (n - 1,).

    All of them up to ``most``; of more, those between two squares that were not joined before.
    """
    fresh = np.ones(max(0, len(points) - 1), dtype=np.bool_)
    for grid in _GRIDS:
        if np.count_nonzero(fresh) <= most:
            break
        squares = np.floor((points - points.min(axis=0)) / grid).astype(np.int64)
        cells = squares[:, 0] << 16 | squares[:, 1]
        low, high = np.minimum(cells[:-1], cells[1:]), np.maximum(cells[:-1], cells[1:])
        fresh[:] = False
        fresh[np.unique(low << 32 | high, return_index=True)[1]] = True
    return fresh
