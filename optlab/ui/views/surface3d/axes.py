"""The floor beneath the surface with its numbers, and the axis of the loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from optlab.pictures.surface3d.camera import Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.ticks import figures, linear_labels, linear_ticks, log_ticks, power_of_ten
from optlab.session.theme import Theme, mix
from optlab.ui.fonts import math_font, number_font

# The floor lies this much below the deepest place.
_GAP: Final = 0.10
_TICK: Final = 4.0
_NUMBER: Final = 15.0
_NAME: Final = 38.0
# Closer to the corner in front than this, the numbers of both axes would touch.
_CORNER: Final = 0.04
_CORNERS: Final = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
# Seen from above this (cosine of the elevation), heights cannot be read.
_FLAT: Final = 0.25


@dataclass(frozen=True)
class HeightTick:
    """A number on the axis of the loss, at a height in ground units."""

    z: float
    label: str


def draw_axes(painter: QPainter, view: Projection, relief: Relief, theme: Theme) -> None:
    """Draw all that lies behind and below the surface."""
    floor = -relief.reach - _GAP
    corners = [QPointF(*view.pixel(x, y, floor)) for x, y in _CORNERS]
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(QColor(mix(theme.window, theme.panel, 0.7)))
    painter.drawPolygon(QPolygonF(corners))
    _draw_ground_axis(painter, view, relief, theme, floor, along_w1=True)
    _draw_ground_axis(painter, view, relief, theme, floor, along_w1=False)
    if view.cos_e > _FLAT:
        _draw_height_axis(painter, view, relief, theme, floor)


def _draw_ground_axis(
    painter: QPainter, view: Projection, relief: Relief, theme: Theme, floor: float, along_w1: bool
) -> None:
    """Draw the lines of one axis across the floor, and its numbers along the edge in front."""
    low, high = relief.picture.window[0 if along_w1 else 1]
    front = (-1.0 if view.cos_a >= 0 else 1.0) if along_w1 else (1.0 if view.sin_a >= 0 else -1.0)

    def pixel(share: float, across: float) -> QPointF:
        x, y = (share, across) if along_w1 else (across, share)
        return QPointF(*view.pixel(x, y, floor))

    begin, end = pixel(-1.0, front), pixel(1.0, front)
    outward = _outward(begin, end, pixel(0.0, -front))
    length = math.hypot(end.x() - begin.x(), end.y() - begin.y())
    ticks = linear_ticks(low, high, max(2, min(6, int(length / 52))))
    number, name = number_font(11), math_font(14)
    metrics = QFontMetricsF(number)
    front_corner = -1.0 if view.cos_a >= 0 else 1.0
    painter.setFont(number)
    for value, label in zip(ticks, linear_labels(ticks), strict=True):
        share = (value - low) / (high - low) * 2.0 - 1.0
        at = pixel(share, front)
        painter.setPen(QPen(QColor(theme.grid), 1.0))
        painter.drawLine(at, pixel(share, -front))
        painter.setPen(QColor(theme.muted))
        painter.drawLine(at, at + outward * _TICK)
        if along_w1 or abs(share - front_corner) > _CORNER:
            _draw_centred(painter, at + outward * _NUMBER, label, metrics)
    painter.setFont(name)
    symbol = "w₁" if along_w1 else "w₂"
    painter.setPen(QColor(theme.text))
    _draw_centred(painter, begin * 0.5 + end * 0.5 + outward * _NAME, symbol, QFontMetricsF(name))


def _draw_height_axis(
    painter: QPainter, view: Projection, relief: Relief, theme: Theme, floor: float
) -> None:
    """Draw the axis of the loss at the corner that is furthest to the left."""
    x, y = min(_CORNERS, key=lambda corner: view.pixel(corner[0], corner[1], 0.0)[0])
    foot, top = QPointF(*view.pixel(x, y, floor)), QPointF(*view.pixel(x, y, relief.reach))
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.drawLine(foot, top)
    font = number_font(11)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(theme.muted))
    height = foot.y() - top.y()
    for tick in height_ticks(relief, max(2, min(6, int(height / 26)))):
        at = QPointF(*view.pixel(x, y, tick.z))
        painter.drawLine(at, at - QPointF(_TICK, 0.0))
        wide = metrics.horizontalAdvance(tick.label)
        where = QPointF(max(2.0, at.x() - _TICK - 4.0 - wide), at.y() + metrics.capHeight() / 2)
        painter.drawText(where, tick.label)
    name = math_font(14)
    painter.setFont(name)
    painter.setPen(QColor(theme.text))
    _draw_centred(painter, top - QPointF(0.0, 14.0), "E", QFontMetricsF(name))


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


def _outward(begin: QPointF, end: QPointF, inner: QPointF) -> QPointF:
    """The unit vector on the screen that leads away from ``inner`` across an edge."""
    way = end - begin
    length = math.hypot(way.x(), way.y()) or 1.0
    side = QPointF(-way.y() / length, way.x() / length)
    inwards = inner - begin
    return side if QPointF.dotProduct(side, inwards) < 0 else -side


def _draw_centred(painter: QPainter, at: QPointF, text: str, metrics: QFontMetricsF) -> None:
    wide = metrics.horizontalAdvance(text)
    painter.drawText(QPointF(at.x() - wide / 2, at.y() + metrics.capHeight() / 2), text)
