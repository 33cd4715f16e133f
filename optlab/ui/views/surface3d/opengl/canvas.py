"""A scene drawn by OpenGL in pyqtgraph's GLViewWidget."""

from __future__ import annotations

from typing import Final

from OpenGL import GL
from pyqtgraph.opengl import GLViewWidget
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMatrix4x4, QShowEvent, QSurfaceFormat
from PySide6.QtWidgets import QWidget

from optlab.ui.views.surface3d.marks import Readout
from optlab.ui.views.surface3d.opengl.overlay_items import AxesItem, MarksItem
from optlab.ui.views.surface3d.opengl.path_item import PathItem
from optlab.ui.views.surface3d.opengl.shaders import path_program
from optlab.ui.views.surface3d.opengl.surface_item import SurfaceItem
from optlab.ui.views.surface3d.scene import Scene

# Samples of each pixel with a graphics card: edges and the floor's lines become smooth. Where the
# processor plays the card, four of them take five times as long (1600 x 1200 pixels, Mesa).
_SAMPLES: Final = 4
# So many frames in a row with errors, and the driver is given up.
_BAD_FRAMES: Final = 2
# Ground units in front of and behind the origin that can be seen.
_DEPTH: Final = 4.0
# A context that is not there so long after the view was shown will not come.
_PATIENCE_MS: Final = 2000
# Errors that may be left by others before a frame; a broken driver reports them for ever.
_MOST_LEFT: Final = 20
# Letters of a message; a compiler's may hold the whole program.
_LONGEST: Final = 120


class GLCanvas(GLViewWidget):
    """Draws a scene; the surface, its lines and the paths are on the graphics card.

    The camera's parallel projection is that of the other renderer, so that both show the same
    pixels. ``smooth`` takes several samples of each. ``drew`` tells that the first
    frame is there, ``failed``, once and with a reason, that OpenGL cannot draw the scene.
    """

    failed = Signal(str)
    drew = Signal()

    def __init__(
        self, scene: Scene, readout: Readout, parent: QWidget | None = None, smooth: bool = True
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QSurfaceFormat.defaultFormat()
        layout.setSamples(_SAMPLES if smooth else 0)
        layout.setDepthBufferSize(24)
        layout.setStencilBufferSize(8)
        self.setFormat(layout)
        self._scene = scene
        self._errors: list[str] = []
        self._bad_frames = 0
        self._given_up = self._has_drawn = False
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._look_for_context)
        self._program = path_program()
        self._paths: list[PathItem] = []
        self._surface = SurfaceItem(scene)
        for depth, item in (
            (-2, AxesItem(scene, smooth)),
            (-1, self._surface),
            (2, MarksItem(scene, smooth, readout, self._heads)),
        ):
            item.setDepthValue(depth)
            self.addItem(item)
        self.show_look()

    # --- what has changed in the scene -------------------------------------------------------

    def show_look(self) -> None:
        """Other colours, or lines drawn or not."""
        self.setBackgroundColor(self._scene.theme.window)

    def show_surface(self) -> None:
        """Another picture, or other heights."""
        self.update()

    def show_camera(self) -> None:
        """Seen from elsewhere."""
        self.update()

    def show_paths(self) -> None:
        """Other paths."""
        self.update()

    def show_minima(self) -> None:
        """Other minima."""
        self.update()

    def show_start(self) -> None:
        """Another start."""
        self.update()

    def show_step(self, before: int) -> None:
        """Another step than ``before``."""
        self.update()

    def show_readout(self, rects: list[QRectF]) -> None:
        """The read-out was and is in these rectangles."""
        self.update()

    def finish(self) -> None:
        """Every frame is as fine as it gets."""

    # --- drawing -------------------------------------------------------------------------------

    def projectionMatrix(self, region: object, viewport: object) -> QMatrix4x4:
        """The camera's parallel projection, from ground coordinates."""
        view = self._scene.projection
        across, upwards = 2.0 * view.scale / view.width, 2.0 * view.scale / view.height
        q_x, q_y = -view.sin_a, view.cos_a
        rows = (
            (across * view.cos_a, across * view.sin_a, 0.0, 2.0 * view.x0 / view.width - 1.0),
            (
                upwards * view.sin_e * q_x,
                upwards * view.sin_e * q_y,
                upwards * view.cos_e,
                1.0 - 2.0 * view.y0 / view.height,
            ),
            (
                view.cos_e * q_x / _DEPTH,
                view.cos_e * q_y / _DEPTH,
                -view.sin_e / _DEPTH,
                0.0,
            ),
            (0.0, 0.0, 0.0, 1.0),
        )
        return QMatrix4x4([number for row in rows for number in row])

    def viewMatrix(self) -> QMatrix4x4:
        """Nothing: the projection begins at the ground."""
        return QMatrix4x4()

    def initializeGL(self) -> None:
        """Prepare the items; what goes wrong is counted as a bad frame."""
        self._patience.stop()
        try:
            for item in self.items:
                item.initialize()
            super().initializeGL()
        except Exception as error:
            self._note(error)

    def paintGL(self) -> None:
        """Draw a frame, and give up after two in a row with errors."""
        if self._given_up:
            return
        try:
            _drain_errors()
            self._arrange_paths()
            super().paintGL()
            left = GL.glGetError()
            if left != GL.GL_NO_ERROR:
                self._errors.append(f"OpenGL error {int(left):#06x} after a frame")
        except Exception as error:
            self._note(error)
        self._judge()

    def drawItemTree(self, item: object = None, useItemNames: bool = False) -> None:
        """Draw the items from back to front; their errors are counted, not printed."""
        for each in sorted(self.items, key=lambda some: some.depthValue()):
            if not each.visible():
                continue
            try:
                if self.default_vao.isCreated():
                    self.default_vao.bind()
                each.paint()
            except Exception as error:
                self._note(error)

    def showEvent(self, event: QShowEvent) -> None:
        """Expect a context soon."""
        super().showEvent(event)
        if not self.isValid():
            self._patience.start()

    def _note(self, error: Exception) -> None:
        self._errors.append(_sentence(error))

    def _judge(self) -> None:
        self._bad_frames = self._bad_frames + 1 if self._errors else 0
        if self._bad_frames >= _BAD_FRAMES:
            self._give_up(self._errors[0])
        elif self._errors:
            self.update()  # once more, in case it was the last of its kind
        elif not self._has_drawn:
            self._has_drawn = True
            self.drew.emit()
        self._errors.clear()

    def _look_for_context(self) -> None:
        if self.isVisible() and not self.isValid():
            self._give_up("it gives no context to draw with")

    def _give_up(self, reason: str) -> None:
        if not self._given_up:
            self._given_up = True
            # Not from within a frame: the answer takes this widget away.
            QTimer.singleShot(0, self, lambda: self.failed.emit(reason))

    def _heads(self) -> list[PathItem]:
        return [item for item in self._paths if item.visible()]

    def _arrange_paths(self) -> None:
        """One item for each path of the scene; items are kept for later paths."""
        relief = self._scene.relief
        laid = [] if relief is None else self._scene.laid(relief)
        while len(self._paths) < len(laid):
            item = PathItem(self._scene, self._program)
            item.setDepthValue(1)
            self._paths.append(item)
            self.addItem(item)
        for number, item in enumerate(self._paths):
            if number < len(laid):
                item.set_laid(laid[number])
            if item.visible() != (number < len(laid)):
                item.setVisible(number < len(laid))


def _sentence(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, GL.GLError):
        return f"OpenGL error {int(error.err):#06x} in {error.baseOperation.__name__}"
    return " ".join(str(error).split())[:_LONGEST] or type(error).__name__


def _drain_errors() -> None:
    """Forget errors that something else has left."""
    for _ in range(_MOST_LEFT):
        if GL.glGetError() == GL.GL_NO_ERROR:
            return
