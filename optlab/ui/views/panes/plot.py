"""The plot of one pane: its box and axes, its curves, its cursor and its title line."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF

from optlab.pictures.charts.curves import Pane
from optlab.pictures.theme import Theme
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.plot import Plot
from optlab.ui.style.fonts import scaled
from optlab.ui.views.panes.curve_items import EMPTY, CursorItem, CurvesItem
from optlab.ui.views.panes.layout import AXIS
from optlab.ui.views.panes.pane_box import PaneBox
from optlab.ui.views.panes.title import Title
from optlab.ui.views.panes.title_items import TitleItem, ValuesItem

_LABEL_EACH: Final = 26.0
_STEP_EACH: Final = 46.0


class PanePlot(Plot):
    """A plot that shows one :class:`Pane` after another."""

    def __init__(self) -> None:
        self.pane = EMPTY
        upwards = TypesetAxis("left", _LABEL_EACH, marks=False, most=7)
        across = TypesetAxis("bottom", _STEP_EACH, whole=True, marks=False, most=99)
        across.set_name("step t")
        across.setHeight(AXIS)
        box = PaneBox()
        super().__init__(box, upwards, across)
        self.pane_box = box
        self.curves = CurvesItem(box, across, upwards)
        self.cursor_line = CursorItem(box)
        self.title, self.values = TitleItem(box), ValuesItem(box)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        super().set_theme(theme)
        self.bottom_axis.setHeight(scaled(AXIS))
        for axis in (self.left_axis, self.bottom_axis):
            axis.set_theme(theme, theme.muted)
        self.curves.set_theme(theme)
        self.cursor_line.set_theme(theme)
        self.title.set_theme(theme)
        self.values.set_fonts()

    def set_title(self, title: Title, line: QRectF, taken: float) -> None:
        """Show a title in ``line``, pixels of the box, whose first ``taken`` are in use."""
        self.title.set_title(title)
        self.title.set_line(line)
        self.values.set_line(line.adjusted(taken + 8, 0, 0, -1))

    def set_pane(self, pane: Pane) -> None:
        """Show the curves of ``pane``."""
        self.pane = self.curves.pane = self.cursor_line.pane = pane
        self.left_axis.set_log(pane.spec.log)
        self.curves.redraw()
        self.cursor_line.update()

    @property
    def is_zoomed(self) -> bool:
        """Whether the heights are not those that show all of every curve."""
        return self.box.window_shown()[1] != (self.pane.low, self.pane.high)

    def fit_heights(self) -> None:
        """Show all of every curve."""
        self.box.setYRange(self.pane.low, self.pane.high, padding=0.0)

    def set_step(self, step: int) -> None:
        """Move the cursor and show the values there."""
        self.cursor_line.set_step(step)
        self.values.set_values(*self.pane.values(step))
