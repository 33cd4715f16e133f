"""Connects the surface in 3D with the session."""

from __future__ import annotations

from optlab.core.contours import SurfacePicture
from optlab.session.session import Session
from optlab.ui.controllers.paths import PathsController
from optlab.ui.controllers.reading import reading
from optlab.ui.redraw import Redraw
from optlab.ui.views.surface3d import Surface3DView


class Surface3DController(PathsController):
    """Shows the same surface, paths and cursor as the map."""

    def __init__(self, session: Session, view: Surface3DView, redraw: Redraw) -> None:
        self._view = view
        super().__init__(session, view, redraw, view)
        view.hovered.connect(self._hover)
        view.hover_left.connect(self._leave)

    def _hover(self, w1: float, w2: float) -> None:
        window = self._session.resolved.map_window
        if window is not None:
            self._view.set_hover_text(reading(self._session, w1, w2, window))

    def _leave(self) -> None:
        self._view.set_hover_text("")

    def _picture(self, picture: SurfacePicture) -> None:
        super()._picture(picture)
        self._leave()  # another place may lie under the pointer now
