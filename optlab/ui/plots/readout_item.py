"""The text beside the pointer, over all plots of a view."""

from __future__ import annotations

from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from optlab.session.theme import DARK, Theme
from optlab.ui.plots.marks import draw_readout, readout_box

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
