"""Connects the surface in space with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from optlab.core.contours import SurfacePicture
from optlab.session.playback import Playback
from optlab.session.resolve import Resolved
from optlab.session.session import Session
from optlab.ui.controllers.paths import path_drawings, paths_shown
from optlab.ui.views.surface3d import Surface3DView


class Surface3DController(QObject):
    """Shows the same surface, paths and cursor as the map."""

    def __init__(self, session: Session, view: Surface3DView) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._problem: object = None
        self._paths: object = None
        self._wait = QTimer(self, singleShot=True, interval=0)
        self._wait.timeout.connect(self.show_paths)
        session.resolved_changed.connect(self._show)
        session.picture_changed.connect(self._picture)
        session.document_changed.connect(self._later)
        session.trajectories_changed.connect(self._later)
        session.selection_changed.connect(self._later)
        session.playback_changed.connect(self._cursor)
        self._show(session.resolved)

    def _show(self, resolved: Resolved) -> None:
        self._view.set_start(resolved.start[0], resolved.start[1])
        if resolved.problem != self._problem:
            self._problem = resolved.problem
            self._view.set_minima([(m.at[0], m.at[1]) for m in resolved.problem.minima])

    def _picture(self, picture: SurfacePicture) -> None:
        self._view.set_picture(picture)
        self._view.set_height(picture.colors.scale)

    def _later(self, _what: object = None) -> None:
        self._wait.start()

    def show_paths(self) -> None:
        """Gives the view the newest paths."""
        shown = paths_shown(self._session)
        if shown != self._paths:
            self._paths = shown
            self._view.set_paths(path_drawings(self._session))

    def _cursor(self, playback: Playback) -> None:
        self._view.set_step(playback.step)
