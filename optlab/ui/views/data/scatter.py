"""The rows of the data at two of their columns."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QWidget

from optlab.core.display import display_symbol
from optlab.pictures.theme import Theme
from optlab.pictures.training import Rows
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.plots.rows_item import RowsItem

_TOP, _RIGHT, _BELOW = 6.0, 10.0, 40.0


class Scatter(PlotView):
    """Dots to train on, rings for the test; the wheel zooms, the middle button pans."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Picture of the data")
        self.setAccessibleDescription("Plus and minus zoom, 0 fits, Ctrl with an arrow key pans.")
        self.setMinimumSize(140, 90)
        self._left, self._below = TypesetAxis("left", 40.0), TypesetAxis("bottom", 56.0)
        self._box = PlotBox()
        self._plot = Plot(self._box, self._left, self._below)
        self._item = RowsItem(self._box)
        self.scene().addItem(self._plot)
        self._plot.fit_requested.connect(self.fit)
        self._box.sigRangeChangedManually.connect(self._zoomed)

    def sizeHint(self) -> QSize:
        """A size at which classes can be told apart."""
        return QSize(260, 180)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self.setBackground(theme.window)
        self._plot.set_theme(theme)
        for axis in (self._left, self._below):
            axis.set_theme(theme, theme.text)
        self._item.theme = theme
        self._item.redraw()

    def set_rows(self, rows: Rows | None) -> None:
        """Show other rows, all of them."""
        self._item.rows = rows
        self._item.redraw()
        if rows is not None:
            for axis, name in zip((self._below, self._left), rows.names, strict=True):
                axis.set_name(display_symbol(name))
            self.fit()
            self.arrange()

    def rows(self) -> Rows | None:
        """What is shown."""
        return self._item.rows

    def arrange(self) -> None:
        """Place the picture between its axes."""
        height = max(24.0, self.height() - _TOP - _BELOW)
        left = self._left.room(*self._box.window_shown()[1], height)
        self._left.setWidth(left)
        self._below.setHeight(_BELOW)
        width = max(24.0, self.width() - left - _RIGHT)
        self._plot.place(QRectF(round(left), _TOP, round(width), round(height)))

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much."""
        self._box.zoom(factor)

    def pan(self, across: int, upwards: int) -> None:
        """Go a little that way."""
        self._box.pan(0.1 * across, 0.1 * upwards)

    def fit(self) -> None:
        """Show all rows."""
        rows = self._item.rows
        if rows is not None:
            self._box.keep_inside(rows.window, 0.02)
            self._plot.set_home(True)

    def _zoomed(self, *_axes: object) -> None:
        rows = self._item.rows
        self._plot.set_home(rows is not None and self._box.window_shown() == rows.window)
        self.arrange()
