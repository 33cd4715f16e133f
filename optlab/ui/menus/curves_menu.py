"""The menu of the curves: which quantities have a pane, and on which scale each is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from optlab.core.analysis.quantities import COMPONENT
from optlab.ui.controllers.panes import PaneChoice, PanesController
from optlab.ui.views.panes import PanesView
from optlab.ui.widgets.paint import menu_text


class CurvesMenu(QMenu):
    """Filled anew each time it is opened, since every rule has curves of its own."""

    def __init__(self, panes: PanesController, parent: QWidget | None = None) -> None:
        super().__init__("Curves", parent)
        self._panes = panes
        self._scales = QMenu("Logarithmic axis", self)
        self._single = QMenu("One component of every run", self)
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._choose)

    def fill(self) -> None:
        """One entry for each quantity, those of the rule between lines."""
        self.clear()
        self._scales.clear()
        self._single.clear()
        group = ""
        for choice in self._panes.choices():
            single = choice.group == COMPONENT
            if group and choice.group != group and not single:
                self.addSeparator()
            group = choice.group
            menu = self._single if single else self
            menu.addAction(_entry(choice, ("show", choice.key), choice.shown, menu))
            if choice.shown:
                scale = _entry(choice, ("log", choice.key), choice.log, self._scales)
                self._scales.addAction(scale)
        if self._panes.components():
            pick = QAction("Single weight…", self._single)
            pick.setData(("component", ""))
            self._single.addAction(pick)
        self.addMenu(self._single)
        self.addSeparator()
        self.addMenu(self._scales)
        reset = QAction("Default curves", self)
        reset.setData(("reset", ""))
        self.addAction(reset)

    def sizeHint(self) -> QSize:
        """As the entries need; filled before it is measured for the first time."""
        if self.isEmpty():
            self.fill()
        return super().sizeHint()

    def _choose(self, action: QAction) -> None:
        data = action.data()
        if not isinstance(data, tuple | list):
            return
        what, key = data
        if what == "show":
            self._panes.set_shown(key, action.isChecked())
        elif what == "component":
            self._panes.choose_component()
        elif what == "log":
            self._panes.set_log(key, action.isChecked())
        else:
            self._panes.reset()


class PaneMenu(QMenu):
    """What can be done with one pane, and the choice of all."""

    def __init__(self, panes: PanesController, choice: PaneChoice, parent: QWidget) -> None:
        super().__init__(parent)
        log = QAction("Logarithmic axis", self)
        log.setCheckable(True)
        log.setChecked(choice.log)
        hide = QAction(menu_text(f"Hide {choice.title}"), self)
        log.toggled.connect(self._log)
        hide.triggered.connect(self._hide)
        self._panes, self._key = panes, choice.key
        self.addActions([log, hide])
        self.addSeparator()
        self.addMenu(CurvesMenu(panes, self))

    def _log(self, on: bool) -> None:
        self._panes.set_log(self._key, on)

    def _hide(self) -> None:
        self._panes.set_shown(self._key, False)


def pane_menu(panes: PanesController, index: int, parent: QWidget) -> QMenu:
    """The menu of a pane; the choice of curves where ``index`` is that of none."""
    key = panes.key_of_pane(index)
    chosen = [choice for choice in panes.choices() if choice.key == key]
    if chosen:
        return PaneMenu(panes, chosen[0], parent)
    menu = CurvesMenu(panes, parent)
    menu.fill()
    return menu


class PaneMenus(QObject):
    """Opens the menus that a column of panes asks for."""

    def __init__(self, panes: PanesController, view: PanesView, branch: QAction) -> None:
        super().__init__(view)
        self._branch = branch
        self._panes = panes
        self._view = view
        view.menu_requested.connect(self.open)

    def open(self, where: QPoint, index: int) -> None:
        """Opens the menu of a pane at a place on the screen."""
        menu = pane_menu(self._panes, index, self._view)
        menu.addSeparator()
        menu.addAction(self._branch)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)


def _entry(choice: PaneChoice, data: tuple[str, str], on: bool, menu: QMenu) -> QAction:
    action = QAction(menu_text(f"{choice.title}   {choice.symbol}"), menu)
    action.setCheckable(True)
    action.setChecked(on)
    action.setData(data)
    return action
