"""How map and surface look: what a person chose, remembered and given to the views."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from PySide6.QtCore import QObject, QSettings, Signal

from optlab.pictures.surface3d.camera import Height
from optlab.pictures.surface3d.renderers import RendererChoice, renderer_asked
from optlab.session.session import Session
from optlab.session.sight import path_window
from optlab.ui.plots.colors import COLOR_MAPS
from optlab.ui.views.contour import ContourView
from optlab.ui.views.surface3d import Surface3DView

Value = str | int | float | bool


@dataclass(frozen=True)
class Look:
    """``height`` is "levels" (as these are), "log" or "linear"; the last is its stretching."""

    color_map: str = COLOR_MAPS[0]
    levels: int = 20
    height: Height = "levels"
    exaggeration: float = 1.0
    lines: bool = True
    color_bar: bool = False
    equal_scale: bool = False
    renderer: RendererChoice = "auto"


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
        "renderer",
        "Drawing in 3D",
        (("auto", "automatic"), ("opengl", "OpenGL"), ("software", "processor")),
    ),
)
SWITCHES = (
    ("lines", "Contour lines"),
    ("color_bar", "Colour bar"),
    ("equal_scale", "Equal scales of w₁ and w₂"),
)


class LookController(QObject):
    """Holds the look; ``changed`` tells that it is another one."""

    changed = Signal()

    def __init__(
        self, session: Session, contour: ContourView, space: Surface3DView, settings: QSettings
    ) -> None:
        super().__init__(contour)
        self._session = session
        self._contour, self._space = contour, space
        self._settings = settings
        self._look = _read(settings)
        space.set_renderer(renderer_asked() or self._look.renderer)
        self._apply()

    @property
    def look(self) -> Look:
        """What was chosen."""
        return self._look

    def choose(self, field: str, value: Value) -> None:
        """Another value for a field of the look. Raises TypeError for an unknown field."""
        self._look = replace(self._look, **{field: value})  # type: ignore[arg-type]
        self._settings.setValue(f"look/{field}", str(value))
        self._apply()
        if field == "renderer":
            self._space.set_renderer(self._look.renderer)
        self.changed.emit()

    def zoom_to_paths(self) -> None:
        """Shows the window around all paths that are drawn; those that ran away count only when
        there are no others."""
        session = self._session
        drawn = [
            session.trajectories[run.id]
            for run in session.document.runs
            if run.visible and run.id in session.trajectories
        ]
        calm = [walk for walk in drawn if walk.outcome.kind != "diverged"]
        walks = [walk.weights[:, :2] for walk in calm or drawn]
        home = session.resolved.problem.window
        window = path_window(walks, (home[0], home[1]))
        if window is not None:
            session.set_window(window)

    def _apply(self) -> None:
        look = self._look
        self._contour.set_style(
            color_map=look.color_map,
            lines=look.lines,
            color_bar=look.color_bar,
            equal_scale=look.equal_scale,
        )
        self._space.set_style(color_map=look.color_map, lines=look.lines)
        self._space.set_height(look.height, look.exaggeration)
        self._session.set_style(replace(self._session.style, levels=look.levels))


def _read(settings: QSettings) -> Look:
    """A remembered look; whatever is not offered is as usual."""
    found: dict[str, Value] = {}
    for choice in CHOICES:
        text = str(settings.value(f"look/{choice.field}"))
        fitting = [value for value, _ in choice.values if str(value) == text]
        found.update((choice.field, value) for value in fitting)
    for field, _ in SWITCHES:
        text = str(settings.value(f"look/{field}")).capitalize()
        if text in ("True", "False"):
            found[field] = text == "True"
    return Look(**{**asdict(Look()), **found})
