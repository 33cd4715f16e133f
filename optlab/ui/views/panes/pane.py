"""One pane: its scale, its grid and its curves."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from optlab.pictures.polyline import column_extremes, simplified, thinned
from optlab.pictures.ticks import linear_labels, linear_ticks, log_ticks, power_of_ten
from optlab.session.theme import Theme
from optlab.ui.fonts import number_font
from optlab.ui.plots.pens import line_pen
from optlab.ui.plots.polyline import polygon
from optlab.ui.plots.scale import Scale
from optlab.ui.views.panes.curves import Curve, common_range, curve
from optlab.ui.views.panes.drawings import CurveDrawing, PaneSpec

# Pixels a curve may reach beyond its pane before it is cut off: enough to keep its slope.
_BEYOND: Final = 20_000.0
_LABEL_EACH: Final = 26.0


class Pane:
    """A pane with the curves that are visible; made anew when any of them changes."""

    def __init__(self, spec: PaneSpec, hidden_runs: set[str], hidden_names: set[str]) -> None:
        self.spec = spec
        shown = [
            drawing
            for drawing in spec.curves
            if drawing.run_id not in hidden_runs and drawing.name not in hidden_names
        ]
        self.curves = sorted(shown, key=lambda drawing: drawing.selected)
        self._made = [curve(drawing, spec.log) for drawing in self.curves]
        self.low, self.high = common_range(self._made, spec.log)

    def ticks(self, height: float) -> list[tuple[float, str]]:
        """Heights and labels of the y ticks in a plot of ``height`` pixels."""
        wanted = max(2, min(7, int(height / _LABEL_EACH)))
        if self.spec.log:
            return [(float(k), power_of_ten(k)) for k in log_ticks(self.low, self.high, wanted)]
        values = linear_ticks(self.low, self.high, wanted)
        return list(zip(values, linear_labels(values), strict=True))

    def scale(self, rect: QRectF) -> Scale:
        """The y scale in the plot ``rect``."""
        return Scale(self.low, self.high, rect.bottom(), rect.top())

    def draw(
        self, painter: QPainter, rect: QRectF, x: Scale, steps: list[float], theme: Theme
    ) -> None:
        """Draw the grid, the y labels and the curves; ``steps`` are the x ticks."""
        y = self.scale(rect)
        self._draw_grid(painter, rect, x, y, steps, theme)
        painter.save()
        painter.setClipRect(rect.adjusted(-1, -2, 2, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for made in self._made:
            _draw_curve(painter, made, x, y)
        painter.restore()

    def _draw_grid(
        self,
        painter: QPainter,
        rect: QRectF,
        x: Scale,
        y: Scale,
        steps: list[float],
        theme: Theme,
    ) -> None:
        font = number_font(11)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        ticks = [(round(y.pixel(value)), label) for value, label in self.ticks(rect.height())]
        # Hairlines on whole pixels are sharp only without antialiasing.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(theme.grid), 1.0))
        for pixel, _ in ticks:
            painter.drawLine(int(rect.left()), pixel, int(rect.right()), pixel)
        for step in steps:
            pixel = round(x.pixel(step))
            painter.drawLine(pixel, int(rect.top()), pixel, int(rect.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QColor(theme.muted))
        for pixel, label in ticks:
            wide = metrics.horizontalAdvance(label)
            at = QPointF(rect.left() - 8 - wide, pixel + metrics.capHeight() / 2)
            painter.drawText(at, label)

    def dots(self, step: int, x: Scale, y: Scale) -> list[tuple[QPointF, CurveDrawing]]:
        """Where the curves are at ``step``, for those that have a value there in the range."""
        found = []
        for made in self._made:
            height = made.height(step)
            if self.low <= height <= self.high:
                found.append((QPointF(x.pixel(step), y.pixel(height)), made.drawing))
        return found


def _draw_curve(painter: QPainter, made: Curve, x: Scale, y: Scale) -> None:
    drawing = made.drawing
    width = 1.9 if drawing.selected else 1.5
    painter.setPen(line_pen(QColor(drawing.color), width, drawing.style))
    for steps, heights in made.stretches:
        pixels_x = x.pixels(steps)
        pixels_y = np.clip(y.pixels(heights), y.last - _BEYOND, y.first + _BEYOND)
        if len(steps) == 1:
            painter.drawPoint(QPointF(pixels_x[0], pixels_y[0]))
            continue
        line = column_extremes(pixels_x, pixels_y, 0.5)
        painter.drawPolyline(polygon(simplified(thinned(np.column_stack(line)))))
