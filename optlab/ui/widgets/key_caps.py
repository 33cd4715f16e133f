"""Keys as people see them on the keyboard: small caps beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.pictures.theme import DARK, Theme, mix
from optlab.ui import fonts
from optlab.ui.style import theme_of
from optlab.ui.widgets.paint import box

_SIGNS: Final = {
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "Arrow": "← →",
    "Backspace": "⌫",
}
_HEIGHT: Final = 20.0
_PAD: Final = 6.0
_GAP: Final = 3.0
_APART: Final = 8.0


def caps_of(keys: str) -> tuple[str, ...]:
    """The caps of a portable key sequence: ``Ctrl+Right`` gives ``Ctrl`` and ``→``."""
    parts = keys.replace("++", "+Plus").split("+") if len(keys) > 1 else [keys]
    return tuple(_SIGNS.get(part, "+" if part == "Plus" else part) for part in parts)


def caps_width(sequences: Sequence[str]) -> float:
    """How wide :func:`paint_caps` paints these key sequences."""
    return max(0.0, _layout(sequences, None, QPointF(), DARK))


def paint_caps(
    painter: QPainter, sequences: Sequence[str], left_middle: QPointF, theme: Theme
) -> None:
    """Paint key sequences beside each other, from a point at the left, half-way up."""
    _layout(sequences, painter, left_middle, theme)


def _layout(sequences: Sequence[str], painter: QPainter | None, at: QPointF, theme: Theme) -> float:
    """Paint where there is a painter; the width in both cases."""
    font = fonts.ui_font(fonts.SMALL, fonts.Weight.MEDIUM)
    metrics = QFontMetricsF(font)
    left = at.x()
    for keys in sequences:
        for cap in caps_of(keys):
            width = max(_HEIGHT, metrics.horizontalAdvance(cap) + 2 * _PAD)
            if painter is not None:
                area = QRectF(left, at.y() - _HEIGHT / 2, width, _HEIGHT)
                ground = mix(theme.raised, theme.text, 0.04)
                box(painter, area, ground, mix(theme.border, theme.muted, 0.25), 4)
                painter.setFont(font)
                painter.setPen(QColor(mix(theme.muted, theme.text, 0.5)))
                painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), cap)
            left += width + _GAP
        left += _APART - _GAP
    return left - at.x() - _APART


class KeyCaps(QWidget):
    """The keys of one thing to do; several sequences stand beside each other."""

    def __init__(self, sequences: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sequences = tuple(sequences)
        self.setAccessibleName(" or ".join(sequences))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(round(caps_width(self._sequences)) + 2, round(_HEIGHT) + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_caps(painter, self._sequences, QPointF(1, self.height() / 2), theme_of(self))
