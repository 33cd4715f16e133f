"""A page with charts of many trials, and beside them what to try and when."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabBar, QVBoxLayout, QWidget

from optlab.pictures.charts.chart import Chart
from optlab.pictures.theme import Theme
from optlab.session.actions import BY_ID
from optlab.ui.plots.chart_view import ChartsView
from optlab.ui.widgets.buttons import TextButton
from optlab.ui.widgets.labels import Notice, SectionTitle, Tone
from optlab.ui.widgets.paint import GRID
from optlab.ui.widgets.setting_rows import SidePanel


class TrialsPage(QWidget):
    """What the pages of studies and comparisons have in common; a subclass adds its own rows."""

    start_pressed = Signal()
    stop_pressed = Signal()
    export_pressed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.charts = ChartsView(f"{name}: charts")
        self.start_button, self.stop_button = QPushButton("Start"), QPushButton("Stop")
        self.stop_button.setEnabled(False)
        self.stop_button.setToolTip("What was computed stays, and can be gone on with")
        action = BY_ID["export_trials"]
        self._export = TextButton("Export…", action.tip)
        self._notice, self._about = Notice(Tone.WARNING), Notice(Tone.MUTED)
        for notice in (self._notice, self._about):
            notice.setMinimumWidth(1)
        self.rows, self.below = QVBoxLayout(), QVBoxLayout()
        for rows in (self.rows, self.below):
            rows.setContentsMargins(0, 0, 0, 0)
            rows.setSpacing(2)
        self.rows.addWidget(SectionTitle(name))
        self._tabs = QTabBar()
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setAccessibleName("Chart")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.addTab("all")
        self._tabs.hide()
        self._keys: tuple[str, ...] = ("",)
        self._arrange(name)
        self._tabs.currentChanged.connect(self._on_tab)
        self.start_button.clicked.connect(self._on_start)
        self.stop_button.clicked.connect(self._on_stop)
        self._export.clicked.connect(self._on_export)

    def _arrange(self, name: str) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(GRID)
        column.addLayout(self.rows)
        begin = QHBoxLayout()
        begin.setSpacing(GRID)
        begin.addWidget(self.start_button, 1)
        begin.addWidget(self.stop_button, 1)
        column.addLayout(begin)
        column.addWidget(self._notice)
        column.addLayout(self.below)
        column.addWidget(self._about)
        leave = QHBoxLayout()
        leave.addWidget(self._export)
        leave.addStretch(1)
        column.addLayout(leave)
        side = SidePanel(f"{name}: settings")
        side.add(inside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addWidget(self.charts, 1)
        row.addLayout(column, 1)
        row.addWidget(side)

    def set_theme(self, theme: Theme) -> None:
        """Tell the charts."""
        self.charts.set_theme(theme)

    def set_charts(self, charts: Sequence[Chart]) -> None:
        """Show these charts, and a tab for each."""
        keys = ("", *(chart.key for chart in charts))
        if keys != self._keys:
            picked = self._keys[max(self._tabs.currentIndex(), 0)]
            self._keys = keys
            blocked = self._tabs.blockSignals(True)
            while self._tabs.count() > 1:
                self._tabs.removeTab(self._tabs.count() - 1)
            for chart in charts:
                self._tabs.setTabToolTip(self._tabs.addTab(chart.tab), chart.title)
            self._tabs.setCurrentIndex(keys.index(picked) if picked in keys else 0)
            self._tabs.blockSignals(blocked)
            self._tabs.setVisible(bool(charts))
        self.charts.set_charts(charts)

    def set_empty(self, text: str) -> None:
        """Say what will be seen where no chart is yet."""
        self.charts.empty = text
        self.charts.viewport().update()

    def tabs(self) -> QTabBar:
        """The row of charts: all, then each."""
        return self._tabs

    def set_state(self, start: str, running: bool) -> None:
        """Show what the first button does, and whether there is something to stop."""
        self.start_button.setText(start)
        self.start_button.setEnabled(not running)
        self.stop_button.setEnabled(running)

    def set_notice(self, text: str, tone: str = Tone.WARNING) -> None:
        """Say something that matters now, or nothing."""
        self._notice.set_text(text, tone)

    def notice(self) -> str:
        """What is said."""
        return self._notice.text()

    def set_about(self, text: str) -> None:
        """Say what is shown, in words."""
        self._about.set_text(text)

    def about(self) -> str:
        """What is said of the charts."""
        return self._about.text()

    def export_button(self) -> TextButton:
        """The button that writes charts and numbers into files."""
        return self._export

    def _on_tab(self, index: int) -> None:
        self.charts.pick(self._keys[index])

    def _on_start(self) -> None:
        self.start_pressed.emit()

    def _on_stop(self) -> None:
        self.stop_pressed.emit()

    def _on_export(self) -> None:
        self.export_pressed.emit()
