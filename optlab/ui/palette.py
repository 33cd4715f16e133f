"""The command palette: everything there is to do, found by a few letters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from optlab.ui import fonts, style
from optlab.ui.palette_list import Command, CommandDelegate, CommandModel
from optlab.ui.widgets.labels import Notice, Tone
from optlab.ui.widgets.paint import GRID, MARGIN, box

_WIDTH = 620
_ROWS = 11
_TOP = 64
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _ROWS - 1,
    Qt.Key.Key_PageUp: 1 - _ROWS,
}


class _Panel(QFrame):
    """The box in which the field and the list stand."""

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = style.current()
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), theme.panel, theme.border, 10)


class Palette(QWidget):
    """A layer over the window with a field and a list. Escape and a click beside it close it.

    Type to filter, arrows to choose, Enter to do. ``closed`` comes however it ends.
    """

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        self._before: QWidget | None = None
        self._commands: tuple[Command, ...] = ()
        self._panel = _Panel(self)
        shadow = QGraphicsDropShadowEffect(self._panel, blurRadius=36)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 110))
        self._panel.setGraphicsEffect(shadow)
        self._edit = QLineEdit()
        self._edit.setObjectName("palette-field")
        self._edit.setAccessibleName("Find a command")
        self._edit.setPlaceholderText("What do you want to do?")
        self._edit.setFont(fonts.ui_font(fonts.SYMBOL))
        self._model = CommandModel(self)
        self._list = QListView()
        self._list.setObjectName("palette-list")
        self._list.setAccessibleName("Commands")
        self._list.setModel(self._model)
        self._list.setItemDelegate(CommandDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._pointer = QCursor.pos()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setStyleSheet("QListView { background: transparent; }")
        self._none = Notice(Tone.MUTED)
        self._column = column = QVBoxLayout(self._panel)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self._edit)
        column.addWidget(self._list, 1)
        column.addWidget(self._none)
        self._edit.installEventFilter(self)
        self._edit.textChanged.connect(self._filter)
        self._list.clicked.connect(self._do)
        self._list.entered.connect(self._point)
        window.installEventFilter(self)
        self.hide()

    def open(self, commands: Sequence[Command]) -> None:
        """Shows these commands; the keyboard comes back to where it was at the end."""
        self._commands = tuple(commands)
        self._before = self.window().focusWidget()
        self._pointer = QCursor.pos()
        self._edit.clear()
        self._filter("")
        self.raise_()
        self.show()
        self._fit()
        self._edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Closes without doing anything."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        self.hide()
        self._commands = ()
        self._model.show_commands((), "")
        # What had the keyboard may be gone meanwhile, as the name of a run that was removed is.
        if before is not None and isValid(before):
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def field(self) -> QLineEdit:
        """The field to type in."""
        return self._edit

    def titles(self) -> list[str]:
        """What is offered now, the best first."""
        return [self._model.command(row).title for row in range(self._model.rowCount())]

    def _filter(self, query: str) -> None:
        self._model.show_commands(self._commands, query)
        rows = self._model.rowCount()
        self._none.set_text("" if rows else "Nothing is called like that")
        self._list.setVisible(rows > 0)
        self._list.setCurrentIndex(self._model.index(0, 0))
        self._fit()

    def _do(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        command = self._model.command(index.row())
        if command.enabled:
            self.dismiss()
            command.run()

    def _fit(self) -> None:
        """Over the whole window; the panel at the top, as high as its rows."""
        window = self.window()
        self.setGeometry(window.rect())
        rows = min(_ROWS, self._model.rowCount())
        row = self._list.itemDelegate().sizeHint(None, QModelIndex()).height()  # type: ignore[arg-type]
        self._list.setFixedHeight(rows * row)
        width = min(_WIDTH, self.width() - 2 * MARGIN)
        height = min(self._column.totalSizeHint().height(), self.height() - 2 * MARGIN)
        top = min(_TOP, max(MARGIN, self.height() - height - MARGIN))
        self._panel.setGeometry((self.width() - width) // 2, top, width, height)

    # -- events ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the field, and the size of the window."""
        if self.isHidden():
            return False
        if watched is self._edit:
            if event.type() == QEvent.Type.ShortcutOverride:
                # While it is open all keys are its own; the menu's key for it closes it.
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._press(event)
            if event.type() == QEvent.Type.FocusOut and not self.isActiveWindow():
                return False
        elif event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _press(self, event: QKeyEvent) -> bool:
        key, ctrl = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        row = self._list.currentIndex().row()
        if key == Qt.Key.Key_Escape or (ctrl and key == Qt.Key.Key_P):
            self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do(self._list.currentIndex())
        elif key in _MOVES and self._model.rowCount():
            self._go(row, _MOVES[Qt.Key(key)])
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._go(row, 1 if key == Qt.Key.Key_Tab else -1)
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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes."""
        if not self._panel.geometry().contains(event.position().toPoint()):
            self.dismiss()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, so that the panel stands out."""
        with QPainter(self) as painter:
            veil = QColor(style.current().window)
            veil.setAlphaF(0.35)
            painter.fillRect(self.rect(), veil)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 400)
