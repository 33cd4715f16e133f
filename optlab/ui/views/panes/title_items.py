"""The line above a pane: its title, and the values at the cursor."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from optlab.pictures.theme import DARK, Theme
from optlab.ui.plots.pixel_items import MovingItem
from optlab.ui.style.fonts import number_font
from optlab.ui.views.panes.pane_box import PaneBox
from optlab.ui.views.panes.title import Title, draw_title


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
