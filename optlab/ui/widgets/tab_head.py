"""Tabs with controls at their right, or below them where there is not room for both."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from optlab.ui.widgets.flow import FlowRow
from optlab.ui.widgets.paint import GRID

_LEFT, _RIGHT, _ABOVE = GRID, GRID, GRID // 2
_WHOLE = 440
"""Pixels of the tabs that neighbours never take; in large letters the rest may be cut."""


class TabHead(QWidget):
    """``tabs`` keep their width as long as there is any way to give it to them."""

    def __init__(self, tabs: QTabBar, controls: FlowRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = tabs
        self._controls = controls
        for child in (tabs, controls):
            child.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(self._heights(width)) + 2 * _ABOVE

    def sizeHint(self) -> QSize:
        """The tabs and the widest control beside them."""
        width = self._tabs.sizeHint().width() + GRID + self._narrowest() + _LEFT + _RIGHT
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        tabs = max(min(self._tabs.sizeHint().width(), _WHOLE), self._tabs.minimumSizeHint().width())
        width = max(tabs, self._narrowest()) + _LEFT + _RIGHT
        return QSize(width, self._tabs.sizeHint().height() + 2 * _ABOVE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """What is in it may come, go or change its size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _narrowest(self) -> int:
        return 0 if self._controls.isHidden() else self._controls.minimumSizeHint().width()

    def _beside(self, width: int) -> int:
        """The room for the controls at the right of the tabs; less than 1 where they go below,
        because it is too small or would cost more lines."""
        room = width - _LEFT - _RIGHT - self._tabs.sizeHint().width() - GRID
        if room < self._narrowest():
            return 0
        tabs = self._tabs.sizeHint().height()
        beside = max(tabs, self._controls.heightForWidth(room))
        below = tabs + _ABOVE + self._controls.heightForWidth(width - _LEFT - _RIGHT)
        return room if beside < below else 0

    def _heights(self, width: int) -> tuple[int, int]:
        """Of the line with the tabs, and of what is below it."""
        tabs = self._tabs.sizeHint().height()
        if self._controls.isHidden():
            return tabs, 0
        beside = self._beside(width)
        if beside:
            return max(tabs, self._controls.heightForWidth(beside)), 0
        return tabs, self._controls.heightForWidth(width - _LEFT - _RIGHT) + _ABOVE

    def _place(self) -> None:
        width = self.width()
        first, second = self._heights(width)
        hint = self._tabs.sizeHint()
        tabs = min(hint.width(), width - _LEFT - _RIGHT)
        self._tabs.setGeometry(_LEFT, _ABOVE + (first - hint.height()) // 2, tabs, hint.height())
        beside = self._beside(width)
        room = beside or width - _LEFT - _RIGHT
        high = self._controls.heightForWidth(room)
        top = _ABOVE + (first - high) // 2 if beside else 2 * _ABOVE + first
        if second or beside:
            self._controls.setGeometry(width - _RIGHT - room, top, room, high)
