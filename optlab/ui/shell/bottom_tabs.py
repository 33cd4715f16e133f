"""The pages under the map: one row of tabs over whatever they show."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.paint import GRID


class BottomTabs(QWidget):
    """Pages of which one is shown; ``page_shown`` tells its title whenever it can be seen anew."""

    page_shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Details")
        self._tabs = QTabBar()
        self._tabs.setObjectName("details-tabs")
        self._tabs.setAccessibleName("Page of details")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        # The bold title is wider than room is kept for.
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._pages = QStackedWidget()
        self._heads: list[QWidget] = []
        head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setContentsMargins(GRID // 2, 2, 0, 0)
        head.setSpacing(GRID)
        head.addWidget(self._tabs, 0, Qt.AlignmentFlag.AlignLeft)
        self._head = head
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        self._tabs.currentChanged.connect(self._on_tab)

    def add(self, title: str, page: QWidget, head: QWidget | None = None) -> None:
        """Put ``page`` behind the others; its ``head`` stands beside the tabs while it is shown."""
        index = self._pages.addWidget(page)
        beside = head or QWidget()
        beside.setVisible(index == 0)
        self._head.addWidget(beside, 1)
        self._heads.append(beside)
        self._tabs.addTab(title)

    def page(self) -> str:
        """The title of the page that is in front."""
        return self._tabs.tabText(self._tabs.currentIndex())

    def titles(self) -> tuple[str, ...]:
        """The titles of all pages."""
        return tuple(self._tabs.tabText(index) for index in range(self._tabs.count()))

    def show_page(self, title: str) -> None:
        """Bring a page to the front; an unknown title, and one not offered, are ignored."""
        if title in self.titles() and self._tabs.isTabVisible(self.titles().index(title)):
            self._tabs.setCurrentIndex(self.titles().index(title))

    def offer(self, title: str, offered: bool) -> None:
        """Offer a page, or take it away; where it was shown, its neighbour is."""
        index = self.titles().index(title)
        if self._tabs.isTabVisible(index) != offered:
            self._tabs.setTabVisible(index, offered)
            self._arrange_head()

    def tabs(self) -> QTabBar:
        """The row of tabs, for mouse and keyboard."""
        return self._tabs

    def sizeHint(self) -> QSize:
        """Room for the equations of a common rule."""
        return QSize(640, 216)

    def minimumSizeHint(self) -> QSize:
        """The tabs and a few rows."""
        return QSize(300, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground of the views, under a thin line."""
        theme = theme_of(self)
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(theme.window))
            painter.fillRect(QRectF(0, 0, self.width(), 1), QColor(theme.border))

    def showEvent(self, event: QShowEvent) -> None:
        """What was not kept up to date while it was hidden has to be now."""
        super().showEvent(event)
        self.page_shown.emit(self.page())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_head()

    def _arrange_head(self) -> None:
        """What belongs to the page beside the tabs, or below where both would be cut."""
        shown = self._heads[self._tabs.currentIndex()] if self._heads else None
        if shown is None:
            return
        wanted = self._tabs.sizeHint().width() + 2 * GRID + shown.minimumSizeHint().width()
        sides = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._head.setDirection(sides[wanted > self.width()])

    def _on_tab(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        for place, head in enumerate(self._heads):
            head.setVisible(place == index)
        self._arrange_head()
        self.page_shown.emit(self.page())
