"""Arrows at the current step, their labels clear of each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from optlab.ui.fonts import math_font
from optlab.ui.plots.pens import line_pen

_SHORTEST: Final = 3.0
_HEAD: Final = 7.0
_BESIDE: Final = 5.0
_LOOK: Final = 4.0
"""Pixels between the points of an arrow at which it is looked whether a label covers it."""


@dataclass(frozen=True)
class Arrow:
    """An arrow from ``begin`` to ``end``, in pixels."""

    begin: QPointF
    end: QPointF
    color: str
    label: str

    @property
    def length(self) -> float:
        """In pixels."""
        return math.hypot(self.end.x() - self.begin.x(), self.end.y() - self.begin.y())

    @property
    def ahead(self) -> QPointF:
        """The direction, of length 1."""
        way, length = self.end - self.begin, self.length
        return QPointF(way.x() / length, way.y() / length)

    def is_under(self, box: QRectF) -> bool:
        """Whether the arrow passes through ``box``."""
        count = max(1, int(self.length / _LOOK))
        way = self.end - self.begin
        return any(box.contains(self.begin + way * (at / count)) for at in range(count + 1))


def draw_arrows(painter: QPainter, arrows: Sequence[Arrow], inside: QRectF) -> None:
    """Draw arrows, then their labels at the tips; those too short to be seen are left out."""
    seen = [arrow for arrow in arrows if arrow.length >= _SHORTEST]
    for arrow in seen:
        _draw_shaft(painter, arrow)
    painter.setFont(math_font(13))
    for arrow, box in zip(seen, label_boxes(seen, inside), strict=True):
        painter.setPen(QColor(arrow.color))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, arrow.label)


def label_boxes(arrows: Sequence[Arrow], inside: QRectF) -> list[QRectF]:
    """Where the labels go: ahead of the tip, or beside it where something is in the way."""
    metrics = QFontMetricsF(math_font(13))
    placed: list[QRectF] = []
    for arrow in arrows:
        size = QRectF(0, 0, metrics.horizontalAdvance(arrow.label) + 4, metrics.height())
        spots = [_at(size, spot) for spot in _spots(arrow, size)]
        others = [other for other in arrows if other is not arrow]
        free = (
            box
            for box in spots
            if inside.contains(box)
            and not any(box.intersects(one) for one in placed)
            and not any(other.is_under(box.adjusted(2, 3, -2, -3)) for other in others)
        )
        placed.append(next(free, spots[0]))
    return placed


def _spots(arrow: Arrow, size: QRectF) -> list[QPointF]:
    ahead = arrow.ahead
    side = QPointF(-ahead.y(), ahead.x())
    reach = abs(side.x()) * size.width() / 2 + abs(side.y()) * size.height() / 2 + _BESIDE
    tip, back = arrow.end, arrow.end - ahead * (0.5 * size.width())
    return [
        tip + ahead * (_BESIDE + 0.5 * size.width()),
        *(spot + side * reach * sign for spot in (tip, back) for sign in (-1.0, 1.0)),
    ]


def _at(size: QRectF, centre: QPointF) -> QRectF:
    box = QRectF(size)
    box.moveCenter(centre)
    return box


def _draw_shaft(painter: QPainter, arrow: Arrow) -> None:
    ahead = arrow.ahead
    side = QPointF(-ahead.y(), ahead.x())
    neck = arrow.end - ahead * _HEAD
    painter.setPen(line_pen(QColor(arrow.color), 2.0))
    painter.drawLine(arrow.begin, neck)
    painter.setPen(QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QColor(arrow.color))
    painter.drawPolygon(QPolygonF([arrow.end, neck + side * 3.6, neck - side * 3.6]))
