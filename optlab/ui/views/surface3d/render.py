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

from optlab.ui.views.surface3d.camera import Projection
from optlab.ui.views.surface3d.palette import TONES, Palette
from optlab.ui.views.surface3d.relief import Relief, Singles, sampled

Indices = NDArray[np.int32]

_F: Final = np.float32
_CELLS: Final = 20  # of the mesh, along each axis
_FAR: Final = 1e6
# A line is this wide, in pixels of the widget, and gives way when lines come this close.
_LINE: Final = 1.0
_CROWDED: Final = 7.0


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
    p: Singles
    q: Singles
    z: Singles
    below: NDArray[np.bool_]


def render(
    relief: Relief, view: Projection, palette: Palette, magnified: float = 1.0, lines: bool = True
) -> NDArray[np.uint32]:
    """Draw the surface: packed ARGB (rows, columns), transparent where there is none.

    ``magnified`` pixels of the image make one pixel of the widget that ``view`` is for, so 2 with
    later averaging gives smooth edges.
    """
    large = view.magnified(magnified)
    width, height = max(1, round(large.width)), max(1, round(large.height))
    image = np.zeros((width, height), dtype=np.uint32)
    cuts = _cut(relief, large, width, height)
    if cuts is not None:
        hits = _look(cuts, height, relief.has_holes)
        part = np.zeros(len(cuts.columns) * height, dtype=np.uint32)
        part[hits.pixel] = _paint(hits, relief, large, palette, _LINE * magnified, lines)
        image[cuts.columns] = part.reshape(-1, height)
    return np.ascontiguousarray(image.T[::-1])


def _cut(relief: Relief, view: Projection, width: int, height: int) -> Cuts | None:
    p = ((np.arange(width) + 0.5 - view.x0) / view.scale).astype(_F)
    begin, end = _inside(p, view)
    # Only depths that can come to lie in the image, whatever their height.
    lift = relief.reach * view.cos_e
    lowest, highest = (view.y0 - height) / view.scale, view.y0 / view.scale
    np.maximum(begin, _F((lowest - lift) / view.sin_e), out=begin)
    np.minimum(end, _F((highest + lift) / view.sin_e), out=end)
    columns = np.flatnonzero(end > begin)
    if columns.size == 0:
        return None
    p, begin, end = p[columns], begin[columns], end[columns]
    longest = float((end - begin).max())
    count = int(min(max(longest * view.scale * 0.72, 96.0), 720.0))
    step = (end - begin) / _F(count - 1)
    q = begin[:, None] + step[:, None] * np.arange(count, dtype=_F)
    x = p[:, None] * _F(view.cos_a) - q * _F(view.sin_a)
    y = p[:, None] * _F(view.sin_a) + q * _F(view.cos_a)
    z = sampled(relief.heights, x.astype(_F, copy=False), y.astype(_F, copy=False))
    rows = q * _F(view.sin_e * view.scale) + z * _F(view.cos_e * view.scale)
    rows += _F(height - view.y0 - 0.5)
    return Cuts(columns, p, begin, step, z, rows)


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


def _look(cuts: Cuts, height: int, holes: bool) -> Hits:
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
    return Hits(pixel, cuts.p.take(column), q, z, np.arange(pixel.size) >= seen_top.size)


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
    return seen


def _paint(
    hits: Hits, relief: Relief, view: Projection, palette: Palette, width: float, lines: bool
) -> NDArray[np.uint32]:
    cos_a, sin_a = _F(view.cos_a), _F(view.sin_a)
    x, y = hits.p * cos_a - hits.q * sin_a, hits.p * sin_a + hits.q * cos_a
    if relief.colors_follow_height:
        share = hits.z * _F(0.5 / relief.reach) + _F(0.5)
    else:
        share = sampled(relief.shading, x, y)
    tone = sampled(relief.light(view), x, y) * _F(palette.light) + _F(TONES / 2)
    tone += hits.below * _F(palette.under)
    if lines:
        tone += _lines(relief, view, palette, width, x, y, share)
    np.clip(tone, 0, TONES - 1, out=tone)
    np.clip(share, 0.0, 1.0, out=share)
    index = (share * _F(255) + _F(0.5)).astype(np.int32) * TONES
    index += (tone + _F(0.5)).astype(np.int32)
    return palette.packed.take(index, mode="clip")


def _lines(
    relief: Relief,
    view: Projection,
    palette: Palette,
    width: float,
    x: Singles,
    y: Singles,
    share: Singles,
) -> Singles:
    """By how many tones the mesh and the contour lines change each pixel.

    A line is where a quantity is near a line's value; how near in pixels follows from the slope of
    the quantity on the screen, which follows from the slopes of the surface.
    """
    rows, columns = relief.heights.shape
    place = np.rint((y + 1) * _F((rows - 1) / 2)).astype(np.int32).clip(0, rows - 1) * columns
    place += np.rint((x + 1) * _F((columns - 1) / 2)).astype(np.int32).clip(0, columns - 1)
    sx, sy = relief.slope_x.ravel().take(place), relief.slope_y.ravel().take(place)
    cos_a, sin_a, cos_e = _F(view.cos_a), _F(view.sin_a), _F(view.cos_e)
    steep = _F(view.sin_e) + cos_e * (sy * cos_a - sx * sin_a)
    # How far the place moves away (q) when the pixel moves one unit up or to the right.
    q_up = 1 / np.where(np.abs(steep) < 0.02, _F(0.02), steep)
    q_right = -cos_e * (sx * cos_a + sy * sin_a) * q_up
    x_right, x_up = cos_a - sin_a * q_right, -sin_a * q_up
    y_right, y_up = sin_a + cos_a * q_right, cos_a * q_up
    scale = _F(view.scale)
    cell = _F(2 / _CELLS)
    x_slope, y_slope = np.hypot(x_right, x_up) / scale, np.hypot(y_right, y_up) / scale
    mesh = np.maximum(
        _line(_to_whole(x, cell), x_slope, width, cell),
        _line(_to_whole(y, cell), y_slope, width, cell),
    )
    whole = _F(2)
    edge = np.maximum(
        _line(1 - np.abs(x), x_slope, 2 * width, whole),
        _line(1 - np.abs(y), y_slope, 2 * width, whole),
    )
    if not relief.colors_follow_height:
        sx, sy = relief.shade_x.ravel().take(place), relief.shade_y.ravel().take(place)
    else:
        part = _F(0.5 / relief.reach)
        sx, sy = sx * part, sy * part
    slope = np.hypot(sx * x_right + sy * y_right, sx * x_up + sy * y_up) / scale
    table = relief.level_distance
    nearest = table.take((share * _F(len(table) - 1)).astype(np.int32), mode="clip")
    levels = len(relief.picture.contours.levels)
    level = _line(nearest, slope, width, _F(1 / max(1, levels)))
    return np.asarray(mesh * _F(palette.mesh) + level * _F(palette.level) + edge * _F(palette.edge))


def _to_whole(values: Singles, cell: np.float32) -> Singles:
    """How far values lie from the nearest multiple of ``cell`` counted from -1."""
    cells = (values + 1) / cell
    return np.abs(cells - np.rint(cells)) * cell


def _line(distance: Singles, slope: Singles, width: float, spacing: np.float32) -> Singles:
    """Coverage 0 … 1 of pixels by lines of ``width`` pixels; it fades where they crowd."""
    slope = np.maximum(slope, _F(1e-9))
    covered = np.clip(_F(width / 2 + 0.5) - distance / slope, 0, 1)
    apart = spacing / slope * _F(1 / (_CROWDED * width))
    return covered * np.minimum(apart, 1)
