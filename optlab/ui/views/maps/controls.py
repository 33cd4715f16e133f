"""What the colours of a map mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from optlab.pictures.maps import LegendItem
from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.paint import GRID, row_height

_SWATCH = 22


class _Swatch(QWidget):
    """A colour, or colours from left to right."""

    def __init__(self) -> None:
        super().__init__()
        self._colors: tuple[str, ...] = ("#000000",)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_colors(self, colors: tuple[str, ...]) -> None:
        if colors != self._colors:
            self._colors = colors
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SWATCH, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(self.rect()).adjusted(0, 1, 0, -1)
            gradient = QLinearGradient(QPointF(area.left(), 0), QPointF(area.right(), 0))
            last = max(1, len(self._colors) - 1)
            for index, color in enumerate(self._colors):
                gradient.setColorAt(index / last, QColor(color))
            painter.setBrush(gradient if len(self._colors) > 1 else QColor(self._colors[0]))
            painter.setPen(QColor(theme_of(self).border))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


class _Entry(QWidget):
    """A colour, what it is, and how much of the map it takes."""

    def __init__(self) -> None:
        super().__init__()
        self._swatch = _Swatch()
        self._text = ElidedLabel()
        self._text.setFont(fonts.number_font(fonts.NOTE))
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._value = ElidedLabel("", Tone.MUTED)
        self._value.setFont(fonts.number_font(fonts.NOTE))
        self._value.set_alignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._swatch)
        row.addWidget(self._text, 1)
        row.addWidget(self._value)
        self.setFixedHeight(row_height(self) - 6)

    def set_item(self, item: LegendItem) -> None:
        self._swatch.set_colors(item.colors)
        self._text.set_text(item.text)
        self._value.set_text(item.value)
        self._text.set_tip(item.tip)
        self.setAccessibleName(", ".join(part for part in (item.text, item.value) if part))
        self.setAccessibleDescription(item.tip)


class Legend(QWidget):
    """What the colours of a map mean, one line each."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Legend")
        self._entries: list[_Entry] = []
        self._items: tuple[LegendItem, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_items(self, items: Sequence[LegendItem]) -> None:
        """Show these lines."""
        self._items = tuple(items)
        while len(self._entries) < len(items):
            entry = _Entry()
            self._entries.append(entry)
            self._column.addWidget(entry)
        for index, entry in enumerate(self._entries):
            entry.setVisible(index < len(items))
            if index < len(items):
                entry.set_item(items[index])

    def items(self) -> tuple[LegendItem, ...]:
        """The lines shown."""
        return self._items
