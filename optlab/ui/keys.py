"""Plain keys belong to the control that has the keyboard, then to the window's shortcuts.

Space plays and the arrows step, but a focused button is pressed with Space, a list is walked
through with the arrows, and a field is typed in.  Controls that know better (sliders, formula
fields) say so themselves; this is for the standard ones.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

_Key = Qt.Key
_SPACE: Final = frozenset((_Key.Key_Space, _Key.Key_Select))
_ACROSS: Final = frozenset((_Key.Key_Left, _Key.Key_Right))
_UP_DOWN: Final = frozenset((_Key.Key_Up, _Key.Key_Down, _Key.Key_PageUp, _Key.Key_PageDown))
_ENDS: Final = frozenset((_Key.Key_Home, _Key.Key_End))
_ERASE: Final = frozenset((_Key.Key_Backspace, _Key.Key_Delete))
_PLAIN: Final = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.KeypadModifier,
)


def keeps(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether a key belongs to ``widget`` and not to the shortcuts of the window."""
    key = event.key()
    types = isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox))
    if types and key in _ERASE:  # with Ctrl, a word
        return True
    if event.modifiers() not in _PLAIN:
        return False
    writes = bool(event.text()) and event.text().isprintable()
    if types:
        return writes or key in _ACROSS | _ENDS
    if isinstance(widget, QComboBox):
        return writes or key in _UP_DOWN | _ENDS | _SPACE
    if isinstance(widget, QAbstractItemView):
        return writes or key in _UP_DOWN | _ENDS | _ACROSS
    if isinstance(widget, QAbstractButton):
        return key in _SPACE
    if isinstance(widget, QTabBar):
        return key in _ACROSS | _ENDS
    if isinstance(widget, QAbstractSlider):
        return key in _ACROSS | _UP_DOWN | _ENDS
    return False


class KeyGuard(QObject):
    """Asks :func:`keeps` for the control that has the keyboard, whichever it is."""

    def __init__(self, application: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        application.focusChanged.connect(self._focus_changed)

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps a key from the shortcuts; all else goes its way."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QWidget)
            and keeps(watched, event)
        ):
            event.accept()
            return True
        return False
