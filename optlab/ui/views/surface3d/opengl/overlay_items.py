"""What Qt paints into an OpenGL frame: the axes behind the surface, marks and texts before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from OpenGL import GL
from pyqtgraph.opengl.GLGraphicsItem import GLGraphicsItem
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtOpenGL import QOpenGLPaintDevice

from optlab.pictures.surface3d.axes import axes_of
from optlab.ui.views.surface3d import marks
from optlab.ui.views.surface3d.marks import Readout, draw_axes
from optlab.ui.views.surface3d.opengl.path_item import PathItem
from optlab.ui.views.surface3d.scene import Scene


class _Painted(GLGraphicsItem):
    """Something painted with a QPainter.

    ``smooth`` says that the frame has several samples of each pixel. Where it has not, OpenGL
    paints jagged lines; then an image is painted and laid over the frame.
    """

    def __init__(self, scene: Scene, smooth: bool) -> None:
        super().__init__()
        self._scene = scene
        self._smooth = smooth

    def paint(self) -> None:
        """Paint between two stretches of OpenGL."""
        view = self.view()
        GL.glDisable(GL.GL_DEPTH_TEST)
        # Not the widget: while it is grabbed, a painter on it would paint into the grabbed picture.
        ratio = view.devicePixelRatioF()
        frame = QOpenGLPaintDevice(view.size() * ratio)
        frame.setDevicePixelRatio(ratio)
        painter = QPainter(frame)
        try:
            if self._smooth:
                self._paint_smoothly(painter)
            else:
                painter.drawImage(0, 0, self._image(frame.size(), ratio))
        finally:
            painter.end()

    def _image(self, size: QSize, ratio: float) -> QImage:
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        with QPainter(image) as painter:
            self._paint_smoothly(painter)
        return image

    def _paint_smoothly(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self.paint_with(painter)

    def paint_with(self, painter: QPainter) -> None:
        """Paint; to be written by the subclass."""
        raise NotImplementedError


class AxesItem(_Painted):
    """The floor and the axes; a sentence where there is no surface."""

    def paint(self) -> None:
        """Paint, and begin with an empty depth: whatever Qt clips with may have written there."""
        super().paint()
        GL.glDepthMask(GL.GL_TRUE)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)

    def paint_with(self, painter: QPainter) -> None:
        """Paint the axes of the scene."""
        relief = self._scene.relief
        if relief is None:
            marks.draw_sentence(painter, QRectF(self.view().rect()), self._scene)
        else:
            draw_axes(
                painter,
                axes_of(self._scene.projection, relief, self._scene.names),
                self._scene.theme,
            )


class MarksItem(_Painted):
    """Minima, the start, the dots at the current step and the read-out."""

    def __init__(
        self,
        scene: Scene,
        smooth: bool,
        readout: Readout,
        paths: Callable[[], Sequence[PathItem]],
    ) -> None:
        super().__init__(scene, smooth)
        self._readout = readout
        self._paths = paths

    def paint_with(self, painter: QPainter) -> None:
        """Paint the marks of the scene."""
        scene, relief = self._scene, self._scene.relief
        if relief is not None:
            marks.draw_minima(painter, scene, relief)
            items = [(item.laid, item) for item in self._paths()]
            heads = [(laid.path, item.head()) for laid, item in items if laid is not None]
            marks.draw_start_and_dots(painter, scene, relief, heads)
        self._readout.draw(painter, scene.theme)
