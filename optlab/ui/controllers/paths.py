"""What the contour map and the surface in 3D have in common: start, minima, paths, cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject

from optlab.core.contours import SurfacePicture
from optlab.core.problems import pair
from optlab.pictures.contour import path_drawings
from optlab.pictures.theme import Theme
from optlab.pictures.trace import PathDrawing
from optlab.session.resolve import Resolved
from optlab.session.session import Session
from optlab.ui.plots.background import Background
from optlab.ui.redraw import Change, Redraw
from optlab.ui.style import theme_of

Value = TypeVar("Value")


class PathsView(Protocol):
    """A view of a surface with the paths of the runs on it."""

    def set_background(self, background: Background) -> None: ...
    def set_picture(self, picture: SurfacePicture | None) -> None: ...
    def set_start(self, w1: float, w2: float) -> None: ...
    def set_minima(self, minima: Sequence[tuple[float, float]]) -> None: ...
    def set_paths(self, paths: Sequence[PathDrawing]) -> None: ...
    def set_step(self, step: int) -> None: ...


class PathsController(QObject):
    """Shows the surface, the start, the known minima, the newest paths and the cursor."""

    def __init__(self, session: Session, view: PathsView, redraw: Redraw, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._drawn_on = view
        self._channel = f"paths of {type(self).__name__}"
        self._problem: object = None
        self._paths: object = None
        view.set_background(self._beside)
        session.resolved_changed.connect(self._show)
        session.picture_changed.connect(self._picture)
        redraw.add(
            self._show_paths,
            Change.DOCUMENT | Change.TRAJECTORIES | Change.SELECTION | Change.THEME,
        )
        redraw.add(self._show_cursor, Change.PLAYBACK)
        self._show(session.resolved)

    def _beside(self, work: Callable[[], Value], then: Callable[[Value], None]) -> None:
        self._session.ask(self._channel, lambda _control: work(), then)

    def _show(self, resolved: Resolved) -> None:
        if resolved.no_map:
            self._problem = None
            return
        if resolved.problem != self._problem:
            self._problem = resolved.problem
            self._another_problem(resolved)
        self._drawn_on.set_start(*pair(resolved.start))

    def _another_problem(self, resolved: Resolved) -> None:
        self._drawn_on.set_minima([pair(m.at) for m in resolved.problem.minima])

    def _picture(self, picture: SurfacePicture) -> None:
        self._drawn_on.set_picture(picture)

    def _show_paths(self, _changed: Change) -> None:
        """Gives the view the newest paths."""
        theme = theme_of(self.parent())
        shown = _paths_shown(self._session, theme)
        if shown != self._paths:
            self._paths = shown
            session = self._session
            parts = session.document, session.trajectories, theme, session.selected
            # No map shows the loss of other than two weights.
            self._drawn_on.set_paths(() if session.resolved.no_map else path_drawings(*parts))

    def _show_cursor(self, _changed: Change) -> None:
        self._drawn_on.set_step(self._session.playback.step)


def _paths_shown(session: Session, theme: Theme) -> tuple[object, ...]:
    """What the paths depend on: while it is equal, the paths are the same."""
    if session.resolved.no_map:
        return ()
    return tuple(
        (run.id, theme.run(run.color), run.style, run.id == session.selected, trajectory)
        for run in session.document.runs
        if run.visible and (trajectory := session.trajectories.get(run.id)) is not None
    )
