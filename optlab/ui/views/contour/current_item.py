"""What a contour map shows of the current step, of the start and of the pointer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from optlab.pictures.contour import dot_items, glow_items, start_items
from optlab.pictures.overlays import arrow_items, line_items, placed_arrow
from optlab.pictures.places import Frame
from optlab.pictures.trace import Trace
from optlab.ui.plots.painting import measure, paint_items
from optlab.ui.plots.pixel_items import MovingItem
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.readout_item import draw_readout, note_box, readout_box
from optlab.ui.views.contour.shown import PathTraces, Shown

# Pixels that the note keeps away from where the runs are, if it can.
_CLEAR: Final = 24.0


class CurrentItem(MovingItem):
    """The glow before each dot, the dots, arrows and lines, the start, the note, the read-out."""

    def __init__(self, box: PlotBox, shown: Shown, traces: PathTraces) -> None:
        self._shown, self._traces = shown, traces
        super().__init__(box, 4.0, beyond=1.0)

    def rects(self) -> list[QRectF]:
        """Where the dots with their glow and the arrows are; all of the map under lines."""
        places = self.pixel_map()
        if self._shown.lines:
            return [places.rect]
        frames = [trace.glow_frame(self._shown.step) for trace in self._traces.on(places)]
        rects = [_rect(frame) for frame in frames if frame is not None]
        for arrow in self._shown.arrows:
            placed = placed_arrow(arrow, places)
            ends = QRectF(QPointF(*placed.begin), QPointF(*placed.end)).normalized()
            rects.append(ends.adjusted(-40, -24, 40, 24))
        return rects

    def draw(self, painter: QPainter) -> None:
        """Draw everything, the read-out on top."""
        shown, places, picture = self._shown, self.pixel_map(), self._shown.picture
        painter.setClipRect(places.rect.adjusted(-1, -1, 1, 1))
        traces = [trace for trace in self._traces.on(places) if self._is_exposed(trace)]
        for trace in traces:
            paint_items(painter, glow_items(picture, trace, shown.step))
        if shown.start is not None:
            at, hot = places.place(shown.start), shown.start_is_hot
            paint_items(painter, start_items(at, picture.mark_theme, measure, places, hot=hot))
        for trace in traces:
            paint_items(painter, dot_items(picture, trace, shown.step))
        for line in shown.lines:
            paint_items(painter, line_items(line, places, picture.theme, measure))
        paint_items(painter, arrow_items(shown.arrows, places, measure))
        for text, box in ((shown.note, self.note_rect()), (shown.hover_text, self.readout_rect())):
            if text:
                draw_readout(painter, box, text, picture.theme)

    def _is_exposed(self, trace: Trace) -> bool:
        frame = trace.glow_frame(self._shown.step)
        return frame is not None and _rect(frame).intersects(self.exposed)

    def start_rect(self) -> QRectF:
        """The pixels of the start and its name."""
        if self._shown.start is None:
            return QRectF()
        at = self.pixel_map().point(*self._shown.start)
        return QRectF(at.x() - 24, at.y() - 36, 48, 72)

    def readout_rect(self) -> QRectF:
        """The pixels of the read-out beside the pointer."""
        if not self._shown.hover_text:
            return QRectF()
        return readout_box(self._shown.hover_text, self._shown.pointer, self.pixel_map().rect)

    def note_rect(self) -> QRectF:
        """The pixels of the note."""
        if not self._shown.note:
            return QRectF()
        return note_box(self._shown.note, self.pixel_map().rect, self._shown.note_corner)

    def free_corner(self) -> int:
        """A corner where the note covers no run, by preference the one where it is."""
        places, now = self.pixel_map(), self._shown.note_corner
        heads = [trace.head(self._shown.step) for trace in self._traces.on(places)]
        for corner in (now, *range(4)):
            box = note_box(self._shown.note, places.rect, corner)
            box = box.adjusted(-_CLEAR, -_CLEAR, _CLEAR, _CLEAR)
            if not any(head is not None and box.contains(*head) for head in heads):
                return corner
        return now


def _rect(frame: Frame) -> QRectF:
    return QRectF(frame.x0, frame.y0, frame.x1 - frame.x0, frame.y1 - frame.y0)
