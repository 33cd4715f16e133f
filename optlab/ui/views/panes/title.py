"""The title line of a pane: words, symbol, then legend entries and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from optlab.pictures.charts.curves import PaneSpec
from optlab.pictures.theme import Theme
from optlab.ui.style.fonts import math_font, number_font, ui_font

_GAP: Final = 7.0
_FEW: Final = 60.0
_SAMPLE: Final = "−0.002"
BASE: Final = 9.0
"""From the end of the title line up to what its letters stand on."""


@dataclass(frozen=True)
class Title:
    """What fits of a title, and how many pixels it takes."""

    words: str
    symbol: str
    width: float


def fit_title(spec: PaneSpec, room: float) -> Title:
    """Shorten the title of ``spec`` to ``room`` pixels: first the symbol goes, then letters of the
    words; where few would be left, the symbol stands for them.

    Something of the room is left for the values.
    """
    components = len({curve.name for curve in spec.curves})
    sample = ", ".join((_SAMPLE,) * min(components, 2))
    room -= QFontMetricsF(number_font(11)).horizontalAdvance(sample) + _GAP
    metrics = QFontMetricsF(ui_font(12))
    words = metrics.horizontalAdvance(spec.title)
    symbol = QFontMetricsF(math_font(13)).horizontalAdvance(spec.symbol)
    if words + _GAP + symbol <= room:
        return Title(spec.title, spec.symbol, words + _GAP + symbol)
    if words > room and room < _FEW and spec.symbol:
        return Title("", spec.symbol, _GAP + symbol)
    shortened = metrics.elidedText(spec.title, Qt.TextElideMode.ElideRight, max(24.0, room))
    return Title(shortened, "", metrics.horizontalAdvance(shortened))


def draw_title(painter: QPainter, rect: QRectF, title: Title, theme: Theme) -> None:
    """Write the title in words and the symbol."""
    base = rect.bottom() - BASE
    painter.setFont(ui_font(12))
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(rect.left(), base), title.words)
    if title.symbol:
        wide = QFontMetricsF(ui_font(12)).horizontalAdvance(title.words)
        painter.setFont(math_font(13))
        painter.drawText(QPointF(rect.left() + wide + _GAP, base), title.symbol)
