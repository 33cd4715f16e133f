"""The paths on a contour map: the whole of each, faint, and strong up to the current step."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from optlab.pictures.color_tables import QUIET
from optlab.session.theme import mix
from optlab.ui.plots.colors import with_alpha
from optlab.ui.plots.marks import draw_cross
from optlab.ui.plots.pixel_items import KeptItem
from optlab.ui.views.contour import marks
from optlab.ui.views.contour.shown import PathTraces, Shown
from optlab.ui.views.contour.traces import Trace


class WholePaths(KeptItem):
    """All of every path, where they leave the map, and the known minima."""

    def __init__(self, ground: KeptItem, shown: Shown, traces: PathTraces) -> None:
        self._shown, self._traces = shown, traces
        super().__init__(ground.box, 2.0, beyond=1.0, on=ground)

    def draw(self, painter: QPainter) -> None:
        """Draw the paths, the marks at the border and the crosses."""
        shown, places = self._shown, self.pixel_map()
        painter.setClipRect(places.rect)
        for trace in self._traces.on(places):
            if shown.colors != QUIET:
                halo = with_alpha("#000000" if shown.theme.is_dark else "#ffffff", 0.4)
                trace.stroke(painter, 0, trace.last, halo, 3.6, solid=True)
            faint = with_alpha(trace.path.color, 0.5)
            trace.stroke(painter, 0, trace.last, faint, 1.0)
            for crossing in trace.exits:
                marks.draw_exit(painter, crossing, places.rect, faint, shown.theme)
        if shown.has_minima:
            for minimum in shown.minima:
                draw_cross(painter, places.point(*minimum), shown.mark_theme)


class PastPaths(KeptItem):
    """The paths up to the current step; a step forward paints only what it adds."""

    def __init__(self, ground: KeptItem, shown: Shown, traces: PathTraces) -> None:
        self._shown, self._traces = shown, traces
        super().__init__(ground.box, 3.0, beyond=1.0, on=ground)

    def draw(self, painter: QPainter) -> None:
        """Draw every path from its beginning."""
        painter.setClipRect(self.pixel_map().rect)
        for trace in self._traces.on(self.pixel_map()):
            self._draw_since(painter, trace, 0)

    def step_from(self, before: int) -> None:
        """Go from the step ``before`` to the current one."""
        if self._shown.step > before:
            with self.adding() as painter:
                if painter is not None:
                    painter.setClipRect(self.pixel_map().rect)
                    for trace in self._traces.on(self.pixel_map()):
                        for rect in self._draw_since(painter, trace, before):
                            self.update(rect.adjusted(-1, -1, 1, 1))
                    return
        self.redraw()

    def _draw_since(self, painter: QPainter, trace: Trace, since: int) -> list[QRectF]:
        """Draw the strong path of the updates after ``since``; return the pixels touched."""
        path, shown = trace.path, self._shown
        # Opaque, so that pieces drawn one after another join without seams.
        color = QColor(mix(path.color, shown.dimming, 0.30))
        touched = [trace.stroke(painter, since, shown.step, color, trace.width)]
        for crossing in trace.exits_until(shown.step, since):
            touched.append(
                marks.draw_exit(painter, crossing, trace.rect, QColor(path.color), shown.theme)
            )
        return touched
