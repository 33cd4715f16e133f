"""The contour map with the paths of the runs."""

from optlab.ui.views.contour.drawings import ArrowDrawing, LineDrawing
from optlab.ui.views.contour.view import ContourView

__all__ = ["ArrowDrawing", "ContourView", "LineDrawing"]
