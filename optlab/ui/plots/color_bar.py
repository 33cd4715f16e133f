"""The bar beside a coloured picture: which colour is which number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSimpleTextItem

from optlab.pictures.color_tables import Table
from optlab.pictures.theme import DARK, Theme
from optlab.pictures.ticks import apart
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.plot_box import drop_menu
from optlab.ui.style.fonts import number_font, ui_font

_WIDTH: Final = 10
_BESIDE: Final = 16.0
_TEXT: Final = 10
_EACH: Final = 48.0
_LABELS: Final = 52.0

Ticks = Callable[[float], list[tuple[float, str]]]


class ColorBar(pg.ColorBarItem):
    """pyqtgraph's colour bar at the right of a picture, with typeset numbers.

    What is written where is a function of the height in pixels: shares of the bar, from below,
    and texts.
    """

    def __init__(self) -> None:
        super().__init__(values=(0.0, 1.0), width=_WIDTH, interactive=False, colorMapMenu=False)
        drop_menu(self)
        self.axis = TypesetAxis("right", _EACH, marks=False)
        self.axis.setStyle(tickTextOffset=6)
        self.axis.setWidth(_LABELS)
        self.setAxisItems({"right": self.axis})
        for side in ("left", "right", "top", "bottom"):
            self.showAxis(side)
        self.axis.unlinkFromView()
        self.axis.setRange(0.0, 1.0)
        self.layout.setContentsMargins(0, 0, 0, 0)
        self._ticks: Ticks | None = None
        self._theme = DARK
        self._below, self._above = (QGraphicsSimpleTextItem(self) for _ in range(2))
        self._room = 0.0

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.axis.set_theme(theme, theme.text)
        self.axis.setTickFont(number_font(_TEXT))
        for side in ("left", "right", "top", "bottom"):
            self.getAxis(side).setPen(theme.border)

    def show_colors(self, table: Table, ticks: Ticks) -> None:
        """Show the colours (n, 3), lowest first, with these numbers."""
        opaque = np.column_stack((table, np.full(len(table), 255, np.uint8)))
        self.setColorMap(pg.ColorMap(np.linspace(0.0, 1.0, len(table)), opaque))
        # The bar has the range 0 … 1 whatever the numbers are, which may lie anywhere between.
        self._ticks = ticks
        self._show_ticks()

    def set_titles(
        self, below: str, font: QFont | None = None, color: str = "", *, above: str = ""
    ) -> None:
        """Write ``below`` under the bar and ``above`` over it."""
        for item, text in ((self._below, below), (self._above, above)):
            item.setText(text)
            item.setFont(font or ui_font(11))
            item.setBrush(QColor(color or self._theme.text))
        self._place_titles()

    def place(self, picture: QRectF, room: float = 0.0) -> None:
        """Stand beside a picture, as high as it; titles end within ``room`` pixels of it."""
        self._room = room
        self.axis.setWidth(_LABELS)  # a hidden axis has none
        size = QSizeF(_WIDTH + _LABELS, picture.height())
        self.setGeometry(QRectF(QPointF(picture.right() + _BESIDE, picture.top()), size))
        self.layout.activate()
        self._show_ticks()
        self._place_titles()

    def _show_ticks(self) -> None:
        height = self.size().height()
        if self._ticks is None or height <= 0:
            return
        least = QFontMetricsF(number_font(_TEXT)).height()
        self.axis.setTicks([apart(self._ticks(height), height, least)])

    def _place_titles(self) -> None:
        height = self.size().height()
        for item, base in ((self._below, height + 19.0), (self._above, -9.0)):
            metrics = QFontMetricsF(item.font())
            left = 0.0
            if self._room:
                left = min(left, self._room - _BESIDE - metrics.horizontalAdvance(item.text()))
            item.setPos(QPointF(left, base - metrics.ascent()))
