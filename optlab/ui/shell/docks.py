"""Docks: panels that can be moved, hidden and found again, with quiet titles."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QWidget

from optlab.ui.style.themes import theme_of


class DockTitle(QWidget):
    """A thin strip to take hold of; it paints a grip only while the mouse is on it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setToolTip("Drag to move this panel; double-click to detach it")

    def sizeHint(self) -> QSize:
        """As thin as can be taken hold of."""
        return QSize(40, 7)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A short line under the mouse."""
        theme = theme_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.panel)
        if self.underMouse():
            painter.fillRect(self.width() // 2 - 16, 3, 32, 2, theme.muted)


class Dock(QDockWidget):
    """A panel of the window. ``key`` names it in the saved layout."""

    def __init__(self, key: str, title: str, content: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(key)
        self.setTitleBarWidget(DockTitle(self))
        self.setWidget(content)
