"""The marks that several plots share: the start, minima, the read-out beside the pointer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from optlab.session.theme import Theme
from optlab.ui.fonts import number_font, ui_font
from optlab.ui.plots.colors import with_alpha
from optlab.ui.plots.pens import line_pen

START_HALF: Final = 5.0


def outline(theme: Theme) -> QColor:
    """The colour around marks, which sets them off from the map."""
    return QColor("#0b0e13") if theme.is_dark else QColor("#ffffff")


def ink(theme: Theme) -> QColor:
    """The colour of marks that belong to no run."""
    return QColor("#ffffff") if theme.is_dark else QColor("#1f2328")


def draw_start(painter: QPainter, at: QPointF, theme: Theme, hot: bool) -> None:
    """Draw the square at the start, larger while it can be grabbed, and its name."""
    half = START_HALF + (1.5 if hot else 0.0)
    painter.setPen(QPen(outline(theme), 2.0))
    painter.setBrush(ink(theme))
    painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
    font = ui_font(11)
    width = QFontMetricsF(font).horizontalAdvance("start")
    words = QPainterPath()
    words.addText(QPointF(at.x() - width / 2, at.y() + half + 13.0), font, "start")
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # A ground on which the word is read on the palest place of any map.
    ground = words.boundingRect().adjusted(-3.0, -2.0, 3.0, 2.0).toAlignedRect()
    painter.fillRect(ground, with_alpha(outline(theme).name(), 0.5))
    painter.fillPath(words, ink(theme))


def draw_cross(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """Draw the cross at a known minimum."""
    for color, width in ((with_alpha(outline(theme).name(), 0.55), 3.6), (ink(theme), 1.8)):
        painter.setPen(line_pen(color, width))
        for slope in (1.0, -1.0):
            arm = QPointF(4.0, 4.0 * slope)
            painter.drawLine(at - arm, at + arm)


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
