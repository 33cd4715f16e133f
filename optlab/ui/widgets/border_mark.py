"""Buttons that lie on a map: one that points to something outside it, and one of a word."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import Button
from optlab.ui.widgets.paint import box, focus_ring, shows_focus

_ARROW, _PAD = 14, 6


@dataclass(frozen=True)
class Outside:
    """What a mark says: ``text`` in ``color``, and the way it points (degrees, clockwise from the
    right); ``tip`` explains."""

    text: str
    color: str
    angle: float
    tip: str


class BorderMark(Button):
    """An arrow and a few words; a click asks to see what it points to."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("outside the map", parent=parent)
        self._shown = Outside("", "#000000", 0.0, "")
        self.setFont(fonts.number_font(fonts.NOTE))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_outside(self, shown: Outside) -> None:
        """Say something else."""
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleName(shown.text)
            self.set_tip(shown.tip)
            self.resize(self.sizeHint())
            self.update()

    def shown(self) -> Outside:
        """What is said."""
        return self._shown

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._shown.text) + _ARROW + 3 * _PAD
        return QSize(width, metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            painter.setOpacity(0.94)
            fill = theme.hover if self.underMouse() else theme.raised
            box(painter, area, fill, self._shown.color, 5)
            painter.setOpacity(1.0)
            if shows_focus(self):
                focus_ring(painter, self, area, 5)
            painter.save()
            painter.translate(QPointF(_PAD + _ARROW / 2, area.center().y()))
            painter.rotate(self._shown.angle)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._shown.color))
            painter.drawPolygon(QPolygonF([QPointF(6, 0), QPointF(-4, -5), QPointF(-4, 5)]))
            painter.restore()
            painter.setPen(QColor(theme.text))
            words = area.adjusted(2 * _PAD + _ARROW, 0, 0, 0)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self._shown.text)


class MapButton(Button):
    """A word on a ground of its own, so that it is read on any map."""

    def __init__(self, text: str, tip: str, parent: QWidget) -> None:
        super().__init__(text, tip, parent)
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 4 * _PAD, metrics.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            box(painter, area, theme.hover if self.underMouse() else theme.raised, theme.muted, 5)
            if shows_focus(self):
                focus_ring(painter, self, area, 5)
            painter.setPen(QColor(theme.text))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self.text())
