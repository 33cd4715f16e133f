"""The canvas of a column of panes: everything but the cursor stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from optlab.pictures.ticks import figures, linear_labels, linear_ticks
from optlab.session.theme import DARK, Theme
from optlab.ui.fonts import number_font, ui_font
from optlab.ui.plots.canvas import LayeredCanvas
from optlab.ui.plots.colors import with_alpha
from optlab.ui.plots.scale import Scale
from optlab.ui.views.panes.drawings import PaneSpec
from optlab.ui.views.panes.layout import PaneLayout, arrange, minimum_height
from optlab.ui.views.panes.pane import Pane
from optlab.ui.views.panes.readout import readout_text
from optlab.ui.views.panes.title import Title, draw_title, fit_title

_LEFT_BUTTON = Qt.MouseButton.LeftButton


class PanesCanvas(LayeredCanvas):
    """Panes one below the other with a shared step axis and one cursor through all of them."""

    step_chosen = Signal(int)
    resized = Signal()
    menu_requested = Signal(QPoint, int)  # where on the screen, and of which pane; -1 of none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._panes: list[Pane] = []
        self._label_width = 0.0
        self._last = 1
        self._step = 0
        self._entries: list[float] = []
        self._titles: dict[int, Title] = {}
        self._moving: list[QRectF] = []
        self._told: int | None = None
        self._layout: PaneLayout | None = None
        self._layout_size = QSizeF()
        self.setAccessibleName("Plots over the steps")
        self.setAccessibleDescription("Click or drag in a plot to go to a step.")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.set_ground(self._theme.window)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._label_width = self._widest_label()  # fonts may have another size now
        self._layout = None
        self.set_ground(theme.window)

    def set_panes(
        self, panes: Sequence[PaneSpec], runs: set[str], names: Mapping[int, set[str]], last: int
    ) -> None:
        """Show ``panes`` without the hidden ``runs`` and, by pane, the hidden ``names``.

        ``last`` (>= 1) is the last step of the shared axis.
        """
        self._panes = [
            Pane(spec, runs, names.get(index, set())) for index, spec in enumerate(panes)
        ]
        self._last = max(1, last)
        self._entries = (self._entries + [0.0] * len(panes))[: len(panes)]
        self.setMinimumHeight(minimum_height(len(panes)) if panes else 0)
        self._label_width = self._widest_label()
        self._layout = None
        self.redraw(0)

    def set_last(self, last: int) -> None:
        """Let the shared axis end at step ``last`` (>= 1)."""
        if max(1, last) != self._last:
            self._last = max(1, last)
            self.redraw(0)

    def set_entries(self, widths: Sequence[float]) -> None:
        """Say how many pixels the legend entries in the title of each pane take."""
        if list(widths) != self._entries:
            self._entries = list(widths)
            self._titles.clear()
            self.redraw(0)

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
            now = self._moving_rects()
            self.update_rects([*self._moving, *now])
            self._moving = now

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

    # --- painting --------------------------------------------------------------------------

    def draw_layer(self, layer: int, painter: QPainter) -> None:
        """Draw all panes without the cursor."""
        layout = self.layout_of_panes()
        if layout is None:
            return
        x = self._x(layout)
        steps = linear_ticks(0, self._last, max(2, int((layout.right - layout.left) / 46)), True)
        for index, pane in enumerate(self._panes):
            draw_title(painter, layout.titles[index], self.title(index), self._theme)
            pane.draw(painter, layout.plots[index], x, steps, self._theme)
        self._draw_axis(painter, layout, x, steps)

    def draw_moving(self, painter: QPainter) -> None:
        """Draw the cursor, the dots on the curves and the values of the selected run."""
        layout = self.layout_of_panes()
        if layout is None:
            return
        x = self._x(layout)
        at = round(x.pixel(min(self._step, self._last)))
        line = QPen(with_alpha(self._theme.text, 0.75), 1.5)
        ring = QPen(QColor(self._theme.window), 1.5)
        for pane, plot in zip(self._panes, layout.plots, strict=True):
            painter.setPen(line)
            painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))
            painter.setPen(ring)
            for dot, curve in pane.dots(self._step, x, pane.scale(plot)):
                painter.setBrush(QColor(curve.color))
                painter.drawEllipse(dot, 3.6, 3.6)
        painter.setFont(number_font(11))
        for index, pane in enumerate(self._panes):
            self._draw_values(painter, pane, self._value_rect(layout, index))

    def _draw_values(self, painter: QPainter, pane: Pane, rect: QRectF) -> None:
        chosen = [curve for curve in pane.curves if curve.selected]
        known = [curve.values[self._step] for curve in chosen if self._step < len(curve.values)]
        digits = 4 if len(known) == 1 else 3
        text = ", ".join(figures(float(value), digits) for value in known)
        if text and QFontMetricsF(number_font(11)).horizontalAdvance(text) <= rect.width():
            painter.setPen(QColor(chosen[0].color))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect, flags, text)

    def _draw_axis(
        self, painter: QPainter, layout: PaneLayout, x: Scale, steps: list[float]
    ) -> None:
        bottom = layout.plots[-1].bottom()
        font = number_font(11)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.muted))
        for step, label in zip(steps, linear_labels(steps), strict=True):
            wide = metrics.horizontalAdvance(label)
            painter.drawText(QPointF(x.pixel(step) - wide / 2, bottom + 17), label)
        painter.setFont(ui_font(12))
        wide = QFontMetricsF(ui_font(12)).horizontalAdvance("step t")
        middle = (layout.left + layout.right) / 2
        painter.drawText(QPointF(middle - wide / 2, bottom + 36), "step t")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything lies elsewhere now; the entries in the titles follow."""
        super().resizeEvent(event)
        self._moving = self._moving_rects()
        self.resized.emit()

    # --- the mouse -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step under the pointer."""
        layout = self.layout_of_panes()
        if event.button() == _LEFT_BUTTON and layout is not None:
            self._told = None
            self._tell(event.position().x(), layout)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along with the pointer while the button is held."""
        layout = self.layout_of_panes()
        if layout is None:
            return
        if event.buttons() & _LEFT_BUTTON:
            self._tell(event.position().x(), layout)
        elif not event.buttons():
            text = self.readout(event.position())
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the pane under the pointer."""
        self.menu_requested.emit(event.globalPos(), self.pane_at(event.pos().toPointF()))
        event.accept()

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
        step = min(max(round(self._x(layout).value(at.x())), 0), self._last)
        return readout_text(self._panes[index].curves, step)

    def _tell(self, pixel: float, layout: PaneLayout) -> None:
        step = min(max(round(self._x(layout).value(pixel)), 0), self._last)
        if step != self._told:
            self._told = step
            self.step_chosen.emit(step)

    # --- small things ----------------------------------------------------------------------

    def _x(self, layout: PaneLayout) -> Scale:
        return Scale(0.0, float(self._last), layout.left, layout.right)

    def _value_rect(self, layout: PaneLayout, index: int) -> QRectF:
        taken = self.title(index).width + self._entries[index]
        return layout.titles[index].adjusted(taken + 8, 0, 0, -1)

    def _moving_rects(self) -> list[QRectF]:
        layout = self.layout_of_panes()
        if layout is None:
            return []
        at = self._x(layout).pixel(min(self._step, self._last))
        column = QRectF(at - 6, 0, 12, self.height())
        return [column, *(self._value_rect(layout, i) for i in range(len(self._panes)))]

    def _widest_label(self) -> float:
        metrics = QFontMetricsF(number_font(11))
        labels = [label for pane in self._panes for _, label in pane.ticks(120.0)]
        return max((metrics.horizontalAdvance(label) for label in labels), default=0.0)
