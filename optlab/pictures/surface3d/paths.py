"""A path on the surface: laid onto it once, projected for each camera."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.polyline import Piece, Skeleton, Square, inside_pieces, simplified, thinned
from optlab.pictures.surface3d.camera import Floats, Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.visibility import unhidden

# In ground units (the window is 2 wide): a path follows the surface in pieces not longer than
# this, and movements shorter than that are drawn as one.
_LONGEST: Final = 1 / 60
_FINEST: Final = 1 / 900
_MOST_PIECES: Final = 200
# At most so many points of a path are looked at to see what hides it.
_QUICK, _CAREFUL = 400, 2500
# Points from which on what is drawn twice is looked for, on a grid of so many pixels to a unit.
_LONG: Final = 20_000
_PIXELS: Final = 450.0
# At most so many points before the head are looked at to see where a glow begins.
_GLOW_POINTS: Final = 400
_GROUND: Final = Square(1.0)


class WeightsPath(Protocol):
    """Anything with the weights ``w`` (n + 1, 2) of a run: row t after t updates."""

    @property
    def w(self) -> NDArray[np.float64]: ...


PathT = TypeVar("PathT", bound=WeightsPath)


class Spot(NamedTuple):
    """A point of the surface in a picture: its pixel, and whether it is seen or hidden."""

    x: float
    y: float
    seen: bool


class LaidPath(Generic[PathT]):
    """The path of one run on the surface.

    ``points`` (m, 3) are x, y, z with rows of nan where the path is interrupted, ``at`` (m,) the
    step at which the path is there, rising. It is cut at the border of the window, and where it
    is long, what would be drawn twice is left out. With a ``stride`` it is a quick sketch, which
    knows only every so many-th step.
    """

    def __init__(self, path: PathT, relief: Relief, stride: int = 1) -> None:
        self.path = path
        self.relief = relief
        with np.errstate(all="ignore"):
            w = np.asarray(path.w, dtype=np.float64).reshape(-1, 2)[::stride]
            ground = relief.ground(w)
        finite = np.asarray(np.isfinite(ground).all(axis=1))
        # A run that diverged ends where its weights were last finite.
        ends = not finite.all()
        row = int(np.argmin(finite)) - 1 if ends else len(finite) - 1
        self.last = row * stride if ends else len(path.w) - 1
        points, steps = [np.empty((0, 2))], [np.empty(0)]
        for at, piece in _pieces(ground[: row + 1]):
            some, when = _followed(piece, at)
            points += [some, np.full((1, 2), np.nan)]
            steps += [when, when[-1:]]
        ground, self.at = np.concatenate(points), np.concatenate(steps) * stride
        there = np.isfinite(ground[:, 0])
        heights = np.full(len(ground), np.nan)
        heights[there] = relief.at(ground[there, 0], ground[there, 1])
        self.points = np.column_stack((ground, heights))

    def head(self, step: int) -> Floats | None:
        """The x, y, z (1, 3) at ``step``; None outside the window or where there is no surface."""
        index = min(step, self.last)
        if index < 0:
            return None
        place = self.relief.ground(np.asarray(self.path.w[index : index + 1], dtype=np.float64))
        if np.abs(place).max() > 1.0:
            return None
        point: Floats = np.column_stack((place, self.relief.at(place[:, 0], place[:, 1])))
        return point if np.isfinite(point).all() else None


def _pieces(ground: Floats) -> Iterator[tuple[Floats, Floats]]:
    """The steps (n,) and the points (n, 2) of the lines inside the window."""
    for piece in inside_pieces(ground, _GROUND):
        if len(piece.points) <= _LONG:
            at = np.floor(piece.start) + np.arange(len(piece.points))
            at[0] = piece.start
            yield at, piece.points
            continue
        scaled = Piece(piece.points * _PIXELS, np.floor(piece.start))
        for steps, points in Skeleton(scaled).stretches(0, len(ground)):
            yield steps.astype(np.float64), points / _PIXELS


def _followed(points: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Leave out what is too short to be seen and divide what is too long to follow the surface."""
    length = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.empty(0)
    if length.size > 1:
        bucket = np.floor(np.concatenate(([0.0], np.cumsum(length))) / _FINEST)
        keep = np.concatenate(([True], np.diff(bucket) > 0.0))
        keep[-1] = True
        points, at = points[keep], at[keep]
        length = np.hypot(*np.diff(points, axis=0).T)
    pieces = np.clip(np.ceil(length / _LONGEST), 1, _MOST_PIECES).astype(np.intp)
    segment = np.repeat(np.arange(len(pieces)), pieces)
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (np.arange(len(segment)) - first) / pieces[segment]
    between = points[segment] + (points[segment + 1] - points[segment]) * share[:, None]
    when = at[segment] + (at[segment + 1] - at[segment]) * share
    return np.concatenate((between, points[-1:])), np.concatenate((when, at[-1:]))


class SeenPath(Generic[PathT]):
    """A laid path before one camera: its pixels, and what of it the surface hides.

    ``quick`` looks at fewer points and leaves out movements below two pixels.
    """

    def __init__(self, laid: LaidPath[PathT], view: Projection, quick: bool = False) -> None:
        self.laid, self.path = laid, laid.path
        self._finest = 2.0 if quick else 0.5
        self.view = view
        self.pixels = view.pixels(laid.points)
        self.seen = unhidden(laid.points, laid.relief, view, _QUICK if quick else _CAREFUL)

    def head(self, step: int) -> Spot | None:
        """Where the path is at ``step``."""
        return head_of(self.laid, self.view, step)

    def lines(self, first: float, last: float, hidden: bool = False) -> list[Floats]:
        """What is seen (or ``hidden``) of the path between two steps, as lines (n, 2) of pixels."""
        return [self.line(*run) for run in self.runs(first, last, hidden)]

    def line(self, begin: int, end: int) -> Floats:
        """The pixels (n, 2) of a range of points, without those that could not be seen."""
        return simplified(thinned(self.pixels[begin:end], self._finest))

    def runs(self, first: float, last: float, hidden: bool) -> list[tuple[int, int]]:
        """Index ranges of unbroken lines between two steps that are seen, or hidden."""
        at = self.laid.at
        begin = max(0, int(np.searchsorted(at, first, side="right")) - 1)
        end = int(np.searchsorted(at, last, side="right"))
        if end - begin < 2:
            return []
        there = np.isfinite(self.pixels[begin:end, 1])
        # A segment belongs to what its first point is.
        wanted = there[:-1] & there[1:] & (self.seen[begin : end - 1] != hidden)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False]))))
        return [(begin + int(a), begin + int(b) + 1) for a, b in edges.reshape(-1, 2)]


def head_of(laid: LaidPath[PathT], view: Projection, step: int) -> Spot | None:
    """Where a path is at ``step``; None outside the window or where there is no surface."""
    point = laid.head(step)
    return None if point is None else _spots(point, laid.relief, view)[0]


def glow_begin(
    laid: LaidPath[PathT], view: Projection, step: int, head: Spot, reach: float
) -> float:
    """The step from which on a path stays within ``reach`` pixels of its head at ``step``."""
    end = int(np.searchsorted(laid.at, step, side="right"))
    begin = max(0, end - _GLOW_POINTS)
    if end <= begin:
        return float(step)
    away = view.pixels(laid.points[begin:end]) - (head.x, head.y)
    with np.errstate(invalid="ignore"):
        far = np.flatnonzero(np.hypot(away[:, 0], away[:, 1]) > reach)
    return float(laid.at[begin + (int(far[-1]) if far.size else 0)])


def spots_at(places: Floats, relief: Relief, view: Projection) -> list[Spot]:
    """Where points (n, 2) given as w1, w2 appear; those outside the window are left out."""
    if places.size == 0:
        return []
    ground = relief.ground(places)
    ground = ground[(np.abs(ground) <= 1.0).all(axis=1)]
    points = np.column_stack((ground, relief.at(ground[:, 0], ground[:, 1])))
    return _spots(points[np.isfinite(points[:, 2])], relief, view)


def _spots(points: Floats, relief: Relief, view: Projection) -> list[Spot]:
    seen = unhidden(points, relief, view, max(1, len(points)))
    return [
        Spot(float(x), float(y), bool(shown))
        for (x, y), shown in zip(view.pixels(points), seen, strict=True)
    ]
