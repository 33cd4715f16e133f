"""The curves of a pane, which stay drawn, and the cursor over them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from optlab.pictures.charts.curves import Pane, band_items, cursor_items, curve_items
from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.painting import paint_items
from optlab.ui.plots.pixel_items import KeptItem, MovingItem
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.views.panes.pane_box import PaneBox

_MARGIN: Final = 5.0
"""Pixels beyond a box that the dots at its edge take."""
EMPTY: Final = Pane.empty()


class CurvesItem(KeptItem):
    """The grid and the curves of a pane, drawn when one of them changes."""

    def __init__(self, box: PaneBox, across: TypesetAxis, upwards: TypesetAxis) -> None:
        self.pane, self._theme = EMPTY, DARK
        self._across, self._upwards = across, upwards
        super().__init__(box, 1.0, beyond=2.0)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.set_ground(theme.window)

    def draw(self, painter: QPainter) -> None:
        """Draw the grid, then the curves from the last to the selected one."""
        places = self.pixel_map()
        self._draw_grid(painter, places)
        painter.setClipRect(places.rect.adjusted(-1, -2, 2, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for curve in self.pane.made:
            paint_items(painter, band_items(curve, places))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for curve in self.pane.made:
            paint_items(painter, curve_items(curve, places))

    def _draw_grid(self, painter: QPainter, places: PixelMap) -> None:
        # Hairlines on whole pixels are sharp only without antialiasing.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(self._theme.grid), 1.0))
        wide, high = int(places.width), int(places.height)
        (left, _), (bottom, _) = places.window
        for height in self._upwards.places():
            y = round(places.point(left, height).y())
            painter.drawLine(0, y, wide, y)
        for step in self._across.places():
            x = round(places.point(step, bottom).x())
            painter.drawLine(x, 0, x, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


class CursorItem(MovingItem):
    """The cursor of a pane: a line at the step, and a dot on each curve."""

    def __init__(self, box: PaneBox) -> None:
        self.pane, self._theme = EMPTY, DARK
        self._step = 0
        super().__init__(box, 2.0, beyond=_MARGIN)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def set_step(self, step: int) -> None:
        """Move to ``step``."""
        self._step = step
        self.moved()

    def rects(self) -> list[QRectF]:
        """A narrow column."""
        at = self._at()
        return [] if at is None else [QRectF(at - 6, -_MARGIN, 12, self.pixel_map().height + 10)]

    def draw(self, painter: QPainter) -> None:
        """Draw the line and the dots, which may stand half outside."""
        places = self.pixel_map()
        if self._at() is not None:
            paint_items(painter, cursor_items(self.pane, places, self._step, self._theme))

    def _at(self) -> float | None:
        """The pixel of the step; None where it is not among those shown."""
        places = self.pixel_map()
        first, last = places.window[0]
        if not first <= self._step <= last:
            return None
        return round(places.point(self._step, 0.0).x())
