"""What a contour map shows of the current step, of the start and of the pointer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from optlab.ui.plots.marks import draw_readout, draw_start, note_box, readout_box
from optlab.ui.plots.pixel_items import MovingItem
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.views.contour import marks
from optlab.ui.views.contour.arrows import Arrow, draw_arrows
from optlab.ui.views.contour.drawings import ArrowDrawing
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
        rects = [trace.glow_rect(self._shown.step) for trace in self._traces.on(places)]
        for arrow in self._shown.arrows:
            ends = QRectF(*self._ends(arrow)).normalized()
            rects.append(ends.adjusted(-40, -24, 40, 24))
        return rects

    def draw(self, painter: QPainter) -> None:
        """Draw everything, the read-out on top."""
        shown, places = self._shown, self.pixel_map()
        painter.setClipRect(places.rect.adjusted(-1, -1, 1, 1))
        traces = self._traces.on(places)
        for trace in traces:
            trace.glow(painter, shown.step)
        if shown.start is not None:
            at = places.point(*shown.start)
            draw_start(painter, at, shown.mark_theme, shown.start_is_hot)
        for trace in traces:
            head = trace.head(shown.step)
            if head is not None:
                path = trace.path
                marks.draw_dot(painter, head, path.color, shown.theme, path.selected)
        for line in shown.lines:
            points = [places.point(w1, w2) for w1, w2 in line.points.tolist()]
            marks.draw_line(painter, points, line, shown.theme)
        arrows = [Arrow(*self._ends(one), one.color, one.label) for one in shown.arrows]
        draw_arrows(painter, arrows, places.rect)
        for text, box in ((shown.note, self.note_rect()), (shown.hover_text, self.readout_rect())):
            if text:
                draw_readout(painter, box, text, shown.theme)

    def start_rect(self) -> QRectF:
        """The pixels of the start and its name."""
        if self._shown.start is None:
            return QRectF()
        at = self.pixel_map().point(*self._shown.start)
        return QRectF(at.x() - 24, at.y() - 12, 48, 36)

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
            if not any(head is not None and box.contains(head) for head in heads):
                return corner
        return now

    def _ends(self, arrow: ArrowDrawing) -> tuple[QPointF, QPointF]:
        places = self.pixel_map()
        (w1, w2), (d1, d2) = arrow.at, arrow.change
        return places.point(w1, w2), places.point(w1 + d1, w2 + d2)
