"""A path in the units of a plot: the part up to a step, where it leaves the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from optlab.pictures.items import Floats, Glow, Line, Point
from optlab.pictures.places import Frame, Places
from optlab.pictures.polyline import (
    LONG,
    Crossing,
    Skeleton,
    crossings,
    inside_pieces,
    simplified,
    thinned,
)
from optlab.pictures.theme import mix

_STRETCHES: Final = 200
_FAINTEST: Final = 0.15
GLOW: Final = 150.0
"""The path brightens over so many units towards the current step."""
_GLOW_POINTS: Final = 400
# Lines are cut a little outside the border, so that their ends are not seen.
_BEYOND: Final = 16.0
_MOST_MARKS: Final = 40
_FAR: Final = 1e6


@dataclass(frozen=True, eq=False)
class PathDrawing:
    """The path of one run: ``w`` (n + 1, 2), row t the weights after t updates.

    ``color`` is ``#rrggbb``, ``style`` one of ``LINE_STYLES``. Rows that are not finite are not
    drawn; rows of any size are.  On a plane ``nearness`` (n + 1,) is 1 for steps on it and less
    away from it, where the colour fades to ``far``.  One that is ``faint`` is another seed of a
    run: only its course is drawn.
    """

    run_id: str
    color: str
    w: Floats
    style: str = "solid"
    visible: bool = True
    selected: bool = False
    nearness: Floats | None = None
    far: str = ""
    faint: bool = False

    def faded(self, color: str, chunk: int) -> str:
        """A colour on a stretch of steps, as near to the plane as these are."""
        shares = self._shares
        return color if shares is None else mix(color, self.far, 1.0 - float(shares[chunk]))

    @property
    def chunk(self) -> int:
        """Steps of a stretch that has one colour."""
        return max(1, -(-len(self.w) // _STRETCHES))

    @cached_property
    def _shares(self) -> Floats | None:
        if self.nearness is None:
            return None
        known = np.nan_to_num(self.nearness, nan=0.0)
        means = np.add.reduceat(known, np.arange(0, len(known), self.chunk))
        counts = np.minimum(self.chunk, len(known) - np.arange(0, len(known), self.chunk))
        # In few tones: what is drawn alike is one line.
        return np.asarray(_FAINTEST + (1 - _FAINTEST) * np.rint(means / counts * 12) / 12)


class Trace:
    """The path of one run in one plot; made anew when either changes.

    With a ``stride`` it is a quick sketch: only every so many-th step has a corner, and where the
    path leaves is not known yet.
    """

    def __init__(self, path: PathDrawing, places: Places, stride: int = 1) -> None:
        self.path, self.places, self.stride = path, places, stride
        points = np.asarray(path.w, dtype=np.float64).reshape(-1, 2)[::stride]
        self.pixels: Floats = places.pixels(points)
        self._cut: Frame = places.frame.grown(_BEYOND)
        finite = np.asarray(np.isfinite(self.pixels).all(axis=1))
        # A run that diverged ends where its weights were last finite.
        ends = not finite.all()
        self.last = (int(np.argmin(finite)) - 1) * stride if ends else len(path.w) - 1
        self.exits = crossings(self.pixels, places.frame)[:_MOST_MARKS] if stride == 1 else []
        self._along: Floats | None = None
        self._whole: list[tuple[float, Floats]] | None = None
        self._skeletons: list[Skeleton] | None = None
        self._glow = (-1, 0)

    def prepare(self) -> Trace:
        """Works out what a long path takes to be drawn; for a worker."""
        if self.last > LONG * self.stride:
            self._reduced()
        return self

    @property
    def width(self) -> float:
        """The width of the line."""
        return 2.8 if self.path.selected else 2.2

    def head(self, step: int) -> Point | None:
        """The place of the weights at ``step``, None when outside the window."""
        index = min(step, self.last)
        if index < 0:
            return None
        pixel = self.places.pixels(np.asarray(self.path.w[index : index + 1], dtype=np.float64))
        x, y = (float(value) for value in np.clip(pixel[0], -_FAR, _FAR))
        return (x, y) if self.places.frame.grown(0.5).has_point((x, y)) else None

    def exits_until(self, step: int, after: int = -1) -> list[Crossing]:
        """The places where the path left during the updates ``after`` + 1 … ``step``."""
        return [crossing for crossing in self.exits if after < crossing.step <= step]

    def stroke(
        self,
        first: int,
        last: int,
        color: str,
        width: float,
        alpha: float = 1.0,
        solid: bool = False,
        glow: Glow | None = None,
    ) -> list[Line]:
        """The path from step ``first`` to ``last``."""
        if self.path.nearness is not None and not solid:
            lines: list[Line] = []
            for begin, end, faded in self._tones(max(0, first), min(last, self.last), color):
                lines += self._stroke(begin, end, faded, width, alpha, solid, glow)
            return lines
        return self._stroke(first, last, color, width, alpha, solid, glow)

    def _tones(self, first: int, last: int, color: str) -> Iterator[tuple[int, int, str]]:
        """The steps between two, in stretches of one colour."""
        size = self.path.chunk
        begin, tone = first, self.path.faded(color, first // size)
        for at in range((first // size + 1) * size, last, size):
            following = self.path.faded(color, at // size)
            if following != tone:
                yield begin, at, tone
                begin, tone = at, following
        yield begin, last, tone

    def _stroke(
        self,
        first: int,
        last: int,
        color: str,
        width: float,
        alpha: float,
        solid: bool,
        glow: Glow | None,
    ) -> list[Line]:
        first, last = max(0, first) // self.stride, min(last, self.last) // self.stride
        if last <= first:
            return []
        style = "solid" if solid else self.path.style
        if last - first > LONG:
            # In its reduced form and as one shape: it never covers itself.
            lines = tuple(line for part in self._reduced() for _, line in part.lines(first, last))
            return [Line(lines, color, width, alpha, style, glow=glow)] if lines else []
        return [
            Line(
                (line,),
                color,
                width,
                alpha,
                style,
                self._length_to(start) if style != "solid" else 0.0,
                glow,
            )
            for start, line in self._lines(first, last)
        ]

    def glow(self, step: int, over: str) -> list[Line]:
        """The stretch before ``step`` in the full colour, fading out backwards ``over`` another."""
        head, last = self.head(step), min(step, self.last)
        if head is None or last < 1:
            return []
        begin = self._glow_begin(last // self.stride) * self.stride
        light = Glow(head, GLOW, over)
        return self.stroke(begin, last, self.path.color, self.width, glow=light)

    def glow_frame(self, step: int) -> Frame | None:
        """Where the glow and the dot at ``step`` can be."""
        head, last = self.head(step), min(step, self.last)
        if head is None or last < 0:
            return None
        row = last // self.stride
        stretch = self.pixels[self._glow_begin(row) : row + 1]
        limits = self.places.frame
        left, top = np.maximum(stretch.min(axis=0), (limits.x0, limits.y0)).tolist()
        right, bottom = np.minimum(stretch.max(axis=0), (limits.x1, limits.y1)).tolist()
        return Frame(left, top, right, bottom).grown(10.0)

    def _reduced(self) -> list[Skeleton]:
        if self._skeletons is None:
            self._skeletons = [Skeleton(piece) for piece in inside_pieces(self.pixels, self._cut)]
        return self._skeletons

    def _glow_begin(self, last: int) -> int:
        """The first row of the glow that ends in row ``last``; a frame asks several times."""
        if self._glow[0] != last:
            self._glow = last, self._find_glow_begin(last)
        return self._glow[1]

    def _find_glow_begin(self, last: int) -> int:
        earliest = max(0, last - _GLOW_POINTS)
        points = self.pixels[earliest : last + 1]
        away = np.hypot(*(np.clip(points, -_FAR, _FAR) - np.clip(points[-1], -_FAR, _FAR)).T)
        far = np.flatnonzero(away > GLOW)
        return earliest + int(far[-1]) if far.size else earliest

    def _lines(self, first: int, last: int) -> list[tuple[float, Floats]]:
        """The visible lines between two steps, each with the step at which it begins."""
        whole = first == 0 and last == self.last // self.stride
        if whole and self._whole is not None:
            return self._whole
        found = [
            (first + piece.start, simplified(thinned(piece.points)))
            for piece in inside_pieces(self.pixels[first : last + 1], self._cut)
        ]
        if whole:
            self._whole = found
        return found

    def _length_to(self, place: float) -> float:
        """Units along the path to ``place`` in steps; what lies far outside counts little."""
        if self._along is None:
            with np.errstate(all="ignore"):
                change = np.diff(np.clip(self.pixels, -1e4, 1e4), axis=0)
                length = np.nan_to_num(np.hypot(*change.T))
            self._along = np.concatenate(([0.0], np.cumsum(length)))
        return float(np.interp(place, np.arange(len(self._along)), self._along))
