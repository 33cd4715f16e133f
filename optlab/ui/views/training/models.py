"""Models over the rows of the data: a decision boundary for each run, or all fitted curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QWidget

from optlab.core.display import display_symbol
from optlab.pictures.items import LINE_STYLES
from optlab.pictures.theme import DARK, Theme
from optlab.pictures.training import ModelDrawing, Rows
from optlab.ui.plots.axis_item import NAME_ROOM, TypesetAxis
from optlab.ui.plots.painting import line_pen
from optlab.ui.plots.pixel_items import CellsImage
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.plots.readout_item import ReadoutItem
from optlab.ui.plots.rows_item import RowsItem
from optlab.ui.style.fonts import ui_font

_LEFT: Final = Qt.MouseButton.LeftButton
_TITLE: Final = 24.0
_GAP: Final = 14.0
_EDGE: Final = 10.0
_FACTS: Final = 0.66
"""The share of a picture's width up to which all facts stand over it; else the last one does."""
_ASPECT: Final = 1.25
"""The shape of a picture that the arrangement aims for."""


class ModelBox(PlotBox):
    """The inside of a picture: the left button chooses the run, the others pan; the wheel zooms."""

    pressed = Signal()

    def mouseClickEvent(self, event: Any) -> None:
        """Choose the run."""
        if event.button() == _LEFT:
            event.accept()
            self.pressed.emit()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Pan with the middle button."""
        if event.button() != _LEFT:
            super().mouseDragEvent(event, axis)


class _Panel:
    """One picture: plot, image, rows, title, and the curves on it."""

    def __init__(self, view: ModelsView) -> None:
        self.left, self.below = TypesetAxis("left", 44.0), TypesetAxis("bottom", 56.0)
        self.below.setHeight(NAME_ROOM)
        self.box = ModelBox()
        self.plot = Plot(self.box, self.left, self.below)
        self.image = CellsImage()
        self.plot.addItem(self.image, ignoreBounds=True)
        self.rows = RowsItem(self.box)
        self.title, self.facts = QGraphicsSimpleTextItem(), QGraphicsSimpleTextItem()
        self.curves: list[pg.PlotCurveItem] = []
        self.items = (self.plot, self.title, self.facts)
        for item in self.items:
            view.scene().addItem(item)

    def set_curves(self, models: Sequence[ModelDrawing], selected: str) -> None:
        """Draw a curve for each model, the selected one on top."""
        while len(self.curves) < len(models):
            curve = pg.PlotCurveItem(antialias=True)
            self.plot.addItem(curve, ignoreBounds=True)
            self.curves.append(curve)
        for curve in self.curves[len(models) :]:
            curve.setData([], [])
        for curve, model in zip(self.curves, models, strict=False):
            width = 2.6 if model.run_id == selected else 1.8
            style = LINE_STYLES[model.style % len(LINE_STYLES)]
            pen = line_pen(QColor(model.color), width, style)
            pen.setCosmetic(True)
            curve.setPen(pen)
            curve.setZValue(3.0 if model.run_id == selected else 2.0)
            if model.curve is not None:
                curve.setData(model.curve[:, 0], model.curve[:, 1], connect="finite")

    def show(self, shown: bool) -> None:
        """Show it or hide it."""
        for item in self.items:
            item.setVisible(shown)


class ModelsView(PlotView):
    """The pictures of the models beside each other; one with all curves for one input.

    Mouse: hovering reads what the model answers, a click selects its run; the wheel zooms, the
    middle button pans.  Keys: + and - zoom, 0 and A fit, Ctrl with an arrow pans.
    """

    run_pressed = Signal(str)
    hovered = Signal(str, float, float)
    """The run, empty where all are in one picture, and the place in the data."""
    hover_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Models of the runs at this step")
        self.setAccessibleDescription("Plus and minus zoom, 0 fits, Ctrl with an arrow key pans.")
        self.setMinimumSize(200, 140)
        self._theme = DARK
        self._rows: Rows | None = None
        self._models: tuple[ModelDrawing, ...] = ()
        self._selected = ""
        self._panels: list[_Panel] = []
        self._count = 0
        self._readout = ReadoutItem()
        self.scene().addItem(self._readout)

    def sizeHint(self) -> QSize:
        """A size at which a boundary can be read."""
        return QSize(640, 380)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``; models and rows are given anew by whoever made them."""
        self._theme = theme
        self.setBackground(theme.window)
        self._readout.set_theme(theme)
        for panel in self._panels:
            self._dress(panel)

    def set_rows(self, rows: Rows | None) -> None:
        """Show the rows of other data."""
        before, self._rows = self._rows, rows
        if rows is None:
            self.set_models((), "")
        for panel in self._panels:
            self._give_rows(panel, fit=before is None or rows is None or _moved(before, rows))

    def set_models(self, models: Sequence[ModelDrawing], selected: str) -> None:
        """Show what these runs have learned."""
        self._models, self._selected = tuple(models), selected
        one = self._rows is not None and self._rows.has_curve
        count = 0 if self._rows is None else 1 if one else len(models)
        while len(self._panels) < count:
            self._panels.append(self._made(len(self._panels)))
        if count != self._count:
            self._count = count
            for index, panel in enumerate(self._panels):
                panel.show(index < count)
            self.arrange()
        for index, panel in enumerate(self._panels[:count]):
            if one:
                panel.set_curves(models, selected)
                self._frame(panel, "")
                continue
            model = models[index]
            panel.set_curves((), selected)
            if model.colors is not None:
                fresh = panel.image.image is None
                panel.image.setImage(model.colors, levels=None, autoLevels=False)
                if fresh and self._rows is not None:
                    panel.image.cover(self._rows.window)
            self._frame(panel, model.color if model.run_id == selected and count > 1 else "")
        self._write()

    def models(self) -> tuple[ModelDrawing, ...]:
        """What is shown."""
        return self._models

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        self._readout.set_text(text)

    def hover_text(self) -> str:
        """What is shown beside the pointer."""
        return self._readout.text

    def picture_rect(self, index: int) -> QRectF:
        """The pixels of a picture."""
        box = self._panels[index].box
        return box.pixel_map().rect.translated(box.scenePos())

    def arrange(self) -> None:
        """Place the pictures in as many columns as make them least narrow or flat."""
        if not self._count or self._rows is None:
            return
        columns = min(range(1, self._count + 1), key=self._badness)
        rows = -(-self._count // columns)
        window = self._rows.window
        axis = self._panels[0].left.room(*window[1], max(40.0, self.height() / rows - _TITLE))
        width = (self.width() - axis - _EDGE - _GAP * (columns - 1)) / columns
        height = (self.height() - NAME_ROOM - (_TITLE + _GAP) * rows) / rows
        for index, panel in enumerate(self._panels[: self._count]):
            row, column = divmod(index, columns)
            last = index + columns >= self._count
            panel.plot.showAxis("left", column == 0)
            panel.plot.showAxis("bottom", last)
            panel.left.setWidth(axis)
            panel.below.setHeight(NAME_ROOM)
            left, top = axis + column * (width + _GAP), _TITLE + row * (height + _TITLE + _GAP)
            size = round(max(24.0, width)), round(max(24.0, height))
            panel.plot.place(QRectF(round(left), round(top), *size))
        self._write()

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much."""
        for panel in self._panels[: self._count]:
            panel.box.zoom(factor)

    def pan(self, across: int, upwards: int) -> None:
        """Go a little that way."""
        for panel in self._panels[: self._count]:
            panel.box.pan(0.1 * across, 0.1 * upwards)

    def fit(self) -> None:
        """Show all rows."""
        for panel in self._panels:
            self._give_rows(panel, fit=True)

    # --- parts -----------------------------------------------------------------------------

    def _badness(self, columns: int) -> float:
        """How far the pictures are from the shape that is aimed for, and what stays empty."""
        rows = -(-self._count // columns)
        width = max(1.0, self.width() / columns - 20.0)
        height = max(1.0, (self.height() - NAME_ROOM) / rows - _TITLE - _GAP)
        return abs(math.log(width / height / _ASPECT)) + 0.3 * (rows * columns - self._count)

    def _frame(self, panel: _Panel, color: str) -> None:
        if color != panel.rows.frame:
            panel.rows.frame = color
            panel.rows.redraw()

    def _made(self, index: int) -> _Panel:
        panel = _Panel(self)
        panel.box.pressed.connect(partial(self._press, index))
        panel.box.pointed.connect(partial(self._point, index))
        panel.box.left.connect(self._leave)
        panel.plot.fit_requested.connect(self.fit)
        panel.box.sigRangeChangedManually.connect(partial(self._zoomed, index))
        self._dress(panel)
        self._give_rows(panel, fit=True)
        return panel

    def _dress(self, panel: _Panel) -> None:
        panel.plot.set_theme(self._theme)
        for axis in (panel.left, panel.below):
            axis.set_theme(self._theme, self._theme.text)
        panel.rows.theme = self._theme
        panel.rows.redraw()
        panel.facts.setBrush(QColor(self._theme.muted))

    def _give_rows(self, panel: _Panel, fit: bool) -> None:
        panel.rows.rows = self._rows
        panel.rows.redraw()
        if self._rows is None:
            return
        for axis, name in zip((panel.below, panel.left), self._rows.names, strict=True):
            axis.set_name(display_symbol(name))
        if panel.image.image is not None:
            panel.image.cover(self._rows.window)
        panel.image.setVisible(not self._rows.has_curve)
        if fit:
            panel.box.keep_inside(self._rows.window, 0.02)
            panel.plot.set_home(True)

    def _write(self) -> None:
        """The names of the runs, in their colours, and the facts where there is room."""
        one = self._rows is not None and self._rows.has_curve
        for index, panel in enumerate(self._panels[: self._count]):
            rect = self.picture_rect(index)
            name, color, facts = "", self._theme.text, ""
            if not one and index < len(self._models):
                model = self._models[index]
                name, color, facts = model.name, model.color, model.facts
            elif one:
                chosen = [m for m in self._models if m.run_id == self._selected] or self._models
                if chosen:
                    name, color, facts = chosen[0].name, chosen[0].color, chosen[0].facts
            for item in (panel.title, panel.facts):
                item.setFont(ui_font())
            metrics = QFontMetricsF(ui_font())
            if metrics.horizontalAdvance(facts) > _FACTS * rect.width():
                facts = facts.rpartition(" · ")[2]
            facts_room = metrics.horizontalAdvance(facts)
            room = rect.width() - facts_room - _GAP
            panel.title.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room))
            panel.title.setBrush(QColor(color))
            panel.facts.setText(facts)
            top = rect.top() - _TITLE + 4.0
            panel.title.setPos(rect.left(), top)
            panel.facts.setPos(rect.right() - facts_room, top)

    # --- mouse -----------------------------------------------------------------------------

    def _press(self, index: int) -> None:
        if self._rows is not None and not self._rows.has_curve and index < len(self._models):
            self.run_pressed.emit(self._models[index].run_id)

    def _point(self, index: int, at: QPointF, held: bool) -> None:
        if held or self._rows is None:
            return
        box = self._panels[index].box
        x, y = box.pixel_map().world(at)
        many = not self._rows.has_curve and index < len(self._models)
        self._readout.set_place(box.mapToScene(at), self.picture_rect(index))
        self.hovered.emit(self._models[index].run_id if many else self._selected, x, y)

    def _leave(self) -> None:
        self.set_hover_text("")
        self.hover_left.emit()

    def _zoomed(self, index: int, *_axes: object) -> None:
        """All pictures show the same part of the data."""
        window = self._panels[index].box.window_shown()
        for panel in self._panels[: self._count]:
            if panel.box.window_shown() != window:
                panel.box.show_window(window)
            panel.plot.set_home(self._rows is not None and window == self._rows.window)


def _moved(one: Rows, other: Rows) -> bool:
    return (one.window, one.has_curve) != (other.window, other.has_curve)
