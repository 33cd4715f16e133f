"""The page of a rule's stability: the factor of its errors over ηλ and a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optlab.core.analysis.stability_map import StabilityMap
from optlab.core.display import short
from optlab.pictures.color_tables import diverging_table
from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.axis_item import NAME_ROOM, TypesetAxis
from optlab.ui.plots.color_bar import ColorBar
from optlab.ui.plots.pixel_items import CellsImage
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.plots.readout_item import ReadoutItem
from optlab.ui.style import fonts
from optlab.ui.widgets.choice import DropDown
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.paint import GRID, MARGIN

_MOST: Final = 2.0
"""The spectral radius at which the colours end."""
_ROOM: Final = 84.0
_EDGE: Final = 12.0
_TOP: Final = 24.0
_PAN: Final = 0.1
_NEAREST: Final = 0.01


class StabilityView(QWidget):
    """The map with the choice of its parameter; what is computed is said from outside."""

    parameter_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Stability of the selected run's rule")
        self.parameter_list = DropDown("Parameter of the map")
        self._note = ElidedLabel("", Tone.MUTED)
        self._note.setFont(fonts.ui_font(fonts.NOTE))
        self.plot = StabilityPlot()
        top = QHBoxLayout()
        top.setContentsMargins(MARGIN, 0, MARGIN, 0)
        top.setSpacing(GRID)
        top.addWidget(self.parameter_list)
        top.addWidget(self._note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        column.addWidget(self.plot, 1)
        self.parameter_list.chosen.connect(self._on_parameter)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self.plot.set_theme(theme)

    def set_parameters(self, entries: Sequence[tuple[str, str, str]], key: str) -> None:
        """Offer parameters: name, symbol, help; ``key`` is the one that is shown."""
        self.parameter_list.set_entries(entries)
        self.parameter_list.set_key(key)
        self.parameter_list.setVisible(bool(entries))

    def set_note(self, text: str) -> None:
        """Say what is shown, or why nothing is."""
        self._note.set_text(text)

    def note(self) -> str:
        """What is said."""
        return self._note.text()

    def _on_parameter(self, key: object) -> None:
        self.parameter_chosen.emit(str(key))


class StabilityPlot(PlotView):
    """The map with its unit level, theory dashed, and the run's own place as a dot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._map: StabilityMap | None = None
        self._box = PlotBox()
        left, below = TypesetAxis("left", 56.0), TypesetAxis("bottom", 76.0)
        below.set_name("ηλ")
        below.setHeight(NAME_ROOM)
        self._plot = Plot(self._box, left, below)
        self._image = CellsImage()
        self._image.smooth = False
        self._limit, self._known = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._dot = pg.ScatterPlotItem(size=11, pxMode=True)
        for item in (self._image, self._limit, self._known, self._dot):
            self._plot.addItem(item, ignoreBounds=True)
        self._readout = ReadoutItem()
        self._bar = ColorBar()
        for whole in (self._plot, self._readout, self._bar):
            self.scene().addItem(whole)
        self._plot.fit_requested.connect(self.fit)
        self._box.pointed.connect(self._point)
        self._box.left.connect(self._leave)
        self._box.sigRangeChangedManually.connect(self._note_home)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Map of the stability")
        self.setAccessibleDescription("Each place is a pair of ηλ and a parameter of the rule.")
        self.setMinimumSize(220, 150)

    def sizeHint(self) -> QSize:
        """Room in which the levels can be told apart."""
        return QSize(560, 400)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.setBackground(theme.window)
        self._bar.set_theme(theme)
        self._readout.set_theme(theme)
        self._plot.set_theme(theme)
        self._show()

    def set_map(self, found: StabilityMap | None) -> None:
        """Show another map, or none."""
        before, self._map = self._map, found
        for item in (self._plot, self._bar):
            item.setVisible(found is not None)
        if found is not None:
            window = self._window()
            kept = None if before is None else (before.parameter.name, before.x[-1], before.y[-1])
            if kept != (found.parameter.name, found.x[-1], found.y[-1]):
                self._box.keep_inside(window, _NEAREST)
            self._plot.left_axis.set_name(found.parameter.symbol)
            self._show()

    def set_dot(self, at: tuple[float, float] | None, color: str) -> None:
        """Show where the run is, in its colour; None for nowhere."""
        if at is None:
            self._dot.setData([], [])
        else:
            pen = pg.mkPen(self._theme.window, width=2)
            self._dot.setData([at[0]], [at[1]], brush=color, pen=pen)

    def dot(self) -> tuple[float, float] | None:
        """Where the dot is."""
        xs, ys = self._dot.getData()
        return (float(xs[0]), float(ys[0])) if len(xs) else None

    def shown(self) -> StabilityMap | None:
        """The map that is shown."""
        return self._map

    def arrange(self) -> None:
        """Place the map and the bar at its right."""
        if self._map is None:
            return
        axis, (low, high) = self._plot.left_axis, self._window()[1]
        tall = max(40.0, self.height() - _TOP - NAME_ROOM)
        axis.setWidth(axis.room(low, high, tall, 20.0))
        left = axis.width() + _EDGE
        square = QRectF(left, _TOP, max(40.0, self.width() - left - _ROOM - _EDGE), tall)
        self._plot.place(square.toRect().toRectF())
        self._bar.place(square.toRect().toRectF())

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much."""
        self._box.zoom(factor)

    def pan(self, across: int, upwards: int) -> None:
        """Go a little that way."""
        self._box.pan(_PAN * across, _PAN * upwards)

    def fit(self) -> None:
        """Show everything."""
        if self._map is not None:
            self._box.show_window(self._window())
            self._note_home()

    def _window(self) -> tuple[tuple[float, float], tuple[float, float]]:
        assert self._map is not None
        x, y = self._map.x, self._map.y
        return (float(x[0]), float(x[-1])), (float(y[0]), float(y[-1]))

    def _show(self) -> None:
        found, theme = self._map, self._theme
        if found is None:
            return
        for axis in (self._plot.left_axis, self._plot.bottom_axis):
            axis.set_theme(theme, theme.text)
        table = diverging_table(theme)[::-1]
        self._image.setImage(np.nan_to_num(found.radius, nan=_MOST), levels=(0, _MOST), lut=table)
        self._image.cover(self._window())
        self._limit.setData(found.limit, found.y, connect="finite")
        self._limit.setPen(pg.mkPen(theme.text, width=2))
        limits = np.full(len(found.y), np.nan) if found.theory_limit is None else found.theory_limit
        self._known.setData(limits, found.y, connect="finite")
        self._known.setPen(pg.mkPen(theme.warning, width=2, style=Qt.PenStyle.DashLine))
        self._bar.show_colors(table, _ticks)
        self._bar.set_titles("shrinks", above="grows", color=theme.muted)
        self.arrange()

    def _note_home(self) -> None:
        if self._map is not None:
            ends = np.array(self._box.window_shown()) - np.array(self._window())
            self._plot.set_home(bool(np.abs(ends).max() < 1e-9))

    def _point(self, at: QPointF, _held: bool) -> None:
        found = self._map
        if found is None:
            return
        x, y = self._box.pixel_map().world(at)
        row = int(np.abs(found.y - y).argmin())
        column = int(np.abs(found.x - x).argmin())
        lines = [f"ηλ {short(x, 3)}   {found.parameter.symbol} {short(y, 3)}"]
        lines.append(f"spectral radius {short(float(found.radius[row, column]), 4)}")
        if np.isfinite(found.limit[row]):
            lines.append(f"limit {short(float(found.limit[row]), 4)}")
        self._readout.set_place(self._box.mapToScene(at), QRectF(self.rect()))
        self._readout.set_text("\n".join(lines))

    def _leave(self) -> None:
        self._readout.set_text("")


def _ticks(_height: float) -> list[tuple[float, str]]:
    return [(value / _MOST, f"{value:g}") for value in (0.0, 0.5, 1.0, 1.5, 2.0)]
