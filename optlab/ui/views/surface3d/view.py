"""The surface view: the surface in 3D, the paths on it, and how a person turns it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from optlab.core.contours import SurfacePicture
from optlab.pictures.color_tables import COLOR_MAPS
from optlab.pictures.surface3d.camera import Camera
from optlab.pictures.surface3d.renderers import RendererChoice, Rendering, rendering
from optlab.pictures.surface3d.visibility import place_under
from optlab.pictures.theme import Theme
from optlab.pictures.trace import PathDrawing
from optlab.ui.plots.background import Background
from optlab.ui.views.surface3d.driver import Driver, driver
from optlab.ui.views.surface3d.marks import Readout
from optlab.ui.views.surface3d.scene import Scene
from optlab.ui.views.surface3d.software import SoftwareCanvas

if TYPE_CHECKING:
    from optlab.ui.views.surface3d.opengl.canvas import GLCanvas

_ZOOM: Final = 1.15
_DEGREES_PER_PIXEL: Final = 0.45
_KEY_DEGREES: Final = 6.0
_LEFT: Final = Qt.MouseButton.LeftButton
_PANNING: Final = (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)


class Surface3DView(QWidget):
    """The loss over w1, w2 as a surface in 3D with the paths of runs on it.

    Mouse: dragging orbits, with the right or middle button or Shift it pans, the wheel zooms around
    the pointer, a double click returns to the first view. Keys: arrows orbit (with Ctrl too, for
    windows that use the plain ones), + and - zoom, 0 returns. Coordinates in signals are w1, w2.

    OpenGL draws where a graphics card does it, else, or where OpenGL fails, the processor. A view
    that was not shown yet has not asked for a driver.
    """

    hovered = Signal(float, float)
    hover_left = Signal()
    camera_changed = Signal(object)
    rendering_changed = Signal(object)
    driver_tried = Signal(bool)  # False before a driver is used, True when it has drawn or failed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Loss surface in 3D")
        self.setAccessibleDescription(
            "Loss as a height over w1 and w2 with the paths of the runs. Arrow keys orbit, "
            "plus and minus zoom, 0 returns to the first view."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 160)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.scene = Scene()
        self.scene.when_laid = self._paths_are_laid
        self._readout = Readout()
        self._software = SoftwareCanvas(self.scene, self._readout, self)
        self._opengl: GLCanvas | None = None
        self.canvas: SoftwareCanvas | GLCanvas = self._software
        self._choice: RendererChoice = "auto"
        self._failure = ""
        self._is_trying = False
        self._rendering: Rendering | None = None
        self._held: QPointF | None = None
        self._panning = False
        self._pointer = QPointF()

    # --- what is shown ---------------------------------------------------------------------

    def set_background(self, background: Background) -> None:
        """Say how to have long paths made ready beside; without, they are made where they are."""
        self.scene.background = background

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self.scene.theme = theme
        self.canvas.show_look()

    def set_style(
        self,
        *,
        color_map: str | None = None,
        lines: bool | None = None,
        minima: bool | None = None,
    ) -> None:
        """Change how the surface looks; what is None stays.

        ``color_map`` is one of ``COLOR_MAPS`` (ValueError otherwise), ``lines`` and ``minima`` say
        whether mesh and contour lines and the minima are drawn.
        """
        scene = self.scene
        if color_map is not None:
            if color_map not in COLOR_MAPS:
                raise ValueError(f"there is no colour map {color_map!r}")
            scene.colors = color_map
        scene.lines = scene.lines if lines is None else lines
        scene.crosses = scene.crosses if minima is None else minima
        self.canvas.show_look()

    def set_picture(self, picture: SurfacePicture | None) -> None:
        """Show another surface, or the same on another window; None shows none."""
        self.scene.picture = picture
        self.scene.surface_changed()
        self.canvas.show_surface()

    def set_paths(self, paths: Sequence[PathDrawing]) -> None:
        """Show these paths; the selected one comes on top."""
        self.scene.paths = tuple(sorted(paths, key=lambda path: path.selected))
        self.scene.paths_changed()
        self.canvas.show_paths()

    def _paths_are_laid(self) -> None:
        self.canvas.show_paths()

    def set_step(self, step: int) -> None:
        """Move to ``step`` (>= 0): paths are strong up to it and faint beyond."""
        if step != self.scene.step:
            before, self.scene.step = self.scene.step, step
            self.canvas.show_step(before)

    def set_start(self, w1: float, w2: float) -> None:
        """Put the square of the start at w1, w2."""
        if (w1, w2) != self.scene.start:
            self.scene.start = (w1, w2)
            self.canvas.show_start()

    def set_names(self, names: tuple[str, str]) -> None:
        """Name the axes of the floor."""
        if names != self.scene.names:
            self.scene.names = names
            self.canvas.show_look()

    def set_minima(self, minima: Sequence[tuple[float, float]]) -> None:
        """Mark these known minima with crosses."""
        self.scene.minima = tuple(minima)
        self.canvas.show_minima()

    def camera(self) -> Camera:
        """From where the surface is seen."""
        return self.scene.camera

    def set_camera(self, camera: Camera) -> None:
        """Look from elsewhere, or at other heights."""
        old, self.scene.camera = self.scene.camera, camera
        if (old.height, old.exaggeration) != (camera.height, camera.exaggeration):
            self.scene.surface_changed()
            self.canvas.show_surface()
        elif camera != old:
            self.canvas.show_camera()

    def set_hover_text(self, text: str) -> None:
        """Show ``text`` beside the pointer; empty hides it."""
        changed = self._readout.put(text, self._pointer, QRectF(self.rect()))
        if changed:
            self.canvas.show_readout(changed)

    def finish(self) -> None:
        """Draw what is shown finely now, without waiting for a pause; pictures need it."""
        self.canvas.finish()

    # --- what draws ----------------------------------------------------------------------------

    def set_renderer(self, choice: RendererChoice) -> None:
        """Have "opengl" or the processor ("software") draw, or "auto": what the machine has.

        A choice is also another try for OpenGL that has failed.
        """
        self._choice, self._failure, self._rendering = choice, "", None
        if self.isVisible():
            self._choose_canvas()

    def distrust(self, reason: str) -> None:
        """Leave OpenGL alone for a reason, unless it is asked for by name."""
        if self._choice == "auto":
            self._failure = reason

    def rendering(self) -> Rendering | None:
        """What draws, None until the view was shown."""
        return self._rendering

    def _choose_canvas(self) -> None:
        with_driver = self._choice != "software" and not self._failure
        if with_driver and self._opengl is None:
            self._is_trying = True
            self.driver_tried.emit(False)
        found = driver() if with_driver else Driver()
        self._rendering = rendering(
            self._choice,
            found=found.renderer,
            hardware=found.hardware,
            problem=found.problem,
            failure=self._failure,
        )
        if self._rendering.renderer == "opengl" and self._opengl is None:
            self._open_gl()
        if self._rendering.renderer == "software":
            self._has_tried()
        drawn_by = self._opengl if self._rendering.renderer == "opengl" else None
        self._put(self._software if drawn_by is None else drawn_by)
        self.rendering_changed.emit(self._rendering)

    def _open_gl(self) -> None:
        """Make the canvas that OpenGL draws on; the library is imported now."""
        try:
            from optlab.ui.views.surface3d.opengl.canvas import GLCanvas

            self._opengl = GLCanvas(self.scene, self._readout, self, driver().hardware)
        except Exception as error:
            self._rendering = Rendering("software", f"OpenGL failed, {error}")
        else:
            self._opengl.failed.connect(self._fall_back)
            self._opengl.drew.connect(self._has_tried)

    def _put(self, canvas: SoftwareCanvas | GLCanvas) -> None:
        if canvas is not self.canvas:
            old, self.canvas = self.canvas, canvas
            canvas.setGeometry(self.rect())
            canvas.show_look()
            canvas.show_surface()
            canvas.show()
            old.hide()
            canvas.finish()

    def _has_tried(self) -> None:
        if self._is_trying:
            self._is_trying = False
            self.driver_tried.emit(True)

    def _fall_back(self, reason: str) -> None:
        """OpenGL cannot draw: the processor goes on with the same scene.

        The canvas stays, out of sight: taking a broken context apart is asking for more trouble.
        """
        self._failure, self._opengl = reason, None
        self._choose_canvas()

    # --- looking around ----------------------------------------------------------------------

    def reset(self) -> None:
        """Return to the first view."""
        self._look(self.scene.camera.home())

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom in by ``factor``; what is at the pixel ``around``, else the middle, stays there."""
        at = (0.0, 0.0)
        if around is not None:
            at = self.scene.projection.units(around.x(), around.y())
        self._look(self.scene.camera.zoomed(factor, at))

    def orbit(self, right: float, up: float) -> None:
        """Turn by degrees around the vertical axis and up or down."""
        self._look(self.scene.camera.orbited(right, up))

    def _look(self, camera: Camera) -> None:
        if camera != self.scene.camera:
            self.hover_left.emit()  # another place of the surface is under the pointer
            self.set_camera(camera)
            self.camera_changed.emit(camera)

    def _turn_around_the_middle(self) -> None:
        """Have the next turns keep what is in the middle of the picture where it is.

        A scene that was neither moved nor enlarged turns around itself.
        """
        scene, relief = self.scene, self.scene.relief
        if relief is None or not scene.camera.moved:
            return
        middle = self.width() / 2, self.height() / 2
        point = relief.point_at(place_under(*middle, relief, scene.projection))
        if point is not None:
            scene.camera = scene.camera.turning_around(point)

    # --- the mouse -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the scene."""
        if self._held is None and (event.button() == _LEFT or event.button() in _PANNING):
            self._held = event.position()
            self.hover_left.emit()
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._panning = shift or event.button() != _LEFT
            self._turn_around_the_middle()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Orbit or pan what is held; without a button, tell where the pointer is."""
        at = event.position()
        if self._held is None:
            self._tell(at)
            return
        way, self._held = at - self._held, at
        if self._panning:
            scale = self.scene.projection.scale
            self._look(self.scene.camera.panned(way.x() / scale, -way.y() / scale))
        else:
            self.orbit(-way.x() * _DEGREES_PER_PIXEL, way.y() * _DEGREES_PER_PIXEL)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if not event.buttons():
            self._held = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Return to the first view."""
        if event.button() == _LEFT:
            self.reset()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        turns = event.angleDelta().y() / 120.0
        if turns == 0.0:
            event.ignore()
            return
        self.zoom(_ZOOM**turns, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone."""
        self.hover_left.emit()
        super().leaveEvent(event)

    def _tell(self, at: QPointF) -> None:
        relief = self.scene.relief
        place = None
        if relief is not None:
            place = place_under(at.x(), at.y(), relief, self.scene.projection)
        if relief is None or place is None:
            self.hover_left.emit()
        else:
            self._pointer = at
            self.hovered.emit(*relief.weights(*place))

    # --- the keys --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Orbit, zoom and return; all other keys belong to the window."""
        ways = {
            Qt.Key.Key_Left: (-_KEY_DEGREES, 0.0),
            Qt.Key.Key_Right: (_KEY_DEGREES, 0.0),
            Qt.Key.Key_Up: (0.0, _KEY_DEGREES),
            Qt.Key.Key_Down: (0.0, -_KEY_DEGREES),
        }
        key = event.key()
        if key in ways:
            self._turn_around_the_middle()
            self.orbit(*ways[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_0:
            self.reset()
        else:
            super().keyPressEvent(event)

    # --- size --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """A size at which details can be seen."""
        return QSize(560, 520)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The canvas fills the view."""
        self.scene.width, self.scene.height = self.width(), self.height()
        self.canvas.setGeometry(self.rect())
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for a driver when there is something to draw for the first time."""
        if self._rendering is None:
            self._choose_canvas()
        super().showEvent(event)
