"""A small question mark that opens the guide where something is explained."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from optlab.ui.style import theme_of
from optlab.ui.widgets.buttons import Button
from optlab.ui.widgets.paint import box, field_height, focus_ring, ink, shows_focus


class HelpButton(Button):
    """``asked`` carries the topic: a page of the guide and a heading, ``window#measures``."""

    asked = Signal(str)

    def __init__(self, about: str, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(f"Help: {about}", f"What is meant by {about}", parent)
        self._topic = topic
        self.clicked.connect(self._ask)

    def topic(self) -> str:
        """Where the guide is opened."""
        return self._topic

    def sizeHint(self) -> QSize:
        side = field_height(self) - 12
        return QSize(side, side + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            side = min(area.width(), area.height())
            area.adjust(0, (area.height() - side) / 2, 0, (side - area.height()) / 2)
            round_ = side / 2
            lit = self.underMouse() or self.isDown()
            box(painter, area, theme.hover if lit else None, theme.border, round_)
            if shows_focus(self):
                focus_ring(painter, self, area, round_)
            painter.setPen(QColor(ink(self)))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), "?")

    def _ask(self) -> None:
        self.asked.emit(self._topic)
