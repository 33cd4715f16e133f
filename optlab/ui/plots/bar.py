"""The bar beside a coloured picture: which colour is which number."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from optlab.session.theme import Theme
from optlab.ui.fonts import number_font

BAR_WIDTH: Final = 10.0
_GAP: Final = 16.0
_BETWEEN: Final = 6.0
_TEXT: Final = 10


def bar_beside(rect: QRectF) -> QRectF:
    """Where the bar of a picture in ``rect`` stands: at its right, as high as it."""
    return QRectF(rect.right() + _GAP, rect.top(), BAR_WIDTH, rect.height())


def draw_bar(
    painter: QPainter,
    bar: QRectF,
    colors: QImage,
    ticks: Iterable[tuple[float, str]],
    theme: Theme,
) -> None:
    """Draw ``colors``, lowest at the bottom, in a frame, with numbers at its right.

    ``ticks`` are shares of the height (0 at the bottom) and texts, from below; one that would
    touch the one before it is left out, and so is one outside the bar.
    """
    painter.drawImage(bar, colors)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setFont(number_font(_TEXT))
    painter.setPen(QColor(theme.muted))
    metrics = QFontMetricsF(painter.font())
    lowest = math.inf
    for share, label in ticks:
        y = bar.bottom() - share * bar.height()
        if lowest - y < metrics.height() or y > bar.bottom() + 0.5:
            continue
        lowest = y
        painter.drawText(QPointF(bar.right() + _BETWEEN, y + metrics.capHeight() / 2), label)
