"""A list that opens at a control where there is too much to choose from for a menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from optlab.ui.style import theme_of
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
        column.addWidget(self._search, 0, Qt.AlignmentFlag.AlignTop)
        self._search.given_up.connect(self.close)
        self._search.chosen.connect(self._take)

    def open(
        self,
        entries: Sequence[tuple[object, str, str]],
        near: QWidget,
        shown: object = None,
        first: int = 0,
    ) -> None:
        """Offer ``entries`` (key, name, sentence) under ``near``, or above it at the screen's end.

        The row of key ``shown`` is marked and chosen at first; a line stands behind the ``first``
        ones.  It stays where it opened and as large, however few rows fit what is typed.
        """
        keys = [key for key, _, _ in entries]
        commands = [
            Command(
                text,
                partial(self.picked.emit, key),
                sentence,
                on=key == shown or None,
                ends_group=place == first,
            )
            for place, (key, text, sentence) in enumerate(entries, 1)
        ]
        self._near = near
        self._search.set_most_rows(_ROWS)
        self._search.set_commands(commands, keys.index(shown) if shown in keys else 0)
        self._search.align()
        self._place(near)
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
        theme = theme_of(self)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.border)
            box(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.panel, None, 0)

    def _take(self, command: Command) -> None:
        self.close()
        command.run()

    def _place(self, near: QWidget) -> None:
        """Under the control or above it, with as many rows as have room there."""
        screen = near.screen().availableGeometry()
        at = QRect(near.mapToGlobal(QPoint(0, 0)), near.size())
        below = screen.bottom() - at.bottom() - 3
        above = min(at.top(), screen.bottom()) - screen.top() - 2
        wanted = self._column.totalSizeHint().height()
        goes_below = wanted <= below or below >= above
        room = below if goes_below else above
        beside_rows = wanted - self._search.list_height()
        self._search.fit_rows(room - beside_rows)
        height = beside_rows + self._search.list_height()
        top = at.bottom() + 3 if goes_below else at.top() - 2 - height
        top = max(screen.top(), min(top, screen.bottom() + 1 - height))
        wide = min(self.fontMetrics().averageCharWidth() * _CHARACTERS, screen.width())
        left = max(screen.left(), min(at.left(), screen.right() - wide))
        self.setFixedSize(wide, height)
        self.setGeometry(left, top, wide, height)
