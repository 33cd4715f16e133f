"""Axes of a picture whose sides are settings: linear or logarithmic, with ticks and a name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from optlab.pictures.ticks import (
    figures,
    linear_labels,
    linear_ticks,
    log_ticks,
    power_of_ten,
)
from optlab.session.theme import Theme
from optlab.ui.fonts import math_font, number_font, ui_font

TICK_GAP: Final = 7.0
NAME_ROOM: Final = 46.0
_TICK: Final = 11
_NAME: Final = 14
_LONGEST_SYMBOL: Final = 3


@dataclass(frozen=True)
class PlotAxis:
    """One side of a picture: values from ``low`` to ``high`` (0 < low where logarithmic)."""

    symbol: str
    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """How far along the axis a value is: 0 at the low end, 1 at the high one."""
        if self.log:
            if value <= 0:
                return -math.inf
            first, last = math.log10(self.low), math.log10(self.high)
            return (math.log10(value) - first) / (last - first)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The value at a share of the axis."""
        if self.log:
            first, last = math.log10(self.low), math.log10(self.high)
            return float(10.0 ** (first + share * (last - first)))
        return self.low + share * (self.high - self.low)

    def ticks(self, wanted: int) -> list[tuple[float, str]]:
        """Where ticks go (as shares) and what is written there."""
        if not self.log:
            values = linear_ticks(self.low, self.high, wanted)
            labels = linear_labels(values)
        else:
            first, last = math.log10(self.low), math.log10(self.high)
            if last - first >= 2.0:
                exponents = log_ticks(first, last, wanted)
                values = [10.0**exponent for exponent in exponents]
                labels = [power_of_ten(exponent) for exponent in exponents]
            else:
                values = _few_decades(self.low, self.high)
                labels = [figures(value, 3).rstrip("0").rstrip(".") for value in values]
        return [(self.share(value), label) for value, label in zip(values, labels, strict=True)]

    def between(self) -> list[float]:
        """The shares of the small ticks of a logarithmic axis: 2, 3 … 9 times a power of ten."""
        if not self.log or self.high / self.low > 1e5:
            return []
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        values = [digit * 10.0**k for k in range(first, last) for digit in range(2, 10)]
        return [self.share(value) for value in values if self.low <= value <= self.high]


def _few_decades(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    digits = (1, 2, 5) if high / low > 4 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
    values = [digit * 10.0**k for k in range(first, last + 1) for digit in digits]
    return [v for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]


def wanted_ticks(pixels: float, each: float) -> int:
    """How many ticks fit into so many pixels."""
    return max(2, min(9, int(pixels / each)))


def left_room(axis: PlotAxis, height: float) -> float:
    """The room that the labels and the name of an upright axis need at its left."""
    metrics = QFontMetricsF(number_font(_TICK))
    labels = [label for _, label in axis.ticks(wanted_ticks(height, 56))]
    widest = max((metrics.horizontalAdvance(label) for label in labels), default=0.0)
    name = 0.0 if _upright(axis) else 8.0 + QFontMetricsF(math_font(_NAME)).horizontalAdvance("w₂")
    return widest + TICK_GAP + name + (24.0 if _upright(axis) else 8.0)


def _upright(axis: PlotAxis) -> bool:
    """Whether the name is a word, which is written along the axis."""
    return len(axis.symbol) > _LONGEST_SYMBOL


def draw_axes(
    painter: QPainter, rect: QRectF, across: PlotAxis, upwards: PlotAxis, theme: Theme
) -> None:
    """Draw ticks, their numbers and the names of both axes around ``rect``."""
    painter.setFont(number_font(_TICK))
    painter.setPen(QColor(theme.muted))
    _draw_across(painter, rect, across)
    widest = _draw_upwards(painter, rect, upwards)
    painter.setPen(QColor(theme.text))
    _draw_names(painter, rect, across, upwards, widest)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))


def _draw_across(painter: QPainter, rect: QRectF, axis: PlotAxis) -> None:
    metrics = painter.fontMetrics()
    for share, label in axis.ticks(wanted_ticks(rect.width(), 76)):
        x = rect.left() + share * rect.width()
        wide = metrics.horizontalAdvance(label)
        painter.drawText(QPointF(x - wide / 2, rect.bottom() + 19), label)
        painter.drawLine(QPointF(x, rect.bottom() + 1), QPointF(x, rect.bottom() + 4))
    for share in axis.between():
        x = rect.left() + share * rect.width()
        painter.drawLine(QPointF(x, rect.bottom() + 1), QPointF(x, rect.bottom() + 2.5))


def _draw_upwards(painter: QPainter, rect: QRectF, axis: PlotAxis) -> float:
    metrics = QFontMetricsF(painter.font())
    rise, widest = metrics.capHeight() / 2, 0.0
    for share, label in axis.ticks(wanted_ticks(rect.height(), 56)):
        y = rect.bottom() - share * rect.height()
        wide = metrics.horizontalAdvance(label)
        widest = max(widest, wide)
        painter.drawText(QPointF(rect.left() - TICK_GAP - wide, y + rise), label)
        painter.drawLine(QPointF(rect.left() - 4, y), QPointF(rect.left() - 1, y))
    for share in axis.between():
        y = rect.bottom() - share * rect.height()
        painter.drawLine(QPointF(rect.left() - 2.5, y), QPointF(rect.left() - 1, y))
    return widest


def _draw_names(
    painter: QPainter, rect: QRectF, across: PlotAxis, upwards: PlotAxis, widest: float
) -> None:
    painter.setFont(ui_font(12) if _upright(across) else math_font(_NAME))
    metrics = QFontMetricsF(painter.font())
    wide = metrics.horizontalAdvance(across.symbol)
    painter.drawText(QPointF(rect.center().x() - wide / 2, rect.bottom() + 38), across.symbol)
    painter.setFont(ui_font(12) if _upright(upwards) else math_font(_NAME))
    metrics = QFontMetricsF(painter.font())
    wide = metrics.horizontalAdvance(upwards.symbol)
    edge = rect.left() - TICK_GAP - widest - 6
    if _upright(upwards):
        painter.save()
        painter.translate(edge - metrics.descent(), rect.center().y() + wide / 2)
        painter.rotate(-90)
        painter.drawText(QPointF(0, 0), upwards.symbol)
        painter.restore()
    else:
        y = rect.center().y() + metrics.xHeight() / 2
        painter.drawText(QPointF(max(2.0, edge - wide), y), upwards.symbol)
