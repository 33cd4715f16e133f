"""A field over a list: type to filter, arrows to choose, Enter to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QCursor, QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from optlab.ui import fonts
from optlab.ui.widgets.command_list import Command, CommandDelegate, CommandModel
from optlab.ui.widgets.labels import Notice, Tone
from optlab.ui.widgets.paint import GRID


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
