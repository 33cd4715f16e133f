"""What a picture of a loss surface needs: a robust view of the grid, levels, lines, shading.

Everything here is a pure function of arrays, so it can run in a worker and serve the window, an
exported figure and the 3D surface alike. A grid is indexed ``[i, j]`` with ``w2[i]`` and ``w1[j]``:
rows run along w2, columns along w1, as contour programs and images expect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LevelScale = Literal["log", "linear"]
Window = tuple[tuple[float, float], tuple[float, float]]
GridFunction = Callable[[Floats, Floats], object]

# A tail further out than this many times the range that holds 99 % of the grid is cut off:
# a pole of a formula must not flatten everything else.
_TAIL: Final = 30.0
# Arithmetic on the range itself (high - low, squares) has to stay finite.
_HUGE: Final = 1e150
# The share of the window that lies below the lowest logarithmic level.
_LOWEST_SHARE: Final = 0.0015
# Logarithmic levels never reach further down than this share of the whole range.
_LOWEST_RATIO: Final = 1e-9


@dataclass(frozen=True, eq=False)
class FiniteView:
    """A grid made safe to draw.

    ``values`` has the grid's shape and lies within ``low`` … ``high``; where the grid was not
    finite, ``mask`` is True (``count`` such places) and the value is ``low`` for -inf and ``high``
    for +inf and nan.
    """

    values: Floats
    low: float
    high: float
    mask: NDArray[np.bool_]
    count: int

    @property
    def span(self) -> float:
        """``high - low``; 0 for a constant surface."""
        return self.high - self.low


@dataclass(frozen=True)
class Shading:
    """How losses become shares 0 … 1 of a colour map, lowest first; see :func:`shading`."""

    scale: LevelScale
    low: float
    high: float
    floor: float

    def share(self, values: Floats) -> Floats:
        """The share of the colour map of each loss, any shape; 0.5 if the surface is constant."""
        if not self.high > self.low or (self.scale == "log" and self.floor <= 0.0):
            return np.full(np.shape(values), 0.5)
        above = np.clip(values, self.low, self.high) - self.low
        if self.scale == "linear":
            return np.asarray(above / (self.high - self.low))
        top = np.log1p((self.high - self.low) / self.floor)
        return np.asarray(np.clip(np.log1p(above / self.floor) / top, 0.0, 1.0))


@dataclass(frozen=True, eq=False)
class ContourLines:
    """Contour lines: ``lines[k]`` is an (n, 2) array of w1, w2 at ``levels[level_index[k]]``."""

    levels: Floats
    lines: tuple[Floats, ...]
    level_index: NDArray[np.int_]


@dataclass(frozen=True, eq=False)
class SurfacePicture:
    """Everything a view draws of a surface on one window.

    ``w1`` (columns,) and ``w2`` (rows,) are the axes, ``loss`` (rows, columns) the values as the
    formula gives them, ``finite`` the same made safe to draw, ``shading`` the colour of each place
    as a share 0 … 1 of the colour map on the same scale as the levels of ``contours``, and
    ``colors`` tells that share for any other loss.
    """

    window: Window
    w1: Floats
    w2: Floats
    loss: Floats
    finite: FiniteView
    shading: Floats
    colors: Shading
    contours: ContourLines


def finite_view(z: object) -> FiniteView:
    """Make a safe view of the grid ``z``, any shape; it may hold nan and ±inf, or nothing finite.

    The range is that of the finite values, without a tail that lies further out than 30 times the
    range in which 99 % of them are.
    """
    grid = np.asarray(z, dtype=np.float64)
    finite = np.isfinite(grid)
    count = grid.size - int(np.count_nonzero(finite))
    low, high = _robust_range(grid[finite] if count else grid.ravel())
    filled = np.where(np.isnan(grid), high, grid) if count else grid
    values = np.clip(filled, low, high)
    return FiniteView(_frozen(values), low, high, _frozen_mask(~finite), count)


def _robust_range(values: Floats) -> tuple[float, float]:
    if values.size == 0:
        return 0.0, 0.0
    values = np.clip(values, -_HUGE, _HUGE)
    low, high = float(values.min()), float(values.max())
    bottom, top = (float(q) for q in np.quantile(_sample(values), (0.005, 0.995)))
    reach = _TAIL * (top - bottom)
    if reach > 0.0:
        low, high = max(low, bottom - reach), min(high, top + reach)
    return low, high


def _sample(values: Floats) -> Floats:
    # Shares of the window need no more: a prime stride does not fall in step with the rows.
    return values[::7] if values.size > 50_000 else values


def _limited(view: FiniteView, limit: float | None) -> FiniteView:
    """The view cut off at a loss; a limit below everything is none."""
    if limit is None or not view.low < limit < view.high:
        return view
    return replace(view, values=_frozen(np.minimum(view.values, limit)), high=limit)


def base_of(view: FiniteView, minimum: float | None = None) -> float:
    """The value logarithms are measured from: the known minimum, or the grid's when lower."""
    if minimum is None or not np.isfinite(minimum) or view.low < minimum:
        return view.low
    # A minimum far below this window would make the logarithm flat; then the window's own counts.
    return float(minimum) if view.low - minimum <= view.span else view.low


def _log_floor(view: FiniteView, base: float) -> float:
    """The height above ``base`` at which logarithmic levels begin; > 0 unless constant."""
    heights = _sample(view.values[~view.mask] if view.count else view.values.ravel()) - base
    heights = heights[heights > 0.0]
    if heights.size == 0:
        return 0.0
    floor = float(np.quantile(heights, _LOWEST_SHARE))
    return max(floor, (view.high - base) * _LOWEST_RATIO)


def contour_levels(
    view: FiniteView, count: int, scale: LevelScale, minimum: float | None = None
) -> Floats:
    """Choose at most ``count`` (>= 0) increasing levels strictly inside the range of ``view``.

    "linear" spaces them evenly in E, "log" evenly in log(E - E_min), so that valleys show;
    E_min is ``minimum`` when given and not above the grid. Empty for a constant surface.
    """
    if count <= 0 or view.span <= 0.0:
        return _frozen(np.empty(0))
    if scale == "linear":
        levels = np.linspace(view.low, view.high, count + 2)[1:-1]
    else:
        base = base_of(view, minimum)
        floor, top = _log_floor(view, base), view.high - base
        if not 0.0 < floor < top:
            return _frozen(np.empty(0))
        levels = base + np.geomspace(floor, top, count + 1)[:-1]
    inside = (levels > view.low) & (levels < view.high)
    return _frozen(np.unique(levels[inside]))


def contour_lines(w1: Floats, w2: Floats, z: object, levels: Floats) -> ContourLines:
    """Trace the lines of ``z`` (rows along ``w2``, columns along ``w1``) at ``levels``.

    Places that are not finite are left open; a grid smaller than 2 x 2 has no lines.
    """
    grid = np.ma.masked_invalid(np.asarray(z, dtype=np.float64))
    if min(grid.shape) < 2 or len(levels) == 0:
        return ContourLines(_frozen(np.array(levels)), (), np.empty(0, dtype=np.int_))
    import contourpy  # with the first lines, not before the window is drawn

    generator = contourpy.contour_generator(
        w1, w2, grid, name="serial", line_type=contourpy.LineType.Separate
    )
    lines: list[Floats] = []
    owner: list[int] = []
    for index, level in enumerate(levels):
        found = generator.lines(float(level))
        lines += [np.asarray(line, dtype=np.float64) for line in found]
        owner += [index] * len(found)
    return ContourLines(_frozen(np.array(levels)), tuple(lines), np.array(owner, dtype=np.int_))


def shading(view: FiniteView, scale: LevelScale, minimum: float | None = None) -> Shading:
    """Choose how the losses of ``view`` are coloured.

    "log" uses log(1 + (E - E_min) / floor), which goes smoothly to 0 at the minimum; floor is
    where the logarithmic levels begin, so that image and contour lines tell the same story.
    """
    if scale == "linear":
        return Shading(scale, view.low, view.high, 0.0)
    base = base_of(view, minimum)
    return Shading(scale, base, view.high, _log_floor(view, base))


def shade(view: FiniteView, scale: LevelScale, minimum: float | None = None) -> Floats:
    """Give each place its share 0 … 1 of the colour map; 0.5 everywhere when constant."""
    return _frozen(shading(view, scale, minimum).share(view.values))


def surface_picture(
    grid_function: GridFunction,
    window: Window,
    resolution: int | tuple[int, int],
    scale: LevelScale,
    count: int,
    minimum: float | None = None,
    finer: int = 1,
    limit: float | None = None,
) -> SurfacePicture:
    """Compute everything to draw of a surface on ``window`` = ((w1 low, high), (w2 low, high)).

    ``grid_function(w1, w2)`` gets two arrays (rows, columns) and returns the losses, or a number
    for a constant surface. ``resolution`` is the number of points along both axes, or (along w1,
    along w2). ``count`` is the number of levels, ``minimum`` the lowest loss that is known.
    With ``finer`` > 1 each cell is divided into so many along both axes, which changes neither
    the levels nor the colours.  Losses above ``limit`` are drawn as if they were that.
    Raises ValueError for a window that is empty, reversed or not finite, or fewer than 2 points.
    """
    columns, rows = (resolution, resolution) if isinstance(resolution, int) else resolution
    limits = np.asarray(window, dtype=np.float64)
    if limits.shape != (2, 2) or not np.isfinite(limits).all():
        raise ValueError(f"the window {window} is not two finite ranges")
    if not (limits[:, 0] < limits[:, 1]).all():
        raise ValueError(f"the window {window} is empty or reversed")
    if min(columns, rows) < 2:
        raise ValueError(f"a picture needs 2 points along each axis, not {columns} x {rows}")
    columns, rows = finer * (columns - 1) + 1, finer * (rows - 1) + 1
    w1 = np.linspace(limits[0, 0], limits[0, 1], columns)
    w2 = np.linspace(limits[1, 0], limits[1, 1], rows)
    with np.errstate(all="ignore"):
        answer = np.asarray(grid_function(*np.meshgrid(w1, w2)), dtype=np.float64)
    loss = np.array(np.broadcast_to(answer, (rows, columns)))
    view = _limited(finite_view(loss), limit)
    usual = _limited(finite_view(loss[::finer, ::finer]), limit) if finer > 1 else view
    if usual is not view:
        values = _frozen(np.clip(view.values, usual.low, usual.high))
        view = replace(view, values=values, low=usual.low, high=usual.high)
    levels = contour_levels(usual, count, scale, minimum)
    colors = shading(usual, scale, minimum)
    drawable = np.where(view.mask, np.nan, view.values) if view.count else view.values
    return SurfacePicture(
        window=((float(w1[0]), float(w1[-1])), (float(w2[0]), float(w2[-1]))),
        w1=_frozen(w1),
        w2=_frozen(w2),
        loss=_frozen(loss),
        finite=view,
        shading=_frozen(colors.share(view.values)),
        colors=colors,
        contours=contour_lines(w1, w2, drawable, levels),
    )


def _frozen(array: Floats) -> Floats:
    array.setflags(write=False)
    return array


def _frozen_mask(array: NDArray[np.bool_]) -> NDArray[np.bool_]:
    array.setflags(write=False)
    return array
