"""The paths on a contour map: the whole of each, faint, and strong up to the current step."""

from __future__ import annotations

from PySide6.QtGui import QPainter

from optlab.pictures.contour import past_items, whole_items
from optlab.ui.plots.painting import item_rect, measure, paint_items
from optlab.ui.plots.pixel_items import KeptItem
from optlab.ui.views.contour.shown import PathTraces, Shown


class WholePaths(KeptItem):
    """All of every path, where they leave the map, and the known minima."""

    def __init__(self, ground: KeptItem, shown: Shown, traces: PathTraces) -> None:
        self._shown, self._traces = shown, traces
        super().__init__(ground.box, 2.0, beyond=1.0, on=ground)

    def draw(self, painter: QPainter) -> None:
        """Draw the paths, the marks at the border and the crosses."""
        places = self.pixel_map()
        painter.setClipRect(places.rect)
        traces = self._traces.on(places)
        paint_items(painter, whole_items(self._shown.picture, traces, places, measure))


class PastPaths(KeptItem):
    """The paths up to the current step; a step forward paints only what it adds."""

    def __init__(self, ground: KeptItem, shown: Shown, traces: PathTraces) -> None:
        self._shown, self._traces = shown, traces
        super().__init__(ground.box, 3.0, beyond=1.0, on=ground)

    def draw(self, painter: QPainter) -> None:
        """Draw every path from its beginning."""
        self._draw_since(painter, 0)

    def step_from(self, before: int) -> None:
        """Go from the step ``before`` to the current one."""
        if self._shown.step > before:
            with self.adding() as painter:
                if painter is not None:
                    self._draw_since(painter, before, tell=True)
                    return
        self.redraw()

    def _draw_since(self, painter: QPainter, since: int, tell: bool = False) -> None:
        """Draw the strong paths of the updates after ``since``; ``tell`` what was touched."""
        painter.setClipRect(self.pixel_map().rect)
        for trace in self._traces.on(self.pixel_map()):
            items = past_items(self._shown.picture, trace, since, self._shown.step, measure)
            paint_items(painter, items)
            for item in items if tell else ():
                self.update(item_rect((item,)).adjusted(-1, -1, 1, 1))
