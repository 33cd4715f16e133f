"""A group that is folded away under one line which says what is in it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from optlab.ui.icons import paint_icon
from optlab.ui.style import theme_of
from optlab.ui.widgets.buttons import Button
from optlab.ui.widgets.paint import GRID, focus_ring, ink, row_height, shows_focus


class _Header(Button):
    """The line that opens and closes the group."""

    def __init__(self, text: str, tip: str):
        super().__init__(text, tip)
        self.summary = ""
        self.setText(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 60, row_height(self))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            if shows_focus(self):
                focus_ring(painter, self, area)
            painter.setPen(QColor(theme.text if self.isEnabled() else theme.faint))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), self.text())
            icon = "chevron-down" if self.isChecked() else "chevron-right"
            paint_icon(
                painter, icon, theme.muted, QRectF(area.right() - 15, area.center().y() - 7, 14, 14)
            )
            used = self.fontMetrics().horizontalAdvance(self.text()) + 12
            words = area.adjusted(used, 0, -19, 0)
            shown = self.fontMetrics().elidedText(
                self.summary, Qt.TextElideMode.ElideRight, int(words.width())
            )
            painter.setPen(QColor(ink(self)))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(words, int(flags), shown)


class Disclosure(QWidget):
    """A foldable group; ``opened`` tells when a person opens or closes it.

    What opens comes into view where the group stands in an area that scrolls.
    """

    opened = Signal(bool)

    def __init__(self, text: str, tip: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self._header = _Header(text, tip)
        self._body = QWidget()
        self._body.setVisible(False)
        self._inside = QVBoxLayout(self._body)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._header)
        column.addWidget(self._body)
        self._header.toggled.connect(self._on_toggled)

    def header(self) -> QAbstractButton:
        """The line that opens the group."""
        return self._header

    def add(self, widget: QWidget) -> None:
        """Put ``widget`` at the end of the group."""
        self._inside.addWidget(widget)

    def set_summary(self, text: str) -> None:
        """Say at the right of the line what the group holds."""
        self._header.summary = text
        self._header.setAccessibleDescription(text)
        self._header.update()

    def set_open(self, open_: bool) -> None:
        """Open or close without a signal."""
        blocked = self.blockSignals(True)
        self._header.setChecked(open_)
        self.blockSignals(blocked)

    def _on_toggled(self, on: bool) -> None:
        self._body.setVisible(on)
        self.opened.emit(on)
        if on:
            # The area knows its new height only after it was laid out.
            QTimer.singleShot(0, self, self._come_into_view)

    def _come_into_view(self) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(self, 0, GRID)
            area.ensureWidgetVisible(self._header, 0, GRID)
