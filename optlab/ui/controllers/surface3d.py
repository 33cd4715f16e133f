"""Connects the surface in space with the session."""

from __future__ import annotations

from optlab.core.contours import SurfacePicture
from optlab.session.session import Session
from optlab.ui.controllers.paths import PathsController
from optlab.ui.views.surface3d import Surface3DView


class Surface3DController(PathsController):
    """Shows the same surface, paths and cursor as the map."""

    def __init__(self, session: Session, view: Surface3DView) -> None:
        self._view = view
        super().__init__(session, view, view)

    def _picture(self, picture: SurfacePicture) -> None:
        super()._picture(picture)
        self._view.set_height(picture.colors.scale)
