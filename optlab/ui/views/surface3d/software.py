"""The surface drawn by the processor: one image made in NumPy, paths and marks painted on it."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRadialGradient, QShowEvent
from PySide6.QtWidgets import QWidget

from optlab.pictures.surface3d.axes import axes_of
from optlab.pictures.surface3d.camera import Projection
from optlab.pictures.surface3d.marks import (
    BEHIND_WIDTH,
    FAR_FUTURE,
    FUTURE,
    FUTURE_WIDTH,
    GLOW,
    past_colors,
    path_width,
)
from optlab.pictures.surface3d.paths import Spot, glow_begin
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.render import render
from optlab.ui.plots.painting import with_alpha
from optlab.ui.views.surface3d import marks
from optlab.ui.views.surface3d.layered_canvas import LayeredCanvas
from optlab.ui.views.surface3d.marks import Readout, draw_axes
from optlab.ui.views.surface3d.scene import Scene
from optlab.ui.views.surface3d.traces import Trace

_GROUND, _FUTURE, _PAST = 0, 1, 2
# While things move, an image may take this long; the finer one follows after a pause.
_MOVING_SECONDS: Final = 0.013
_PAUSE_MS: Final = 140
_HURRY_SECONDS: Final = 0.3
_COARSER: Final = (1.0, 0.75, 0.5, 0.35, 0.25)
# A large image at rest is smoothed less, so that it never takes long.
_MOST_PIXELS: Final = 2e6
_AROUND: Final = GLOW + 10.0


class SoftwareCanvas(LayeredCanvas):
    """Draws a scene without OpenGL.

    Three layers stand still between steps: the floor and the surface; on it the whole paths,
    faint, and the minima; on that the paths up to the current step, which grow by what a step
    adds. A frame paints only the glow before the current step, the dots and the start. A canvas
    that is not visible computes nothing until it is shown.
    """

    LAYERS = 3

    def __init__(self, scene: Scene, readout: Readout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._scene = scene
        self._readout = readout
        self._traces: list[Trace] | None = None
        self._painted: list[QRectF] = []
        self._in_motion = False
        self._changed_at = -1.0
        self._seconds_per_pixel = 2e-8
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.finish)
        self.set_ground(scene.theme.window)

    # --- what has changed in the scene -------------------------------------------------------

    def show_look(self) -> None:
        """Other colours, or lines drawn or not."""
        self.set_ground(self._scene.theme.window)

    def show_surface(self) -> None:
        """Another picture, or other heights."""
        now = time.monotonic()
        if now - self._changed_at < _HURRY_SECONDS:
            self._hurry()  # someone drags something
        self._changed_at = now
        self._traces = None
        self.redraw(_GROUND)

    def show_camera(self) -> None:
        """Seen from elsewhere; drawn quickly at first and finely after a pause."""
        self._traces = None
        self._hurry()
        self.redraw(_GROUND)

    def show_paths(self) -> None:
        """Other paths."""
        self._traces = None
        self.redraw(_FUTURE)

    def show_minima(self) -> None:
        """Other minima."""
        self.redraw(_FUTURE)

    def show_start(self) -> None:
        """Another start."""
        self.update()

    def show_step(self, before: int) -> None:
        """Another step than ``before``."""
        relief = self._scene.relief if self.is_drawn(_PAST) else None
        if not self.isVisible():
            self.forget(_PAST)
        elif self._scene.step > before and relief is not None:
            touched = self._grow(relief, before)
            self._update_moving(relief, touched)
        else:
            self.redraw(_PAST)

    def show_readout(self, rects: list[QRectF]) -> None:
        """The read-out was and is in these rectangles."""
        self.update_rects(rects)

    # --- layers ----------------------------------------------------------------------------

    def draw_layer(self, layer: int, painter: QPainter) -> None:
        """Draw the surface, the future of the paths, or their past."""
        relief = self._scene.relief
        if relief is None:
            if layer == _GROUND:
                marks.draw_sentence(painter, QRectF(self.rect()), self._scene)
            return
        if layer == _GROUND:
            view = self._scene.projection
            draw_axes(painter, axes_of(view, relief, self._scene.names), self._scene.theme)
            painter.drawImage(QRectF(self.rect()), self._surface_image(relief, view))
        elif layer == _FUTURE:
            self._draw_future(painter, relief)
        else:
            for trace in self._all_traces(relief):
                self._draw_past(painter, trace, -1)

    def draw_moving(self, painter: QPainter) -> None:
        """Draw the glow, the start, the dots and the read-out."""
        relief = self._scene.relief
        if relief is not None:
            step = self._scene.step
            heads = [(trace, trace.head(step)) for trace in self._all_traces(relief)]
            self._painted = _around(heads)
            for trace, head in heads:
                if head is not None:
                    self._draw_glow(painter, trace, head)
            marks.draw_start_and_dots(
                painter, self._scene, relief, [(trace.path, head) for trace, head in heads]
            )
        self._readout.draw(painter, self._scene.theme)

    def _draw_future(self, painter: QPainter, relief: Relief) -> None:
        for trace in self._all_traces(relief):
            last = trace.laid.last
            for hidden, alpha in ((True, FAR_FUTURE), (False, FUTURE)):
                faint = with_alpha(trace.path.color, alpha)
                trace.stroke(painter, 0, last, faint, FUTURE_WIDTH, hidden)
        marks.draw_minima(painter, self._scene, relief)

    def _draw_past(self, painter: QPainter, trace: Trace, since: int) -> QRectF:
        """Draw the strong path of the updates after ``since``; return the pixels touched."""
        # Opaque, so that pieces drawn one after another join without seams.
        step, width = self._scene.step, path_width(trace.path)
        behind, strong = map(QColor, past_colors(trace.path.color, self._scene.theme))
        touched = trace.stroke(painter, since, step, behind, BEHIND_WIDTH, hidden=True)
        return touched.united(trace.stroke(painter, since, step, strong, width))

    def _draw_glow(self, painter: QPainter, trace: Trace, head: Spot) -> None:
        light = QRadialGradient(QPointF(head.x, head.y), GLOW)
        light.setColorAt(0.0, QColor(trace.path.color))
        light.setColorAt(0.25, QColor(trace.path.color))
        light.setColorAt(1.0, with_alpha(trace.path.color, 0.0))
        step = self._scene.step
        first = glow_begin(trace.laid, trace.view, step, head, GLOW)
        trace.stroke(painter, first, step, QBrush(light), path_width(trace.path))

    def _grow(self, relief: Relief, before: int) -> list[QRectF]:
        painter = self.add_to_layer(_PAST)
        touched = [self._draw_past(painter, trace, before) for trace in self._all_traces(relief)]
        painter.end()
        return touched

    def _update_moving(self, relief: Relief, touched: list[QRectF]) -> None:
        """Repaint where the dots and their glow were and are, and ``touched``."""
        frame, step = QRectF(self.rect()), self._scene.step
        now = _around([(trace, trace.head(step)) for trace in self._all_traces(relief)])
        self.update_rects([rect.intersected(frame) for rect in (*self._painted, *now, *touched)])

    # --- what follows from the scene ---------------------------------------------------------

    def _all_traces(self, relief: Relief) -> list[Trace]:
        view = self._scene.projection
        laid = self._scene.laid(relief)
        if self._traces is None or (self._traces and self._traces[0].view != view):
            self._traces = [Trace(path, view, self._in_motion) for path in laid]
        return self._traces

    def _surface_image(self, relief: Relief, view: Projection) -> QImage:
        magnified = self._magnified()
        begin = time.perf_counter()
        pixels = render(relief, view, self._scene.shades, magnified, self._scene.lines)
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

    # --- motion and rest ---------------------------------------------------------------------

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


def _around(heads: list[tuple[Trace, Spot | None]]) -> list[QRectF]:
    """The pixels that the dots and their glow can touch."""
    around = QRectF(-_AROUND, -_AROUND, 2 * _AROUND, 2 * _AROUND)
    return [around.translated(head.x, head.y) for _, head in heads if head is not None]
