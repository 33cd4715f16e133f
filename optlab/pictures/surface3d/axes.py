"""The floor beneath the surface with its numbers, and the axis of the loss, as lines and texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from optlab.core.display import power_of_ten
from optlab.pictures.surface3d.camera import Floats, Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.ticks import figures, linear_labels, linear_ticks, log_ticks

# The floor lies this much below the deepest place.
_GAP: Final = 0.10
# Pixels from the edge of the floor to the end of a tick, to its number, to the axis' name.
_TICK: Final = 4.0
_NUMBER: Final = 15.0
_NAME: Final = 38.0
_BESIDE_TICK: Final = 4.0
# Closer to the corner in front than this, the numbers of both axes would touch.
_CORNER: Final = 0.04
_CORNERS: Final = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
# Seen from above this (cosine of the elevation), heights cannot be read.
_FLAT: Final = 0.25

LineRole = Literal["grid", "tick", "edge"]
TextRole = Literal["number", "name"]


@dataclass(frozen=True, eq=False)
class AxisLine:
    """A line between two pixels, (2, 2)."""

    points: Floats
    role: LineRole


@dataclass(frozen=True)
class AxisText:
    """A text centred at a pixel, or ending there; its letters' middle is at the height ``y``."""

    text: str
    x: float
    y: float
    role: TextRole
    ends: bool = False


@dataclass(frozen=True, eq=False)
class Axes3D:
    """All that lies behind and below the surface: the ``floor`` (4, 2), lines on it, texts."""

    floor: Floats
    lines: tuple[AxisLine, ...]
    texts: tuple[AxisText, ...]


@dataclass(frozen=True)
class HeightTick:
    """A number on the axis of the loss, at a height in ground units."""

    z: float
    label: str


def axes_of(view: Projection, relief: Relief, names: tuple[str, str] = ("w₁", "w₂")) -> Axes3D:
    """The axes of a surface before a camera, in pixels."""
    floor = -relief.reach - _GAP
    corners = np.array([(x, y, floor) for x, y in _CORNERS])
    lines: list[AxisLine] = []
    texts: list[AxisText] = []
    for along_w1, name in zip((True, False), names, strict=True):
        _ground_axis(lines, texts, view, relief, floor, along_w1, name)
    if view.cos_e > _FLAT:
        _height_axis(lines, texts, view, relief, floor)
    return Axes3D(view.pixels(corners), tuple(lines), tuple(texts))


def _ground_axis(
    lines: list[AxisLine],
    texts: list[AxisText],
    view: Projection,
    relief: Relief,
    floor: float,
    along_w1: bool,
    name: str,
) -> None:
    """The lines of one axis across the floor, and its numbers along the edge in front."""
    low, high = relief.picture.window[0 if along_w1 else 1]
    front = (-1.0 if view.cos_a >= 0 else 1.0) if along_w1 else (1.0 if view.sin_a >= 0 else -1.0)

    def pixel(share: float, across: float) -> Floats:
        x, y = (share, across) if along_w1 else (across, share)
        return np.array(view.pixel(x, y, floor))

    begin, end = pixel(-1.0, front), pixel(1.0, front)
    outward = _outward(begin, end, pixel(0.0, -front))
    length = math.hypot(*(end - begin))
    ticks = linear_ticks(low, high, max(2, min(6, int(length / 52))))
    front_corner = -1.0 if view.cos_a >= 0 else 1.0
    for value, label in zip(ticks, linear_labels(ticks), strict=True):
        share = (value - low) / (high - low) * 2.0 - 1.0
        at = pixel(share, front)
        lines.append(AxisLine(np.array([at, pixel(share, -front)]), "grid"))
        lines.append(AxisLine(np.array([at, at + outward * _TICK]), "tick"))
        if along_w1 or abs(share - front_corner) > _CORNER:
            texts.append(_text(label, at + outward * _NUMBER, "number"))
    middle = (begin + end) / 2 + outward * _NAME
    texts.append(_text(name, middle, "name"))


def _height_axis(
    lines: list[AxisLine],
    texts: list[AxisText],
    view: Projection,
    relief: Relief,
    floor: float,
) -> None:
    """The axis of the loss at the corner that is furthest to the left."""
    x, y = min(_CORNERS, key=lambda corner: view.pixel(corner[0], corner[1], 0.0)[0])
    foot, top = np.array(view.pixel(x, y, floor)), np.array(view.pixel(x, y, relief.reach))
    lines.append(AxisLine(np.array([foot, top]), "edge"))
    left = np.array([-_TICK, 0.0])
    for tick in height_ticks(relief, max(2, min(6, int((foot[1] - top[1]) / 26)))):
        at = np.array(view.pixel(x, y, tick.z))
        lines.append(AxisLine(np.array([at, at + left]), "tick"))
        beside = at + left - (_BESIDE_TICK, 0.0)
        texts.append(_text(tick.label, beside, "number", ends=True))
    texts.append(_text("E", top - (0.0, 14.0), "name"))


def height_ticks(relief: Relief, wanted: int) -> list[HeightTick]:
    """At most about ``wanted`` losses to write at the axis, each at its height."""
    lift = relief.lift
    span = lift.high - lift.low
    if not span > 0.0:
        return [HeightTick(0.0, figures(lift.low, 3))]
    if lift.scale == "linear":
        values = linear_ticks(lift.low, lift.high, wanted)
        return _placed(relief, values, linear_labels(values))
    if abs(lift.low) <= 1e-6 * span:
        first, last = math.log10(max(lift.floor, 1e-300)), math.log10(lift.high)
        powers = log_ticks(first, last, wanted)
        labels = ["1" if power == 0 else power_of_ten(power) for power in powers]
        placed = _placed(relief, [10.0**power for power in powers], labels)
        ticks = _apart(placed, relief, wanted)
        if len(ticks) >= 3:
            return ticks
    # Few powers of ten, or a logarithm of the distance from a minimum that is not zero: round
    # losses at even heights.
    shares = [index / wanted for index in range(wanted + 1)]
    rounded = [float(f"{relief.loss_at(share):.2g}") for share in shares]
    inside = [value for value in rounded if lift.low <= value <= lift.high]
    return _apart(_placed(relief, inside, [figures(v, 2) for v in inside]), relief, wanted)


def _placed(relief: Relief, values: Sequence[float], labels: Sequence[str]) -> list[HeightTick]:
    pairs = zip(values, labels, strict=True)
    return [HeightTick(relief.height_of(value), label) for value, label in pairs]


def _apart(ticks: list[HeightTick], relief: Relief, wanted: int) -> list[HeightTick]:
    """Leave out ticks that come too close to the one above."""
    gap = 2.0 * relief.reach / (wanted + 1.5)
    kept = ticks[-1:]
    for tick in reversed(ticks[:-1]):
        if kept[-1].z - tick.z >= gap:
            kept.append(tick)
    return kept[::-1]


def _outward(begin: Floats, end: Floats, inner: Floats) -> Floats:
    """The unit vector in the picture that leads away from ``inner`` across an edge."""
    way = end - begin
    side = np.array([-way[1], way[0]]) / (math.hypot(*way) or 1.0)
    return side if side @ (inner - begin) < 0 else -side


def _text(text: str, at: Floats, role: TextRole, ends: bool = False) -> AxisText:
    return AxisText(text, float(at[0]), float(at[1]), role, ends)
