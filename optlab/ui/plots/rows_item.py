"""The rows of the data in a plot."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from optlab.pictures.theme import DARK, Theme
from optlab.pictures.training import Rows, row_items
from optlab.ui.plots.painting import paint_items
from optlab.ui.plots.pixel_items import KeptItem
from optlab.ui.plots.plot_box import PlotBox


class RowsItem(KeptItem):
    """The rows of the data over a picture, and the frame, stronger around the selected run."""

    def __init__(self, box: PlotBox) -> None:
        self.theme: Theme = DARK
        self.rows: Rows | None = None
        self.frame = ""
        super().__init__(box, 10.0, beyond=2.0)

    def draw(self, painter: QPainter) -> None:
        """Draw dots, rings and the frame."""
        places = self.pixel_map()
        painter.setPen(QPen(QColor(self.frame or self.theme.border), 2.0 if self.frame else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(places.rect)
        if self.rows is not None:
            painter.setClipRect(places.rect)
            paint_items(painter, row_items(self.rows, places, self.theme))
