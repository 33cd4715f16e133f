"""A plot: pyqtgraph's, with typeset axes, placed by the rectangle of its inside."""

from __future__ import annotations

from pyqtgraph import PlotItem
from PySide6.QtCore import QRectF, Signal

from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.plot_box import PlotBox


class Plot(PlotItem):
    """A box with an axis at its left and one below it; its button "A" asks for everything.

    The button is there while the pointer is over a plot that does not show everything, which
    :meth:`set_home` says.
    """

    fit_requested = Signal()

    def __init__(self, box: PlotBox, left: TypesetAxis, bottom: TypesetAxis) -> None:
        self._home = True
        super().__init__(viewBox=box, axisItems={"left": left, "bottom": bottom}, enableMenu=False)
        # A box that is given has its parent from the layout only, once there is a scene.
        box.setParentItem(self)
        self.box, self.left_axis, self.bottom_axis = box, left, bottom
        self.layout.setContentsMargins(0, 0, 0, 0)

    def place(self, rect: QRectF) -> None:
        """Put the box into ``rect``, whole pixels of the scene; the axes lie around it."""
        left = self.left_axis.fixedWidth if self.left_axis.isVisible() else 0.0
        below = self.bottom_axis.fixedHeight if self.bottom_axis.isVisible() else 0.0
        outside = rect.adjusted(-(left or 0.0), 0.0, 0.0, below or 0.0)
        if outside != self.geometry() or not self.layout.isActivated():
            self.setGeometry(outside)
            self.layout.activate()

    def set_home(self, home: bool) -> None:
        """Say whether everything is shown."""
        self._home = home
        self.updateButtons()

    def autoBtnClicked(self) -> None:
        """Ask for everything: what that is, the view knows."""
        self.fit_requested.emit()

    def updateButtons(self) -> None:
        """Show the button "A" where it would do something."""
        if self.autoBtn is not None:
            self.autoBtn.setVisible(self.mouseHovering and not self._home)
