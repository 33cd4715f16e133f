"""Plots of the loss, the learning rate and the memory of the optimizers over the steps."""

from optlab.ui.views.panes.curves import prepare
from optlab.ui.views.panes.drawings import CurveDrawing, PaneSpec
from optlab.ui.views.panes.view import PanesView

__all__ = ["CurveDrawing", "PaneSpec", "PanesView", "prepare"]
