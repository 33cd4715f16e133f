"""The picture of a map: its plot, and what a person does on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGraphicsSceneMouseEvent, QWidget

from optlab.pictures.color_tables import ramp
from optlab.pictures.maps import MapAxis, MapDrawing, MapMark, bar_ticks
from optlab.pictures.theme import Theme
from optlab.pictures.ticks import wanted_ticks
from optlab.ui.plots.axis_item import NAME_ROOM, TypesetAxis
from optlab.ui.plots.color_bar import ColorBar
from optlab.ui.plots.pixel_items import CellsImage
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.plots.readout_item import ReadoutItem
from optlab.ui.views.maps.items import GroundItem, HandsItem, MapShown, MarksItem, point_of

_LEFT: Final = Qt.MouseButton.LeftButton
_WAYS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
}
_KEY_STEP: Final = 64
"""The keys cross the map in so many steps."""
_TOP: Final = 10.0
_RIGHT: Final = 16.0
_NO_AXIS: Final = 60.0
_BAR_ROOM: Final = 74.0
_BAR_EACH: Final = 48.0
_EACH: Final = (76.0, 56.0)
_FEWEST: Final = 4
"""Cells that are shown at least."""


class CellsBox(PlotBox):
    """The inside of a map: the left button is for cells, the others pan; the wheel zooms."""

    pressed = Signal(QPointF)
    dragged = Signal(QPointF)
    released = Signal(QPointF)

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Take hold of a cell."""
        if event.button() == _LEFT:
            self.pressed.emit(event.pos())
        event.ignore()

    def mouseClickEvent(self, event: Any) -> None:
        """Let go of the cell that was pressed; axes hand on their clicks."""
        if event.button() == _LEFT and event.currentItem is self:
            event.accept()
            self.released.emit(QPointF(event.pos()))

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Go from cell to cell with the left button; pan and zoom with the others."""
        if axis is None and event.button() == _LEFT:
            event.accept()
            (self.released if event.isFinish() else self.dragged).emit(QPointF(event.pos()))
        else:
            super().mouseDragEvent(event, axis)


class MapCanvas(PlotView):
    """A map of many runs, one in each cell.

    Mouse: hovering reads a cell, a click chooses it, a drag tells every cell on its way; the
    wheel zooms, the middle button pans, the right one zooms while it drags. Keys: Ctrl with an
    arrow moves from cell to cell, Enter chooses; + and - zoom, 0 and A fit. Rows count from the
    bottom.
    """

    hovered = Signal(int, int)  # row, column
    hover_left = Signal()
    cell_chosen = Signal(float, float)  # the values of the axes at the cell
    cell_dragged = Signal(float, float)

    def __init__(self, name: str, choosing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAccessibleDescription(
            f"Ctrl with an arrow key moves from cell to cell, Enter {choosing}."
        )
        self.setMinimumSize(200, 160)
        self.shown = MapShown()
        self._pressed = False
        self._left, self._below = TypesetAxis("left", _EACH[1]), TypesetAxis("bottom", _EACH[0])
        self._below.setHeight(NAME_ROOM)
        self._box = CellsBox()
        self._plot = Plot(self._box, self._left, self._below)
        self._image = CellsImage()
        self._plot.addItem(self._image, ignoreBounds=True)
        self._ground = GroundItem(self._box, self.shown)
        self._marks = MarksItem(self._box, self.shown)
        self._hands = HandsItem(self._box, self.shown)
        self._bar: ColorBar | None = None
        self._readout = ReadoutItem()
        for item in (self._plot, self._readout):
            self.scene().addItem(item)
        self._connect()
        self.set_drawing(None)
        self.set_theme(self.shown.theme)

    def _connect(self) -> None:
        self._box.sigRangeChanged.connect(self._range_changed)
        self._box.sigRangeChangedManually.connect(self._show_home)
        self._box.pointed.connect(self._point)
        self._box.left.connect(self._leave)
        self._box.pressed.connect(self._press)
        self._box.dragged.connect(self._drag)
        self._box.released.connect(self._release)
        self._plot.fit_requested.connect(self.fit)

    def sizeHint(self) -> QSize:
        """A size at which cells can be told apart."""
        return QSize(520, 480)

    # --- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``; the picture is given anew by whoever made it."""
        self.shown.theme = theme
        self.setBackground(theme.window)
        self._plot.set_theme(theme)
        for axis in (self._left, self._below):
            axis.set_theme(theme, theme.text)
        if self._bar is not None:
            self._bar.set_theme(theme)
        self._readout.set_theme(theme)
        self._show_bar()
        self._ground.redraw()
        self._marks.redraw()
        self._hands.update()
        self.arrange()  # fonts may have another size now

    def set_drawing(self, drawing: MapDrawing | None) -> None:
        """Show another picture; None shows none. What was zoomed to stays with the axes."""
        before, self.shown.drawing = self.shown.drawing, drawing
        for side in ("left", "bottom"):
            self._plot.showAxis(side, drawing is not None)
        self._image.setVisible(drawing is not None)
        if drawing is None or before is None or not _same_cells(before, drawing):
            self.shown.cell = None
            self.set_hover_text("")
        if drawing is not None:
            self._image.setImage(drawing.colors, levels=None, autoLevels=False)
            if before is None or _axes(before) != _axes(drawing):
                self._show_axes(drawing)
            self._image.cover(drawing.covered)
        self._show_bar()
        self.arrange()
        self._ground.redraw()
        self._marks.redraw()
        self._hands.update()

    def drawing(self) -> MapDrawing | None:
        """The picture that is shown."""
        return self.shown.drawing

    def set_message(self, text: str) -> None:
        """Say in the middle why there is no picture; empty says nothing."""
        if text != self.shown.message:
            self.shown.message = text
            self._marks.redraw()

    def set_crosses(self, crosses: Sequence[tuple[float, float]]) -> None:
        """Mark these places with crosses: the known minima."""
        self.shown.crosses = tuple(crosses)
        self._marks.redraw()

    def set_marks(self, marks: Sequence[MapMark]) -> None:
        """Mark these runs; the selected one comes on top."""
        self.shown.marks = tuple(sorted(marks, key=lambda mark: mark.selected))
        self._marks.redraw()

    def set_path(self, path: NDArray[np.float64] | None, color: str = "") -> None:
        """Draw a path (n, 2) over the map, or none."""
        self.shown.path = path
        self._marks.redraw()

    def set_start(self, start: tuple[float, float] | None) -> None:
        """Put the square of the start there, or take it away."""
        if start != self.shown.start:
            self.shown.start = start
            self._hands.update()

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        self._readout.set_text(text)

    def hover_text(self) -> str:
        """What is shown beside the pointer."""
        return self._readout.text

    # --- where things are ------------------------------------------------------------------

    def plot_rect(self) -> QRectF:
        """The pixels of the picture."""
        return self._box.pixel_map().rect.translated(self._box.scenePos())

    def pixel(self, x: float, y: float) -> QPointF:
        """The pixel of two values of the axes; (0, 0) without a picture."""
        if self.shown.drawing is None:
            return QPointF()
        return point_of(self.shown.drawing, self._box.pixel_map(), x, y) + self._box.scenePos()

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column of the cell at a pixel, or None outside the picture."""
        return self._cell(at - self._box.scenePos())

    def values_at(self, cell: tuple[int, int]) -> tuple[float, float]:
        """The values of the axes at the middle of a cell."""
        drawing = self.shown.drawing
        assert drawing is not None
        rows, columns, _ = drawing.colors.shape
        x = drawing.across.value(drawing.across.middle(cell[1], columns))
        return x, drawing.upwards.value(drawing.upwards.middle(cell[0], rows))

    def arrange(self) -> None:
        """Place the picture between its axes and the bar."""
        drawing, size = self.shown.drawing, self.size()
        height = round(max(24.0, size.height() - _TOP - NAME_ROOM))
        left, right = _NO_AXIS, _RIGHT
        if drawing is not None:
            left = self._left.room(*self._box.window_shown()[1], height)
            right = _RIGHT if drawing.bar is None else _BAR_ROOM
            self._left.setWidth(left)
            self._below.setHeight(NAME_ROOM)
        rect = QRectF(round(left), _TOP, round(max(24.0, size.width() - left - right)), height)
        self._plot.place(rect)
        if self._bar is not None:
            self._bar.place(rect, _BAR_ROOM)
        self._show_smooth()

    # --- zooming ---------------------------------------------------------------------------

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much of the map."""
        if self.shown.drawing is not None:
            self._box.zoom(factor)

    def fit(self) -> None:
        """Show the whole map."""
        if self.shown.drawing is not None:
            self._box.show_window(
                (self.shown.drawing.across.places, self.shown.drawing.upwards.places)
            )
            self._show_home()

    # --- the mouse -------------------------------------------------------------------------

    def _press(self, at: QPointF) -> None:
        if self._cell(at) is not None:
            self._pressed = True
            self.shown.cell = None
            self._hands.update()

    def _drag(self, at: QPointF) -> None:
        if self._pressed:
            self._read(self._inside(at))
            cell = self._cell(self._inside(at))
            if cell is not None:
                self.cell_dragged.emit(*self.values_at(cell))

    def _release(self, at: QPointF) -> None:
        if self._pressed:
            self._pressed = False
            cell = self._cell(self._inside(at))
            if cell is not None:
                self.cell_chosen.emit(*self.values_at(cell))

    def _point(self, at: QPointF, held: bool) -> None:
        if not held:
            self._read(at)

    def _read(self, at: QPointF) -> None:
        """Tell the cell under the pointer."""
        cell = self._cell(at)
        shape = Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.CrossCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)
        if cell is not None:
            self._move_pointer(at)
            self.hovered.emit(*cell)

    def _leave(self) -> None:
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        if self.shown.cell is None:
            self.set_hover_text("")
            self.hover_left.emit()

    # --- the keys --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell and choose; zoom; all other keys belong to the window."""
        key, cell = event.key(), self.shown.cell
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if ctrl and key in _WAYS and self.shown.drawing is not None:
            self._walk(self.shown.drawing, *_WAYS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and cell is not None:
            self.cell_chosen.emit(*self.values_at(cell))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The cell that the keys chose is forgotten."""
        self.shown.cell = None
        self.set_hover_text("")
        self._hands.update()
        super().focusOutEvent(event)

    def _walk(self, drawing: MapDrawing, up: int, right: int) -> None:
        rows, columns, _ = drawing.colors.shape
        row, column = self.shown.cell or (rows // 2, columns // 2)
        row = min(max(row + up * max(1, rows // _KEY_STEP), 0), rows - 1)
        column = min(max(column + right * max(1, columns // _KEY_STEP), 0), columns - 1)
        self.shown.cell = (row, column)
        self._move_pointer(self.pixel(*self.values_at((row, column))) - self._box.scenePos())
        self.hovered.emit(row, column)
        self._hands.update()

    # --- small things ----------------------------------------------------------------------

    def _cell(self, at: QPointF) -> tuple[int, int] | None:
        """The cell at a pixel of the box."""
        drawing, places = self.shown.drawing, self._box.pixel_map()
        if drawing is None or not places.rect.contains(at):
            return None
        cell = []
        counts = drawing.colors.shape[1], drawing.colors.shape[0]
        for place, axis, count in zip(places.world(at), _axes(drawing), counts, strict=True):
            first, last = axis.places
            share = (place - first) / (last - first)
            cell.append(min(max(round(share * (count - 1)), 0), count - 1))
        return cell[1], cell[0]

    def _inside(self, at: QPointF) -> QPointF:
        places = self._box.pixel_map()
        x = min(max(at.x(), 0.0), places.width)
        return QPointF(x, min(max(at.y(), 0.0), places.height))

    def _move_pointer(self, at: QPointF) -> None:
        self._readout.set_place(self._box.mapToScene(at), self.plot_rect())

    def _show_axes(self, drawing: MapDrawing) -> None:
        """Show the whole of other axes, and let nobody leave them."""
        rows, columns, _ = drawing.colors.shape
        for axis, side in zip((self._below, self._left), _axes(drawing), strict=True):
            axis.set_name(side.symbol)
            axis.set_log(side.log)
        across, upwards = _axes(drawing)
        least = min(1.0, _FEWEST / min(rows, columns))
        self._box.keep_inside((across.places, upwards.places), least)
        self._show_home()

    def _show_bar(self) -> None:
        drawing, scale = self.shown.drawing, None
        if drawing is not None and (scale := drawing.bar) is not None:
            if self._bar is None:
                self._bar = ColorBar()
                self._bar.set_theme(self.shown.theme)
                self.scene().addItem(self._bar)
            shown = scale
            self._bar.show_colors(
                ramp(self.shown.theme.surface_map),
                lambda height: bar_ticks(shown, wanted_ticks(height, _BAR_EACH)),
            )
            self._bar.set_titles(drawing.bar_title)
        if self._bar is not None:
            self._bar.setVisible(scale is not None)

    def _show_smooth(self) -> None:
        """Cells are sharp as long as one can see them."""
        drawing, places = self.shown.drawing, self._box.pixel_map()
        if drawing is not None:
            rows, columns, _ = drawing.colors.shape
            wide, high = places.rect_of(drawing.covered).size().toTuple()
            self._image.smooth = min(wide / columns, high / rows) < 2.0

    def _range_changed(self) -> None:
        self.arrange()

    def _show_home(self) -> None:
        drawing = self.shown.drawing
        if drawing is not None:
            whole = tuple(side.places for side in _axes(drawing))
            self._plot.set_home(np.allclose(self._box.window_shown(), whole, rtol=1e-9))


def _axes(drawing: MapDrawing) -> tuple[MapAxis, MapAxis]:
    return drawing.across, drawing.upwards


def _same_cells(one: MapDrawing, other: MapDrawing) -> bool:
    return _axes(one) == _axes(other) and one.colors.shape == other.colors.shape
