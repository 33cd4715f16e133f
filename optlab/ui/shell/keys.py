"""Plain keys belong to the control that has the keyboard, then to the window's shortcuts.

Space plays and the arrows step, but a focused button is pressed with Space, the arrows choose in a
list, and a field is typed in.  Controls that know better (sliders, formula fields) say so
themselves; this is for the standard ones.  A field that is done with gives the keyboard away, and
it goes to the map, where Space, the arrows and Ctrl+Z are the experiment's again.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """Asks :func:`keeps` for the control that has the keyboard, whichever it is.

    A control of ``window`` that gives the keyboard away gives it to the widget that ``home`` names.
    """

    def __init__(
        self, application: QApplication, window: QWidget, home: Callable[[], QWidget]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._home = home
        application.focusChanged.connect(self._focus_changed)

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)
        elif old is not None and old.window() is self._window and self._window.isActiveWindow():
            self._home().setFocus(Qt.FocusReason.OtherFocusReason)

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
