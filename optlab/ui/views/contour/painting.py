"""What a contour view shows and how it is painted; the mouse and the keys are in ``view``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from optlab.core.contours import SurfacePicture
from optlab.session.theme import DARK, Theme, mix
from optlab.ui.plots.canvas import LayeredCanvas
from optlab.ui.plots.colors import COLOR_MAPS, QUIET, with_alpha
from optlab.ui.plots.drawings import PathDrawing
from optlab.ui.plots.marks import draw_cross, draw_readout, draw_start, note_box, readout_box
from optlab.ui.plots.scale import Plane, Window
from optlab.ui.views.contour import marks
from optlab.ui.views.contour.arrows import Arrow, draw_arrows
from optlab.ui.views.contour.color_bar import BAR_ROOM, draw_color_bar
from optlab.ui.views.contour.drawings import ArrowDrawing, LineDrawing
from optlab.ui.views.contour.map_layer import MapLayer, draw_axes, plot_rect
from optlab.ui.views.contour.traces import Trace

_MAP, _FUTURE, _PAST = 0, 1, 2
# Pixels that the note keeps away from where the runs are, if it can.
_CLEAR: Final = 24.0
# Points from which on paths are made ready beside, and those that a sketch of one has.
_LONG: Final = 100_000
_SKETCHED: Final = 4_000
Background = Callable[[Callable[[], list[Trace]], Callable[[list[Trace]], None]], None]
"""Does work in another thread and gives what it made, unless it was asked for something newer."""
_UNIT: Final[Window] = ((-1.0, 1.0), (-1.0, 1.0))


class ContourCanvas(LayeredCanvas):
    """The setters and the painting of a contour view.

    Three layers stand still between steps: the map with its axes; on it the whole paths, faint,
    and the minima; on that the paths up to the current step, which grow by what a step adds.
    A frame paints only the glow before the current step, the dots, arrows and the read-out.
    """

    LAYERS = 3

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._colors = QUIET
        self._show_lines = self._show_minima = True
        self._equal = self._color_bar = False
        self._plane_key: object = None
        self._plane_kept = Plane(_UNIT, QRectF(0, 0, 1, 1))
        self._map: MapLayer | None = None
        self._window: Window = _UNIT
        self._home: Window | None = None
        self._paths: tuple[PathDrawing, ...] = ()
        self._traces: list[Trace] | None = None
        self._background: Background | None = None
        self._minima: tuple[tuple[float, float], ...] = ()
        self._arrows: tuple[ArrowDrawing, ...] = ()
        self._lines: tuple[LineDrawing, ...] = ()
        self._start: tuple[float, float] | None = None
        self._start_hot = False
        self._step = 0
        self._hover_text = self._note = ""
        self._note_corner = 0
        self._pointer = QPointF()
        self._moving: list[QRectF] = []
        self.set_ground(self._theme.window)

    # --- what is shown ---------------------------------------------------------------------

    def set_background(self, background: Background) -> None:
        """Say how to have long paths made ready beside; without, they are made where they are."""
        self._background = background

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._plane_key = None  # fonts may have another size now
        self.set_ground(theme.window)

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
        if color_map is not None:
            if color_map not in COLOR_MAPS:
                raise ValueError(f"there is no colour map {color_map!r}")
            self._colors = color_map
        self._show_lines = self._show_lines if lines is None else lines
        self._show_minima = self._show_minima if minima is None else minima
        self._equal = self._equal if equal_scale is None else equal_scale
        self._color_bar = self._color_bar if color_bar is None else color_bar
        self._window_changed()

    def set_picture(self, picture: SurfacePicture | None) -> None:
        """Show another surface, or the same on another window; None shows none."""
        self._map = None if picture is None else MapLayer(picture)
        if picture is not None and self._home is None:
            self.set_home(picture.window)
        self.redraw(_MAP)

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
        if window != self._window:
            self._window = window
            self._window_changed()

    def window_shown(self) -> Window:
        """The window that is shown."""
        return self._window

    def set_paths(self, paths: Sequence[PathDrawing]) -> None:
        """Show these paths; the selected one comes on top."""
        self._paths = tuple(sorted(paths, key=lambda path: path.selected))
        self._traces = None
        self.redraw(_FUTURE)

    def set_step(self, step: int) -> None:
        """Move to ``step`` (>= 0): paths are strong up to it and faint beyond."""
        if step == self._step:
            return
        before, self._step = self._step, step
        if step > before and self.is_drawn(_PAST):
            touched = self._grow(before)
        else:
            self.forget(_PAST)
            touched = [self._plane().rect]
        self._update_moving(touched)

    def set_start(self, w1: float, w2: float) -> None:
        """Put the square of the start at w1, w2."""
        if (w1, w2) != self._start:
            old, self._start = self._start_rect(), (w1, w2)
            self.update_rects([old, self._start_rect()])

    def set_minima(self, minima: Sequence[tuple[float, float]]) -> None:
        """Mark these known minima with crosses."""
        self._minima = tuple(minima)
        self.redraw(_FUTURE)

    def set_arrows(self, arrows: Sequence[ArrowDrawing]) -> None:
        """Show these arrows, on top of the paths."""
        self._arrows = tuple(arrows)
        self._update_moving([])

    def set_lines(self, lines: Sequence[LineDrawing]) -> None:
        """Show these lines of the current step, under the arrows."""
        if lines or self._lines:
            self._lines = tuple(lines)
            self._update_moving([self._plane().rect])

    def set_note(self, text: str) -> None:
        """Show ``text`` about the current step in a corner of the map; empty hides it."""
        old = self._note_rect()
        self._note = text
        if text:
            self._note_corner = self._free_corner()
        if (now := self._note_rect()) != old or text:
            self.update_rects([old, now])

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        if text != self._hover_text:
            old, self._hover_text = self._readout_rect(), text
            self.update_rects([old, self._readout_rect()])

    # --- layers ----------------------------------------------------------------------------

    def draw_layer(self, layer: int, painter: QPainter) -> None:
        """Draw the map, the future of the paths, or their past."""
        plane = self._plane()
        if layer == _MAP:
            painter.fillRect(plane.rect, QColor(self._theme.panel))
            draw_axes(painter, plane, self._theme)
            if self._color_bar and self._map is not None:
                shading = self._map.picture.colors
                draw_color_bar(painter, plane.rect, shading, self._theme, self._colors)
        painter.setClipRect(plane.rect)
        if layer == _MAP and self._map is not None:
            self._map.draw(painter, plane, self._theme, self._colors, self._show_lines)
        elif layer == _FUTURE:
            self._draw_future(painter, plane)
        elif layer == _PAST:
            for trace in self._all_traces():
                self._draw_past(painter, trace, 0)

    def draw_moving(self, painter: QPainter) -> None:
        """Draw the glow, the dots, the arrows, the start and the read-out."""
        plane = self._plane()
        painter.setClipRect(plane.rect.adjusted(-1, -1, 1, 1))
        traces, theme = self._all_traces(), self._mark_theme()
        for trace in traces:
            trace.glow(painter, self._step)
        if self._start is not None:
            draw_start(painter, plane.point(*self._start), theme, self._start_hot)
        for trace in traces:
            head = trace.head(self._step)
            if head is not None:
                path = trace.path
                marks.draw_dot(painter, head, path.color, self._theme, path.selected)
        for line in self._lines:
            points = [plane.point(w1, w2) for w1, w2 in line.points.tolist()]
            marks.draw_line(painter, points, line, self._theme)
        arrows = [Arrow(*self._arrow_ends(one), one.color, one.label) for one in self._arrows]
        draw_arrows(painter, arrows, plane.rect)
        if self._note:
            draw_readout(painter, self._note_rect(), self._note, self._theme)
        if self._hover_text:
            draw_readout(painter, self._readout_rect(), self._hover_text, self._theme)

    def _draw_future(self, painter: QPainter, plane: Plane) -> None:
        theme = self._mark_theme()
        for trace in self._all_traces():
            if self._colors != QUIET:
                halo = with_alpha("#000000" if self._theme.is_dark else "#ffffff", 0.4)
                trace.stroke(painter, 0, trace.last, halo, 3.6, solid=True)
            faint = with_alpha(trace.path.color, 0.5)
            trace.stroke(painter, 0, trace.last, faint, 1.0)
            for crossing in trace.exits:
                marks.draw_exit(painter, crossing, plane.rect, faint, self._theme)
        if self._show_minima:
            for minimum in self._minima:
                draw_cross(painter, plane.point(*minimum), theme)

    def _draw_past(self, painter: QPainter, trace: Trace, since: int) -> list[QRectF]:
        """Draw the strong path of the updates after ``since``; return the pixels touched."""
        path = trace.path
        # Opaque, so that pieces drawn one after another join without seams.
        color = QColor(mix(path.color, self._dimming(), 0.30))
        touched = [trace.stroke(painter, since, self._step, color, trace.width)]
        for crossing in trace.exits_until(self._step, since):
            mark = marks.draw_exit(painter, crossing, trace.rect, QColor(path.color), self._theme)
            touched.append(mark)
        return touched

    def _grow(self, before: int) -> list[QRectF]:
        painter = self.add_to_layer(_PAST)
        painter.setClipRect(self._plane().rect)
        touched: list[QRectF] = []
        for trace in self._all_traces():
            touched += self._draw_past(painter, trace, before)
        painter.end()
        return touched

    # --- small things ----------------------------------------------------------------------

    def _mark_theme(self) -> Theme:
        """The theme of the marks: all other maps are dark where the minima are."""
        return self._theme if self._colors == QUIET else DARK

    def _dimming(self) -> str:
        """What the path is mixed with where it is not fresh."""
        if self._colors != QUIET:
            return "#606870" if self._theme.is_dark else "#303840"
        return self._theme.surface_map[3 if self._theme.is_dark else 2]

    def _plane(self) -> Plane:
        key = (self.width(), self.height(), self._window, self._equal, self._color_bar)
        if key != self._plane_key:
            room = BAR_ROOM if self._color_bar else 0.0
            rect = plot_rect(QSizeF(self.size()), self._window, self._equal, room)
            self._plane_key, self._plane_kept = key, Plane(self._window, rect)
        return self._plane_kept

    def _all_traces(self) -> list[Trace]:
        plane = self._plane()
        if self._traces is None or (self._traces and self._traces[0].rect != plane.rect):
            paths = [path for path in self._paths if path.visible]
            if self._background is None or sum(len(path.w) for path in paths) < _LONG:
                self._traces = [Trace(path, plane) for path in paths]
            else:
                # A sketch, until the whole paths are ready.
                self._traces = [Trace(path, plane, 1 + len(path.w) // _SKETCHED) for path in paths]
                self._make_traces(paths, plane, self._background)
        return self._traces

    def _make_traces(self, paths: list[PathDrawing], plane: Plane, background: Background) -> None:
        sketch = self._traces

        def work() -> list[Trace]:
            return [Trace(path, plane).prepare() for path in paths]

        def take(traces: list[Trace]) -> None:
            if self._traces is sketch:
                self._traces = traces
                self.redraw(_FUTURE)

        background(work, take)

    def _window_changed(self) -> None:
        self._traces = None
        self.redraw(_MAP)

    def _update_moving(self, touched: list[QRectF]) -> None:
        """Repaint what moved: where it was, where it is, and ``touched``."""
        plane = self._plane()
        now = [trace.glow_rect(self._step) for trace in self._all_traces()]
        for arrow in self._arrows:
            begin, end = self._arrow_ends(arrow)
            now.append(QRectF(begin, end).normalized().adjusted(-40, -24, 40, 24))
        frame = plane.rect.adjusted(-2, -2, 2, 2)
        self.update_rects([rect.intersected(frame) for rect in (*self._moving, *now, *touched)])
        self._moving = now

    def _arrow_ends(self, arrow: ArrowDrawing) -> tuple[QPointF, QPointF]:
        plane = self._plane()
        (w1, w2), (d1, d2) = arrow.at, arrow.change
        return plane.point(w1, w2), plane.point(w1 + d1, w2 + d2)

    def _start_rect(self) -> QRectF:
        if self._start is None:
            return QRectF()
        at = self._plane().point(*self._start)
        return QRectF(at.x() - 24, at.y() - 12, 48, 36)

    def _readout_rect(self) -> QRectF:
        if not self._hover_text:
            return QRectF()
        return readout_box(self._hover_text, self._pointer, self._plane().rect)

    def _note_rect(self) -> QRectF:
        corner = self._note_corner
        return note_box(self._note, self._plane().rect, corner) if self._note else QRectF()

    def _free_corner(self) -> int:
        """A corner where the note covers no run, by preference the one where it is."""
        rect = self._plane().rect
        heads = [trace.head(self._step) for trace in self._all_traces()]
        for corner in (self._note_corner, *range(4)):
            box = note_box(self._note, rect, corner).adjusted(-_CLEAR, -_CLEAR, _CLEAR, _CLEAR)
            if not any(head is not None and box.contains(head) for head in heads):
                return corner
        return self._note_corner
