"""The menu that pyqtgraph makes for every plot, which no plot here shows."""

from __future__ import annotations

from pyqtgraph import PlotItem
from PySide6.QtWidgets import QWidgetAction


def drop_menu(plot: PlotItem) -> None:
    """Delete the menu of a plot: some sixty widgets, which each change of theme would visit."""
    for action in plot.findChildren(QWidgetAction):
        action.deleteLater()
    plot.ctrlMenu.deleteLater()
