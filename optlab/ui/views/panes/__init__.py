"""Plots of the loss, the learning rate and the memory of the optimizers over the steps."""

from optlab.ui.views.panes.view import PanesView

__all__ = ["PanesView"]
