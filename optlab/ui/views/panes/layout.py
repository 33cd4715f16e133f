"""Where the panes of a column lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSizeF

from optlab.ui.style.fonts import scaled

TITLE: Final = 26.0
BETWEEN: Final = 8.0
AXIS: Final = 44.0
RIGHT: Final = 16.0
SMALLEST: Final = 56.0
TOP: Final = 2.0


@dataclass(frozen=True)
class PaneLayout:
    """The rectangles, in pixels, of each pane's title and of its plot; all plots share x."""

    titles: tuple[QRectF, ...]
    plots: tuple[QRectF, ...]

    @property
    def left(self) -> float:
        """The left edge of all plots."""
        return self.plots[0].left()

    @property
    def right(self) -> float:
        """The right edge of all plots."""
        return self.plots[0].right()


def minimum_height(count: int) -> int:
    """The height below which ``count`` panes cannot be read."""
    return int(TOP + count * (TITLE + SMALLEST + BETWEEN) + scaled(AXIS))


def arrange(size: QSizeF, count: int, label_width: float) -> PaneLayout:
    """Share ``size`` among ``count`` (>= 1) panes; ``label_width`` is that of the y labels."""
    left = 10.0 + max(30.0, label_width) + 8.0
    width = max(20.0, size.width() - left - RIGHT)
    free = size.height() - TOP - scaled(AXIS) - count * TITLE - (count - 1) * BETWEEN
    height = max(20.0, free / count)
    titles, plots = [], []
    for index in range(count):
        top = TOP + index * (TITLE + height + BETWEEN)
        titles.append(QRectF(round(left), round(top), round(width), TITLE))
        plots.append(QRectF(round(left), round(top + TITLE), round(width), round(height)))
    return PaneLayout(tuple(titles), tuple(plots))
