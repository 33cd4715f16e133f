"""Connects the switches over the map with the actions of the same name."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from optlab.ui.centre import Centre


class SwitchesController(QObject):
    """A switch and its menu entry are one thing in two places."""

    def __init__(self, centre: Centre, actions: Mapping[str, QAction]) -> None:
        super().__init__(centre)
        self._centre = centre
        self._actions = actions
        centre.switched.connect(self._switched)
        for key in centre.switch_keys():
            self._centre.set_switch(key, actions[key].isChecked())
            actions[key].toggled.connect(self._toggled)

    def show_checked(self, key: str, on: bool) -> None:
        """Shows what a menu entry shows without having been chosen."""
        if key in self._centre.switch_keys():
            self._centre.set_switch(key, on)

    def _switched(self, key: str, on: bool) -> None:
        self._actions[key].setChecked(on)

    def _toggled(self, on: bool) -> None:
        self._centre.set_switch(self.sender().objectName(), on)
