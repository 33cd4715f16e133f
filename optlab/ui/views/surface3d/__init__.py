"""The loss as a surface in space, with the paths of the runs lying on it.

The surface is drawn by our own code in NumPy, without OpenGL (see ``render``): it looks the same on
every machine, with and without a graphics driver, on a screen and in memory. That was decided by
measuring (two cores, software OpenGL, 500 x 560 pixels, frames per second while turning): this code
73 to 81; pyqtgraph's GLSurfacePlotItem 40 to 80 with a mesh of 96 x 96 and 12 to 19 with 192 x 192,
without smooth edges, lines or axes. Here each pixel has its own height, colour and lines. And the
finished image is kept, so that playing costs 3 ms a frame; an OpenGL scene is drawn again for every
step. ``benchmarks/orbit.py`` measures both.
"""

from optlab.ui.views.surface3d.drawings import PathDrawing
from optlab.ui.views.surface3d.view import Surface3DView

__all__ = ["PathDrawing", "Surface3DView"]
