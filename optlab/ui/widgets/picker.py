"""A list that opens at a control where there is too much to choose from for a menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from optlab.ui import style
from optlab.ui.widgets.command_list import Command
from optlab.ui.widgets.paint import GRID, box
from optlab.ui.widgets.search_list import SearchList

_ROWS = 11
_CHARACTERS = 96  # the width, so that a sentence beside a name is seen


class Picker(QFrame):
    """A popup with a field and rows of a name and a sentence; ``picked`` carries the key.

    Type to filter, arrows to choose, Enter takes, Escape and a click beside it close it.
    """

    picked = Signal(object)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_WindowPropagation)
        self._near: QWidget | None = None
        self._search = SearchList(name, "Type a few letters", _ROWS)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self._search)
        self._search.given_up.connect(self.close)
        self._search.chosen.connect(self._take)
        self._search.filtered.connect(self._fit)

    def open(
        self, entries: Sequence[tuple[object, str, str]], near: QWidget, shown: object = None
    ) -> None:
        """Offer ``entries`` (key, name, sentence) under ``near``, or above it at the screen's end.

        The row of key ``shown`` is marked and chosen at first.
        """
        keys = [key for key, _, _ in entries]
        commands = [
            Command(text, partial(self.picked.emit, key), sentence, on=key == shown or None)
            for key, text, sentence in entries
        ]
        self._near = near
        self._search.set_commands(commands, keys.index(shown) if shown in keys else 0)
        self._search.align()
        self._fit()
        self.show()
        self._search.field().setFocus(Qt.FocusReason.PopupFocusReason)

    def search(self) -> SearchList:
        """The field and the list."""
        return self._search

    def field(self) -> QLineEdit:
        """The field to type in."""
        return self._search.field()

    def titles(self) -> list[str]:
        """What is offered now, the best first."""
        return self._search.titles()

    def hideEvent(self, event: QHideEvent) -> None:
        """The keyboard goes back to the window below; not every platform does it by itself."""
        super().hideEvent(event)
        if self._near is not None and isValid(self._near):
            self._near.window().activateWindow()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = style.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.border)
            box(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.panel, None, 0)

    def _take(self, command: Command) -> None:
        self.close()
        command.run()

    def _fit(self) -> None:
        """As high as its rows, on the screen, against the control; it keeps its side of it."""
        near = self._near
        if near is None:
            return
        screen = near.screen().availableGeometry()
        wide = min(self.fontMetrics().averageCharWidth() * _CHARACTERS, screen.width())
        size = self._column.totalSizeHint()
        at = QRect(near.mapToGlobal(QPoint(0, 0)), near.size())
        top = at.bottom() + 3
        if top + size.height() > screen.bottom():
            top = max(screen.top(), min(at.top() - 2, screen.bottom()) - size.height())
        left = max(screen.left(), min(at.left(), screen.right() - wide))
        self.setGeometry(left, top, wide, size.height())
