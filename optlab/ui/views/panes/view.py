"""A column of plots over the steps, with a legend and one cursor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from optlab.pictures.charts.curves import CurveDrawing, PaneSpec
from optlab.pictures.theme import DARK, Theme
from optlab.ui.style.fonts import math_font
from optlab.ui.views.panes.layout import RIGHT
from optlab.ui.views.panes.legend import LegendButton, LegendRow
from optlab.ui.views.panes.plots_view import PanesPlots
from optlab.ui.views.panes.title import BASE
from optlab.ui.widgets.buttons import IconButton
from optlab.ui.widgets.paint import GRID
from optlab.ui.widgets.search_list import Picker

# Pixels between the title of a pane and its first legend entry.
_BEFORE: Final = 4.0


class PanesView(QWidget):
    """Plots of any quantities of the runs, one below the other over a shared step axis.

    A click or drag in a plot chooses a step; a legend entry hides and shows the curves of a run
    in all panes, an entry in a title those of a component in that pane.
    """

    step_chosen = Signal(int)
    run_toggled = Signal(str, bool)  # run, whether its curves are shown now
    component_toggled = Signal(int, str, bool)  # pane, name of the curves, whether shown now
    component_chosen = Signal(object)  # the key of what was picked from the list
    menu_requested = Signal(QPoint, int)  # where on the screen, and of which pane; -1 of none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Plots over the steps")
        self._theme = DARK
        self._panes: tuple[PaneSpec, ...] = ()
        self._steps: int | None = None
        self._picker: Picker | None = None
        self._hidden_runs: set[str] = set()
        self._hidden_names: dict[str, set[str]] = {}
        self._legend_key: object = None
        self._entries: list[list[LegendButton]] = []
        self._legend = LegendRow()
        self._plots = PanesPlots()
        self._plots.step_chosen.connect(self.step_chosen)
        self._plots.arranged.connect(self._place_entries)
        self._plots.menu_requested.connect(self.menu_requested)
        self.choose_button = IconButton("add", "Choose the curves", "Choose which curves are shown")
        self.choose_button.clicked.connect(self._open_menu)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Plots over the steps")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._plots)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(0, 2, GRID // 2, 0)
        head.setSpacing(0)
        head.addWidget(self._legend, 1)
        head.addStretch()
        head.addWidget(self.choose_button, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)
        self.setMinimumWidth(250)
        self.set_theme(DARK)

    def choose_component(self, entries: Sequence[tuple[object, str, str]]) -> None:
        """Open a list in which one of many components is found by typing."""
        self.component_picker().open(entries, self.choose_button, None)

    def component_picker(self) -> Picker:
        """The list of components."""
        if self._picker is None:
            self._picker = Picker("Single weight", self)
            self._picker.picked.connect(self.component_chosen)
        return self._picker

    def sizeHint(self) -> QSize:
        """A width at which a few hundred steps can be told apart."""
        return QSize(340, 640)

    # --- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._plots.set_theme(theme)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.window)
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        self._legend_key = None
        self._show_legend()

    def set_panes(self, panes: Sequence[PaneSpec]) -> None:
        """Show these panes, from top to bottom."""
        self._panes = tuple(panes)
        self._give_panes()
        self._show_legend()

    def set_steps(self, last: int | None) -> None:
        """Let the axis end at step ``last``; None: where the longest curve ends."""
        if last != self._steps:
            self._steps = last
            self._plots.set_last(self._last_step())

    def set_step(self, step: int) -> None:
        """Move the cursor to ``step`` (>= 0)."""
        self._plots.set_step(step)

    def set_hidden_runs(self, run_ids: Sequence[str]) -> None:
        """Hide the curves of these runs and show those of all others; nothing is emitted."""
        if set(run_ids) == self._hidden_runs:
            return
        self._hidden_runs = set(run_ids)
        self._legend_key = None
        self._give_panes()
        self._show_legend()

    def plots(self) -> PanesPlots:
        """The plots without legend and button."""
        return self._plots

    # --- legend ----------------------------------------------------------------------------

    def _give_panes(self) -> None:
        last = self._last_step()
        hidden = {place: self._hidden_in(place) for place in range(len(self._panes))}
        self._plots.set_panes(self._panes, self._hidden_runs, hidden, last)
        self._place_entries()

    def _last_step(self) -> int:
        if self._steps is not None:
            return self._steps
        return max((len(c.values) - 1 for pane in self._panes for c in pane.curves), default=1)

    def _show_legend(self) -> None:
        """Make the entries anew, unless runs, names and colours are what they were."""
        runs = {c.run_id: (c.run_name or c.run_id, c.color) for p in self._panes for c in p.curves}
        names = [_components(pane) for pane in self._panes]
        key = (tuple(runs.items()), tuple(map(tuple, names)), self._titles(), self._theme)
        if key == self._legend_key:
            return
        self._legend_key = key
        buttons = []
        for run_id, (name, color) in runs.items() if len(runs) > 1 else ():
            button = LegendButton(name, color, "solid", self._theme)
            button.setChecked(run_id not in self._hidden_runs)
            button.toggled.connect(partial(self._toggle_run, run_id))
            buttons.append(button)
        self._legend.set_buttons(buttons, self._legend_left(), self._legend_width())
        self._make_entries(names)

    def _titles(self) -> tuple[tuple[str, str], ...]:
        return tuple((pane.title, pane.symbol) for pane in self._panes)

    def _make_entries(self, names: list[list[tuple[str, str]]]) -> None:
        for button in chain.from_iterable(self._entries):
            button.hide()
            button.deleteLater()
        self._entries = []
        for index, components in enumerate(names):
            row = []
            for name, style in components if len(components) > 1 else ():
                color, over = self._theme.muted, self._plots.viewport()
                button = LegendButton(name, color, style, self._theme, math_font(13), over)
                button.setChecked(name not in self._hidden_in(index))
                button.toggled.connect(partial(self._toggle_component, index, name))
                button.show()
                row.append(button)
            self._entries.append(row)
        self._place_entries()

    def _place_entries(self) -> None:
        layout = self._plots.layout_of_panes()
        if layout is None or len(self._entries) != len(layout.titles):
            return
        self._plots.set_entries(
            [_BEFORE + sum(b.width() for b in row) if row else 0.0 for row in self._entries]
        )
        for index, row in enumerate(self._entries):
            line = layout.titles[index]
            left = line.left() + self._plots.title(index).width + _BEFORE
            for button in row:
                button.move(round(left), round(line.bottom() - BASE - button.base()))
                left += button.width()
                # A cut name says less than none; the values under the pointer name all curves.
                button.setVisible(left <= line.right() + RIGHT)

    def _hidden_in(self, index: int) -> set[str]:
        return self._hidden_names.setdefault(self._panes[index].key or str(index), set())

    def _open_menu(self) -> None:
        self.menu_requested.emit(
            self.choose_button.mapToGlobal(self.choose_button.rect().bottomLeft()), -1
        )

    def _toggle_run(self, run_id: str, shown: bool) -> None:
        (self._hidden_runs.discard if shown else self._hidden_runs.add)(run_id)
        self._give_panes()
        self.run_toggled.emit(run_id, shown)

    def _toggle_component(self, index: int, name: str, shown: bool) -> None:
        hidden = self._hidden_in(index)
        (hidden.discard if shown else hidden.add)(name)
        self._give_panes()
        self.component_toggled.emit(index, name, shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the legend anew."""
        super().resizeEvent(event)
        self._legend.arrange(self._legend_left(), self._legend_width())

    def _legend_width(self) -> int:
        return self.width() - self.choose_button.sizeHint().width() - GRID

    def _legend_left(self) -> int:
        layout = self._plots.layout_of_panes()
        return round(layout.left) - 6 if layout is not None else 8


def _components(pane: PaneSpec) -> list[tuple[str, str]]:
    """The names of a pane's curves, each with its line style, in order."""
    curves: dict[str, CurveDrawing] = {}
    for curve in pane.curves:
        curves.setdefault(curve.name, curve)
    return [(name, curve.style) for name, curve in curves.items()]
