"""A long path reduced once to what a screen can show, to be drawn up to any step.

A run of a million steps that circles around a minimum draws over the same pixels again and
again.  What lies on a straight line is left out, and so is what was drawn before.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.polyline import Floats, Piece, simplified_index, thinned_index

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
