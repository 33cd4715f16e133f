"""The two pages about many trials under one tab: a study, and a fair comparison."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from optlab.pictures.theme import Theme
from optlab.ui.views.tuning.fair_page import FairPage
from optlab.ui.views.tuning.study_page import StudyPage


class TuningPages(QWidget):
    """A row of two tabs over the page that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Tuning")
        self.study, self.fair = StudyPage(), FairPage()
        self._pages = QStackedWidget()
        self._tabs = QTabBar()
        self._tabs.setObjectName("details-tabs")
        self._tabs.setAccessibleName("What is tuned")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        for title, page in (("One run", self.study), ("Compare fairly", self.fair)):
            self._pages.addWidget(page)
            self._tabs.addTab(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addWidget(self._pages, 1)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)

    def set_theme(self, theme: Theme) -> None:
        """Tell both pages."""
        self.study.set_theme(theme)
        self.fair.set_theme(theme)

    def tabs(self) -> QTabBar:
        """The row of tabs: one run, and the comparison."""
        return self._tabs
