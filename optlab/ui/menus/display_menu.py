"""The menus of the map: how it looks, which arrows it has, and what can be done at a place."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from optlab.core.analysis.view_window import as_meant
from optlab.core.display import short
from optlab.session.session import Session
from optlab.ui.controllers.contour.display_options import (
    CHOICES,
    SWITCHES,
    Choice,
    DisplayController,
)
from optlab.ui.controllers.contour.overlays import ARROWS, OverlaysController
from optlab.ui.controllers.contour.paths import ContourController
from optlab.ui.controllers.training.plane import PlaneController
from optlab.ui.views.contour import ContourView

_SEEDS = (1, 5, 10, 20, 50, 100)
_IN_MAP_MENU = ("branch_run", "fit", "zoom_paths")


class LookMenu(QMenu):
    """Colour map, levels, scales; what is chosen has a mark."""

    def __init__(self, look: DisplayController, parent: QWidget) -> None:
        super().__init__("Look of the surface", parent)
        self.setObjectName("look")
        self._look = look
        self._entries: list[tuple[QAction, str, object]] = []
        for choice in CHOICES:
            self.addMenu(self._choice_menu(choice))
        self.addSeparator()
        for field, title in SWITCHES:
            self._add(self, title, field, True)
        self.aboutToShow.connect(self.fill)
        look.changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Marks what is chosen."""
        for action, field, value in self._entries:
            action.setChecked(self._look.value(field) == value)

    def _choice_menu(self, choice: Choice) -> QMenu:
        menu = QMenu(choice.title, self)
        group = QActionGroup(menu)
        for value, text in choice.values:
            group.addAction(self._add(menu, text, choice.field, value))
        return menu

    def _add(self, menu: QMenu, text: str, field: str, value: object) -> QAction:
        action = QAction(text, menu)
        action.setCheckable(True)
        action.setData((field, value))
        action.triggered.connect(self._choose)
        menu.addAction(action)
        self._entries.append((action, field, value))
        return action

    def _choose(self, on: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        field, value = action.data()
        self._look.choose(field, on if value is True else value)


class ArrowsMenu(QMenu):
    """Which of the arrows at the current step are drawn."""

    def __init__(self, overlays: OverlaysController, parent: QWidget) -> None:
        super().__init__("Which arrows", parent)
        self.setObjectName("which_arrows")
        self._overlays = overlays
        for key, title in ARROWS:
            action = QAction(title, self)
            action.setCheckable(True)
            action.setData(key)
            action.triggered.connect(self._switch)
            self.addAction(action)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Marks those that are drawn."""
        for action in self.actions():
            action.setChecked(self._overlays.is_on(str(action.data())))

    def _switch(self, on: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._overlays.switch(str(action.data()), on)


class SeedsMenu(QMenu):
    """Over how many seeds all runs are repeated."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Repeat over seeds", parent)
        self.setObjectName("seeds")
        self._session = session
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._choose)
        self.fill()

    def fill(self) -> None:
        """The usual numbers, and the one that is chosen."""
        self.clear()
        group, chosen = QActionGroup(self), self._session.view.seeds
        for count in sorted({*_SEEDS, chosen}):
            action = QAction(f"{count} seeds" if count > 1 else "The experiment's seed only", self)
            action.setCheckable(True)
            action.setChecked(count == chosen)
            action.setData(count)
            action.setStatusTip("Medians, quartiles as bands, all paths" if count > 1 else "")
            self.addAction(group.addAction(action))

    def _choose(self, action: QAction) -> None:
        self._session.show(seeds=action.data())


class PlaneMenu(QMenu):
    """The kinds of planes of a loss of many weights."""

    def __init__(self, plane: PlaneController, parent: QWidget) -> None:
        super().__init__("Plane", parent)
        self.setObjectName("plane")
        self.setToolTipsVisible(True)
        self._plane = plane
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._choose)
        self.fill()

    def fill(self) -> None:
        """One entry for each kind, the one that is shown marked."""
        self.clear()
        if not self._plane.is_on:
            self.addAction("Maps show both weights").setEnabled(False)
            return
        group = QActionGroup(self)
        for choice in self._plane.choices():
            action = QAction(choice.title, self)
            action.setCheckable(True)
            action.setChecked(choice.kind == self._plane.kind)
            action.setData(choice.kind)
            action.setToolTip(choice.help)
            action.setStatusTip(choice.help)
            self.addAction(group.addAction(action))

    def _choose(self, action: QAction) -> None:
        self._plane.choose(action.data())


class MapMenus(QObject):
    """Opens the menu that the contour map asks for."""

    def __init__(
        self,
        view: ContourView,
        contour: ContourController,
        look: DisplayController,
        overlays: OverlaysController,
        actions: Mapping[str, QAction],
    ) -> None:
        super().__init__(view)
        self._view = view
        self._contour = contour
        self._look = look
        self._overlays = overlays
        self._actions = actions
        view.menu_requested.connect(self.open)

    def menu(self, w1: float, w2: float) -> QMenu:
        """What can be done at a place, with the map, and with what is drawn on it."""
        menu = QMenu(self._view)
        here = QAction(f"Start at ({short(w1, 3)}, {short(w2, 3)})", menu)
        here.setData(as_meant((w1, w2), self._view.window_shown()))
        here.triggered.connect(self._start)
        menu.addAction(here)
        menu.addSeparator()
        menu.addActions([self._actions[key] for key in _IN_MAP_MENU])
        menu.addSeparator()
        menu.addMenu(LookMenu(self._look, menu))
        menu.addMenu(ArrowsMenu(self._overlays, menu))
        return menu

    def open(self, where: QPoint, w1: float, w2: float) -> None:
        """Opens it at a place on the screen."""
        menu = self.menu(w1, w2)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _start(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._contour.start_at(*action.data())
