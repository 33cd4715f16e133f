"""The read-out beside the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from optlab.pictures.theme import Theme
from optlab.ui.plots.readout_item import draw_readout, readout_box


class Readout:
    """A text beside the pointer, inside a frame; empty text shows none."""

    def __init__(self) -> None:
        self.text = ""
        self.box = QRectF()

    def put(self, text: str, pointer: QPointF, frame: QRectF) -> list[QRectF]:
        """Show ``text``; returns the rectangles to repaint, none where nothing changes."""
        if not text and not self.text:
            return []
        old, self.text = self.box, text
        self.box = readout_box(text, pointer, frame) if text else QRectF()
        return [old, self.box]

    def draw(self, painter: QPainter, theme: Theme) -> None:
        """Draw it where it was put."""
        if self.text:
            draw_readout(painter, self.box, self.text, theme)
