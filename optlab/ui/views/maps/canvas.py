"""The picture of a map: what a person does on it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from optlab.ui.views.maps.painting import MapPainting

_LEFT: Final = Qt.MouseButton.LeftButton
_WAYS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
}
_KEY_STEP: Final = 64
"""The keys cross the map in so many steps."""


class MapCanvas(MapPainting):
    """A map of many runs, one in each cell.

    Mouse: hovering reads a cell, a click chooses it, a drag tells every cell on its way. Keys:
    Ctrl with an arrow moves from cell to cell, Enter chooses. Rows count from the bottom.
    """

    hovered = Signal(int, int)  # row, column
    hover_left = Signal()
    cell_chosen = Signal(float, float)  # the values of the axes at the cell
    cell_dragged = Signal(float, float)

    def __init__(self, name: str, choosing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAccessibleDescription(
            f"Ctrl with an arrow key moves from cell to cell, Enter {choosing}."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 160)
        self._pressed = False

    def sizeHint(self) -> QSize:
        """A size at which cells can be told apart."""
        return QSize(520, 480)

    # --- the mouse -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a cell."""
        if event.button() == _LEFT and self.cell_at(event.position()) is not None:
            self._pressed = True
            self._cell = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the cell under the pointer; tell it while the button is held."""
        at = event.position()
        cell = self.cell_at(self._inside(at) if self._pressed else at)
        inside = cell is not None
        self.setCursor(Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor)
        if cell is None:
            self._leave()
            return
        self._move_pointer(at)
        self.hovered.emit(*cell)
        if self._pressed:
            self.cell_dragged.emit(*self.values_at(cell))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the cell."""
        if event.button() == _LEFT and self._pressed:
            self._pressed = False
            cell = self.cell_at(self._inside(event.position()))
            if cell is not None:
                self.cell_chosen.emit(*self.values_at(cell))

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone: no read-out."""
        self._leave()
        super().leaveEvent(event)

    def _inside(self, at: QPointF) -> QPointF:
        rect = self.plot_rect()
        x = min(max(at.x(), rect.left()), rect.right())
        return QPointF(x, min(max(at.y(), rect.top()), rect.bottom()))

    def _move_pointer(self, at: QPointF) -> None:
        self._pointer = at
        if self._hover_text:
            self.update()

    def _leave(self) -> None:
        if self._cell is None:
            self.set_hover_text("")
            self.hover_left.emit()

    # --- the keys --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell and choose; all other keys belong to the window."""
        key = event.key()
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if ctrl and key in _WAYS and self._drawing is not None:
            self._walk(*_WAYS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cell is not None:
            self.cell_chosen.emit(*self.values_at(self._cell))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:
        """The cell that the keys chose is forgotten."""
        self._cell = None
        self.set_hover_text("")
        self.update()
        super().focusOutEvent(event)  # type: ignore[arg-type]

    def _walk(self, up: int, right: int) -> None:
        assert self._drawing is not None
        rows, columns, _ = self._drawing.colors.shape
        row, column = self._cell or (rows // 2, columns // 2)
        row = min(max(row + up * max(1, rows // _KEY_STEP), 0), rows - 1)
        column = min(max(column + right * max(1, columns // _KEY_STEP), 0), columns - 1)
        self._cell = (row, column)
        self._move_pointer(self.pixel(*self.values_at(self._cell)))
        self.hovered.emit(row, column)
        self.update()
