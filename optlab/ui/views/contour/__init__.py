"""The contour map with the paths of the runs."""

from optlab.ui.views.contour.view import ContourView

__all__ = ["ContourView"]
