"""An axis of a plot with round numbers and a typeset name."""

from __future__ import annotations

import math
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from optlab.pictures.theme import Theme
from optlab.pictures.ticks import MOST_TICKS, Ticks, round_ticks, wanted_ticks
from optlab.ui.style.fonts import math_font, number_font, ui_font

NAME_ROOM: Final = 46.0
"""The height of a bottom axis with a name."""
_FONT: Final = 11
_NAME: Final = 14
_WORDS: Final = 12
_LONGEST_SYMBOL: Final = 3
_LENGTH: Final = 3
_GAP: Final = 4


class TypesetAxis(pg.AxisItem):
    """pyqtgraph's axis, with numbers as people write them: −2, 0.05, 10⁻³.

    A short name is a symbol, upright beside or below the numbers; a longer one is words, written
    along the axis. ``each`` is the pixels that a number takes, ``whole`` an axis that counts,
    ``marks`` whether there are tick marks.
    """

    def __init__(
        self,
        orientation: str,
        each: float,
        *,
        whole: bool = False,
        marks: bool = True,
        most: int = MOST_TICKS,
    ) -> None:
        self._each, self._whole, self._most = each, whole, most
        self._name = ""
        self._name_color: QColor | None = None
        super().__init__(orientation, maxTickLength=_LENGTH if marks else 0)
        self.enableAutoSIPrefix(False)
        across = orientation == "bottom"
        self.setStyle(
            tickTextOffset=(5 if across else _GAP) if marks else (6 if across else 8),
            autoExpandTextSpace=False,
            hideOverlappingLabels=False,
            maxTextLevel=0,
        )
        self.set_fonts()

    def set_name(self, name: str) -> None:
        """Name the axis; a long name is written along it."""
        if name != self._name:
            self._name = name
            self._redraw()

    def set_log(self, log: bool) -> None:
        """Say that the range is one of decimal logarithms."""
        if log != self.logMode:
            upright = self.orientation in ("left", "right")
            self.setLogMode(y=log) if upright else self.setLogMode(x=log)

    def set_theme(self, theme: Theme, name_color: str, line: str | None = None) -> None:
        """Take the colours of ``theme``; ``line`` is that along the axis, None for none."""
        self._name_color = QColor(name_color)
        self.setTextPen(theme.muted)
        self.setTickPen(theme.muted)
        self.setPen(pg.mkPen(None) if line is None else line)
        self.set_fonts()

    def set_fonts(self) -> None:
        """Take the fonts at the size that they have now."""
        self.setTickFont(number_font(_FONT))

    def room(self, low: float, high: float, pixels: float, least: float = 0.0) -> float:
        """The width that an upright axis of this range and height needs for numbers and name."""
        metrics = QFontMetricsF(number_font(_FONT))
        found = self._ticks(low, high, pixels)[0]
        widest = max((metrics.horizontalAdvance(label) for _, label in found), default=0.0)
        room = max(least, widest) + _LENGTH + _GAP
        if not self._name:
            return math.ceil(room + 2.0)
        if self._is_words():
            return math.ceil(room + 24.0)
        return math.ceil(room + 16.0 + QFontMetricsF(math_font(_NAME)).horizontalAdvance("w₂"))

    def places(self) -> list[float]:
        """Where the numbers stand, in the units of the range."""
        low, high = sorted(self.range)
        return [value for value, _ in self._ticks(low, high, self._pixels())[0]]

    def labels(self, pixels: float) -> list[str]:
        """The numbers on an axis of so many pixels with the present range."""
        low, high = sorted(self.range)
        return [label for _, label in self._ticks(low, high, pixels)[0]]

    # --- what pyqtgraph asks for -----------------------------------------------------------

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[Any]:
        """The round numbers of the range, and the small marks between powers of ten."""
        found, between = self._ticks(minVal, maxVal, size)
        return [(None, [value for value, _ in found]), (None, between)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """How the numbers of a level are written."""
        if not values:
            return []
        low, high = sorted(self.range)
        labels = dict(self._ticks(low, high, self._pixels())[0])
        return [labels.get(value, "") for value in values]

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Draw straight from the specification, so that letters are as sharp as the screen."""
        if self.picture is None:  # pyqtgraph's sign that something changed
            self.picture: Any = self.generateDrawSpecs(painter) or ()
        if self.picture:
            self.drawPicture(painter, *self.picture)

    def drawPicture(self, p: QPainter, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:
        """Draw line, marks and numbers, then the name."""
        pen, first, last = axisSpec
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if pen.style() != pg.QtCore.Qt.PenStyle.NoPen:
            p.setPen(pen)
            p.drawLine(first, last)
        if self.style["tickLength"]:
            for pen, first, last in tickSpecs:
                p.setPen(pen)
                p.drawLine(first, last)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        p.setFont(self.style["tickFont"])
        p.setPen(self.textPen())
        for rect, flags, text in textSpecs:
            p.drawText(rect, int(flags), text)
        if self._name:
            widest = max((rect.width() for rect, _, _ in textSpecs), default=0.0)
            self._draw_name(p, widest)

    # --- small things ----------------------------------------------------------------------

    def _redraw(self) -> None:
        self.picture = None
        self.update()

    def _is_words(self) -> bool:
        return len(self._name) > _LONGEST_SYMBOL

    def _pixels(self) -> float:
        size = self.size()
        return size.height() if self.orientation in ("left", "right") else size.width()

    def _draw_name(self, painter: QPainter, widest: float) -> None:
        painter.setFont(ui_font(_WORDS) if self._is_words() else math_font(_NAME))
        painter.setPen(QPen(self._name_color or self.textPen().color()))
        metrics = QFontMetricsF(painter.font())
        wide, size = metrics.horizontalAdvance(self._name), self.size()
        if self.orientation == "bottom":
            base = size.height() - 8.0
            painter.drawText(QPointF((size.width() - wide) / 2, base), self._name)
            return
        edge = size.width() - _LENGTH - _GAP - widest - 6
        if not self._is_words():
            base = size.height() / 2 + metrics.xHeight() / 2
            painter.drawText(QPointF(max(2.0, edge - wide), base), self._name)
            return
        painter.save()
        painter.translate(edge - metrics.descent(), (size.height() + wide) / 2)
        painter.rotate(-90)
        painter.drawText(QPointF(0, 0), self._name)
        painter.restore()

    def _ticks(self, low: float, high: float, pixels: float) -> Ticks:
        wanted = wanted_ticks(pixels, self._each, self._most)
        return round_ticks(low, high, wanted, log=self.logMode, whole=self._whole)
