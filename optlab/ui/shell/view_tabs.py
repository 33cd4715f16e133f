"""The middle of the window: which views of the surface are shown, and what is drawn on them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QTabBar, QVBoxLayout, QWidget

from optlab.ui.widgets.buttons import HelpButton, Toggle
from optlab.ui.widgets.layouts import FlowRow, TabHead
from optlab.ui.widgets.paint import GRID

HELP = {key: f"window#{key}" for key in ("arrows", "sizes", "curvature")}
"""Where the guide explains what a switch draws."""


_OF_STARTS = ("Basins", "Parameter map")
"""Tabs of maps whose starts lie on the plane of the view."""


class ViewTabs(QWidget):
    """A row of tabs and switches over the views.

    ``layouts`` gives each tab its title and the views it shows side by side; ``switches`` are
    key, text, tip and icon (if any) of what can be drawn or left out on the views ``drawn_on``;
    they are hidden while none of these is shown, and so is the ``bar``, which is off at first.
    """

    layout_chosen = Signal(str)
    switched = Signal(str, bool)

    def __init__(
        self,
        layouts: Sequence[tuple[str, Sequence[QWidget]]],
        switches: Sequence[tuple[str, str, str, str]],
        drawn_on: Sequence[QWidget],
        bar: QWidget,
    ) -> None:
        super().__init__()
        self.setAccessibleName("Views of the surface")
        self._layouts = dict(layouts)
        self._drawn_on = tuple(drawn_on)
        self._bar, self._bar_is_on = bar, False
        self._reasons: dict[QWidget, str] = {}
        self._reason = QLabel()
        self._reason.setObjectName("no-map")
        self._reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._reason.setWordWrap(True)
        self._reason.setMargin(4 * GRID)
        self._reason.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._views = list(dict.fromkeys(view for _, views in layouts for view in views))
        self._tabs = QTabBar()
        self._tabs.setAccessibleName("View of the surface")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        for index, title in enumerate(self._layouts):
            self._tabs.addTab(title)
            self._tabs.setTabToolTip(index, title)
        self._switches = {key: Toggle(text, tip, icon) for key, text, tip, icon in switches}
        row = self._switch_row = FlowRow()
        for key, switch in self._switches.items():
            switch.setObjectName(key)
            switch.setCheckable(True)
            switch.clicked.connect(self._on_switch)
            row.add(switch)
            if key in HELP:
                row.add(HelpButton(key, HELP[key]))
        self.stage = QSplitter(Qt.Orientation.Horizontal)
        self.stage.setChildrenCollapsible(False)
        for view in (*self._views, self._reason):
            self.stage.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(TabHead(self._tabs, row))
        column.addWidget(bar)
        column.addWidget(self.stage, 1)
        self._tabs.currentChanged.connect(self._on_tab)
        self._arrange()

    def keyboard_view(self) -> QWidget:
        """The view that gets the keyboard when no control wants it."""
        return self._shown()[0]

    def set_reason(self, views: Sequence[QWidget], sentence: str) -> None:
        """Says why views cannot show the loss, in their place; an empty text shows them."""
        if any(self._reasons.get(view, "") != sentence for view in views):
            self._reasons |= dict.fromkeys(views, sentence)
            self._arrange()

    def show_bar(self, on: bool) -> None:
        """Shows the bar over the views that are drawn on."""
        if on != self._bar_is_on:
            self._bar_is_on = on
            self._arrange()

    def _shown(self) -> Sequence[QWidget]:
        """The views of the tab, or what stands in their place."""
        views = self._layouts[self.layout_shown()]
        sentences = [text for view in views if (text := self._reasons.get(view, ""))]
        if sentences and sentences[0] != self._reason.text():
            self._reason.setText(sentences[0])
        return [self._reason] if sentences else views

    def layout_shown(self) -> str:
        """The title of the tab that is shown."""
        return self._tabs.tabText(self._tabs.currentIndex())

    @property
    def draws_surface(self) -> bool:
        """Whether the tab has a view that the switches are for, or the reason in its place."""
        return any(view in self._drawn_on for view in self._layouts[self.layout_shown()])

    @property
    def uses_plane(self) -> bool:
        """Whether the tab shows something of the plane of the view: paths, or starts of maps."""
        return self.draws_surface or self.layout_shown() in _OF_STARTS

    def show_layout(self, title: str) -> None:
        """Shows the views of a tab; an unknown title, and one that is not offered, are ignored."""
        titles = list(self._layouts)
        if title in titles and self._tabs.isTabVisible(titles.index(title)):
            self._tabs.setCurrentIndex(titles.index(title))

    def offer(self, title: str, offered: bool) -> None:
        """Offers a tab, or takes it away; where it was shown, its neighbour is."""
        index = list(self._layouts).index(title)
        if self._tabs.isTabVisible(index) != offered:
            self._tabs.setTabVisible(index, offered)

    def set_switch(self, key: str, on: bool) -> None:
        """Shows whether something is drawn, without a signal."""
        self._switches[key].set_on(on)

    def switch_keys(self) -> tuple[str, ...]:
        """The keys of the switches."""
        return tuple(self._switches)

    def switch(self, key: str) -> Toggle:
        """One of the switches. Raises KeyError for an unknown key."""
        return self._switches[key]

    def _on_tab(self, _index: int) -> None:
        self._arrange()
        self.layout_chosen.emit(self.layout_shown())

    def _on_switch(self, on: bool) -> None:
        self.switched.emit(self.sender().objectName(), on)

    def _arrange(self) -> None:
        shown = self._shown()
        views = [*self._views, self._reason]
        for view in shown:
            view.show()
        # A view that is hidden would hand the keyboard to whatever comes first in the window.
        focus = self.window().focusWidget()
        if focus is not None and any(
            view is focus or view.isAncestorOf(focus) for view in views if view not in shown
        ):
            shown[0].setFocus(Qt.FocusReason.OtherFocusReason)
        for view in views:
            view.setVisible(view in shown)
        self._switch_row.setVisible(any(view in shown for view in self._drawn_on))
        self._bar.setVisible(self._bar_is_on and self.uses_plane)
        width = max(1, self.stage.width() // len(shown))
        self.stage.setSizes([width if view in shown else 0 for view in views])
