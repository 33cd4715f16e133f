"""Says what draws the surface in 3D where that is not what one would expect."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from optlab.pictures.surface3d.renderers import Rendering
from optlab.ui.views.status import StatusLine
from optlab.ui.views.surface3d import Surface3DView


class RenderingController(QObject):
    """A word in the status line while the processor draws because OpenGL cannot."""

    def __init__(self, view: Surface3DView, line: StatusLine, say: Callable[[str], None]) -> None:
        super().__init__(view)
        self._view, self._line, self._say = view, line, say
        self._last: Rendering | None = None
        view.rendering_changed.connect(self._changed)

    def show(self, _layout: str = "") -> None:
        """The word belongs to the view: it comes and goes with it."""
        rendering = self._view.rendering()
        if rendering is None or not rendering.reason or not self._view.isVisible():
            self._line.set_rendering("")
            return
        tip = f"The processor draws the surface, because {rendering.reason}."
        self._line.set_rendering("3D without OpenGL", f"{tip} View ▸ Look ▸ Drawing in 3D")

    def _changed(self, rendering: Rendering) -> None:
        if self._last is not None and self._last.renderer == "opengl" and rendering.reason:
            self._say(f"The processor draws the surface now: {rendering.reason}")
        self._last = rendering
        self.show()
