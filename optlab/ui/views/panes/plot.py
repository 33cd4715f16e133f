"""The plot of one pane: its box and axes, its curves, its cursor and its title line."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from optlab.pictures.polyline import column_extremes, simplified, thinned
from optlab.session.theme import DARK, Theme
from optlab.ui.fonts import number_font
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.colors import with_alpha
from optlab.ui.plots.pens import line_pen
from optlab.ui.plots.pixel_items import KeptItem, MovingItem
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.polyline import polygon
from optlab.ui.views.panes.curves import Curve
from optlab.ui.views.panes.layout import AXIS
from optlab.ui.views.panes.pane import Pane
from optlab.ui.views.panes.title import Title, draw_title

# Pixels a curve may reach beyond its pane before it is cut off: enough to keep its slope.
_BEYOND: Final = 20_000.0
_LABEL_EACH: Final = 26.0
_STEP_EACH: Final = 46.0
_MARGIN: Final = 5.0
"""Pixels beyond a box that the dots at its edge take."""
_LEFT: Final = Qt.MouseButton.LeftButton
EMPTY: Final = Pane.empty()


class PaneBox(PlotBox):
    """The inside of a pane: the left button seeks, wheel and other buttons zoom the step axis.

    The axes themselves zoom and pan as pyqtgraph's do.
    """

    sought = Signal(float, bool)  # the step there, and whether the button was just pressed
    reset = Signal()
    finest, widest = 1e-13, 1e155

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Seek at once; clicks and drags are found out as usual."""
        if event.button() == _LEFT:
            self.sought.emit(self.pixel_map().world(event.pos())[0], True)
        event.ignore()

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Ask for all steps again."""
        if event.button() == _LEFT:
            self.reset.emit()
        event.ignore()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Seek with the left button; pan and zoom the step axis with the others."""
        if axis is None and event.button() == _LEFT:
            event.accept()
            self.sought.emit(self.pixel_map().world(QPointF(event.pos()))[0], False)
        else:
            super().mouseDragEvent(event, axis=0 if axis is None else axis)

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom the step axis, or the axis that the pointer is on."""
        super().wheelEvent(event, axis=0 if axis is None else axis)


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
                painter.drawEllipse(places.point(self._step, height), 3.6, 3.6)

    def _at(self) -> float | None:
        """The pixel of the step; None where it is not among those shown."""
        places = self.pixel_map()
        first, last = places.window[0]
        if not first <= self._step <= last:
            return None
        return round(places.point(self._step, 0.0).x())


class LineItem(MovingItem):
    """A line of text above a pane."""

    def __init__(self, box: PaneBox) -> None:
        self._line = QRectF()
        super().__init__(box, 1.0)

    def set_line(self, line: QRectF) -> None:
        """Lie in ``line``, pixels of the box."""
        if line != self._line:
            self.prepareGeometryChange()
            self._line = line

    def boundingRect(self) -> QRectF:
        """The line."""
        return self._line


class TitleItem(LineItem):
    """The title of a pane."""

    def __init__(self, box: PaneBox) -> None:
        self._theme = DARK
        self._title: Title | None = None
        super().__init__(box)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def set_title(self, title: Title) -> None:
        """Show another title."""
        if title != self._title:
            self._title = title
            self.update()

    def draw(self, painter: QPainter) -> None:
        """Draw words and symbol."""
        if self._title is not None:
            draw_title(painter, self._line, self._title, self._theme)


class ValuesItem(LineItem):
    """The values of the selected run, at the right of the title, with the digits that fit."""

    def __init__(self, box: PaneBox) -> None:
        self._texts: tuple[str, ...] = ()
        self._color = ""
        self._font = number_font(11)
        super().__init__(box)

    def set_values(self, texts: tuple[str, ...], color: str) -> None:
        """Show other values, in the first of ``texts`` that fits."""
        if (texts, color) != (self._texts, self._color):
            self._texts, self._color = texts, color
            self.update()

    def set_fonts(self) -> None:
        """Take the font at the size that it has now."""
        self._font = number_font(11)

    def draw(self, painter: QPainter) -> None:
        """Draw the values."""
        text = self.shown()
        if text:
            painter.setFont(self._font)
            painter.setPen(QColor(self._color))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self._line, flags, text)

    def shown(self) -> str:
        """The text that fits, or none."""
        metrics, room = QFontMetricsF(self._font), self._line.width()
        fitting = (text for text in self._texts if metrics.horizontalAdvance(text) <= room)
        return next(fitting, "")


class PanePlot(Plot):
    """A plot that shows one :class:`Pane` after another."""

    def __init__(self) -> None:
        self.pane = EMPTY
        upwards = TypesetAxis("left", _LABEL_EACH, marks=False, most=7)
        across = TypesetAxis("bottom", _STEP_EACH, whole=True, marks=False, most=99)
        across.set_name("step t")
        across.setHeight(AXIS)
        box = PaneBox()
        super().__init__(box, upwards, across)
        self.pane_box = box
        self.curves = CurvesItem(box, across, upwards)
        self.cursor_line = CursorItem(box)
        self.title, self.values = TitleItem(box), ValuesItem(box)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        for axis in (self.left_axis, self.bottom_axis):
            axis.set_theme(theme, theme.muted)
        self.curves.set_theme(theme)
        self.cursor_line.set_theme(theme)
        self.title.set_theme(theme)
        self.values.set_fonts()

    def set_title(self, title: Title, line: QRectF, taken: float) -> None:
        """Show a title in ``line``, pixels of the box, whose first ``taken`` are in use."""
        self.title.set_title(title)
        self.title.set_line(line)
        self.values.set_line(line.adjusted(taken + 8, 0, 0, -1))

    def set_pane(self, pane: Pane) -> None:
        """Show the curves of ``pane``."""
        self.pane = self.curves.pane = self.cursor_line.pane = pane
        self.left_axis.set_log(pane.spec.log)
        self.curves.redraw()
        self.cursor_line.update()

    @property
    def is_zoomed(self) -> bool:
        """Whether the heights are not those that show all of every curve."""
        return self.box.window_shown()[1] != (self.pane.low, self.pane.high)

    def fit_heights(self) -> None:
        """Show all of every curve."""
        self.box.setYRange(self.pane.low, self.pane.high, padding=0.0)

    def set_step(self, step: int) -> None:
        """Move the cursor and show the values there."""
        self.cursor_line.set_step(step)
        self.values.set_values(*self.pane.values(step))


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
