"""A curve as small as a word: its shape, without axes or numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.paint import row_height, set_tip


class Sparkline(QWidget):
    """Draws values from the left to the right edge, zero at the bottom, in the accent."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_values(self, values: Sequence[float], tip: str = "") -> None:
        """Show these values, evenly spaced; hidden when there is no curve in them."""
        self._values = tuple(value for value in values if math.isfinite(value))
        set_tip(self, tip)
        self.setAccessibleDescription(tip)
        self.setVisible(len(set(self._values)) > 1)
        self.update()

    def values(self) -> tuple[float, ...]:
        """What is drawn."""
        return self._values

    def sizeHint(self) -> QSize:
        height = row_height(self)
        return QSize(round(1.7 * height), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self._values) < 2:
            return
        theme = theme_of(self)
        area = QRectF(self.rect()).adjusted(2, 5, -2, -5)
        low, high = min(0.0, *self._values), max(self._values)
        scale = area.height() / (high - low) if high > low else 0.0
        step = area.width() / (len(self._values) - 1)
        line = QPolygonF(
            [
                QPointF(area.left() + number * step, area.bottom() - (value - low) * scale)
                for number, value in enumerate(self._values)
            ]
        )
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.track), 1.0))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
            pen = QPen(QColor(theme.accent if self.isEnabled() else theme.faint), 1.6)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(line)
