"""A plot: pyqtgraph's, with typeset axes, placed by the rectangle of its inside."""

from __future__ import annotations

from typing import Any, Final

from pyqtgraph import PlotItem
from PySide6.QtCore import QPointF, QRectF, Signal

from optlab.pictures.theme import Theme
from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.fit_button import SIZE, FitButton
from optlab.ui.plots.plot_box import PlotBox, drop_menu

_INSIDE: Final = 6.0


class Plot(PlotItem):
    """A box with an axis at its left and one below it; its button "A" asks for everything.

    The button is there while the pointer is over a plot that does not show everything, which
    :meth:`set_home` says.
    """

    fit_requested = Signal()
    autoBtn: Any  # pyqtgraph's name of the button

    def __init__(self, box: PlotBox, left: TypesetAxis, bottom: TypesetAxis) -> None:
        self._home = True
        super().__init__(viewBox=box, axisItems={"left": left, "bottom": bottom}, enableMenu=False)
        drop_menu(self)
        # A box that is given has its parent from the layout only, once there is a scene.
        box.setParentItem(self)
        self.box, self.left_axis, self.bottom_axis = box, left, bottom
        self.layout.setContentsMargins(0, 0, 0, 0)
        self.autoBtn.setParentItem(None)
        self.fit_button = self.autoBtn = FitButton(self)
        self.fit_button.clicked.connect(self.autoBtnClicked)
        self.fit_button.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``; what is in the plot is told by its view."""
        self.fit_button.set_theme(theme)

    def place(self, rect: QRectF) -> None:
        """Put the box into ``rect``, whole pixels of the scene; the axes lie around it."""
        left = self.left_axis.fixedWidth if self.left_axis.isVisible() else 0.0
        below = self.bottom_axis.fixedHeight if self.bottom_axis.isVisible() else 0.0
        outside = rect.adjusted(-(left or 0.0), 0.0, 0.0, below or 0.0)
        if outside != self.geometry() or not self.layout.isActivated():
            self.setGeometry(outside)
            self.layout.activate()
            corner = self.box.pos() + QPointF(_INSIDE, self.box.size().height() - SIZE - _INSIDE)
            self.fit_button.setPos(corner)

    def set_home(self, home: bool) -> None:
        """Say whether everything is shown."""
        self._home = home
        self.updateButtons()

    def resizeEvent(self, event: object) -> None:
        """The button is placed with the box."""

    def autoBtnClicked(self, _button: object = None) -> None:
        """Ask for everything: what that is, the view knows."""
        self.fit_requested.emit()

    def updateButtons(self) -> None:
        """Show the button "A" where it would do something."""
        if self.autoBtn is not None:  # pyqtgraph calls it while it is made
            self.autoBtn.setVisible(self.mouseHovering and not self._home)
