"""What a surface view shows and how it is painted; the mouse and the keys are in ``view``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRadialGradient, QShowEvent
from PySide6.QtWidgets import QWidget

from optlab.core.contours import LevelScale, SurfacePicture
from optlab.pictures.surface3d.camera import Camera, Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.render import render
from optlab.pictures.surface3d.shades import Shades
from optlab.session.theme import DARK, Theme, mix
from optlab.ui.fonts import ui_font
from optlab.ui.plots.background import Background, are_long, sketch_stride
from optlab.ui.plots.canvas import LayeredCanvas
from optlab.ui.plots.colors import COLOR_MAPS, QUIET, color_table, with_alpha
from optlab.ui.views.surface3d import marks
from optlab.ui.views.surface3d.axes import draw_axes
from optlab.ui.views.surface3d.drawings import PathDrawing
from optlab.ui.views.surface3d.traces import GLOW, LaidPath, Trace, seen_marks

_GROUND, _FUTURE, _PAST = 0, 1, 2
# While things move, an image may take this long; the finer one follows after a pause.
_MOVING_SECONDS: Final = 0.013
_PAUSE_MS: Final = 140
_HURRY_SECONDS: Final = 0.3
_COARSER: Final = (1.0, 0.75, 0.5, 0.35, 0.25)
# A large image at rest is smoothed less, so that it never takes long.
_MOST_PIXELS: Final = 2e6
_AROUND: Final = GLOW + 10.0


class SurfaceCanvas(LayeredCanvas):
    """The setters and the painting of a surface view.

    Three layers stand still between steps: the floor and the surface; on it the whole paths,
    faint, and the minima; on that the paths up to the current step, which grow by what a step
    adds. A frame paints only the glow before the current step, the dots and the start. A view that
    is not visible computes nothing until it is shown.
    """

    LAYERS = 3

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._colors = QUIET
        self._show_lines = self._show_minima = True
        self._picture: SurfacePicture | None = None
        self._scale: LevelScale = "log"
        self._exaggeration = 1.0
        self._camera = Camera()
        self._paths: tuple[PathDrawing, ...] = ()
        self._minima: tuple[tuple[float, float], ...] = ()
        self._start: tuple[float, float] | None = None
        self._step = 0
        # What follows from these, made when it is painted.
        self._relief: Relief | None = None
        self._shades: Shades | None = None
        self._laid: list[LaidPath] | None = None
        self._traces: list[Trace] | None = None
        self._background: Background | None = None
        self._painted: list[QRectF] = []
        self._in_motion = False
        self._changed_at = -1.0
        self._seconds_per_pixel = 2e-8
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.finish)
        self.set_ground(self._theme.window)

    # --- what is shown ---------------------------------------------------------------------

    def set_background(self, background: Background) -> None:
        """Say how to have long paths made ready beside; without, they are made where they are."""
        self._background = background

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self._shades = None
        self.set_ground(theme.window)

    def set_style(
        self,
        *,
        color_map: str | None = None,
        lines: bool | None = None,
        minima: bool | None = None,
    ) -> None:
        """Change how the surface looks; what is None stays.

        ``color_map`` is one of ``COLOR_MAPS`` (ValueError otherwise), ``lines`` and ``minima`` say
        whether mesh and contour lines and the minima are drawn.
        """
        if color_map is not None:
            if color_map not in COLOR_MAPS:
                raise ValueError(f"there is no colour map {color_map!r}")
            self._colors = color_map
            self._shades = None
        self._show_lines = self._show_lines if lines is None else lines
        self._show_minima = self._show_minima if minima is None else minima
        self.redraw(_GROUND)

    def set_picture(self, picture: SurfacePicture | None) -> None:
        """Show another surface, or the same on another window; None shows none."""
        self._picture = picture
        self._surface_changed()

    def set_height(self, scale: LevelScale = "log", exaggeration: float = 1.0) -> None:
        """Say how losses become heights: "log" or "linear", stretched by ``exaggeration``.

        Raises ValueError for another scale or an exaggeration outside 0.1 … 5.
        """
        if scale not in ("log", "linear"):
            raise ValueError(f"heights are 'log' or 'linear', not {scale!r}")
        if not 0.1 <= exaggeration <= 5.0:
            raise ValueError(f"the exaggeration {exaggeration} is outside 0.1 … 5")
        if (scale, exaggeration) != (self._scale, self._exaggeration):
            self._scale, self._exaggeration = scale, exaggeration
            self._surface_changed()

    def set_paths(self, paths: Sequence[PathDrawing]) -> None:
        """Show these paths; the selected one comes on top."""
        self._paths = tuple(sorted(paths, key=lambda path: path.selected))
        self._laid = self._traces = None
        self.redraw(_FUTURE)

    def set_step(self, step: int) -> None:
        """Move to ``step`` (>= 0): paths are strong up to it and faint beyond."""
        if step == self._step:
            return
        before, self._step = self._step, step
        if not self.isVisible():
            self.forget(_PAST)
        elif step > before and self.is_drawn(_PAST) and self._relief is not None:
            touched = self._grow(before)
            self._update_moving(touched)
        else:
            self.redraw(_PAST)

    def set_start(self, w1: float, w2: float) -> None:
        """Put the square of the start at w1, w2."""
        if (w1, w2) != self._start:
            self._start = (w1, w2)
            self.update()

    def set_minima(self, minima: Sequence[tuple[float, float]]) -> None:
        """Mark these known minima with crosses."""
        self._minima = tuple(minima)
        self.redraw(_FUTURE)

    def camera(self) -> Camera:
        """From where the surface is seen."""
        return self._camera

    def set_camera(self, camera: Camera) -> None:
        """Look from elsewhere; drawn quickly at first and finely after a pause."""
        if camera == self._camera:
            return
        self._camera = camera
        self._traces = None
        self._hurry()
        self.redraw(_GROUND)

    # --- layers ----------------------------------------------------------------------------

    def draw_layer(self, layer: int, painter: QPainter) -> None:
        """Draw the surface, the future of the paths, or their past."""
        relief = self._current_relief()
        if relief is None:
            if layer == _GROUND:
                self._draw_sentence(painter)
            return
        if layer == _GROUND:
            view = self._projection()
            draw_axes(painter, view, relief, self._theme)
            painter.drawImage(QRectF(self.rect()), self._surface_image(relief, view))
        elif layer == _FUTURE:
            self._draw_future(painter, relief)
        else:
            for trace in self._all_traces(relief):
                self._draw_past(painter, trace, -1)

    def draw_moving(self, painter: QPainter) -> None:
        """Draw the glow, the start and the dots."""
        relief = self._relief
        if relief is None:
            return
        theme = self._mark_theme()
        self._painted = self._heads_rects(relief)
        heads = [(trace, trace.head(self._step)) for trace in self._all_traces(relief)]
        for trace, head in heads:
            if head is not None:
                self._draw_glow(painter, trace, head[0])
        if self._start is not None:
            for at, seen in seen_marks(np.array([self._start]), relief, self._projection()):
                marks.draw_start(painter, at, theme, seen)
        for trace, head in heads:
            if head is not None:
                path = trace.path
                marks.draw_dot(painter, head[0], path.color, self._theme, path.selected, head[1])

    def _draw_future(self, painter: QPainter, relief: Relief) -> None:
        for trace in self._all_traces(relief):
            last = trace.laid.last
            for hidden, alpha in ((True, 0.25), (False, 0.5)):
                faint = with_alpha(trace.path.color, alpha)
                trace.stroke(painter, 0, last, faint, 1.1, hidden)
        if self._show_minima:
            places = np.array(self._minima, dtype=np.float64).reshape(-1, 2)
            for at, seen in seen_marks(places, relief, self._projection()):
                marks.draw_cross(painter, at, self._mark_theme(), seen)

    def _draw_past(self, painter: QPainter, trace: Trace, since: int) -> QRectF:
        """Draw the strong path of the updates after ``since``; return the pixels touched."""
        # Opaque, so that pieces drawn one after another join without seams.
        ground = self._theme.surface_map[3 if self._theme.is_dark else 2]
        behind = QColor(mix(trace.path.color, ground, 0.5))
        strong = QColor(mix(trace.path.color, ground, 0.25))
        touched = trace.stroke(painter, since, self._step, behind, 1.5, hidden=True)
        return touched.united(trace.stroke(painter, since, self._step, strong, trace.width))

    def _draw_glow(self, painter: QPainter, trace: Trace, head: QPointF) -> None:
        light = QRadialGradient(head, GLOW)
        light.setColorAt(0.0, QColor(trace.path.color))
        light.setColorAt(0.25, QColor(trace.path.color))
        light.setColorAt(1.0, with_alpha(trace.path.color, 0.0))
        first = trace.glow_begin(self._step, head)
        trace.stroke(painter, first, self._step, QBrush(light), trace.width)

    def _grow(self, before: int) -> list[QRectF]:
        assert self._relief is not None
        painter = self.add_to_layer(_PAST)
        traces = self._all_traces(self._relief)
        touched = [self._draw_past(painter, trace, before) for trace in traces]
        painter.end()
        return touched

    def _update_moving(self, touched: list[QRectF]) -> None:
        """Repaint where the dots and their glow were and are, and ``touched``."""
        assert self._relief is not None
        frame, now = QRectF(self.rect()), self._heads_rects(self._relief)
        self.update_rects([rect.intersected(frame) for rect in (*self._painted, *now, *touched)])

    def _heads_rects(self, relief: Relief) -> list[QRectF]:
        """The pixels that the dots and their glow can touch."""
        heads = [trace.head(self._step) for trace in self._all_traces(relief)]
        around = QRectF(-_AROUND, -_AROUND, 2 * _AROUND, 2 * _AROUND)
        return [around.translated(head[0]) for head in heads if head is not None]

    def _draw_sentence(self, painter: QPainter) -> None:
        sentence = "No surface to show"
        if self._picture is not None:
            sentence = "The loss has no value anywhere in this window"
        painter.setFont(ui_font())
        painter.setPen(QColor(self._theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()).adjusted(16, 16, -16, -16), flags, sentence)

    # --- what follows from what is shown -----------------------------------------------------

    def _current_relief(self) -> Relief | None:
        picture = self._picture
        if self._relief is None and picture is not None:
            if picture.finite.mask.all():
                return None
            self._relief = Relief(picture, self._scale, self._exaggeration)
        return self._relief

    def _projection(self) -> Projection:
        return Projection.of(self._camera, self.width(), self.height())

    def _all_traces(self, relief: Relief) -> list[Trace]:
        view = self._projection()
        if self._laid is None:
            paths = [path for path in self._paths if path.visible]
            if self._background is None or not are_long(paths):
                self._laid = [LaidPath(path, relief) for path in paths]
            else:
                # A sketch, until the whole paths are ready.
                self._laid = [LaidPath(path, relief, sketch_stride(path)) for path in paths]
                self._lay_beside(paths, relief, self._background)
            self._traces = None
        if self._traces is None or (self._traces and self._traces[0].view != view):
            self._traces = [Trace(laid, view, self._in_motion) for laid in self._laid]
        return self._traces

    def _lay_beside(self, paths: list[PathDrawing], relief: Relief, background: Background) -> None:
        sketch = self._laid

        def work() -> list[LaidPath]:
            return [LaidPath(path, relief) for path in paths]

        def take(laid: list[LaidPath]) -> None:
            if self._laid is sketch:
                self._laid, self._traces = laid, None
                self.redraw(_FUTURE)

        background(work, take)

    def _surface_image(self, relief: Relief, view: Projection) -> QImage:
        if self._shades is None:
            self._shades = Shades(color_table(self._colors, self._theme), self._theme.is_dark)
        magnified = self._magnified()
        begin = time.perf_counter()
        pixels = render(relief, view, self._shades, magnified, self._show_lines)
        taken = (time.perf_counter() - begin) / pixels.size
        self._seconds_per_pixel += 0.3 * (taken - self._seconds_per_pixel)
        rows, columns = pixels.shape
        layout = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(pixels.data, columns, rows, columns * 4, layout).copy()

    def _magnified(self) -> float:
        """How many pixels of the image make one of the widget: fine at rest, quick in motion."""
        ratio = self.devicePixelRatioF()
        fine = 2.0 if ratio < 1.5 else ratio
        area = max(1.0, float(self.width() * self.height()))
        fine = max(ratio, min(fine, (_MOST_PIXELS / area) ** 0.5))
        if not self._in_motion:
            return fine
        wanted = (_MOVING_SECONDS / self._seconds_per_pixel / area) ** 0.5
        steps = [fine, *(ratio * share for share in _COARSER)]
        return next((step for step in steps if step <= wanted), steps[-1])

    def _mark_theme(self) -> Theme:
        """The theme of the marks: all other maps are dark where the minima are."""
        return self._theme if self._colors == QUIET else DARK

    # --- motion and rest ---------------------------------------------------------------------

    def _surface_changed(self) -> None:
        now = time.monotonic()
        if now - self._changed_at < _HURRY_SECONDS:
            self._hurry()  # someone drags something
        self._changed_at = now
        self._relief = self._laid = self._traces = None
        self.redraw(_GROUND)

    def _hurry(self) -> None:
        self._in_motion = True
        if self.isVisible():
            self._pause.start()

    def finish(self) -> None:
        """Draw what is shown finely now, without waiting for a pause; pictures need it."""
        self._pause.stop()
        if self._in_motion:
            self._in_motion = False
            self._traces = None
            self.redraw(_GROUND)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw finely what was changed while nobody looked."""
        self.finish()
        super().showEvent(event)
