"""The image of a surface, computed pixel by pixel in NumPy.

With a parallel projection each column of pixels shows one straight cut through the surface. Along
that cut, from the front to the back, the highest point so far is the visible horizon: a pixel shows
the first place where the horizon reaches it. Counting, for every pixel, the samples whose horizon
lies below it finds that place for the whole image at once, with one histogram and one cumulative
sum. Below the front edge the same holds upside down and shows the lower side of the surface.

Each pixel then knows its exact place on the ground, so colours, light and lines are computed there
and stay sharp at every zoom. All arithmetic is float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.surface3d.camera import Projection
from optlab.pictures.surface3d.lines import line_tones
from optlab.pictures.surface3d.relief import Relief, Singles, sampled
from optlab.pictures.surface3d.shades import Shades

Indices = NDArray[np.int32]

_F: Final = np.float32
_FAR: Final = 1e6
# The image is made in blocks of about so many pixels: what a block needs stays in fast memory.
_BLOCK: Final = 60_000


@dataclass(frozen=True, eq=False)
class Cuts:
    """The cuts through the surface that the columns of pixels show.

    ``columns`` (c,) are the columns of pixels that meet the surface, ``p``, ``q0``, ``dq`` (c,)
    where their cuts lie, begin and step; ``z`` (c, k) the heights along the cuts and ``rows``
    (c, k) the rows of pixels, counted upwards, in which they appear. A pixel is a row's integer.
    """

    columns: NDArray[np.intp]
    p: Singles
    q0: Singles
    dq: Singles
    z: Singles
    rows: Singles


@dataclass(frozen=True, eq=False)
class Hits:
    """What the pixels see: flat index (column among the cuts, row), the place, which side."""

    pixel: NDArray[np.intp]
    x: Singles
    y: Singles
    z: Singles
    below: NDArray[np.bool_]


def render(
    relief: Relief, view: Projection, shades: Shades, magnified: float = 1.0, lines: bool = True
) -> NDArray[np.uint32]:
    """Draw the surface: packed ARGB (rows, columns), transparent where there is none.

    ``magnified`` pixels of the image make one pixel of the widget that ``view`` is for, so 2 with
    later averaging gives smooth edges.
    """
    large = view.magnified(magnified)
    width, height = max(1, round(large.width)), max(1, round(large.height))
    image = np.zeros((width, height), dtype=np.uint32)
    light = relief.light(large)
    block = max(1, _BLOCK // height)
    for first in range(0, width, block):
        cuts = _cut(relief, large, range(first, min(first + block, width)), height)
        if cuts is None:
            continue
        hits = _look(cuts, large, height, relief.has_holes)
        share = _shares(hits, relief)
        tone = sampled(light, hits.x, hits.y) * _F(shades.light)
        tone += hits.below * _F(shades.under)
        if lines:
            tone += line_tones(relief, large, shades, magnified, hits.x, hits.y, share)
        part = np.zeros(len(cuts.columns) * height, dtype=np.uint32)
        part[hits.pixel] = shades.colored(share, tone)
        image[cuts.columns] = part.reshape(-1, height)
    return np.ascontiguousarray(image.T[::-1])


def _cut(relief: Relief, view: Projection, some: range, height: int) -> Cuts | None:
    p = ((np.array(some) + 0.5 - view.x0) / view.scale).astype(_F)
    begin, end = _inside(p, view)
    # Only depths that can come to lie in the image, whatever their height.
    lift = relief.reach * view.cos_e
    lowest, highest = (view.y0 - height) / view.scale, view.y0 / view.scale
    np.maximum(begin, _F((lowest - lift) / view.sin_e), out=begin)
    np.minimum(end, _F((highest + lift) / view.sin_e), out=end)
    met = np.flatnonzero(end > begin)
    if met.size == 0:
        return None
    p, begin, end = p[met], begin[met], end[met]
    longest = float((end - begin).max())
    count = int(min(max(longest * view.scale * 0.72, 96.0), 720.0))
    step = (end - begin) / _F(count - 1)
    q = np.asarray(begin[:, None] + step[:, None] * np.arange(count, dtype=_F), _F)
    z = sampled(relief.heights, *_ground(p[:, None], q, view))
    rows = q * _F(view.sin_e * view.scale) + z * _F(view.cos_e * view.scale)
    rows += _F(height - view.y0 - 0.5)
    return Cuts(met + some.start, p, begin, step, z, rows)


def _inside(p: Singles, view: Projection) -> tuple[Singles, Singles]:
    """Where the cuts at ``p`` enter and leave the ground; they miss it where end <= begin."""
    begin, end = np.full(len(p), -_FAR, dtype=_F), np.full(len(p), _FAR, dtype=_F)
    for along, slope in ((view.cos_a, -view.sin_a), (view.sin_a, view.cos_a)):
        # -1 <= p * along + q * slope <= 1
        fixed = p * _F(along)
        if abs(slope) < 1e-6:
            end[np.abs(fixed) > 1.0] = -_FAR
            continue
        one, other = (-1 - fixed) / _F(slope), (1 - fixed) / _F(slope)
        np.maximum(begin, np.minimum(one, other), out=begin)
        np.minimum(end, np.maximum(one, other), out=end)
    return begin, end


def _look(cuts: Cuts, view: Projection, height: int, holes: bool) -> Hits:
    """Find the first place along its cut that each pixel sees."""
    rows = cuts.rows
    above = _horizon(np.fmax.accumulate(rows, axis=1), height, upwards=True)
    below = _horizon(np.fmin.accumulate(rows, axis=1), height, upwards=False)
    top = _seen(above, rows, holes)
    under = _seen(below, rows, holes) & ~top
    seen_top, seen_under = np.flatnonzero(top), np.flatnonzero(under)
    pixel = np.concatenate((seen_top, seen_under))
    sample = np.concatenate((above.ravel()[seen_top], below.ravel()[seen_under]))
    column, row = np.divmod(pixel, height)
    place = column * rows.shape[1] + sample
    flat, heights = rows.ravel(), cuts.z.ravel()
    before = flat.take(place - 1)
    share = (row.astype(_F) - before) / (flat.take(place) - before)
    low = heights.take(place - 1)
    z = low + (heights.take(place) - low) * share
    q = cuts.q0.take(column) + cuts.dq.take(column) * (sample.astype(_F) - 1 + share)
    x, y = _ground(cuts.p.take(column), q, view)
    return Hits(pixel, x, y, z, np.arange(pixel.size) >= seen_top.size)


def _horizon(reached: Singles, height: int, upwards: bool) -> Indices:
    """For every pixel (column, row) the number of samples before the first that reaches it.

    ``reached`` (columns, samples) rises along each cut when ``upwards``, else it falls.
    """
    columns, samples = reached.shape
    if upwards:
        bounds = np.floor(np.nan_to_num(reached, nan=-1.0)) + 1  # rows up to here are reached
    else:
        bounds = np.ceil(np.nan_to_num(reached, nan=_FAR))  # rows from here on are reached
    index = np.clip(bounds, 0, height).astype(np.int32)
    index += (np.arange(columns, dtype=np.int32) * (height + 1))[:, None]
    counted = np.bincount(index.ravel(), minlength=columns * (height + 1))
    total = np.cumsum(counted.reshape(columns, height + 1), axis=1, dtype=np.int32)
    before = total[:, :height] if upwards else samples - total[:, :height]
    return np.ascontiguousarray(before)


def _seen(first: Indices, rows: Singles, holes: bool) -> NDArray[np.bool_]:
    """Whether the surface is there just before the sample that reaches a pixel, and at it."""
    samples = rows.shape[1]
    seen = (first > 0) & (first < samples)
    if holes:
        there = np.isfinite(rows)
        joined = np.zeros((rows.shape[0], samples + 1), dtype=np.bool_)
        joined[:, 1:samples] = there[:, 1:] & there[:, :-1]
        seen &= np.take_along_axis(joined, first.astype(np.intp), axis=1)
    return np.asarray(seen, np.bool_)


def _ground(p: Singles, q: Singles, view: Projection) -> tuple[Singles, Singles]:
    cos_a, sin_a = _F(view.cos_a), _F(view.sin_a)
    return p * cos_a - q * sin_a, p * sin_a + q * cos_a


def _shares(hits: Hits, relief: Relief) -> Singles:
    """The share 0 … 1 of the colours at the places that are seen."""
    if relief.colors_follow_height:
        return np.asarray(np.clip(hits.z * _F(0.5 / relief.reach) + _F(0.5), 0, 1), _F)
    return sampled(relief.shading, hits.x, hits.y)
