"""The loss as a surface in space, with the paths of the runs lying on it.

The surface is drawn by our own code in NumPy, without OpenGL (see ``render``): it looks the same on
every machine, with and without a graphics driver, on a screen and in memory. Measured on two cores
with software OpenGL at 500 x 560 pixels: an orbit frame of the surface takes about as long as
pyqtgraph's GLSurfacePlotItem needs for a mesh of 96 x 96 without smoothing, while here each pixel
has its own height, colour and line. And the finished image is kept, so that playing costs only
what moves; an OpenGL scene is drawn again for every step. ``benchmarks/orbit.py`` measures both.
"""

from optlab.ui.views.surface3d.drawings import PathDrawing
from optlab.ui.views.surface3d.view import Surface3DView

__all__ = ["PathDrawing", "Surface3DView"]
