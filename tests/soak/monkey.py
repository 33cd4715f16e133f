"""Someone who clicks, drags, types and turns the wheel at random in the real window.

``python -m tests.soak.monkey --minutes 10 --seed 1`` prints what was done; anything that goes wrong
(an exception anywhere, a warning of Qt, a document that cannot be resolved) ends it with status 1.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.soak.surroundings import laboratory, resident

if TYPE_CHECKING:
    from optlab.ui.app import Laboratory

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
# What would open a window of the system, or end the program.
_NOT_TRIGGERED = ("quit",)


class Monkey:
    """Its ways to disturb; each does one thing and returns."""

    def __init__(self, lab: Laboratory, seed: int) -> None:
        from PySide6.QtCore import Qt

        self.lab = lab
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
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

    def act(self) -> None:
        """One thing, most often a small one."""
        ways: tuple[tuple[int, Callable[[], None]], ...] = (
            (30, self.click),
            (15, self.drag),
            (20, self.press),
            (8, self.write),
            (10, self.turn_wheel),
            (8, self.trigger),
            (2, self.resize),
            (1, self.double_click),
        )
        weights, actions = zip(*ways, strict=True)
        (action,) = self.chance.choices(actions, weights)
        action()
        self.done[action.__name__] += 1

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
            self.trace.write(f"{sum(self.done.values())} {' in '.join(names)}\n")
            self.trace.flush()
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
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtGui import QWheelEvent
        from PySide6.QtWidgets import QApplication

        widget = self._target()
        place = self._place(widget)
        event = QWheelEvent(
            place.toPointF(),
            widget.mapToGlobal(place).toPointF(),
            QPoint(),
            QPoint(0, self.chance.choice((-120, 120, 360))),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def trigger(self) -> None:
        """Some command."""
        names = [n for n in self.lab.commands.menus.actions if n not in _NOT_TRIGGERED]
        action = self.lab.commands.menus.actions[self.chance.choice(names)]
        if action.isEnabled():
            action.trigger()

    def resize(self) -> None:
        """Another size of the window."""
        self.lab.window.resize(self.chance.randrange(700, 1900), self.chance.randrange(400, 1100))


def _no_system_dialogs() -> None:
    from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

    for name in ("getOpenFileName", "getSaveFileName"):
        setattr(QFileDialog, name, staticmethod(lambda *_a, **_k: ("", "")))
    for name in ("getText", "getItem"):
        setattr(QInputDialog, name, staticmethod(lambda *_a, **_k: ("", False)))
    for name in ("about", "information", "warning", "critical", "question"):
        setattr(QMessageBox, name, staticmethod(lambda *_a, **_k: None))


def play(minutes: float, seed: int, most: int = 10**9) -> int:
    """Lets the monkey in; 1 where something went wrong."""
    from PySide6.QtCore import QEvent, QTimer
    from PySide6.QtWidgets import QApplication

    from optlab.session.resolve import resolve

    with laboratory() as (lab, wrong):
        _no_system_dialogs()
        monkey, pause = Monkey(lab, seed), QTimer()
        # A dialog that waits for an answer gets one.
        pause.timeout.connect(_close_dialogs)
        pause.start(300)
        began, actions = time.monotonic(), 0
        memory = [resident()]
        end = began + 60 * minutes
        lab.window.closing.disconnect()
        lab.window.closing.connect(lambda event: event.ignore())
        while time.monotonic() < end and not wrong and actions < most:
            monkey.act()
            actions += 1
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if not lab.window.isVisible():
                lab.window.show()
            if time.monotonic() > began + 15 * minutes * len(memory):
                memory.append(resident())
            if actions % 50 == 0:
                assert resolve(lab.session.document) == lab.session.resolved
        pause.stop()
        seconds = time.monotonic() - began
        memory.append(resident())
        lab.window.closing.disconnect()
        lab.window.closing.connect(lab._close)
    told = ", ".join(f"{count} × {name}" for name, count in monkey.done.most_common())
    sys.stdout.write(
        f"monkey: {actions} actions in {seconds:.0f} s (seed {seed}): {told}; "
        f"{len(wrong)} errors; memory after each quarter: "
        f"{', '.join(f'{kib / 1024:.0f}' for kib in memory)} MB\n"
    )
    for what in wrong[:3]:
        sys.stdout.write(f"\n{what}\n")
    return int(bool(wrong))


def _close_dialogs() -> None:
    from PySide6.QtWidgets import QApplication

    for widget in (QApplication.activeModalWidget(), QApplication.activePopupWidget()):
        if widget is not None:
            widget.close()


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(description="clicks and types at random in the window")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--actions", type=int, default=10**9, help="stop after so many")
    options = parser.parse_args()
    faulthandler.enable()
    return play(options.minutes, options.seed, options.actions)


if __name__ == "__main__":
    sys.exit(main())
