"""The maps of measures side by side, with one colour bar."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from optlab.core.analysis.update_measures import UpdateMeasurePicture
from optlab.pictures.maps import MeasureDrawing, MeasuresDrawing, measures_drawing
from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.axis_item import NAME_ROOM, TypesetAxis
from optlab.ui.plots.color_bar import ColorBar
from optlab.ui.plots.painting import line_paths
from optlab.ui.plots.pixel_items import CellsImage, KeptItem
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.plots.readout_item import ReadoutItem
from optlab.ui.style.fonts import math_font, ui_font

_TITLE: Final = 28.0
_BAR_ROOM: Final = 84.0
_BETWEEN: Final = 18.0
_EDGE: Final = 12.0
_NARROWEST: Final = 230.0
_EACH: Final = (76.0, 56.0)
_PAN: Final = 0.1
_NEAREST: Final = 0.01
"""The smallest range that is shown, as a share of the whole."""


class MeasureBox(PlotBox):
    """The inside of a map: pyqtgraph's wheel and drags; a double click asks for everything."""

    reset = Signal()

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Ask for everything."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset.emit()
        event.ignore()


class MeasureLines(KeptItem):
    """Contour lines, the frame, and the symbol and title above a map."""

    def __init__(self, box: PlotBox) -> None:
        self._theme = DARK
        self._drawing: MeasureDrawing | None = None
        super().__init__(box, 1.0, beyond=_TITLE)

    def set_drawing(self, drawing: MeasureDrawing, theme: Theme) -> None:
        """Show the lines of another map."""
        self._drawing, self._theme = drawing, theme
        self.redraw()

    def draw(self, painter: QPainter) -> None:
        """Draw everything; where the measure is 0 the line is bold."""
        drawing, places = self._drawing, self.pixel_map()
        if drawing is None:
            return
        painter.save()
        painter.setClipRect(places.rect)
        painter.setTransform(places.transform(), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, path in line_paths(drawing.lines):
            painter.setPen(pen)
            painter.drawPath(path)
        painter.restore()
        painter.setPen(QPen(QColor(self._theme.border), 1.0))
        painter.drawRect(places.rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._draw_title(painter, drawing, places.width)

    def _draw_title(self, painter: QPainter, drawing: MeasureDrawing, width: float) -> None:
        letter, _, index = drawing.symbol.partition("_")
        painter.setPen(QColor(self._theme.text))
        left, base = 0.0, -9.0
        for text, font, drop in ((letter, math_font(14), 0.0), (index, math_font(10), 3.0)):
            painter.setFont(font)
            painter.drawText(QPointF(left, base + drop), text)
            left += QFontMetricsF(font).horizontalAdvance(text)
        left += 8
        words = QFontMetricsF(ui_font(12)).elidedText(
            drawing.title, Qt.TextElideMode.ElideRight, width - left
        )
        painter.setFont(ui_font(12))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QPointF(left, base), words)


class MeasurePlot(Plot):
    """One map over (g1, g2)."""

    def __init__(self) -> None:
        left, below = TypesetAxis("left", _EACH[1]), TypesetAxis("bottom", _EACH[0])
        left.set_name("g₂")
        below.set_name("g₁")
        below.setHeight(NAME_ROOM)
        box = MeasureBox()
        super().__init__(box, left, below)
        self.measure_box = box
        self.image = CellsImage()
        self.addItem(self.image, ignoreBounds=True)
        self.lines = MeasureLines(box)

    def set_drawing(self, drawing: MeasureDrawing, reach: float, theme: Theme) -> None:
        """Show a map that reaches from -``reach`` to ``reach``."""
        self.set_theme(theme)
        for axis in (self.left_axis, self.bottom_axis):
            axis.set_theme(theme, theme.text)
        self.image.setImage(drawing.colors)
        self.image.cover(((-reach, reach), (-reach, reach)))
        self.lines.set_drawing(drawing, theme)


class MeasureMaps(PlotView):
    """Squares over (g1, g2) that are zoomed and panned together.

    ``hovered`` tells the pointer's g1, g2. Mouse: wheel and drags zoom and pan, a double click
    shows everything. Keys: see :class:`PlotView`.
    """

    hovered = Signal(float, float)
    hover_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._picture: UpdateMeasurePicture | None = None
        self._drawing: MeasuresDrawing | None = None
        self._plots: list[MeasurePlot] = []
        self._bar: ColorBar | None = None
        self._readout = ReadoutItem()
        self.scene().addItem(self._readout)
        self.setAccessibleName("Maps of the measures")
        self.setAccessibleDescription("Each place is a pair of gradients g1, g2 in a row.")
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(220, 150)
        self.set_theme(self._theme)

    def sizeHint(self) -> QSize:
        """Two squares in which lines can be told apart."""
        return QSize(640, 360)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.setBackground(theme.window)
        if self._bar is not None:
            self._bar.set_theme(theme)
        self._readout.set_theme(theme)
        if self._picture is not None:
            self.set_picture(self._picture)

    def set_picture(self, picture: UpdateMeasurePicture) -> None:
        """Show other maps."""
        drawing = measures_drawing(picture, self._theme)
        self._picture, before, self._drawing = picture, self._drawing, drawing
        names = ", ".join(f"{m.symbol} {m.title}" for m in drawing.maps)
        self.setAccessibleDescription(f"{names}, over two gradients g1 and g2 in a row.")
        while len(self._plots) < len(drawing.maps):
            self._plots.append(self._new_plot())
        for index, plot in enumerate(self._plots):
            plot.setVisible(index < len(drawing.maps))
        if before is None or before.reach != drawing.reach:
            reach = (-drawing.reach, drawing.reach)
            for plot in self._plots:
                plot.box.keep_inside((reach, reach), _NEAREST)
            self._show_home()
        self._show()

    def drawing(self) -> MeasuresDrawing | None:
        """The maps that are shown."""
        return self._drawing

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        self._readout.set_text(text)

    def hover_text(self) -> str:
        """What is shown beside the pointer."""
        return self._readout.text

    def squares(self) -> list[QRectF]:
        """The pixels of the maps, from the left."""
        drawing = self._drawing
        if drawing is None:
            return []
        count = len(drawing.maps)
        high = self.height() - _TITLE - NAME_ROOM
        left = self._plots[0].left_axis.room(-drawing.reach, drawing.reach, max(24.0, high))
        free = self.width() - 2 * _EDGE - _BAR_ROOM - count * left - (count - 1) * _BETWEEN
        # Squares, but where there is little height, wider: better than tiny.
        wide = max(40.0, min(max(high, _NARROWEST), free / count))
        tall = max(40.0, min(high, wide))
        used = count * (left + wide) + (count - 1) * _BETWEEN + _BAR_ROOM
        x = max(_EDGE, (self.width() - used) / 2) + left
        top = _TITLE + max(0.0, (high - tall) / 2)
        return [
            QRectF(round(x + k * (left + wide + _BETWEEN)), round(top), round(wide), round(tall))
            for k in range(count)
        ]

    def arrange(self) -> None:
        """Place the maps side by side and the bar at their right."""
        drawing, squares = self._drawing, self.squares()
        if drawing is None:
            return
        for plot, square in zip(self._plots, squares, strict=False):
            high = square.height()
            plot.left_axis.setWidth(plot.left_axis.room(-drawing.reach, drawing.reach, high, 20.0))
            plot.place(square)
        if self._bar is not None:
            self._bar.place(squares[-1])

    # --- zooming ---------------------------------------------------------------------------

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much, in all maps."""
        for plot in self._plots[:1]:
            plot.box.zoom(factor)

    def pan(self, across: int, upwards: int) -> None:
        """Go a little that way."""
        for plot in self._plots[:1]:
            plot.box.pan(_PAN * across, _PAN * upwards)

    def fit(self) -> None:
        """Show everything."""
        if self._drawing is not None:
            reach = self._drawing.reach
            for plot in self._plots:
                plot.box.show_window(((-reach, reach), (-reach, reach)))
            self._show_home()

    # --- small things ----------------------------------------------------------------------

    def _new_plot(self) -> MeasurePlot:
        plot = MeasurePlot()
        self.scene().addItem(plot)
        if self._plots:
            plot.box.setXLink(self._plots[0].box)
            plot.box.setYLink(self._plots[0].box)
        plot.box.pointed.connect(self._point)
        plot.box.left.connect(self._leave)
        plot.measure_box.reset.connect(self.fit)
        plot.fit_requested.connect(self.fit)
        plot.box.sigRangeChangedManually.connect(self._show_home)
        return plot

    def _show(self) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        for plot, one in zip(self._plots, drawing.maps, strict=False):
            plot.set_drawing(one, drawing.reach, self._theme)
        if self._bar is None:
            self._bar = ColorBar()
            self._bar.set_theme(self._theme)
            self.scene().addItem(self._bar)
        self._bar.show_colors(
            drawing.table, lambda height: drawing.bar_ticks(max(2, int(height / 44)))
        )
        self._bar.set_titles("slows down", above="speeds up", color=self._theme.muted)
        self.arrange()

    def _show_home(self) -> None:
        assert self._drawing is not None
        reach = self._drawing.reach
        for plot in self._plots:
            ends = np.array(plot.box.window_shown())
            plot.set_home(bool(np.abs(np.abs(ends) - reach).max() < 1e-9 * reach))

    def _point(self, at: QPointF, held: bool) -> None:
        box = self.sender()
        if isinstance(box, MeasureBox):
            self._readout.set_place(box.mapToScene(at), QRectF(self.rect()))
            self.hovered.emit(*box.pixel_map().world(at))

    def _leave(self) -> None:
        self.hover_left.emit()
