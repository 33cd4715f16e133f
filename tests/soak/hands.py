"""The hands of someone who clicks, drags, types and turns the wheel at random."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optlab.ui.shell.app import Laboratory

_TEXTS = (
    "x^2+y^2",
    "sin(",
    "1e",
    "-",
    "0.5",
    "log(x)",
    "9^9^9",
    "adam",
    "\u202e",
    "where(x<y,1,2)",
)


class Hands:
    """Ways to disturb; each does one thing and returns."""

    def __init__(self, lab: Laboratory, chance: random.Random) -> None:
        from PySide6.QtCore import Qt

        self.lab = lab
        self.chance = chance
        self.count = 0
        # What it touches, for the search after a crash.
        path = os.environ.get("OPTLAB_MONKEY_TRACE")
        self.trace = open(path, "w", encoding="utf-8") if path else None  # noqa: SIM115
        self.keys = [
            *(Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End),
            *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
            *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape),
            *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Plus, Qt.Key.Key_Minus),
            *(Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_L, Qt.Key.Key_0, Qt.Key.Key_1),
            *(Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_F1, Qt.Key.Key_Z),
        ]
        self.modifiers = [
            *[Qt.KeyboardModifier.NoModifier] * 5,
            *(Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier),
        ]
        self.buttons = [*[Qt.MouseButton.LeftButton] * 6, Qt.MouseButton.RightButton]

    def ways(self) -> tuple[tuple[float, Callable[[], None]], ...]:
        """How often each is done, of some hundred."""
        return (
            (30, self.click),
            (15, self.drag),
            (20, self.press),
            (8, self.write),
            (10, self.turn_wheel),
            (8, self.trigger),
            (2, self.resize),
            (1, self.double_click),
        )

    def _target(self):  # type: ignore[no-untyped-def]
        from PySide6.QtWidgets import QApplication, QMenu, QWidget

        top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if top is None:
            tops = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
            top = self.chance.choice(tops) if tops else self.lab.window
        inner = [w for w in top.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
        found = self.chance.choice(inner) if inner and not isinstance(top, QMenu) else top
        if self.trace is not None:
            names = [f"{type(w).__name__}({w.objectName()})" for w in (found, found.parent()) if w]
            self.trace.write(f"{self.count} {' in '.join(names)}\n")
            self.trace.flush()
        self.count += 1
        return found

    def _place(self, widget):  # type: ignore[no-untyped-def]
        from PySide6.QtCore import QPoint

        width, height = max(1, widget.width()), max(1, widget.height())
        return QPoint(self.chance.randrange(width), self.chance.randrange(height))

    def click(self) -> None:
        """Somewhere in some widget."""
        from PySide6.QtTest import QTest

        widget = self._target()
        QTest.mouseClick(widget, self.chance.choice(self.buttons), pos=self._place(widget))

    def double_click(self) -> None:
        """The same, twice."""
        from PySide6.QtTest import QTest

        widget = self._target()
        QTest.mouseDClick(widget, self.buttons[0], pos=self._place(widget))

    def drag(self) -> None:
        """From one place in a widget to others, also outside of it."""
        from PySide6.QtCore import QEvent, QPoint, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication
        from shiboken6 import isValid

        widget, button = self._target(), self.chance.choice(self.buttons)
        QTest.mousePress(widget, button, pos=self._place(widget))
        for _ in range(self.chance.randrange(1, 8)):
            if not isValid(widget):
                return
            to = self._place(widget) + QPoint(self.chance.randrange(-60, 60), 0)
            event = QMouseEvent(
                QEvent.Type.MouseMove,
                to.toPointF(),
                widget.mapToGlobal(to).toPointF(),
                Qt.MouseButton.NoButton,
                button,
                Qt.KeyboardModifier.NoModifier,
            )
            QApplication.sendEvent(widget, event)
        if isValid(widget):
            QTest.mouseRelease(widget, button, pos=self._place(widget))

    def press(self) -> None:
        """A key where the focus is."""
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        target = QApplication.focusWidget() or self.lab.window
        QTest.keyClick(target, self.chance.choice(self.keys), self.chance.choice(self.modifiers))

    def write(self) -> None:
        """Some text where the focus is."""
        from PySide6.QtCore import QEvent, Qt
        from PySide6.QtGui import QKeyEvent
        from PySide6.QtWidgets import QApplication
        from shiboken6 import isValid

        target = QApplication.focusWidget() or self.lab.window
        for character in self.chance.choice(_TEXTS):
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                if isValid(target):
                    event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
                    QApplication.sendEvent(target, event)

    def turn_wheel(self) -> None:
        """Up or down, over some widget."""
        from tests.ui.mouse import wheel

        widget = self._target()
        wheel(widget, self._place(widget), self.chance.choice((-1, 1, 3)))

    def trigger(self) -> None:
        """Some command."""
        names = [n for n in self.lab.commands.menus.actions if n != "quit"]
        action = self.lab.commands.menus.actions[self.chance.choice(names)]
        if action.isEnabled():
            action.trigger()

    def resize(self) -> None:
        """Another size of the window."""
        self.lab.window.resize(self.chance.randrange(700, 1900), self.chance.randrange(400, 1100))
