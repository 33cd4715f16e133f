"""The contour map with the paths of the runs: what is drawn, and how it looks.

A :class:`ContourPicture` does not change while a run plays; the step is given to the functions
that make the items of a plot from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optlab.core.contours import Shading, SurfacePicture
from optlab.core.display import MINUS, power_of_ten
from optlab.core.problems import pair
from optlab.core.run import Trajectory
from optlab.pictures.color_tables import QUIET, color_table
from optlab.pictures.items import (
    Floats,
    Item,
    Line,
    Measure,
    Point,
    Shape,
    Text,
    marker,
)
from optlab.pictures.items import box as box_of
from optlab.pictures.legend import line_style
from optlab.pictures.places import Frame, Places, Window
from optlab.pictures.polyline import Crossing
from optlab.pictures.theme import DARK, Theme, mix
from optlab.pictures.ticks import figures, linear_labels, linear_ticks, log_ticks
from optlab.pictures.trace import PathDrawing, Trace
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

NEAR: Final[Mapping[str, Floats]] = MappingProxyType({})
"""Of no plane: no path is out of it."""
START_HALF: Final = 5.0
_EXIT_SIZE: Final = 10.0
_START_SIZE: Final = 11.0


@dataclass(frozen=True, eq=False)
class ContourPicture:
    """A surface with its colours and lines, paths, known minima and starts, in w1, w2."""

    theme: Theme = DARK
    colors: str = QUIET
    has_lines: bool = True
    has_minima: bool = True
    surface: SurfacePicture | None = None
    paths: tuple[PathDrawing, ...] = ()
    minima: tuple[Point, ...] = ()
    starts: tuple[Point, ...] = ()
    names: tuple[str, str] = ("w₁", "w₂")

    @property
    def mark_theme(self) -> Theme:
        """The theme of the marks: all other maps are dark where the minima are."""
        return self.theme if self.colors == QUIET else DARK

    def past(self, color: str) -> str:
        """The colour of a path up to the step, opaque so that its pieces join without seams."""
        if self.colors != QUIET:
            return mix(color, "#606870" if self.theme.is_dark else "#303840", 0.30)
        return mix(color, self.theme.surface_map[3 if self.theme.is_dark else 2], 0.30)


@dataclass(frozen=True, eq=False)
class LineGroup:
    """Contour lines of one colour, each (n, 2) in w1, w2."""

    lines: tuple[Floats, ...]
    color: str
    alpha: float
    width: float = 0.8


def contour_picture(
    resolved: Resolved,
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    surface: SurfacePicture | None,
    starts: Sequence[Point],
    theme: Theme,
    names: tuple[str, str] = ("w₁", "w₂"),
    selected: str = "",
    nearness: Mapping[str, Floats] = NEAR,
) -> ContourPicture:
    """What the view of an experiment shows of its surface and its runs."""
    view = experiment.shown
    return ContourPicture(
        theme,
        view.color_map,
        view.lines,
        view.minima,
        surface,
        path_drawings(experiment, trajectories, theme, selected, nearness),
        tuple(pair(minimum.at) for minimum in resolved.problem.minima),
        tuple(starts),
        names,
    )


def path_drawings(
    experiment: Experiment,
    trajectories: Mapping[str, Trajectory],
    theme: Theme,
    selected: str = "",
    nearness: Mapping[str, Floats] = NEAR,
) -> tuple[PathDrawing, ...]:
    """One path for each visible run that has numbers, in its colour and style.

    ``nearness`` says how near its steps are to a plane: it fades with the distance.
    """
    far = theme.surface_map[2]
    return tuple(
        PathDrawing(
            run.id,
            theme.run(run.color),
            trajectories[run.id].weights,
            line_style(run),
            True,
            run.id == selected,
            nearness.get(run.id),
            far,
        )
        for run in experiment.runs
        if run.visible and run.id in trajectories
    )


def seed_drawings(
    drawings: Sequence[PathDrawing], others: Mapping[str, Sequence[Floats]]
) -> tuple[PathDrawing, ...]:
    """Paths with those of other seeds, by run, faint below them."""
    faint = [
        replace(drawing, w=w, nearness=None, faint=True, selected=False)
        for drawing in drawings
        for w in others.get(drawing.run_id, ())
    ]
    return (*faint, *drawings)


def outline(theme: Theme) -> str:
    """The colour around marks, which sets them off from the map."""
    return "#0b0e13" if theme.is_dark else "#ffffff"


def ink(theme: Theme) -> str:
    """The colour of marks that belong to no run."""
    return "#ffffff" if theme.is_dark else "#1f2328"


# --- the ground ----------------------------------------------------------------------------


def surface_colors(picture: ContourPicture) -> NDArray[np.uint8]:
    """Red, green, blue and opacity (rows, columns, 4) of the surface; clear where it has no value.

    Raises ValueError without a surface.
    """
    surface = picture.surface
    if surface is None:
        raise ValueError("there is no surface to colour")
    table = color_table(picture.colors, picture.theme)
    opaque = np.column_stack((table, np.full(len(table), 255, dtype=np.uint8)))
    colors = opaque[(surface.shading * 255.0 + 0.5).astype(np.uint8)]
    if surface.finite.count:
        colors[surface.finite.mask] = 0
    return colors


def covered(surface: SurfacePicture) -> Window:
    """The window that the image covers: its pixels are centred on the points of the grid."""
    rows, columns = surface.shading.shape
    (left, right), (bottom, top) = surface.window
    half1, half2 = (right - left) / (columns - 1) / 2, (top - bottom) / (rows - 1) / 2
    return (left - half1, right + half1), (bottom - half2, top + half2)


def contour_groups(picture: ContourPicture) -> tuple[LineGroup, ...]:
    """The contour lines in their colours: thin, so that paths stand out."""
    if picture.surface is None or not picture.has_lines:
        return ()
    contours, theme = picture.surface.contours, picture.theme
    if picture.colors == QUIET:
        color, alpha = ("#ffffff", 0.17) if theme.is_dark else ("#24405a", 0.30)
        return (LineGroup(contours.lines, color, alpha),)
    table = color_table(picture.colors, theme)
    place = np.rint(picture.surface.colors.share(contours.levels) * 255).astype(int)
    bright = (table[place] @ np.array([0.2126, 0.7152, 0.0722]) > 110)[contours.level_index]
    pairs = list(zip(contours.lines, bright, strict=True))
    return tuple(
        LineGroup(tuple(line for line, is_bright in pairs if is_bright == on), color, 0.28)
        for on, color in ((True, "#000000"), (False, "#ffffff"))
    )


def loss_ticks(shading: Shading, height: float) -> list[tuple[float, str]]:
    """Shares 0 … 1 of a colour bar of so many units, increasing, and the losses there."""
    return [
        (float(shading.share(np.array(value))), label) for value, label in _losses(shading, height)
    ]


def _losses(shading: Shading, height: float) -> list[tuple[float, str]]:
    """Losses to write at the bar, increasing, with their labels."""
    wanted = max(2, min(8, int(height / 48)))
    low, high = shading.low, shading.high
    if not high > low:
        return [(low, figures(low, 3))]
    if shading.scale == "linear":
        values = linear_ticks(low, high, wanted)
        return list(zip(values, linear_labels(values), strict=True))
    # Heights above the minimum in powers of ten; written as such when the minimum is 0.
    span = high - low
    at_zero = abs(low) < 1e-3 * shading.floor
    exponents = log_ticks(math.log10(max(shading.floor, span * 1e-12)), math.log10(span), wanted)
    ground = "0" if at_zero else figures(low, 3).replace("-", MINUS)
    above = [
        (low + 10.0**k, power_of_ten(k) if at_zero else figures(low + 10.0**k, 3))
        for k in exponents
    ]
    return [(low, ground), *above]


# --- paths ---------------------------------------------------------------------------------


def whole_items(
    picture: ContourPicture, traces: Iterable[Trace], places: Places, measure: Measure
) -> list[Item]:
    """All of every path, faint; where they leave the map; the known minima."""
    items: list[Item] = []
    for trace in traces:
        if picture.colors != QUIET:
            halo = "#000000" if picture.theme.is_dark else "#ffffff"
            items += trace.stroke(0, trace.last, halo, 3.6, 0.4, solid=True)
        if trace.path.faint:
            items += trace.stroke(0, trace.last, trace.path.color, 1.0, 0.28, solid=True)
            continue
        items += trace.stroke(0, trace.last, trace.path.color, 1.0, 0.5)
        for crossing in trace.exits:
            items += exit_items(crossing, trace, picture.theme, measure, 0.5)
    if picture.has_minima:
        for minimum in picture.minima:
            items += cross_items(places.place(minimum), picture.mark_theme)
    return items


def past_items(
    picture: ContourPicture, trace: Trace, since: int, step: int, measure: Measure
) -> list[Item]:
    """The strong path of the updates after ``since`` up to ``step``."""
    if trace.path.faint:
        return []
    color = picture.past(trace.path.color)
    items: list[Item] = [*trace.stroke(since, step, color, trace.width)]
    for crossing in trace.exits_until(step, since):
        items += exit_items(crossing, trace, picture.theme, measure)
    return items


def glow_items(picture: ContourPicture, trace: Trace, step: int) -> list[Line]:
    """The path just before the current step, bright."""
    if trace.path.faint:
        return []
    return trace.glow(step, picture.past(trace.path.color))


def dot_items(picture: ContourPicture, trace: Trace, step: int) -> list[Shape]:
    """The ringed mark at the current step, in the shape of the run's colour."""
    head, path = trace.head(step), trace.path
    if head is None or path.faint:
        return []
    points = marker(picture.theme, path.color, head, 6.0 if path.selected else 5.0)
    return [Shape(points, path.color, 1.0, outline(picture.theme), 2.0)]


# --- marks ---------------------------------------------------------------------------------


def cross_items(at: Point, theme: Theme) -> list[Item]:
    """The cross at a known minimum."""
    middle = np.array(at)
    arms = [np.array([[-4.0, -4.0 * slope], [4.0, 4.0 * slope]]) + middle for slope in (1.0, -1.0)]
    colors = ((outline(theme), 0.55, 3.6), (ink(theme), 1.0, 1.8))
    return [Line((arm,), color, width, alpha) for color, alpha, width in colors for arm in arms]


def start_items(
    at: Point,
    theme: Theme,
    measure: Measure,
    places: Places | None = None,
    *,
    hot: bool = False,
    named: bool = True,
) -> list[Item]:
    """The square at the start, larger while it can be grabbed, and its name.

    The name is below, above where ``places`` has no room for it.
    """
    half = START_HALF + (1.5 if hot else 0.0)
    square = Shape(
        box_of(at[0] - half, at[1] - half, 2 * half, 2 * half),
        ink(theme),
        1.0,
        outline(theme),
        2.0,
    )
    if not named:
        return [square]
    width, _ = measure("start", "text", _START_SIZE)
    below = at[1] + half + 9.5
    if places is not None and below + 6.5 > places.height:
        below = at[1] - half - 9.5
    # A ground on which the name is read on the palest place of any map.
    ground = box_of(at[0] - width / 2 - 3.0, below - 6.5, width + 6.0, 13.0)
    return [
        square,
        Shape(ground, outline(theme), 0.5),
        Text((at[0], below), "start", ink(theme), "text", _START_SIZE),
    ]


def exit_items(
    crossing: Crossing, trace: Trace, theme: Theme, measure: Measure, alpha: float = 1.0
) -> list[Item]:
    """A small triangle on the border where a path leaves, with the step."""
    frame, color = trace.places.frame, trace.path.color
    at = np.array((crossing.x, crossing.y))
    outward = _outward(crossing, frame)
    side = np.array((-outward[1], outward[0]))
    back = at - 8.0 * outward
    triangle = np.array([at - outward, back + 4.5 * side, back - 4.5 * side])
    text = str(crossing.step)
    width, height = measure(text, "text", _EXIT_SIZE)
    x, y = _beside(crossing, outward, (width + 6) / 2, height / 2, frame)
    ground = box_of(x - (width + 6) / 2, y - height / 2, width + 6, height)
    return [
        Shape(triangle, color, alpha, outline(theme), 1.0, alpha),
        Shape(ground, outline(theme), 0.5 * alpha),
        Text((x, y), text, color, "text", _EXIT_SIZE, alpha),
    ]


def _outward(at: Crossing, frame: Frame) -> Floats:
    gaps = {
        (-1.0, 0.0): abs(at.x - frame.x0),
        (1.0, 0.0): abs(at.x - frame.x1),
        (0.0, -1.0): abs(at.y - frame.y0),
        (0.0, 1.0): abs(at.y - frame.y1),
    }
    return np.array(min(gaps, key=lambda side: gaps[side]))


def _beside(at: Crossing, outward: Floats, half_x: float, half_y: float, frame: Frame) -> Point:
    """The centre of a label beside a mark on the border: off the path, inside the map."""
    out_x, out_y = outward.tolist()
    x = at.x + (-out_x * (half_x + 3) if out_x else half_x + 7)
    y = at.y + (-out_y * (half_y + 2) if out_y else half_y + 5)
    if x + half_x > frame.x1:
        x = at.x - half_x - 7
    if y + half_y > frame.y1:
        y = at.y - half_y - 5
    return x, y
