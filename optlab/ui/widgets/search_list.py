"""A list in which a typed text finds entries, and the box that opens it under a button."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QFontMetricsF, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout, QWidget
from shiboken6 import isValid

from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.command_list import Command, CommandDelegate, CommandModel
from optlab.ui.widgets.labels import Notice, Tone
from optlab.ui.widgets.paint import GRID, box


class SearchList(QWidget):
    """Commands that are found by a few letters; the keyboard stays in the field.

    ``chosen`` carries the command that a person wants done, ``given_up`` comes with Escape, and
    ``filtered`` when other rows are shown, of which at most ``most_rows`` are to be seen at once.
    """

    chosen = Signal(object)
    given_up = Signal()
    filtered = Signal()

    def __init__(self, name: str, ask: str, most_rows: int, parent: QWidget | None = None):
        super().__init__(parent)
        self._commands: tuple[Command, ...] = ()
        self._most_rows = most_rows
        page = most_rows - 1
        self._moves = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Backtab: -1,
        }
        self._edit = QLineEdit()
        self._edit.setObjectName("palette-field")
        self._edit.setPlaceholderText(ask)
        self._edit.setFont(fonts.ui_font(fonts.SYMBOL))
        self._model = CommandModel(self)
        self._list = QListView()
        self._list.setObjectName("palette-list")
        self._list.setModel(self._model)
        self._delegate = CommandDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setStyleSheet("QListView { background: transparent; }")
        self.set_names(name, f"Find in {name.lower()}")
        self._pointer = QCursor.pos()
        self._none = Notice(Tone.MUTED)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._edit)
        column.addWidget(self._list, 1)
        column.addWidget(self._none)
        self._edit.installEventFilter(self)
        self._edit.textChanged.connect(self._filter)
        self._list.clicked.connect(self._do)
        self._list.entered.connect(self._point)

    def set_names(self, of_list: str, of_field: str) -> None:
        """What list and field are called for those who cannot see them."""
        self._list.setAccessibleName(of_list)
        self._edit.setAccessibleName(of_field)

    def align(self) -> None:
        """Let the groups of the commands shown begin below each other."""
        metrics = QFontMetricsF(fonts.ui_font())
        widths = [metrics.horizontalAdvance(command.title) for command in self._commands]
        self._delegate.column = max(widths, default=0.0) + 2 * GRID

    def set_commands(self, commands: Sequence[Command], row: int = 0) -> None:
        """Show these commands with an empty field, row number ``row`` chosen."""
        self._commands = tuple(commands)
        self._pointer = QCursor.pos()
        self._edit.clear()
        self._filter("")
        index = self._model.index(row, 0)
        if row and index.isValid():
            self._list.setCurrentIndex(index)
            self._list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def field(self) -> QLineEdit:
        """The field to type in."""
        return self._edit

    def view(self) -> QListView:
        """The list."""
        return self._list

    def titles(self) -> list[str]:
        """What is offered now, the best first."""
        return [self._model.command(row).title for row in range(self._model.rowCount())]

    def _filter(self, query: str) -> None:
        self._model.show_commands(self._commands, query)
        rows = self._model.rowCount()
        self._none.set_text("" if rows else "No match")
        self._list.setVisible(rows > 0)
        self._go(-1, 1)
        self._list.setFixedHeight(min(self._most_rows, rows) * self._row_height())
        self.filtered.emit()

    def set_most_rows(self, rows: int) -> None:
        """Show at most so many rows at once."""
        self._most_rows = max(1, rows)

    def fit_rows(self, height: int) -> None:
        """Show no more rows than have room in ``height`` pixels."""
        self.set_most_rows(min(self._most_rows, height // self._row_height()))
        rows = min(self._most_rows, self._model.rowCount())
        self._list.setFixedHeight(rows * self._row_height())
        self._list.scrollTo(self._list.currentIndex(), QListView.ScrollHint.PositionAtCenter)

    def list_height(self) -> int:
        """The height of the rows that are shown, in pixels."""
        return self._list.minimumHeight()

    def _row_height(self) -> int:
        return self._delegate.sizeHint(None, QModelIndex()).height()  # type: ignore[arg-type]

    def _do(self, index: QModelIndex) -> None:
        if index.isValid() and self._model.command(index.row()).enabled:
            self.chosen.emit(self._model.command(index.row()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the field."""
        if event.type() == QEvent.Type.ShortcutOverride:
            # While it is open all keys are its own.
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        return False

    def _press(self, event: QKeyEvent) -> bool:
        key, ctrl = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Escape or (ctrl and key == Qt.Key.Key_P):
            self.given_up.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do(self._list.currentIndex())
        elif key in self._moves:
            self._go(self._list.currentIndex().row(), self._moves[Qt.Key(key)])
        else:
            return False
        return True

    def _point(self, index: QModelIndex) -> None:
        """The mouse moved onto a row; one that the keys scroll under it is left alone."""
        if QCursor.pos() != self._pointer:
            self._pointer = QCursor.pos()
            self._list.setCurrentIndex(index)

    def _go(self, row: int, by: int) -> None:
        """Another row; single steps go around, pages stop at the ends.

        What cannot be done now is passed over, or the list would not go on from there.
        """
        rows = self._model.rowCount()
        if not rows:
            return
        wanted = row + by if abs(by) == 1 else min(max(row + by, 0), rows - 1)
        for further in range(rows):
            index = self._model.index((wanted + (further if by > 0 else -further)) % rows, 0)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self._list.setCurrentIndex(index)
                return


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
