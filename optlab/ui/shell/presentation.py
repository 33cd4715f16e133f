"""Full screen, and showing the program to an audience: larger letters, no panels."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from optlab.ui.shell.window import LAYOUT_VERSION, MainWindow
from optlab.ui.style import fonts

SCALE: Final = 1.5
"""Of all letters while presenting."""


class Presentation(QObject):
    """Switches full screen and presentation on and off.

    ``changed`` comes after either; ``restyled`` when letters have another size, so that what is
    painted can be painted anew.
    """

    changed = Signal()
    restyled = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._before: tuple[QByteArray, bool] | None = None
        self._maximized = False

    @property
    def is_full_screen(self) -> bool:
        """Whether the window takes the whole screen."""
        return self._window.isFullScreen()

    @property
    def is_on(self) -> bool:
        """Whether something is being presented."""
        return self._before is not None

    def set_full_screen(self, on: bool) -> None:
        """Takes the whole screen, or the place that the window had."""
        if on != self._window.isFullScreen():
            if on:
                self._maximized = self._window.isMaximized()
                self._window.showFullScreen()
            elif self._maximized:
                self._window.showMaximized()
            else:
                self._window.showNormal()
        self.changed.emit()

    def present(self, on: bool) -> None:
        """Hides the panels, takes the whole screen and enlarges all letters; or takes that back."""
        if on == self.is_on:
            return
        window = self._window
        if on:
            self._before = window.saveState(LAYOUT_VERSION), window.isFullScreen()
            for dock in window.docks:
                dock.hide()
            self._scale(SCALE)
            self.set_full_screen(True)
        elif self._before is not None:
            (state, was_full), self._before = self._before, None
            self._scale(1.0)
            self.set_full_screen(was_full)
            window.restoreState(state, LAYOUT_VERSION)
        self.changed.emit()

    def _scale(self, scale: float) -> None:
        """All letters at a share of their designed size, also where a widget has its own font."""
        before = fonts.scaled(1.0)
        own = [
            (widget, widget.font().pixelSize() / before)
            for widget in self._window.findChildren(QWidget)
            if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)
        ]
        fonts.set_text_scale(scale)
        # First: a style sheet that is set anew gives widgets the fonts that they had.
        self.restyled.emit()
        for widget, designed in own:
            if isValid(widget):
                font = widget.font()
                font.setPixelSize(max(1, round(designed * scale)))
                widget.setFont(font)
        for widget in self._window.findChildren(QWidget):
            widget.updateGeometry()
