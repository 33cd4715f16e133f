"""The text beside the pointer, over all plots of a view."""

from __future__ import annotations

from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.painting import with_alpha
from optlab.ui.style.fonts import number_font

_ON_TOP: Final = 1e4


class ReadoutItem(pg.GraphicsObject):
    """Lines of text near a place of the scene; nothing while the text is empty."""

    def __init__(self) -> None:
        self.text = ""
        self._theme = DARK
        self._at, self._inside, self._box = QPointF(), QRectF(), QRectF()
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(_ON_TOP)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._arrange()

    def set_text(self, text: str) -> None:
        """Show another text; empty hides it."""
        if text != self.text:
            self.text = text
            self._arrange()

    def set_place(self, at: QPointF, inside: QRectF) -> None:
        """Stand beside ``at``, inside a rectangle of the scene."""
        self._at, self._inside = at, inside
        if self.text:
            self._arrange()

    def boundingRect(self) -> QRectF:
        """The pixels of the text."""
        return self._box.adjusted(-1, -1, 1, 1) if self.text else QRectF()

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Draw the text."""
        if self.text:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_readout(painter, self._box, self.text, self._theme)

    def _arrange(self) -> None:
        self.prepareGeometryChange()
        self._box = readout_box(self.text, self._at, self._inside)
        self.update()


def readout_box(text: str, at: QPointF, rect: QRectF) -> QRectF:
    """The pixels of a read-out of ``text`` near ``at``, kept inside ``rect``."""
    width, height = _readout_size(text)
    left = at.x() + 14 if at.x() + 14 + width <= rect.right() else at.x() - 14 - width
    top = at.y() + 16 if at.y() + 16 + height <= rect.bottom() else at.y() - 12 - height
    return QRectF(max(rect.left(), left), max(rect.top(), top), width, height)


def note_box(text: str, rect: QRectF, corner: int) -> QRectF:
    """The same in a corner of ``rect``: 0 top right, 1 top left, 2 bottom right, 3 bottom left."""
    width, height = _readout_size(text)
    inner = rect.adjusted(8, 8, -8, -8)
    left = inner.left() if corner % 2 else max(inner.left(), inner.right() - width)
    top = inner.top() if corner < 2 else inner.bottom() - height
    return QRectF(left, top, width, height)


def _readout_size(text: str) -> tuple[float, float]:
    metrics = QFontMetricsF(number_font(12))
    lines = text.split("\n")
    width = max(metrics.horizontalAdvance(line) for line in lines) + 16
    return width, metrics.lineSpacing() * len(lines) + 10


def draw_readout(painter: QPainter, box: QRectF, text: str, theme: Theme) -> None:
    """Draw the read-out that follows the pointer."""
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(with_alpha(theme.raised, 0.92))
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(number_font(12))
    painter.setPen(QColor(theme.text))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box.adjusted(8, 0, -6, 0), flags, text)
