"""Legend entries: a short line and a name; a click hides or shows the curves."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from optlab.pictures.legend import sample_items, wrapped
from optlab.pictures.theme import Theme
from optlab.ui.plots.painting import paint_items
from optlab.ui.style.fonts import ui_font
from optlab.ui.widgets.paint import set_tip

_SAMPLE: Final = 14.0
_PAD: Final = 4.0
_GAP: Final = 4.0
_HEIGHT: Final = 22
_BETWEEN: Final = 4
_LEAST_LEFT: Final = 8
_MANY_ROWS: Final = 3


class LegendButton(QAbstractButton):
    """One entry, checked while its curves are shown."""

    def __init__(
        self,
        text: str,
        color: str,
        style: str,
        theme: Theme,
        font: QFont | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._color, self._style, self._theme = color, style, theme
        self.setText(text)
        self.setFont(font or ui_font(12))
        self.setCheckable(True)
        self.setChecked(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Show {text}")
        set_tip(self, f"Show or hide {text}")
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """The size of the sample and the name."""
        metrics = QFontMetricsF(self.font())
        wide = ceil(metrics.horizontalAdvance(self.text()))
        high = max(_HEIGHT, ceil(metrics.height()) + 6)
        return QSize(round(_PAD + _SAMPLE + _GAP + wide + _PAD), high)

    def base(self) -> float:
        """From the top down to what the letters stand on, in pixels."""
        return self.height() / 2 + QFontMetricsF(ui_font(12)).capHeight() / 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entry, faint while its curves are hidden."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        if self.underMouse() or self.hasFocus():
            edge = QColor(theme.accent) if self.hasFocus() else QColor(theme.selection)
            painter.setPen(QPen(edge, 1.0))
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setOpacity(1.0 if self.isChecked() else 0.4)
        middle = self.height() / 2
        at, marked = (_PAD, middle), self._color in theme.runs
        items = sample_items(theme, self._color, self._style, at, _SAMPLE, marked=marked)
        paint_items(painter, items)
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        left = _PAD + _SAMPLE + _GAP
        name = QFontMetricsF(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width() - left - _PAD + 1
        )
        painter.drawText(QPointF(left, self.base()), name)
        painter.end()


class LegendRow(QWidget):
    """Entries side by side, in as many rows as they need; hidden when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: tuple[LegendButton, ...] = ()
        self.setAccessibleName("Legend of the runs")
        self.hide()

    def set_buttons(self, buttons: Sequence[LegendButton], left: int, width: int) -> None:
        """Show these entries instead of the ones before; see :meth:`arrange`."""
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = tuple(buttons)
        for button in self._buttons:
            button.setParent(self)
            button.show()
        self.setVisible(bool(self._buttons))
        self.arrange(left, width)

    def arrange(self, left: int, width: int) -> None:
        """Place the entries from ``left`` on in a row of ``width`` pixels, wrapping.

        They begin further left where that saves a row; where many rows would be needed, long
        names are shortened so that two entries fit beside each other.
        """
        hints = [button.sizeHint() for button in self._buttons]
        high = max((hint.height() for hint in hints), default=_HEIGHT)
        wanted = [hint.width() for hint in hints]
        places = wrapped(wanted, left, width, _BETWEEN)
        if places and places[-1][1] > 0:
            further = wrapped(wanted, min(left, _LEAST_LEFT), width, _BETWEEN)
            places = min(places, further, key=lambda found: found[-1][1])
        if places and places[-1][1] >= _MANY_ROWS:
            half = (width - left - _BETWEEN) // 2
            wanted = [min(wide, half) for wide in wanted]
            places = wrapped(wanted, left, width, _BETWEEN)
        for button, wide, (x, row) in zip(self._buttons, wanted, places, strict=True):
            button.setGeometry(int(x), 4 + row * (high + 2), min(wide, width - int(x)), high)
        rows = places[-1][1] + 1 if places else 1
        self.setFixedHeight(4 + rows * (high + 2) + 2)
