"""A view box that keeps to what float64 can show, and says where the pointer is."""

from __future__ import annotations

import math
from typing import Any, Final

import pyqtgraph as pg
import shiboken6
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidgetAction

from optlab.pictures.places import Window
from optlab.ui.plots.pixel_map import PixelMap

ZOOM: Final = 1.2
"""What one turn of the wheel, or one press of a key, zooms by."""
# pyqtgraph zooms by 1.02 to the power of eighths of a degree times this.
_WHEEL: Final = -math.log(ZOOM) / (120.0 * math.log(1.02))
_FAR: Final = 1e307


class PlotBox(pg.ViewBox):
    """The inside of a plot: pyqtgraph's wheel, drags and axes; no menu and no range of its own.

    ``pointed`` tells the pixel of the pointer inside and whether a button is held, ``left`` that
    it has gone.
    """

    pointed = Signal(QPointF, bool)
    left = Signal()
    finest = 1e-10
    """The smallest range that is shown, as a share of its larger end."""
    widest = 1e100
    """The largest range; the smallest is one over it."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.state["wheelScaleFactor"] = _WHEEL
        self.disableAutoRange()
        self.setAcceptHoverEvents(True)
        self._pointer: QPointF | None = None

    def window_shown(self) -> Window:
        """The ranges that are shown: across and upwards."""
        across, upwards = self.state["viewRange"]
        return (across[0], across[1]), (upwards[0], upwards[1])

    def pixel_map(self) -> PixelMap:
        """Where the data are on the pixels of the box."""
        size = self.size()
        return PixelMap(self.window_shown(), max(1.0, size.width()), max(1.0, size.height()))

    def show_window(self, window: Window) -> None:
        """Show exactly ``window``; nothing tells of it but ``sigRangeChanged``."""
        self.setRange(xRange=window[0], yRange=window[1], padding=0.0)

    def keep_inside(self, window: Window, least: float) -> None:
        """Show ``window`` and let nobody leave it, nor zoom to less than a share of it."""
        (left, right), (bottom, top) = window
        self.setLimits(**dict.fromkeys(("xMin", "yMin"), -_FAR), minXRange=None, minYRange=None)
        self.setLimits(**dict.fromkeys(("xMax", "yMax"), _FAR))
        self.show_window(window)
        self.setLimits(xMin=left, xMax=right, yMin=bottom, yMax=top)
        self.setLimits(minXRange=least * (right - left), minYRange=least * (top - bottom))

    def zoom(self, factor: float, around: tuple[float, float] | None = None) -> None:
        """Make the ranges ``factor`` times as wide, as the wheel does; None: around the centre."""
        self.scaleBy((factor, factor), around)
        self.sigRangeChangedManually.emit(self.state["mouseEnabled"])

    def pan(self, across: float, upwards: float) -> None:
        """Shift the ranges by shares of themselves, as dragging does."""
        (left, right), (bottom, top) = self.window_shown()
        self.translateBy(x=across * (right - left), y=upwards * (top - bottom))
        self.sigRangeChangedManually.emit(self.state["mouseEnabled"])

    def setRange(
        self, rect: Any = None, xRange: Any = None, yRange: Any = None, **more: Any
    ) -> None:
        """Stay where it is when float64 could not resolve or hold the new range."""
        ends = [xRange, yRange] if rect is None else _sides(rect)
        if all(self._can_be_shown(*pair) for pair in ends if pair is not None):
            super().setRange(rect, xRange, yRange, **more)

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom around the pointer, where it is now: several turns may come between two frames."""
        self.updateMatrix()
        super().wheelEvent(event, axis)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Pan or zoom from what is shown now."""
        self.updateMatrix()
        super().mouseDragEvent(event, axis)

    def hoverEvent(self, event: Any) -> None:
        """Tell where the pointer is."""
        at = None if event.isExit() else QPointF(event.pos())
        if at == self._pointer:  # a button was let go
            return
        self._pointer = at
        if at is None:
            self.left.emit()
        else:
            self.pointed.emit(at, bool(event.buttons()))

    def _can_be_shown(self, one: float, other: float) -> bool:
        size = max(abs(one), abs(other))
        return max(self.finest * size, 1.0 / self.widest) < abs(other - one) < self.widest


def _sides(rect: Any) -> list[tuple[float, float]]:
    return [(rect.left(), rect.right()), (rect.top(), rect.bottom())]


def drop_menu(plot: pg.PlotItem) -> None:
    """Delete the menu of a plot: some sixty widgets, which each change of theme would visit.

    At once, for the first of these changes comes before the event loop.
    """
    for action in plot.findChildren(QWidgetAction):
        shiboken6.delete(action)
    shiboken6.delete(plot.ctrlMenu)
