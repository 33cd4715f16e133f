"""The plots of a column of panes: one step axis, one cursor through all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QToolTip, QWidget

from optlab.pictures.charts.curves import CurveDrawing, Pane, PaneSpec
from optlab.pictures.theme import DARK, Theme
from optlab.pictures.ticks import figures
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.style.fonts import number_font
from optlab.ui.views.panes.layout import PaneLayout, arrange, minimum_height
from optlab.ui.views.panes.pane_box import PaneBox
from optlab.ui.views.panes.plot import PanePlot
from optlab.ui.views.panes.title import Title, fit_title

_FEWEST = 2.0
"""Steps that the axis shows at least."""
_PAN = 0.1
_DRAG_BEGINS = 2
"""Pixels: neighbouring steps lie close."""
_NOTHING = 1e-9
"""The share of the axis that rounding may move it by."""


class PanesPlots(PlotView):
    """Panes one below the other with a shared step axis and one cursor through all of them.

    Mouse: click or drag goes to a step, the wheel zooms the steps of all panes around the
    pointer, the right button zooms and the middle one pans while it drags, a double click shows
    all steps; wheel and drag on an axis zoom and pan that axis. Keys: see :class:`PlotView`.
    """

    step_chosen = Signal(int)
    arranged = Signal()
    menu_requested = Signal(QPoint, int)  # where on the screen, and of which pane; -1 of none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._panes: list[Pane] = []
        self._plots: list[PanePlot] = []
        self._label_width = 0.0
        self._last = 1
        self._step = 0
        self._entries: list[float] = []
        self._titles: dict[int, Title] = {}
        self._told: int | None = None
        self._setting = False
        self._layout: PaneLayout | None = None
        self._layout_size = QSizeF()
        self.setAccessibleName("Plots over the steps")
        self.setAccessibleDescription(
            "Click or drag in a plot to go to a step. The wheel, plus and minus zoom the steps, "
            "0 shows all of them, Ctrl with an arrow key pans."
        )
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.scene().setMoveDistance(_DRAG_BEGINS)
        self.context_menu.connect(self._ask_for_menu)
        self.setBackground(self._theme.window)

    # --- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.setBackground(theme.window)
        for plot in self._plots:
            plot.set_theme(theme)
        self._label_width = self._widest_label()  # fonts may have another size now
        self.arrange()

    def set_panes(
        self, panes: Sequence[PaneSpec], runs: set[str], names: Mapping[int, set[str]], last: int
    ) -> None:
        """Show ``panes`` without the hidden ``runs`` and, by pane, the hidden ``names``.

        ``last`` (>= 1) is the last step of the shared axis.
        """
        before = [plot.pane.spec.key for plot in self._shown()]
        self._setting = True
        self._panes = [
            Pane(spec, runs, names.get(index, set())) for index, spec in enumerate(panes)
        ]
        self._entries = (self._entries + [0.0] * len(panes))[: len(panes)]
        self.setMinimumHeight(minimum_height(len(panes)) if panes else 0)
        while len(self._plots) < len(panes):
            self._plots.append(self._new_plot())
        for index, plot in enumerate(self._plots):
            plot.setVisible(index < len(panes))
            plot.showAxis("bottom", index == len(panes) - 1)
        for plot, pane, key in zip(
            self._plots, self._panes, [*before, *("" for _ in panes)], strict=False
        ):
            # A range that somebody chose stays while the pane shows the same quantity.
            kept = plot.is_zoomed and key == pane.spec.key and plot.pane.spec.log == pane.spec.log
            plot.set_pane(pane)
            if not kept:
                plot.fit_heights()
        self._setting = False
        self._label_width = self._widest_label()
        self.arrange()
        self.set_last(last)
        self._show_home()
        self._show_step()

    def set_last(self, last: int) -> None:
        """Let the shared axis end at step ``last`` (>= 1); steps that were zoomed to stay."""
        if max(1, last) != self._last:
            zoomed = self.is_zoomed()
            self._last = max(1, last)
            for plot in self._plots:
                self._limit(plot)
            if not zoomed:
                self._fit_steps()
            self._show_home()

    def set_entries(self, widths: Sequence[float]) -> None:
        """Say how many pixels the legend entries in the title of each pane take."""
        if list(widths) != self._entries:
            self._entries = list(widths)
            self._titles.clear()
            self.arrange()

    def title(self, index: int) -> Title:
        """The title of a pane as it fits beside its entries."""
        layout = self.layout_of_panes()
        if index not in self._titles:
            room = layout.titles[index].width() - self._entries[index] if layout else 0.0
            self._titles[index] = fit_title(self._panes[index].spec, room)
        return self._titles[index]

    def set_step(self, step: int) -> None:
        """Move the cursor."""
        if step != self._step:
            self._step = step
            self._show_step()

    def panes(self) -> list[Pane]:
        """What is shown, from the top."""
        return list(self._panes)

    def plot(self, index: int) -> PanePlot:
        """The plot of a pane, counted from the top."""
        return self._plots[index]

    # --- where things are ------------------------------------------------------------------

    def layout_of_panes(self) -> PaneLayout | None:
        """Where the panes lie, None while there are none."""
        if not self._panes:
            return None
        size = QSizeF(self.size())
        if self._layout is None or self._layout_size != size:
            self._layout_size = size
            self._layout = arrange(size, len(self._panes), self._label_width)
            self._titles.clear()
        return self._layout

    def step_pixel(self, step: float) -> float:
        """Where a step is, in pixels from the left."""
        layout = self.layout_of_panes()
        assert layout is not None
        return layout.left + self._plots[0].box.pixel_map().point(step, 0.0).x()

    def pane_at(self, at: QPointF) -> int:
        """Which pane a place belongs to, its title included; -1 for none."""
        layout = self.layout_of_panes()
        both = zip(layout.titles, layout.plots, strict=True) if layout is not None else ()
        for index, (title, plot) in enumerate(both):
            if title.united(plot).top() <= at.y() <= plot.bottom():
                return index
        return -1

    def readout(self, at: QPointF) -> str:
        """What a tooltip says about a place: the step and the values of the curves there."""
        layout, index = self.layout_of_panes(), self.pane_at(at)
        if layout is None or index < 0 or not layout.plots[index].contains(at):
            return ""
        world = self._plots[index].box.pixel_map().world(at - layout.plots[index].topLeft())
        return readout_text(self._panes[index].curves, self._nearest(world[0]))

    def arrange(self) -> None:
        """Place the plots one below the other; the entries in the titles follow."""
        self._layout = None
        layout = self.layout_of_panes()
        if layout is None:
            return
        for index, plot in enumerate(self._shown()):
            line, rect = layout.titles[index], layout.plots[index]
            plot.left_axis.setWidth(layout.left)
            plot.place(rect)
            title = self.title(index)
            taken = title.width + self._entries[index]
            plot.set_title(title, line.translated(-rect.topLeft()), taken)
        self.arranged.emit()

    # --- zooming ---------------------------------------------------------------------------

    def is_zoomed(self) -> bool:
        """Whether some steps are not shown."""
        shown = self._shown()
        if not shown:
            return False
        first, last = shown[0].box.window_shown()[0]
        return abs(first) + abs(last - self._last) > _NOTHING * self._last

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as many steps."""
        for plot in self._shown()[:1]:
            plot.box.scaleBy(x=factor, center=None)
            plot.box.sigRangeChangedManually.emit([True, False])

    def pan(self, across: int, upwards: int) -> None:
        """Go a little to the left or to the right."""
        for plot in self._shown()[:1]:
            plot.box.pan(_PAN * across, 0.0)

    def fit(self) -> None:
        """Show all steps and all of every curve."""
        self._fit_steps()
        for plot in self._shown():
            plot.fit_heights()
        self._show_home()

    # --- small things ----------------------------------------------------------------------

    def _shown(self) -> list[PanePlot]:
        return self._plots[: len(self._panes)]

    def _new_plot(self) -> PanePlot:
        plot = PanePlot()
        plot.set_theme(self._theme)
        self.scene().addItem(plot)
        self._limit(plot)
        plot.box.setXRange(0.0, float(self._last), padding=0.0)
        if self._plots:
            plot.box.setXLink(self._plots[0].box)
        plot.pane_box.sought.connect(self._seek)
        plot.pane_box.reset.connect(self.fit)
        plot.fit_requested.connect(self.fit)
        plot.box.sigRangeChangedManually.connect(self._show_home)
        plot.box.sigYRangeChanged.connect(self._heights_changed)
        plot.box.pointed.connect(self._hover)
        return plot

    def _limit(self, plot: PanePlot) -> None:
        fewest = min(_FEWEST, float(self._last))
        plot.box.setLimits(xMin=0.0, xMax=float(self._last), minXRange=fewest)

    def _fit_steps(self) -> None:
        for plot in self._plots:
            plot.box.setXRange(0.0, float(self._last), padding=0.0)

    def _show_home(self) -> None:
        zoomed = self.is_zoomed()
        for plot in self._shown():
            plot.set_home(not zoomed and not plot.is_zoomed)

    def _show_step(self) -> None:
        for plot in self._shown():
            plot.set_step(self._step)

    def _nearest(self, place: float) -> int:
        return min(max(round(place), 0), self._last)

    def _seek(self, place: float, pressed: bool) -> None:
        step = self._nearest(place)
        if pressed or step != self._told:
            self._told = step
            self.step_chosen.emit(step)

    def _hover(self, pixel: QPointF, held: bool) -> None:
        box = self.sender()
        if not held and isinstance(box, PaneBox):
            at = box.mapToScene(pixel)
            QToolTip.showText(self.mapToGlobal(at.toPoint()), self.readout(at), self)

    def _heights_changed(self) -> None:
        """Make room for longer numbers."""
        if not self._setting and self._widest_label() > self._label_width:
            self._label_width = self._widest_label()
            self.arrange()

    def _ask_for_menu(self, where: QPoint, at: QPointF) -> None:
        self.menu_requested.emit(where, self.pane_at(at))

    def _widest_label(self) -> float:
        metrics = QFontMetricsF(number_font(11))
        labels = [label for plot in self._shown() for label in plot.left_axis.labels(120.0)]
        return max((metrics.horizontalAdvance(label) for label in labels), default=0.0)


_DIGITS = 5


def readout_text(curves: Sequence[CurveDrawing], step: int) -> str:
    """A small table for a tooltip; empty where no curve has a value at ``step``."""
    runs = {curve.run_id for curve in curves}
    components = {curve.name for curve in curves}
    rows = []
    for curve in reversed(curves):
        if step >= len(curve.values):
            continue
        names = [curve.run_name or curve.run_id] if len(runs) > 1 else []
        names += [curve.name] if len(components) > 1 or not names else []
        rows.append(
            f'<tr><td style="color:{curve.color}">■</td>'
            f"<td>{escape(' '.join(names))}&nbsp;</td>"
            f'<td align="right">{escape(figures(float(curve.values[step]), _DIGITS))}</td></tr>'
        )
    if not rows:
        return ""
    return f"<qt>step {step}<table>{''.join(rows)}</table></qt>"
