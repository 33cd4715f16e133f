"""Legend entries: a short line and a name; a click hides or shows the curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from optlab.session.theme import Theme
from optlab.ui.fonts import ui_font
from optlab.ui.plots.pens import line_pen

_SAMPLE: Final = 16.0
_PAD: Final = 5.0
_GAP: Final = 5.0
_HEIGHT: Final = 22


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
        self.setToolTip(f"Show or hide {text}")
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """The size of the sample and the name."""
        wide = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        return QSize(round(_PAD + _SAMPLE + _GAP + wide + _PAD), _HEIGHT)

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
        painter.setPen(line_pen(QColor(self._color), 2.0, self._style))
        painter.drawLine(QPointF(_PAD, middle), QPointF(_PAD + _SAMPLE, middle))
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        rise = QFontMetricsF(ui_font(12)).capHeight() / 2
        painter.drawText(QPointF(_PAD + _SAMPLE + _GAP, middle + rise), self.text())
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
        """Place the entries from ``left`` on in a row of ``width`` pixels, wrapping."""
        x, y = left, 4
        for button in self._buttons:
            wide = button.width()
            if x > left and x + wide > width:
                x, y = left, y + _HEIGHT + 2
            button.move(x, y)
            x += wide + 4
        self.setFixedHeight(y + _HEIGHT + 4)
