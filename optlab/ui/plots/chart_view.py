"""Charts side by side: the description that files have as well, in plots that zoom and pan."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from optlab.pictures.charts.chart import Chart, chart_items, nearest
from optlab.pictures.theme import DARK, Theme
from optlab.pictures.ticks import Ticks
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.painting import paint_items
from optlab.ui.plots.pixel_items import KeptItem
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.style.fonts import scaled, ui_font

_EMPTY: Final = Chart("", "", ("", ""), ((0.0, 1.0), (0.0, 1.0)))
_TITLE, _BELOW, _GAP, _LEAST, _LOW = 30.0, 40.0, 14.0, 230.0, 170.0
_FONT: Final = 13


class _Axis(TypesetAxis):
    """An axis with round numbers, or with the ticks that its chart fixes."""

    side = 0
    chart = _EMPTY

    def _ticks(self, low: float, high: float, pixels: float) -> Ticks:
        fixed = self.chart.ticks[self.side]
        if fixed is None:
            return super()._ticks(low, high, pixels)
        return [(value, label) for value, label in fixed if low <= value <= high], []


class _ChartItem(KeptItem):
    """Everything of a chart but its axes, kept until it changes."""

    def __init__(self, box: PlotBox) -> None:
        self.chart, self.theme = _EMPTY, DARK
        super().__init__(box, 1.0, beyond=2.0)

    def draw(self, painter: QPainter) -> None:
        """Draw from the ground upwards."""
        places = self.pixel_map()
        painter.setClipRect(places.rect.adjusted(-1, -1, 1, 1))
        paint_items(painter, chart_items(self.chart, places, self.theme))


class ChartPlot(Plot):
    """A plot that shows one :class:`Chart` after another."""

    def __init__(self) -> None:
        box = PlotBox()
        left, bottom = _Axis("left", 26.0, marks=False, most=7), _Axis("bottom", 54.0, marks=False)
        left.side = 1
        super().__init__(box, left, bottom)
        bottom.setHeight(_BELOW)
        self.content = _ChartItem(box)
        self.axes_of_chart = (bottom, left)

    @property
    def chart(self) -> Chart:
        """What is shown."""
        return self.content.chart

    def set_chart(self, chart: Chart) -> None:
        """Show a chart; a range that was zoomed to stays while the chart's own does."""
        zoomed = self.chart.key == chart.key and self.box.window_shown() != self.chart.window
        same = self.chart.window == chart.window
        self.content.chart = chart
        for side, axis in enumerate(self.axes_of_chart):
            axis.chart = chart
            axis.set_log(chart.log[side])
            axis.set_name(chart.names[side])
            axis.picture = None
            axis.update()
        if not (zoomed and same):
            self.box.show_window(chart.window)
        self.content.redraw()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        super().set_theme(theme)
        for axis in self.axes_of_chart:
            axis.set_theme(theme, theme.muted)
        self.bottom_axis.setHeight(scaled(_BELOW))
        self.content.theme = theme
        self.content.set_ground(theme.window)


class ChartsView(PlotView):
    """Charts in rows; ``chosen`` tells the chart and the key of the dot or line clicked on,
    ``pointed`` the same under the pointer, with −1 for none."""

    chosen = Signal(str, int)
    pointed = Signal(str, int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._plots: list[ChartPlot] = []
        self._all: tuple[Chart, ...] = ()
        self._shown: tuple[Chart, ...] = ()
        self._picked = ""
        self._titles: list[tuple[QRectF, str]] = []
        self.empty = ""
        """What stands where there is no chart yet."""
        self._theme = DARK
        self.scene().sigMouseClicked.connect(self._on_click)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.setBackground(theme.window)
        for plot in self._plots:
            plot.set_theme(theme)
        self.arrange()

    def set_charts(self, charts: Sequence[Chart]) -> None:
        """Show these charts, as many of them as there is room for, or the one that is picked."""
        self._all = tuple(charts)
        self._show()

    def pick(self, key: str) -> None:
        """Show one chart alone; an empty key shows all."""
        self._picked = key
        self._show()

    def _show(self) -> None:
        alone = tuple(chart for chart in self._all if chart.key == self._picked)
        self._shown = alone or self._all[: self._room()]
        while len(self._plots) < len(self._shown):
            plot = ChartPlot()
            plot.set_theme(self._theme)
            plot.fit_requested.connect(self.fit)
            plot.box.pointed.connect(self._on_move)
            self.scene().addItem(plot)
            self._plots.append(plot)
        for plot, chart in zip(self._plots, self._shown, strict=False):
            plot.set_chart(chart)
        for index, plot in enumerate(self._plots):
            plot.setVisible(index < len(self._shown))
        self._place()

    def _room(self) -> int:
        """How many charts have room."""
        area = self.viewport().rect()
        columns = max(1, min(3, int(area.width() // _LEAST)))
        return columns * max(1, int(area.height() // _LOW))

    def charts(self) -> tuple[Chart, ...]:
        """All charts, also those that there is no room for."""
        return self._all

    def plot(self, key: str) -> ChartPlot | None:
        """The plot of a chart."""
        return next((plot for plot in self._live() if plot.chart.key == key), None)

    def arrange(self) -> None:
        """Show what there is room for."""
        self._show()

    def _place(self) -> None:
        """Place the charts in rows of equal cells."""
        count = len(self._shown)
        if not count:
            self._titles = []
            self.viewport().update()
            return
        area = QRectF(self.viewport().rect())
        columns = max(1, min(count, 3, int(area.width() // _LEAST)))
        if count == 4 and columns == 3:
            columns = 2
        rows = ceil(count / columns)
        width, height = area.width() / columns, area.height() / rows
        self._titles = []
        for index, plot in enumerate(self._live()):
            row, column = divmod(index, columns)
            cell = QRectF(column * width, row * height, width, height)
            high = max(40.0, cell.height() - _TITLE - plot.bottom_axis.height() - 4)
            low, top = plot.chart.window[1]
            room = plot.axes_of_chart[1].room(low, top, high)
            plot.left_axis.setWidth(room)
            wide = max(40.0, cell.width() - room - _GAP - 4)
            inside = QRectF(round(cell.left() + room + 4), round(cell.top() + _TITLE), wide, high)
            plot.place(QRectF(inside.topLeft().toPoint(), inside.size().toSize()))
            self._titles.append(
                (QRectF(cell.left() + 12, cell.top() + 6, width - 16, 20), plot.chart.title)
            )
        self.viewport().update()

    def fit(self) -> None:
        """Show everything of every chart."""
        for plot in self._live():
            plot.box.show_window(plot.chart.window)

    def zoom(self, factor: float) -> None:
        """Make all ranges ``factor`` times as wide."""
        for plot in self._live():
            plot.box.zoom(factor)

    def pan(self, across: int, upwards: int) -> None:
        """Go a tenth that way in all charts."""
        for plot in self._live():
            plot.box.pan(0.1 * across, 0.1 * upwards)

    def drawForeground(self, painter: QPainter, rect: Any) -> None:
        """The titles."""
        super().drawForeground(painter, rect)
        painter.setFont(ui_font(_FONT))
        if not self._shown:
            painter.setPen(QColor(self._theme.muted))
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(
                QRectF(self.viewport().rect()).adjusted(40, 0, -40, 0), wrap, self.empty
            )
        painter.setPen(QColor(self._theme.text))
        metrics = QFontMetricsF(painter.font())
        for place, title in self._titles:
            text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(
                place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
            )

    def place_of(self, key: str, x: float, y: float) -> QPointF:
        """The pixel of a place of a chart, in units of its axes."""
        plot = self.plot(key)
        assert plot is not None
        return plot.box.pos() + plot.pos() + plot.box.pixel_map().point(x, y)

    def _live(self) -> list[ChartPlot]:
        return self._plots[: len(self._shown)]

    def _under(self, at: QPointF) -> tuple[str, int]:
        for plot in self._live():
            inside = at - plot.pos() - plot.box.pos()
            places = plot.box.pixel_map()
            if places.rect.contains(inside):
                return plot.chart.key, nearest(plot.chart, places, (inside.x(), inside.y()))
        return "", -1

    def _on_move(self, at: QPointF, _held: bool) -> None:
        box = self.sender()
        plot = next((one for one in self._live() if one.box is box), None)
        if plot is not None:
            key = nearest(plot.chart, plot.box.pixel_map(), (at.x(), at.y()))
            shape = Qt.CursorShape.PointingHandCursor if key >= 0 else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.pointed.emit(plot.chart.key, key)

    def _on_click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not event.double():
            chart, key = self._under(QPointF(event.scenePos()))
            if key >= 0:
                self.chosen.emit(chart, key)
