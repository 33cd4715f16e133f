"""A bar across the window that says one thing and offers what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from optlab.pictures.theme import mix
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import IconButton
from optlab.ui.widgets.labels import ElidedLabel
from optlab.ui.widgets.paint import GRID, MARGIN


class NoticeBar(QWidget):
    """A sentence with buttons; ``answered`` tells the number of the button, -1 for "not now"."""

    answered = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._text = ElidedLabel()
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons: list[QPushButton] = []
        self.close_button = IconButton("close", "Not now", "Not now; ask again at the next start")
        self.close_button.clicked.connect(self._on_close)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        self._row.setSpacing(GRID)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self.close_button)

    def set_content(self, text: str, buttons: Sequence[str]) -> None:
        """Say ``text`` and offer these answers."""
        self._text.set_text(text)
        self.setAccessibleDescription(text)
        for old in self._buttons:
            old.hide()
            old.deleteLater()
        self._buttons = [QPushButton(words) for words in buttons]
        for place, button in enumerate(self._buttons):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._on_button)
            self._row.insertWidget(place + 1, button)

    def text(self) -> str:
        """The sentence."""
        return self._text.text()

    def buttons(self) -> tuple[QPushButton, ...]:
        """The answers, from the left."""
        return tuple(self._buttons)

    def sizeHint(self) -> QSize:
        return QSize(320, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet ground with a mark in the warm colour at the left."""
        theme = theme_of(self)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(mix(theme.panel, theme.warning, 0.09)))
            painter.fillRect(QRectF(0, 0, 3, self.height()), QColor(theme.warning))
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), QColor(theme.border))

    def _on_button(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button in self._buttons:
            self.answered.emit(self._buttons.index(button))

    def _on_close(self) -> None:
        self.answered.emit(-1)
