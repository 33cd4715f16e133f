"""How map and surface look: a person's choice goes to the view, and from there to both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, get_args

from PySide6.QtCore import QObject, QSettings, Signal

from optlab.core.analysis.view_window import path_window
from optlab.core.problems import map_window
from optlab.pictures.color_tables import COLOR_MAPS
from optlab.pictures.surface3d.camera import Camera, camera_of, camera_view
from optlab.pictures.surface3d.renderers import RendererChoice, Rendering, renderer_asked
from optlab.session.session import Session
from optlab.session.view import CameraView, View
from optlab.ui.shell.redraw import delayed
from optlab.ui.views.contour import ContourView
from optlab.ui.views.status import StatusLine
from optlab.ui.views.surface3d import Surface3DView

Value = str | int | float | bool
RENDERER = "renderer"
_REST_MS = 150


@dataclass(frozen=True)
class Choice:
    """One of several values: the field of the look, its title, values with their texts."""

    field: str
    title: str
    values: tuple[tuple[Value, str], ...]


CHOICES = (
    Choice("color_map", "Colour map", tuple((name, name) for name in COLOR_MAPS)),
    Choice("levels", "Number of levels", tuple((n, str(n)) for n in (6, 10, 15, 20, 30, 45))),
    Choice(
        "height",
        "Height in 3D",
        (("levels", "as the levels"), ("log", "logarithmic"), ("linear", "linear")),
    ),
    Choice(
        "exaggeration",
        "Exaggeration in 3D",
        tuple((x, f"× {x:g}") for x in (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)),
    ),
    Choice(
        RENDERER,
        "Drawing in 3D",
        (("auto", "automatic"), ("opengl", "OpenGL"), ("software", "processor")),
    ),
)
SWITCHES = (
    ("lines", "Contour lines"),
    ("color_bar", "Colour bar"),
    ("equal_scale", "Equal scales of w₁ and w₂"),
)


class DisplayController(QObject):
    """Gives the views their look from the view of the experiment; ``changed`` tells of another.

    What draws in 3D is a matter of the machine, and remembered in its settings.
    """

    changed = Signal()

    def __init__(
        self, session: Session, contour: ContourView, space: Surface3DView, settings: QSettings
    ) -> None:
        super().__init__(contour)
        self._session = session
        self._contour, self._space = contour, space
        self._settings = settings
        self._applied: tuple[Value, ...] = ()
        self._kept: CameraView | None = None
        # A camera in motion stays with the view of the surface: each of its places would have
        # the map and all that hears of another view drawn again.
        self._rest = delayed(self, _REST_MS, self.keep_camera)
        self._renderer = _renderer(settings)
        space.set_renderer(renderer_asked() or self._renderer)
        space.camera_changed.connect(self._camera_moved)
        session.view_changed.connect(self._changed)
        self._apply()

    def value(self, field: str) -> Value:
        """What was chosen for a field. Raises AttributeError for an unknown one."""
        if field == RENDERER:
            return self._renderer
        found: Value = getattr(self._session.view, field)
        return found

    def choose(self, field: str, value: Value) -> None:
        """Another value for a field of the view, or what draws in 3D.

        Raises TypeError for an unknown field.
        """
        if field != RENDERER:
            self._session.show(**{field: value})
            return
        self._settings.setValue(f"look/{field}", str(value))
        self._renderer = _renderer(self._settings)
        self._space.set_renderer(self._renderer)
        self.changed.emit()

    def zoom_to_paths(self) -> None:
        """Shows the window around all paths that are drawn; those that ran away count only when
        there are no others."""
        session = self._session
        if session.resolved.no_map:
            session.set_window(None)  # that of a plane is around the paths
            return
        drawn = [
            session.trajectories[run.id]
            for run in session.document.runs
            if run.visible and run.id in session.trajectories
        ]
        calm = [walk for walk in drawn if walk.outcome.kind != "diverged"]
        walks = [walk.weights for walk in calm or drawn]
        window = path_window(walks, map_window(session.resolved.problem.window))
        if window is not None:
            session.set_window(window)

    def keep_camera(self) -> None:
        """Puts the camera into the experiment now, without waiting for a rest."""
        self._rest.stop()
        self._session.show(camera=camera_view(self._space.camera()))

    def _changed(self, _view: View) -> None:
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        view = self._session.view
        style = view.color_map, view.lines, view.minima, view.color_bar, view.equal_scale
        if style != self._applied:
            self._applied = style
            self._contour.set_style(
                color_map=view.color_map,
                lines=view.lines,
                minima=view.minima,
                color_bar=view.color_bar,
                equal_scale=view.equal_scale,
            )
            self._space.set_style(color_map=view.color_map, lines=view.lines, minima=view.minima)
        camera = camera_of(view)
        if view.camera != self._kept:
            self._kept = view.camera
            self._rest.stop()
        elif self._rest.isActive():  # the one in motion is newer
            camera = replace(
                self._space.camera(), height=camera.height, exaggeration=camera.exaggeration
            )
        self._space.set_camera(camera)

    def _camera_moved(self, _camera: Camera) -> None:
        self._rest.start()


def _renderer(settings: QSettings) -> RendererChoice:
    """What shall draw in 3D; whatever is not offered is as usual."""
    text = str(settings.value(f"look/{RENDERER}"))
    return next((choice for choice in get_args(RendererChoice) if choice == text), "auto")


_UNFINISHED: Final = "opengl/unfinished"
_PLACE: Final = "View ▸ Look of the surface ▸ Drawing in 3D has another try."
_ENDED: Final = "it ended the program when it was used last"


class RenderingController(QObject):
    """A word in the status line while the processor draws because OpenGL cannot.

    A driver that crashes takes the program along, so it is written down before one is used, and
    crossed out when it has drawn. Where the line is found at the next start, it is not tried again.
    """

    def __init__(
        self,
        view: Surface3DView,
        line: StatusLine,
        say: Callable[[str], None],
        settings: QSettings,
    ) -> None:
        super().__init__(view)
        self._view, self._line, self._say = view, line, say
        self._last: Rendering | None = None
        self._settings = settings
        if settings.value(_UNFINISHED) is not None:
            view.distrust(_ENDED)
        view.rendering_changed.connect(self._changed)
        view.driver_tried.connect(self._tried)

    def show(self, _layout: str = "") -> None:
        """The word belongs to the view: it comes and goes with it."""
        rendering = self._view.rendering()
        if rendering is None or not rendering.reason or not self._view.isVisible():
            self._line.set_rendering("")
            return
        tip = f"The processor draws the surface, because {rendering.reason}. {_PLACE}"
        self._line.set_rendering("3D without OpenGL", tip)

    def _tried(self, it_drew: bool) -> None:
        if it_drew:
            self._settings.remove(_UNFINISHED)
        else:
            self._settings.setValue(_UNFINISHED, True)
        self._settings.sync()

    def _changed(self, rendering: Rendering) -> None:
        if self._last is not None and self._last.renderer == "opengl" and rendering.reason:
            self._say(f"The processor draws the surface now: {rendering.reason}")
        self._last = rendering
        self.show()
