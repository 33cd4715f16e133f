"""Connects the tabs and the switches over the map with the view and the menus."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QAction

from optlab.session.session import Session
from optlab.session.view import USUAL, View, usual_part
from optlab.ui.shell.bottom_tabs import BottomTabs
from optlab.ui.shell.view_tabs import ViewTabs

_USUAL = "view/usual"


class TabsController(QObject):
    """The tab of the middle and the page below it are those of the view."""

    def __init__(
        self, session: Session, view_tabs: ViewTabs, bottom_tabs: BottomTabs, settings: QSettings
    ) -> None:
        super().__init__(view_tabs)
        self._session = session
        self._view_tabs, self._bottom_tabs, self._settings = view_tabs, bottom_tabs, settings
        view_tabs.layout_chosen.connect(self._tab_chosen)
        bottom_tabs.page_shown.connect(self._page_chosen)
        session.view_changed.connect(self.show)

    def show(self, view: View) -> None:
        """Brings the tabs of a view to the front; those that it does not name stay."""
        if view.tab:
            self._view_tabs.show_layout(view.tab)
        if view.page:
            self._bottom_tabs.show_page(view.page)
        usual = msgspec.json.encode(usual_part(view)).decode()
        self._settings.setValue(_USUAL, usual)

    def _tab_chosen(self, title: str) -> None:
        self._session.show(tab=title)

    def _page_chosen(self, title: str) -> None:
        if self._bottom_tabs.isVisible():
            self._session.show(page=title)


def usual_view(settings: QSettings) -> View:
    """How experiments are shown that do not say it: as the last one was, or the usual way."""
    try:
        return msgspec.json.decode(str(settings.value(_USUAL, "")), type=View)
    except msgspec.DecodeError:
        return USUAL


class SwitchesController(QObject):
    """A switch and its menu entry are one thing in two places."""

    def __init__(self, view_tabs: ViewTabs, actions: Mapping[str, QAction]) -> None:
        super().__init__(view_tabs)
        self._view_tabs = view_tabs
        self._actions = actions
        view_tabs.switched.connect(self._switched)
        for key in view_tabs.switch_keys():
            self._view_tabs.set_switch(key, actions[key].isChecked())
            actions[key].toggled.connect(self._toggled)

    def show_checked(self, key: str, on: bool) -> None:
        """Shows what a menu entry shows without having been chosen."""
        if key in self._view_tabs.switch_keys():
            self._view_tabs.set_switch(key, on)

    def _switched(self, key: str, on: bool) -> None:
        self._actions[key].setChecked(on)

    def _toggled(self, on: bool) -> None:
        self._view_tabs.set_switch(self.sender().objectName(), on)
