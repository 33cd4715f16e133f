"""Curves over the steps, in panes with a common step axis: what is drawn, and over which range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from types import MappingProxyType
from typing import Final

import numpy as np

from optlab.core.analysis.quantities import Quantity
from optlab.core.analysis.seed_bands import band_of
from optlab.core.display import short
from optlab.core.run import Trajectory
from optlab.pictures.charts.ranges import Extent, drawable, extent, height_of, range_of
from optlab.pictures.items import LINE_STYLES, Floats, Item, Line, Shape, marker
from optlab.pictures.places import Places
from optlab.pictures.polyline import column_extremes, simplified, thinned
from optlab.pictures.theme import Theme
from optlab.pictures.ticks import figures
from optlab.session.experiment import Run

_BAND: Final = 0.2
"""The opacity of the band between the quartiles."""
ONCE: Final[Mapping[str, Sequence[Trajectory]]] = MappingProxyType({})
"""No run is repeated over seeds."""
# A plot has fewer half pixels: what lies in one column of so many cannot be told apart.
_COLUMNS: Final = 16_384
# Units a curve may reach beyond its pane before it is cut off: enough to keep its slope.
_BEYOND: Final = 20_000.0
# Half the length of the mark at a switch.
_MARK: Final = 6.0
_EXITS_APART: Final = 14.0
_MOST_EXITS: Final = 6


@dataclass(frozen=True, eq=False)
class CurveDrawing:
    """One curve: ``values`` (n + 1,), entry t belonging to step t; any float, nan leaves a gap.

    ``name`` is the component, such as m₁; equal names in a pane share a legend entry. ``run_name``
    is what the legend calls the run. ``color`` is ``#rrggbb``, ``style`` one of solid, dash, dot,
    dashdot. After the steps ``switches`` its run goes on with another rule or other settings.
    ``band`` are lower and upper quartile
    of a run repeated over seeds, whose median the values are; a ``stepped`` one keeps the value of
    an update during it; ``made`` keeps what is worked out for drawing, by whether the axis is
    logarithmic.
    """

    run_id: str
    name: str
    color: str
    values: Floats
    style: str = "solid"
    run_name: str = ""
    selected: bool = False
    switches: tuple[int, ...] = ()
    band: tuple[Floats, Floats] | None = None
    stepped: bool = False
    made: dict[bool, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False)
class PaneSpec:
    """One pane: its title in words, the symbol of the quantity, its curves and its scale.

    ``key`` tells panes apart when some come and go; what is hidden in a pane stays with its key.
    """

    title: str
    symbol: str
    curves: tuple[CurveDrawing, ...]
    log: bool = False
    key: str = ""


class Curve:
    """A curve on a linear or on a logarithmic axis; made in a worker where it is long.

    ``stretches`` are pieces (steps, heights) between gaps, the heights those of
    :func:`drawable`, which every pixel column of a plot shows as it shows the whole curve.
    """

    def __init__(self, drawing: CurveDrawing, log: bool) -> None:
        self.drawing = drawing
        band = drawing.band
        self.extents: list[Extent] = [extent(values, log) for values in (band or (drawing.values,))]
        self.band = None if band is None else tuple(drawable(edge, log) for edge in band)
        heights = drawable(drawing.values, log)
        self.stretches = [_reduced(heights, *ends) for ends in _stretches(np.isfinite(heights))]
        self._log = log

    def height(self, step: int) -> float:
        """Where the curve is at a step; nan where it has no value that can be drawn."""
        values = self.drawing.values
        return height_of(float(values[step]), self._log) if step < len(values) else nan


def curve(drawing: CurveDrawing, log: bool) -> Curve:
    """The curve of a drawing, made at the first call and kept with the drawing."""
    if log not in drawing.made:
        drawing.made[log] = Curve(drawing, log)
    made = drawing.made[log]
    assert isinstance(made, Curve)
    return made


def _reduced(heights: Floats, first: int, last: int) -> tuple[Floats, Floats]:
    steps = np.arange(first, last, dtype=np.float64)
    column = max(1.0, len(heights) / _COLUMNS)
    return column_extremes(steps, heights[first:last], column)


def _stretches(finite: object) -> list[tuple[int, int]]:
    """First and one-past-last index of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(finite, np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


class Pane:
    """A pane with the curves that are visible; made anew when any of them changes."""

    def __init__(self, spec: PaneSpec, hidden_runs: set[str], hidden_names: set[str]) -> None:
        self.spec = spec
        shown = [
            drawing
            for drawing in spec.curves
            if drawing.run_id not in hidden_runs and drawing.name not in hidden_names
        ]
        self.curves = sorted(shown, key=lambda drawing: drawing.selected)
        self.made = [curve(drawing, spec.log) for drawing in self.curves]
        self.low, self.high = range_of(
            [one for made in self.made for one in made.extents], spec.log
        )

    @classmethod
    def empty(cls) -> Pane:
        """A pane without curves."""
        return cls(PaneSpec("", "", ()), set(), set())

    def values(self, step: int) -> tuple[tuple[str, ...], str]:
        """The values of the selected run at ``step``, the most digits first, and its colour."""
        chosen = [curve for curve in self.curves if curve.selected]
        known = [float(curve.values[step]) for curve in chosen if step < len(curve.values)]
        most = 4 if len(known) == 1 else 3
        texts = [", ".join(figures(value, digits) for value in known) for digits in (most, 2)]
        texts.append(
            ", ".join(short(value, 1) if isfinite(value) else figures(value) for value in known)
        )
        return tuple(texts) if known else (), chosen[0].color if chosen else ""


def pane_spec(
    quantity: Quantity,
    log: bool,
    runs: Sequence[tuple[Run, Trajectory]],
    selected: str,
    theme: Theme,
    repeated: Mapping[str, Sequence[Trajectory]] = ONCE,
) -> PaneSpec:
    """The pane of a quantity with the curves of all runs, or of the selected one.

    Runs that are ``repeated`` over seeds have their median and a band of the quartiles.

    It is linear where a logarithmic scale would leave out a part of a curve.
    """
    curves = tuple(
        CurveDrawing(
            run.id,
            name,
            theme.run(run.color),
            np.asarray(values),
            LINE_STYLES[(index + run.style) % len(LINE_STYLES)],
            run.name,
            run.id == selected,
            tuple(span.first for span in trajectory.spans[1:]),
            band,
            quantity.stepped,
        )
        for run, trajectory in runs
        if quantity.of_all or run.id == selected
        for index, (name, values, band) in enumerate(
            _curves(quantity, trajectory, repeated.get(run.id, ()))
        )
    )
    log = log and not any((drawing.values < 0.0).any() for drawing in curves)
    for drawing in curves:
        curve(drawing, log)
    return PaneSpec(quantity.title, quantity.symbol, curves, log, quantity.key)


def _curves(
    quantity: Quantity, trajectory: Trajectory, repeated: Sequence[Trajectory]
) -> list[tuple[str, Floats, tuple[Floats, Floats] | None]]:
    """The curves of a run by name, with quartiles where it is repeated."""
    curves = quantity.curves(trajectory)
    if len(repeated) < 2:
        return [(name, values, None) for name, values in curves]
    each = [[values for _, values in quantity.curves(path)] for path in repeated]
    found: list[tuple[str, Floats, tuple[Floats, Floats] | None]] = []
    for index, (name, _) in enumerate(curves):
        values = [one[index] for one in each]
        band = band_of(name, repeated, values, quantity.key in ("loss", "excess"))
        found.append((name, band.median, (band.lower, band.upper)))
    return found


def band_items(made: Curve, places: Places, until: float = np.inf) -> list[Shape]:
    """The band around a curve, up to a step."""
    if made.band is None:
        return []
    low, high = made.band
    first, last = places.window[0]
    begin = max(0, int(first) - 1)
    end = min(len(low), int(min(last, until)) + 2)
    stride = max(1, (end - begin) // 2000)
    steps = np.arange(begin, end, stride)
    known = np.isfinite(low[steps]) & np.isfinite(high[steps])
    items = []
    for one, other in _stretches(known):
        part = steps[one:other]
        edges = [places.pixels(np.column_stack((part, edge[part]))) for edge in (low, high)]
        outline = np.concatenate((edges[0], edges[1][::-1]))
        outline[:, 1] = np.clip(outline[:, 1], -_BEYOND, places.height + _BEYOND)
        items.append(Shape(outline, made.drawing.color, _BAND))
    return items


def curve_items(made: Curve, places: Places, until: float = np.inf) -> list[Item]:
    """The curve between the steps that are shown, up to one of them, and where it leaves them."""
    drawing = made.drawing
    width = 1.9 if drawing.selected else 1.5
    first, last = places.window[0]
    items: list[Item] = []
    for steps, heights in made.stretches:
        # One point more at each side, so that the line goes on to the edge.
        begin = max(0, int(np.searchsorted(steps, first, "right")) - 1)
        end = int(np.searchsorted(steps, last, "left")) + 1
        if until < last:
            end = int(np.searchsorted(steps, until, "right"))
        if begin >= len(steps) or end - begin < 1:
            continue
        steps, heights = steps[begin:end], heights[begin:end]
        if drawing.stepped:
            before = np.concatenate((steps[:1] - 1.0, steps[:-1]))
            steps, heights = np.column_stack((before, steps)).ravel(), np.repeat(heights, 2)
        points = places.pixels(np.column_stack((steps, heights)))
        items += _exits(points, drawing.color, places)
        points[:, 1] = np.clip(points[:, 1], -_BEYOND, places.height + _BEYOND)
        if len(points) > 1:
            line = column_extremes(points[:, 0], points[:, 1], 0.5)
            points = simplified(thinned(np.column_stack(line)))
        else:
            points = points + np.array([[0.0, 0.0], [0.01, 0.0]])  # a round dot
        items.append(Line((points,), drawing.color, width, style=drawing.style))
    return [*items, *(_switch(made, places, step) for step in drawing.switches if step <= until)]


def _exits(points: Floats, color: str, places: Places) -> list[Shape]:
    """Small triangles on the upper or lower edge where a curve goes beyond it."""
    found: list[Shape] = []
    for edge, outward in ((0.0, -1.0), (places.height, 1.0)):
        beyond = (points[:, 1] - edge) * outward
        leaves = np.flatnonzero((beyond[:-1] <= 0.0) & (beyond[1:] > 1.0))
        for index in leaves.tolist():
            share = beyond[index] / (beyond[index] - beyond[index + 1])
            x = float(points[index, 0] + share * (points[index + 1, 0] - points[index, 0]))
            apart = all(abs(x - shape.points[0, 0]) > _EXITS_APART for shape in found)
            if len(found) < _MOST_EXITS and 0.0 <= x <= places.width and apart:
                low = edge - 8.0 * outward
                found.append(Shape(np.array([[x, edge], [x - 4.5, low], [x + 4.5, low]]), color))
    return found


def _switch(made: Curve, places: Places, step: int) -> Line:
    """A short line across a curve where its run goes on otherwise; nothing where it is not."""
    first, last = places.window[0]
    height = made.height(step)
    if not (first <= step <= last and isfinite(height)):
        return Line((), made.drawing.color, 1.5)
    x, y = places.place((step, height))
    ends = np.array([[x, y - _MARK], [x, y + _MARK]])
    return Line((ends,), made.drawing.color, 1.5)


def dot_items(
    curves: Sequence[Curve], places: Places, step: int, theme: Theme, held: bool = False
) -> list[Shape]:
    """A dot on each curve at a step, in the shape of the run's colour.

    With ``held`` curves that are shorter keep theirs at their end.
    """
    low, high = places.window[1]
    items = []
    for made in curves:
        color, at = made.drawing.color, step
        if held:
            at = min(step, len(made.drawing.values) - 1)
        height = made.height(at)
        if low <= height <= high:
            shape = marker(theme, color, places.place((at, height)), 3.6)
            items.append(Shape(shape, color, 1.0, theme.window, 1.5))
    return items


def cursor_items(pane: Pane, places: Places, step: int, theme: Theme) -> list[Item]:
    """A line at a step, and the dots on the curves there."""
    at = round(places.place((step, 0.0))[0])
    line = np.array([[at, 0.0], [at, places.height]])
    return [Line((line,), theme.text, 1.5, 0.75), *dot_items(pane.made, places, step, theme)]
