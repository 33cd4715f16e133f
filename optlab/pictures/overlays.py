"""What is drawn at a step on top of the map: arrows, sizes along the axes, curvature."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from optlab.core.analysis.curvature import Curvature
from optlab.core.analysis.worksheet import gradient_points
from optlab.core.contours import contour_lines
from optlab.core.display import display_symbol
from optlab.core.formula.emit import Array
from optlab.core.problems import MapWindow, pair
from optlab.core.rules import Variant
from optlab.core.rules.state_roles import meanings
from optlab.core.run import RunSpec, Trajectory
from optlab.pictures.contour import outline
from optlab.pictures.items import Floats, FontName, Item, Line, Measure, Point, Shape, Text
from optlab.pictures.places import Frame, Places
from optlab.pictures.theme import Theme

REACH = 0.13
"""How long an arrow is, as a share of the window: arrows show directions, not lengths."""

UPDATE_REACH = 0.08
"""The update's arrow is shorter, since it often lies on the memory's."""

_RING = 0.008
_SHORTEST = 3.0
_HEAD = 7.0
_BESIDE = 5.0
_APART = 4.0
"""Units between the points of an arrow at which a label is looked for."""
_LABEL_FONT: FontName = "math"
_LABEL_SIZE, _LINE_SIZE = 13.0, 12.0


@dataclass(frozen=True, eq=False)
class LineDrawing:
    """A line over the map at a step: ``points`` (n, 2) in w1, w2; a label at its end."""

    points: Array
    color: str
    width: float = 1.4
    dashed: bool = False
    label: str = ""


@dataclass(frozen=True)
class ArrowDrawing:
    """An arrow that begins at the point ``at`` and goes ``change`` far, both in w1, w2."""

    at: tuple[float, float]
    change: tuple[float, float]
    color: str
    label: str = ""


@dataclass(frozen=True)
class Arrow:
    """From ``at`` by ``change``, both in w1, w2; ``role`` is gradient, memory or update."""

    at: tuple[float, float]
    change: tuple[float, float]
    label: str
    role: str


@dataclass(frozen=True)
class Sizes:
    """A non-negative pair (s1, s2): the half-axes of a cross at ``at``, scaled to the window."""

    at: tuple[float, float]
    half: tuple[float, float]
    label: str


def step_arrows(
    variant: Variant,
    trajectory: Trajectory,
    step: int,
    window: MapWindow,
    slope_at: tuple[float, float] | None = None,
) -> list[Arrow]:
    """The directions of the update after ``step``: −g, the memory's and the update itself.

    Each is drawn from w(step) with a length of its own kind, because a gradient of 10³ and a
    step of 10⁻³ cannot share a scale.  ``slope_at`` is where −g begins when the gradient was
    taken elsewhere.
    """
    following = step + 1
    if not 0 <= step < trajectory.steps:
        return []
    at = _pair(trajectory, "w", step)
    update = pair(trajectory.updates[following].tolist())
    g = _pair(trajectory, "g", following)
    candidates = [((-g[0], -g[1]), "−g", "gradient")]
    for name, meaning in meanings(variant).items():
        if meaning == "direction" and name in trajectory.state:
            memory = _pair(trajectory, name, following)
            sign = -1.0 if memory[0] * update[0] + memory[1] * update[1] < 0 else 1.0
            label = display_symbol(name) if sign > 0 else f"−{display_symbol(name)}"
            candidates.append(((sign * memory[0], sign * memory[1]), label, "memory"))
    candidates.append((update, "Δw", "update"))
    arrows = []
    for change, label, role in candidates:
        fitted = _fitted(change, window, UPDATE_REACH if role == "update" else REACH)
        if fitted is not None:
            begin = slope_at if role == "gradient" and slope_at is not None else at
            arrows.append(Arrow(begin, fitted, label, role))
    return arrows


def ring(at: tuple[float, float], window: MapWindow) -> Array:
    """A small circle (n, 2) around a place, round where both sides of the window are as long."""
    turn = np.linspace(0.0, 2 * math.pi, 25)
    spans = [high - low for low, high in window]
    return np.column_stack(
        (at[0] + _RING * spans[0] * np.cos(turn), at[1] + _RING * spans[1] * np.sin(turn))
    )


def step_sizes(
    variant: Variant, trajectory: Trajectory, step: int, window: MapWindow
) -> Sizes | None:
    """The first memory that is a size, as half-axes proportional to its square root."""
    if not 0 < step <= trajectory.steps:
        return None
    for name, meaning in meanings(variant).items():
        if meaning == "size" and name in trajectory.state:
            values = _pair(trajectory, name, step)
            roots = [math.sqrt(value) if value > 0 else 0.0 for value in values]
            most = max(roots)
            if not (most > 0 and math.isfinite(most)):
                return None
            spans = [high - low for low, high in window]
            half = [REACH / 2 * root / most * span for root, span in zip(roots, spans, strict=True)]
            at = _pair(trajectory, "w", step)
            return Sizes(at, (half[0], half[1]), f"√{display_symbol(name)}")
    return None


def model_lines(
    curvature: Curvature, window: MapWindow, levels: Sequence[float]
) -> tuple[Array, ...]:
    """Contour lines (n, 2) of the quadratic model on a window, at levels of the loss."""
    (left, right), (bottom, top) = window
    w1, w2 = np.linspace(left, right, 121), np.linspace(bottom, top, 121)
    grid = curvature.model(*np.meshgrid(w1, w2))
    return contour_lines(w1, w2, grid, np.array(sorted(set(levels)))).lines


def _pair(trajectory: Trajectory, name: str, step: int) -> tuple[float, float]:
    return pair(trajectory.vector(name)[step].tolist())


def _fitted(
    change: tuple[float, float], window: MapWindow, reach: float
) -> tuple[float, float] | None:
    """The direction of a change, as long as an arrow is in this window."""
    spans = [high - low for low, high in window]
    size = math.hypot(change[0] / spans[0], change[1] / spans[1])
    if not (size > 0 and math.isfinite(size)):
        return None
    return change[0] * reach / size, change[1] * reach / size


# --- what is drawn of one step ----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class StepOverlays:
    """Arrows, and the lines under them."""

    arrows: tuple[ArrowDrawing, ...] = ()
    lines: tuple[LineDrawing, ...] = ()


def step_overlays(
    spec: RunSpec,
    trajectory: Trajectory,
    step: int,
    on: Collection[str],
    window: MapWindow,
    theme: Theme,
    color: str,
    levels: Sequence[float] = (),
    curvature: Curvature | None = None,
) -> StepOverlays:
    """The overlays that are ``on`` (those of a view) for a run in its colour.

    ``curvature`` is that at w(step), its model drawn at the ``levels`` of the map.
    """
    elsewhere: list[Point] = []
    if {"arrows", "look_ahead"} <= set(on) and step < trajectory.steps:
        points = gradient_points(spec, trajectory, step + 1)
        elsewhere = [pair(at) for at in points if all(map(math.isfinite, at))]
    arrows: list[ArrowDrawing] = []
    if "arrows" in on:
        colors = arrow_colors(theme, color)
        slope_at = elsewhere[0] if elsewhere else None
        variant = spec.leg_at(step + 1).spec.variant
        arrows = [
            ArrowDrawing(arrow.at, arrow.change, colors[arrow.role], arrow.label)
            for arrow in step_arrows(variant, trajectory, step, window, slope_at)
            if arrow.role in on
        ]
    lines: list[LineDrawing] = []
    for at in elsewhere:
        # A ring where a gradient is taken, and a thread to it.
        thread = np.array([trajectory.weights[step], at])
        lines.append(LineDrawing(thread, theme.warning, 1.0, dashed=True))
        lines.append(LineDrawing(ring(at, window), theme.warning, 1.6))
    if "sizes" in on:
        sizes = step_sizes(spec.leg_at(step).spec.variant, trajectory, step, window)
        lines += [] if sizes is None else _cross(sizes, color)
    if "curvature" in on and curvature is not None:
        lines += _curvature_lines(curvature, window, levels, theme.text)
    return StepOverlays(tuple(arrows), tuple(lines))


def _cross(sizes: Sizes, color: str) -> list[LineDrawing]:
    (w1, w2), (half1, half2) = sizes.at, sizes.half
    across = np.array([[w1 - half1, w2], [w1 + half1, w2]])
    upwards = np.array([[w1, w2 - half2], [w1, w2 + half2]])
    return [
        LineDrawing(across, color, 3.0),
        LineDrawing(upwards, color, 3.0, label=sizes.label),
    ]


def _curvature_lines(
    curvature: Curvature, window: MapWindow, levels: Sequence[float], color: str
) -> list[LineDrawing]:
    """The quadratic model, and its axes with the eigenvalues."""
    lines = [
        LineDrawing(line, color, 1.0, dashed=True)
        for line in model_lines(curvature, window, levels)
    ]
    spans = np.array([high - low for low, high in window])
    at = np.array(curvature.at)
    for index, value in enumerate(curvature.eigenvalues.tolist()):
        direction = curvature.directions[:, index]
        reach = 0.09 / float(np.hypot(*(direction / spans)))
        ends = np.array([at - reach * direction, at + reach * direction])
        lines.append(LineDrawing(ends, color, 1.4, label=f"λ = {value:.3g}"))
    return lines


# --- the items of a plot -------------------------------------------------------------------


def arrow_colors(theme: Theme, run_color: str) -> dict[str, str]:
    """The colour of an arrow by its role."""
    return {"gradient": theme.warning, "memory": run_color, "update": theme.text}


def line_items(line: LineDrawing, places: Places, theme: Theme, measure: Measure) -> list[Item]:
    """A line with a soft edge, and its label at its end."""
    if len(line.points) < 2:
        return []
    points = places.pixels(np.asarray(line.points, dtype=np.float64))
    items: list[Item] = []
    if not line.dashed:
        items.append(Line((points,), outline(theme), line.width + 1.6, 0.35))
    items.append(Line((points,), line.color, line.width, 1.0, "dash" if line.dashed else "solid"))
    if line.label:
        x, y = points[-1].tolist()
        height = measure(line.label, _LABEL_FONT, _LINE_SIZE)[1]
        at = x + 5.0, y - 3.0 - 0.3 * height
        items.append(Text(at, line.label, line.color, _LABEL_FONT, _LINE_SIZE, begins=True))
    return items


@dataclass(frozen=True)
class PlacedArrow:
    """An arrow from ``begin`` to ``end``, in units."""

    begin: Point
    end: Point
    color: str
    label: str

    @property
    def length(self) -> float:
        """In units."""
        return math.dist(self.begin, self.end)

    @property
    def ahead(self) -> Point:
        """The direction, of length 1."""
        (x0, y0), (x1, y1) = self.begin, self.end
        return (x1 - x0) / self.length, (y1 - y0) / self.length

    def is_under(self, box: Frame) -> bool:
        """Whether the arrow passes through ``box``."""
        count = max(1, int(self.length / _APART))
        (x0, y0), (x1, y1) = self.begin, self.end
        shares = (at / count for at in range(count + 1))
        return any(box.has_point((x0 + (x1 - x0) * s, y0 + (y1 - y0) * s)) for s in shares)


def placed_arrow(arrow: ArrowDrawing, places: Places) -> PlacedArrow:
    """An arrow where it is in a plot."""
    tip = arrow.at[0] + arrow.change[0], arrow.at[1] + arrow.change[1]
    return PlacedArrow(places.place(arrow.at), places.place(tip), arrow.color, arrow.label)


def arrow_items(arrows: Sequence[ArrowDrawing], places: Places, measure: Measure) -> list[Item]:
    """Arrows, then their labels at the tips; those too short to be seen are left out."""
    placed = [placed_arrow(arrow, places) for arrow in arrows]
    seen = [arrow for arrow in placed if arrow.length >= _SHORTEST]
    items: list[Item] = []
    for arrow in seen:
        ahead, tip = np.array(arrow.ahead), np.array(arrow.end)
        side, neck = np.array((-ahead[1], ahead[0])), tip - _HEAD * ahead
        items.append(Line((np.array([arrow.begin, neck]),), arrow.color, 2.0))
        items.append(Shape(np.array([tip, neck + 3.6 * side, neck - 3.6 * side]), arrow.color))
    for arrow, box in zip(seen, label_boxes(seen, places.frame, measure), strict=True):
        if box is None:
            continue
        at = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        items.append(Text(at, arrow.label, arrow.color, _LABEL_FONT, _LABEL_SIZE))
    return items


def label_boxes(
    arrows: Sequence[PlacedArrow], inside: Frame, measure: Measure
) -> list[Frame | None]:
    """Where the labels go: ahead of the tip, or beside it where something is in the way.

    None where every place is another label's: in a crowd one of several is enough.
    """
    placed: list[Frame | None] = []
    for arrow in arrows:
        width, height = measure(arrow.label, _LABEL_FONT, _LABEL_SIZE)
        width += 4.0
        spots = [
            Frame(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            for x, y in _spots(arrow, width, height).tolist()
        ]
        clear = [box for box in spots if not any(one and box.meets(one) for one in placed)]
        others = [other for other in arrows if other is not arrow]
        free = (
            box
            for box in clear
            if inside.has(box)
            and not any(
                other.is_under(Frame(box.x0 + 2, box.y0 + 3, box.x1 - 2, box.y1 - 3))
                for other in others
            )
        )
        placed.append(next(free, clear[0] if clear else None))
    return placed


def _spots(arrow: PlacedArrow, width: float, height: float) -> Floats:
    ahead, tip = np.array(arrow.ahead), np.array(arrow.end)
    side = np.array((-ahead[1], ahead[0]))
    reach = abs(side[0]) * width / 2 + abs(side[1]) * height / 2 + _BESIDE
    beside = [
        spot + sign * reach * side
        for spot in (tip, tip - 0.5 * width * ahead)
        for sign in (-1.0, 1.0)
    ]
    return np.array([tip + (_BESIDE + 0.5 * width) * ahead, *beside])


def arrows_of_updates(
    spec: RunSpec,
    trajectory: Trajectory,
    updates: Iterable[int],
    window: MapWindow,
    theme: Theme,
    color: str,
) -> tuple[list[ArrowDrawing], list[tuple[Point, str]]]:
    """The arrows of some updates (counted from 1) of a run in its colour, and their places with
    names; the first place has a name already: the start."""
    arrows: list[ArrowDrawing] = []
    named: list[tuple[Point, str]] = []
    colors = arrow_colors(theme, color)
    for update in updates:
        if not 1 <= update <= trajectory.steps:
            continue
        variant = spec.leg_at(update).spec.variant
        found = step_arrows(variant, trajectory, update - 1, window)
        arrows += [ArrowDrawing(one.at, one.change, colors[one.role], one.label) for one in found]
        if found and update > 1:
            named.append((found[-1].at, f"w({update - 1})"))
    return arrows, named
