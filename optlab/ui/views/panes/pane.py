"""One pane: its scale, its grid and its curves."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from optlab.session.theme import Theme
from optlab.ui.fonts import number_font
from optlab.ui.plots.pens import line_pen
from optlab.ui.plots.polyline import Floats, column_extremes, polygon, simplified, thinned
from optlab.ui.plots.scale import Scale
from optlab.ui.plots.ticks import linear_labels, linear_ticks, log_ticks, power_of_ten
from optlab.ui.views.panes.drawings import CurveDrawing, PaneSpec
from optlab.ui.views.panes.ranges import drawable, shown_range

# Pixels a curve may reach beyond its pane before it is cut off: enough to keep its slope.
_BEYOND: Final = 20_000.0
_LABEL_EACH: Final = 26.0


class Pane:
    """A pane with the curves that are visible; made anew when any of them changes."""

    def __init__(self, spec: PaneSpec, hidden_runs: set[str], hidden_names: set[str]) -> None:
        self.spec = spec
        shown = [
            curve
            for curve in spec.curves
            if curve.run_id not in hidden_runs and curve.name not in hidden_names
        ]
        self.curves = sorted(shown, key=lambda curve: curve.selected)
        self.heights = [drawable(curve.values, spec.log) for curve in self.curves]
        self.low, self.high = shown_range([curve.values for curve in self.curves], spec.log)

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
        for curve, heights in zip(self.curves, self.heights, strict=True):
            _draw_curve(painter, curve, heights, x, y)
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
        for curve, heights in zip(self.curves, self.heights, strict=True):
            if step < len(heights) and self.low <= heights[step] <= self.high:
                at = QPointF(x.pixel(step), y.pixel(float(heights[step])))
                found.append((at, curve))
        return found


def _draw_curve(
    painter: QPainter, curve: CurveDrawing, heights: Floats, x: Scale, y: Scale
) -> None:
    pixels_x = x.pixels(np.arange(len(heights), dtype=np.float64))
    pixels_y = np.clip(y.pixels(heights), y.last - _BEYOND, y.first + _BEYOND)
    width = 1.9 if curve.selected else 1.5
    painter.setPen(line_pen(QColor(curve.color), width, curve.style))
    for first, last in _stretches(np.isfinite(pixels_y)):
        if last - first == 1:
            painter.drawPoint(QPointF(pixels_x[first], pixels_y[first]))
            continue
        line = column_extremes(pixels_x[first:last], pixels_y[first:last], 0.5)
        painter.drawPolyline(polygon(simplified(thinned(np.column_stack(line)))))


def _stretches(finite: object) -> list[tuple[int, int]]:
    """First and one-past-last index of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(finite, np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
