"""Menus and shortcuts, made from the action table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from optlab.session.actions import ACTIONS, BY_ID, MENUS, Action

Handler = Callable[[], object] | Callable[[bool], object]


class Menus(QObject):
    """The menu bar of a window. Every action of the table needs a handler.

    ``check_shown`` comes when :meth:`set_checked` shows that something is on or off.
    """

    check_shown = Signal(str, bool)

    def __init__(self, window: QMainWindow, handlers: Mapping[str, Handler]) -> None:
        super().__init__(window)
        missing = {action.id for action in ACTIONS} ^ set(handlers)
        if missing:
            raise ValueError(f"actions and handlers differ: {sorted(missing)}")
        bar = window.menuBar()
        self.menus = {name: bar.addMenu(name) for name in MENUS}
        self.actions: dict[str, QAction] = {}
        groups: dict[str, int] = {}
        for entry in ACTIONS:
            menu = self.menus[entry.menu]
            if groups.setdefault(entry.menu, entry.group) != entry.group:
                menu.addSeparator()
                groups[entry.menu] = entry.group
            self.actions[entry.id] = self._add(menu, entry, handlers[entry.id])
            window.addAction(self.actions[entry.id])

    def _add(self, menu: QMenu, entry: Action, handler: Handler) -> QAction:
        action = QAction(entry.title, menu)
        action.setObjectName(entry.id)
        action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
        action.setStatusTip(entry.tip)
        action.setToolTip(entry.tip or entry.title)
        action.setCheckable(entry.toggles)
        if entry.toggles:
            action.toggled.connect(handler)
        else:
            action.triggered.connect(_without_argument(handler))
        menu.addAction(action)
        return action

    def insert_menu(self, before: str, menu: QMenu) -> None:
        """Puts a menu above an action and the line over it."""
        action = self.actions[before]
        place = self.menus[BY_ID[before].menu]
        entries = place.actions()
        above = entries[entries.index(action) - 1] if action is not entries[0] else action
        place.insertMenu(above if above.isSeparator() else action, menu)

    def set_checked(self, action_id: str, on: bool) -> None:
        """Shows whether something is on, without doing it."""
        action = self.actions[action_id]
        action.blockSignals(True)
        action.setChecked(on)
        action.blockSignals(False)
        self.check_shown.emit(action_id, on)


def _without_argument(handler: Callable[..., object]) -> Callable[[bool], object]:
    def triggered(_checked: bool = False) -> object:
        return handler()

    return triggered
