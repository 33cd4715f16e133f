"""The loss as a surface in 3D, with the paths of the runs lying on it."""

from optlab.ui.views.surface3d.view import Surface3DView

__all__ = ["Surface3DView"]
