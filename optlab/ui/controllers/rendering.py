"""Says what draws the surface in 3D, and remembers a driver that ended the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QSettings

from optlab.pictures.surface3d.renderers import Rendering
from optlab.ui.views.status import StatusLine
from optlab.ui.views.surface3d import Surface3DView

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
