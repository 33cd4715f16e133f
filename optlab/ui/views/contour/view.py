"""The contour view: the map, the paths and what a person does on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from optlab.core.analysis.view_window import as_meant
from optlab.core.contours import SurfacePicture
from optlab.pictures.color_tables import COLOR_MAPS, color_table
from optlab.pictures.contour import loss_ticks
from optlab.pictures.overlays import ArrowDrawing, LineDrawing
from optlab.pictures.places import Window
from optlab.pictures.theme import Theme
from optlab.pictures.trace import PathDrawing, Trace
from optlab.ui.plots.axis_item import NAME_ROOM, TypesetAxis
from optlab.ui.plots.background import Background
from optlab.ui.plots.color_bar import ColorBar
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_view import PlotView
from optlab.ui.style.fonts import math_font, scaled
from optlab.ui.views.contour.current_item import CurrentItem
from optlab.ui.views.contour.map_box import MapBox
from optlab.ui.views.contour.path_items import PastPaths, WholePaths
from optlab.ui.views.contour.shown import PathTraces, Shown
from optlab.ui.views.contour.surface_item import SurfaceItem

_REACH: Final = 12.0
_PAN_SHARE: Final = 0.1
_TOP: Final = 10.0
_RIGHT: Final = 14.0
_LEAST_LABEL: Final = 23.0
_BAR_ROOM: Final = 66.0
_LABELS: Final = (76.0, 56.0)
"""Pixels that a number takes across and upwards."""


class ContourView(PlotView):
    """A contour map of the loss over w1, w2 with the paths of runs on it.

    Mouse: a click chooses the start, dragging takes the start along, the wheel zooms around the
    pointer, the right or middle button pans, a double click fits; wheel and drags on an axis zoom
    and pan it alone. Keys: see :class:`PlotView`; Escape lets go of the start. Coordinates in
    signals are w1, w2.
    """

    hovered = Signal(float, float)
    hover_left = Signal()
    start_chosen = Signal(float, float)
    start_moved = Signal(float, float)
    window_changed = Signal(float, float, float, float)  # w1 low, w1 high, w2 low, w2 high
    menu_requested = Signal(QPoint, float, float)  # where on the screen, and the w1, w2 there

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Contour map")
        self.setAccessibleDescription(
            "Loss over w1 and w2 with the paths of the runs. Plus and minus zoom, 0 fits, "
            "Ctrl with an arrow key pans."
        )
        self.setMinimumSize(200, 160)
        self.shown = Shown()
        self._home: Window | None = None
        self._equal = False
        self._pressed = self._dragging = self._panning = False
        self._start_before: tuple[float, float] | None = None
        self._traces = PathTraces(self.shown, self._redraw_paths)
        self._left = TypesetAxis("left", _LABELS[1])
        self._below = TypesetAxis("bottom", _LABELS[0])
        self._left.set_name("w₂")
        self._below.set_name("w₁")
        self._below.setHeight(NAME_ROOM)
        self._box = MapBox()
        self._plot = Plot(self._box, self._left, self._below)
        self.scene().addItem(self._plot)
        self._surface = SurfaceItem(self._box, self.shown)
        self._whole = WholePaths(self._surface, self.shown, self._traces)
        self._past = PastPaths(self._whole, self.shown, self._traces)
        self._current = CurrentItem(self._box, self.shown, self._traces)
        self._bar: ColorBar | None = None
        self._box.show_window(((-1.0, 1.0), (-1.0, 1.0)))
        self._connect()
        self.set_theme(self.shown.picture.theme)

    def _connect(self) -> None:
        box = self._box
        box.sigRangeChanged.connect(self.arrange)
        box.sigRangeChangedManually.connect(self._window_moved)
        box.pointed.connect(self._point)
        box.left.connect(self._leave)
        box.pressed.connect(self._press)
        box.dragged.connect(self._drag)
        box.dropped.connect(self._drop)
        box.clicked.connect(self._click)
        box.double_clicked.connect(self._double_click)
        box.panning.connect(self._pan_begins)
        self._plot.fit_requested.connect(self.fit)
        self.context_menu.connect(self._ask_for_menu)

    def sizeHint(self) -> QSize:
        """A size at which details can be seen."""
        return QSize(640, 520)

    # --- what is shown ---------------------------------------------------------------------

    def set_background(self, background: Background) -> None:
        """Say how to have long paths made ready; without, they are made where they are."""
        self._traces.set_background(background)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._below.setHeight(scaled(NAME_ROOM))
        self.shown.change(theme=theme)
        self.setBackground(theme.window)
        self._surface.set_ground(theme.window)
        self._plot.set_theme(theme)
        for axis in (self._left, self._below):
            axis.set_theme(theme, theme.muted)
        if self._bar is not None:
            self._bar.set_theme(theme)
        self._show_losses()
        self.arrange()  # fonts may have another size now
        self._redraw_paths()

    def set_style(
        self,
        *,
        color_map: str | None = None,
        lines: bool | None = None,
        minima: bool | None = None,
        equal_scale: bool | None = None,
        color_bar: bool | None = None,
    ) -> None:
        """Change how the map looks; what is None stays.

        ``color_map`` is one of ``COLOR_MAPS`` (ValueError otherwise); ``lines``, ``minima`` and
        ``color_bar`` say whether they are drawn; ``equal_scale`` gives w1 and w2 the same pixels
        per unit.
        """
        if color_map is not None and color_map not in COLOR_MAPS:
            raise ValueError(f"there is no colour map {color_map!r}")
        chosen = {"colors": color_map, "has_lines": lines, "has_minima": minima}
        self.shown.change(**{name: value for name, value in chosen.items() if value is not None})
        self._equal = self._equal if equal_scale is None else equal_scale
        self._box.uniform = self._equal
        if color_bar is not None:
            self._show_bar(color_bar)
        self._show_losses()
        self.arrange()
        self._surface.redraw()
        self._redraw_paths()

    def set_picture(self, picture: SurfacePicture | None) -> None:
        """Show another surface, or the same on another window; None shows none."""
        self.shown.change(surface=picture)
        self._surface.redraw()
        if picture is not None and self._home is None:
            self.set_home(picture.window)
        self._show_losses()

    def picture(self) -> SurfacePicture | None:
        """The surface that is shown."""
        return self.shown.picture.surface

    def set_home(self, window: Window) -> None:
        """Say which window :meth:`fit` returns to, and show it."""
        self._home = window
        self.set_window(window)

    def set_window(self, window: Window) -> None:
        """Show ``window`` = ((w1 low, high), (w2 low, high)); nothing is emitted.

        Raises ValueError when a range is empty or reversed.
        """
        if not all(low < high for low, high in window):
            raise ValueError(f"the window {window} is empty or reversed")
        self._box.show_window(window)
        self._plot.set_home(window == self._home)

    def window_shown(self) -> Window:
        """The window that is shown."""
        return self._box.window_shown()

    def set_paths(self, paths: Sequence[PathDrawing]) -> None:
        """Show these paths; the selected one comes on top."""
        self.shown.change(paths=tuple(sorted(paths, key=lambda path: path.selected)))
        self._traces.forget()
        self._redraw_paths()

    def set_step(self, step: int) -> None:
        """Move to ``step`` (>= 0): paths are strong up to it and faint beyond."""
        before, self.shown.step = self.shown.step, step
        if step != before:
            self._past.step_from(before)
            self._current.moved()

    def set_start(self, w1: float, w2: float) -> None:
        """Put the square of the start at w1, w2."""
        if (w1, w2) != self.shown.start:
            old = self._current.start_rect()
            self.shown.change(starts=((w1, w2),))
            self._current.touch(old, self._current.start_rect())

    def set_names(self, names: tuple[str, str]) -> None:
        """Name the axes: across and upwards."""
        self._below.set_name(names[0])
        self._left.set_name(names[1])
        self.shown.change(names=names)

    def set_minima(self, minima: Sequence[tuple[float, float]]) -> None:
        """Mark these known minima with crosses."""
        self.shown.change(minima=tuple(minima))
        self._whole.redraw()

    def set_arrows(self, arrows: Sequence[ArrowDrawing]) -> None:
        """Show these arrows, on top of the paths."""
        if tuple(arrows) != self.shown.arrows:
            self.shown.arrows = tuple(arrows)
            self._current.moved()

    def set_lines(self, lines: Sequence[LineDrawing]) -> None:
        """Show these lines of the current step, under the arrows."""
        if lines or self.shown.lines:
            self.shown.lines = tuple(lines)
            self._current.moved()

    def set_note(self, text: str) -> None:
        """Show ``text`` about the current step in a corner of the map; empty hides it."""
        old = self._current.note_rect()
        self.shown.note = text
        if text:
            self.shown.note_corner = self._current.free_corner()
        if (now := self._current.note_rect()) != old or text:
            self._current.touch(old, now)

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        if text != self.shown.hover_text:
            old, self.shown.hover_text = self._current.readout_rect(), text
            self._current.touch(old, self._current.readout_rect())

    # --- where things are ------------------------------------------------------------------

    def map_rect(self) -> QRectF:
        """The pixels of the map."""
        return self._box.pixel_map().rect.translated(self._box.scenePos())

    def pixel_at(self, w1: float, w2: float) -> QPointF:
        """The pixel of a finite point."""
        return self._box.pixel_map().point(w1, w2) + self._box.scenePos()

    def weights_at(self, pixel: QPointF) -> tuple[float, float]:
        """The w1, w2 at a pixel."""
        return self._box.pixel_map().world(pixel - self._box.scenePos())

    def pixel_map(self) -> PixelMap:
        """Where w1, w2 are, in pixels from the top left of the map."""
        return self._box.pixel_map()

    def traces(self) -> list[Trace]:
        """The paths that are drawn, in pixels from the top left of the map."""
        return self._traces.on(self._box.pixel_map())

    def note_rect(self) -> QRectF:
        """The pixels of the note; empty where there is none."""
        rect = self._current.note_rect()
        return rect.translated(self._box.scenePos()) if self.shown.note else rect

    def arrange(self) -> None:
        """Place the map between its axes, whose width depends on their numbers."""
        size, window = QSizeF(self.size()), self.window_shown()
        height = max(24.0, size.height() - _TOP - scaled(NAME_ROOM))
        room = self._left.room(*window[1], height, _LEAST_LABEL)
        bar = _BAR_ROOM if self._has_bar() else 0.0
        width = max(24.0, size.width() - room - _RIGHT - bar)
        rect = QRectF(room, _TOP, round(width), round(height))
        if self._equal:
            ratio = (window[0][1] - window[0][0]) / (window[1][1] - window[1][0])
            wide = max(1.0, min(width, height * ratio))
            high = max(1.0, min(height, wide / ratio))
            left, top = room + (width - wide) / 2, _TOP + (height - high) / 2
            rect = QRectF(round(left), round(top), round(wide), round(high))
        self._left.setWidth(room)
        self._plot.place(rect)
        if self._bar is not None:
            self._bar.place(rect)

    # --- the window ------------------------------------------------------------------------

    def fit(self) -> None:
        """Return to the home window."""
        if self._home is not None and self._home != self.window_shown():
            self.set_window(self._home)
            self._window_moved()

    def zoom(self, factor: float, around: tuple[float, float] | None = None) -> None:
        """Make the window ``factor`` times as wide around a point, else around its centre."""
        self._box.zoom(factor, around)

    def pan(self, across: int, upwards: int) -> None:
        """Go a little that way."""
        self._box.pan(_PAN_SHARE * across, _PAN_SHARE * upwards)

    def _window_moved(self) -> None:
        window = self.window_shown()
        self._plot.set_home(window == self._home)
        self.window_changed.emit(*window[0], *window[1])

    # --- the start under the mouse ---------------------------------------------------------

    def _press(self) -> None:
        if not self._panning:
            self._pressed, self._dragging = True, False
            self._start_before = self.shown.start

    def _drag(self, at: QPointF) -> None:
        if not self._pressed:
            return
        self._dragging = True
        self._move_pointer(at)
        self.set_hover_text("")  # it would be about the place where the drag began
        self.set_start(*self._world_inside(at))
        self.start_moved.emit(*self._world_inside(at))
        self._show_handle(at)

    def _drop(self, at: QPointF) -> None:
        if self._pressed:
            self._choose(at)

    def _click(self, at: QPointF) -> None:
        if self._pressed and self._box.pixel_map().rect.contains(at):
            self._choose(at)

    def _choose(self, at: QPointF) -> None:
        self._pressed = self._dragging = False
        chosen = self._world_inside(at)
        self.set_start(*chosen)
        self.start_chosen.emit(*chosen)
        self._show_handle(at)

    def _double_click(self) -> None:
        """Fit the window; the start that the first click moved goes back."""
        before, self._pressed = self._start_before, False
        if before is not None and before != self.shown.start:
            self.set_start(*before)
            self.start_chosen.emit(*before)
        self.fit()

    def _let_go(self) -> None:
        self._pressed = self._dragging = False
        if self._start_before is not None:
            self.set_start(*self._start_before)
            self.start_moved.emit(*self._start_before)

    def _pan_begins(self, panning: bool) -> None:
        self._panning = panning
        self.set_hover_text("")
        self._show_handle(self.shown.pointer)

    # --- the pointer -----------------------------------------------------------------------

    def _point(self, at: QPointF, held: bool) -> None:
        self._move_pointer(at)
        if not held:
            self.hovered.emit(*self._box.pixel_map().world(at))
        self._show_handle(at)

    def _leave(self) -> None:
        self.set_hover_text("")
        self.hover_left.emit()
        if not (self._panning or self._dragging):
            self._show_shape(Qt.CursorShape.ArrowCursor)

    def _move_pointer(self, at: QPointF) -> None:
        old = self._current.readout_rect()
        self.shown.pointer = at
        if self.shown.hover_text:
            self._current.touch(old, self._current.readout_rect())

    def _show_handle(self, at: QPointF) -> None:
        """Show by the square and the pointer what a press would take hold of."""
        hot = self._near_start(at)
        if (hot or self._dragging) != self.shown.start_is_hot:
            self.shown.start_is_hot = hot or self._dragging
            self._current.touch(self._current.start_rect())
        if self._panning or self._dragging:
            self._show_shape(Qt.CursorShape.ClosedHandCursor)
        else:
            shapes = Qt.CursorShape.CrossCursor, Qt.CursorShape.OpenHandCursor
            self._show_shape(shapes[hot])

    def _show_shape(self, shape: Qt.CursorShape) -> None:
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def _near_start(self, at: QPointF) -> bool:
        if self.shown.start is None:
            return False
        grip = QRectF(-_REACH, -_REACH, 2 * _REACH, 2 * _REACH)
        return grip.translated(self._box.pixel_map().point(*self.shown.start)).contains(at)

    # --- the keys --------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """While the start is held, Escape lets go of it before it is a shortcut."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._pressed
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let go of the start; zoom, fit and pan; all other keys belong to the window."""
        if event.key() == Qt.Key.Key_Escape and self._pressed:
            self._let_go()
        else:
            super().keyPressEvent(event)

    # --- small things ----------------------------------------------------------------------

    def _redraw_paths(self) -> None:
        self._whole.redraw()
        self._current.update()

    def _has_bar(self) -> bool:
        return self._bar is not None and self._bar.isVisible()

    def _show_bar(self, on: bool) -> None:
        if on and self._bar is None:
            self._bar = ColorBar()
            self._bar.set_theme(self.shown.picture.theme)
            self.scene().addItem(self._bar)
        if self._bar is not None:
            self._bar.setVisible(on)

    def _show_losses(self) -> None:
        picture = self.shown.picture
        if self._bar is not None and self._bar.isVisible() and picture.surface is not None:
            shading = picture.surface.colors
            colors = color_table(picture.colors, picture.theme)
            self._bar.show_colors(colors, lambda height: loss_ticks(shading, height))
            self._bar.set_titles("E", math_font(14), picture.theme.muted)

    def _world_inside(self, at: QPointF) -> tuple[float, float]:
        places = self._box.pixel_map()
        x = min(max(at.x(), 0.0), places.width)
        y = min(max(at.y(), 0.0), places.height)
        return as_meant(places.world(QPointF(x, y)), places.window)

    def _ask_for_menu(self, where: QPoint, at: QPointF) -> None:
        rect = self.map_rect()
        if not rect.contains(at):
            at = rect.center()
            where = self.mapToGlobal(at.toPoint())
        self.menu_requested.emit(where, *self.weights_at(at))
