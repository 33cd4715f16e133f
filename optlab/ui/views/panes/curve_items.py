"""The curves of a pane, which stay drawn, and the cursor over them."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from optlab.pictures.polyline import column_extremes, simplified, thinned
from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.painting import draw_marker, line_pen, with_alpha
from optlab.ui.plots.pixel_items import KeptItem, MovingItem
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.plots.polyline import polygon
from optlab.ui.views.panes.curves import Curve
from optlab.ui.views.panes.pane import Pane
from optlab.ui.views.panes.pane_box import PaneBox

# Pixels a curve may reach beyond its pane before it is cut off: enough to keep its slope.
_BEYOND: Final = 20_000.0
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
            _draw_curve(painter, curve, places)

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
        at, places = self._at(), self.pixel_map()
        if at is None:
            return
        painter.setPen(QPen(with_alpha(self._theme.text, 0.75), 1.5))
        painter.drawLine(QPointF(at, 0.0), QPointF(at, places.height))
        painter.setPen(QPen(QColor(self._theme.window), 1.5))
        low, high = places.window[1]
        for height, color in self.pane.dots(self._step):
            if low <= height <= high:
                painter.setBrush(QColor(color))
                dot = places.point(self._step, height)
                draw_marker(painter, dot, 3.6, color, self._theme)

    def _at(self) -> float | None:
        """The pixel of the step; None where it is not among those shown."""
        places = self.pixel_map()
        first, last = places.window[0]
        if not first <= self._step <= last:
            return None
        return round(places.point(self._step, 0.0).x())


def _draw_curve(painter: QPainter, made: Curve, places: PixelMap) -> None:
    drawing = made.drawing
    width = 1.9 if drawing.selected else 1.5
    painter.setPen(line_pen(QColor(drawing.color), width, drawing.style))
    first, last = places.window[0]
    for steps, heights in made.stretches:
        # One point more at each side, so that the line goes on to the edge.
        begin = max(0, int(np.searchsorted(steps, first, "right")) - 1)
        end = int(np.searchsorted(steps, last, "left")) + 1
        if begin >= len(steps) or end - begin < 1:
            continue
        pixels = places.pixels(np.column_stack((steps[begin:end], heights[begin:end])))
        pixels[:, 1] = np.clip(pixels[:, 1], -_BEYOND, places.height + _BEYOND)
        if len(pixels) == 1:
            painter.drawPoint(QPointF(*pixels[0]))
            continue
        line = column_extremes(pixels[:, 0], pixels[:, 1], 0.5)
        painter.drawPolyline(polygon(simplified(thinned(np.column_stack(line)))))
