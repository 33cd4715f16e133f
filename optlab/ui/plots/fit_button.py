"""The button "A" in the corner of a plot, which shows everything again."""

from __future__ import annotations

from typing import Any, Final

from pyqtgraph import ButtonItem
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.painting import with_alpha
from optlab.ui.style.fonts import Weight, ui_font

SIZE: Final = 20.0
_ON_TOP: Final = 10.0


class FitButton(ButtonItem):
    """pyqtgraph's button in the colours of the theme; a press on it reaches nothing below."""

    def __init__(self, parent: Any) -> None:
        self._theme = DARK
        super().__init__(pixmap=QPixmap(), width=SIZE, parentItem=parent)
        self.setZValue(_ON_TOP)
        self.setToolTip("Show everything (A)")
        self.setAcceptedMouseButtons(Qt.MouseButton.LeftButton)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Take the press."""
        event.accept()

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Be clicked where the button is let go over it."""
        if self.boundingRect().contains(event.pos()):
            self.clicked.emit(self)

    def paint(self, painter: QPainter, *_more: Any) -> None:
        """Draw the letter on a small raised ground."""
        theme, rect = self._theme, QRectF(0.5, 0.5, SIZE - 1, SIZE - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.setBrush(with_alpha(theme.raised, 0.92))
        painter.drawRoundedRect(rect, 5, 5)
        painter.setFont(ui_font(12, Weight.SEMIBOLD))
        painter.setPen(QColor(theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "A")
