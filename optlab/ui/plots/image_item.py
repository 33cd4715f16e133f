"""A picture of cells in a plot."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QPainter

from optlab.pictures.places import Window


class CellsImage(pg.ImageItem):
    """pyqtgraph's image, row 0 at the bottom; cells run into each other where ``smooth``."""

    def __init__(self) -> None:
        self.smooth = True
        super().__init__(axisOrder="row-major")

    def cover(self, window: Window) -> None:
        """Lie on a window of the plot, from border to border."""
        (left, right), (bottom, top) = window
        self.setRect(left, bottom, right - left, top - bottom)

    def paint(self, painter: QPainter, *more: Any) -> None:
        """Draw the cells sharp or smooth."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
        super().paint(painter, *more)
