"""Connects the contour map and the surface in 3D with the session: start, minima, paths, cursor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from optlab.core.contours import SurfacePicture
from optlab.core.display import short
from optlab.core.formula.emit import Array
from optlab.core.problems import MapWindow, map_window, pair
from optlab.pictures.contour import path_drawings, seed_drawings
from optlab.pictures.theme import Theme
from optlab.pictures.trace import PathDrawing
from optlab.session.experiment import changed
from optlab.session.maps.planes import Flat
from optlab.session.session import Session
from optlab.ui.controllers.repetition import Repetition
from optlab.ui.plots.background import Background
from optlab.ui.shell.redraw import Change, Redraw, delayed
from optlab.ui.style.themes import theme_of
from optlab.ui.views.contour import ContourView
from optlab.ui.views.surface3d import Surface3DView

Value = TypeVar("Value")


class PathsView(Protocol):
    """A view of a surface with the paths of the runs on it."""

    def set_background(self, background: Background) -> None: ...
    def set_picture(self, picture: SurfacePicture | None) -> None: ...
    def set_names(self, names: tuple[str, str]) -> None: ...
    def set_start(self, w1: float, w2: float) -> None: ...
    def set_minima(self, minima: Sequence[tuple[float, float]]) -> None: ...
    def set_paths(self, paths: Sequence[PathDrawing]) -> None: ...
    def set_step(self, step: int) -> None: ...


class PathsController(QObject):
    """Shows the surface, the start, the known minima, the newest paths and the cursor.

    Of runs that are repeated over seeds the one with the median loss is drawn.
    """

    _shows_seeds = False

    def __init__(
        self,
        session: Session,
        view: PathsView,
        redraw: Redraw,
        parent: QObject,
        repetition: Repetition | None = None,
    ) -> None:
        super().__init__(parent)
        self._repetition = repetition or Repetition(session)
        self._session = session
        self._drawn_on = view
        self._channel = f"paths of {type(self).__name__}"
        self._problem: object = None
        self._paths: object = None
        view.set_background(self._in_worker)
        session.flat_changed.connect(self._show)
        session.picture_changed.connect(self._picture)
        redraw.add(
            self._show_paths,
            Change.DOCUMENT
            | Change.TRAJECTORIES
            | Change.PLANE
            | Change.SEEDS
            | Change.SELECTION
            | Change.THEME,
        )
        redraw.add(self._show_cursor, Change.PLAYBACK)
        self._show(session.flat)

    def _in_worker(self, work: Callable[[], Value], then: Callable[[Value], None]) -> None:
        self._session.ask(self._channel, lambda _control: work(), then)

    def _show(self, flat: Flat) -> None:
        if flat.why_not:
            self._problem = None
            return
        if flat.resolved.problem != self._problem:
            self._problem = flat.resolved.problem
            self._another_problem(flat)
        self._drawn_on.set_start(*pair(flat.resolved.start))

    def _another_problem(self, flat: Flat) -> None:
        self._drawn_on.set_names(flat.names)
        self._drawn_on.set_minima([pair(m.at) for m in flat.resolved.problem.minima])

    def _picture(self, picture: SurfacePicture) -> None:
        self._drawn_on.set_picture(picture)

    def _show_paths(self, _changed: Change) -> None:
        """Gives the view the newest paths."""
        theme = theme_of(self.parent())
        session, flat = self._session, self._session.flat
        repeated = {run.id: self._repetition.of(run.id) for run in session.document.runs}
        shown = (*_paths_shown(session, theme), repeated)
        if shown == self._paths:
            return
        self._paths = shown
        if flat.why_not:
            self._drawn_on.set_paths(())
            return
        trajectories, nearness = dict(flat.trajectories), dict(flat.nearness)
        others: dict[str, list[Array]] = {}
        for run_id, paths in repeated.items():
            middle = self._repetition.middle(run_id)
            if middle is None or run_id not in trajectories:
                continue
            trajectories[run_id] = flat.seen(middle[1])
            nearness.pop(run_id, None)  # another path than the one it is of
            if self._shows_seeds:
                others[run_id] = [
                    flat.seen(path).weights for path in paths if path is not middle[1]
                ]
        parts = session.document, trajectories, theme, session.selected, nearness
        self._drawn_on.set_paths(seed_drawings(path_drawings(*parts), others))

    def _show_cursor(self, _changed: Change) -> None:
        self._drawn_on.set_step(self._session.playback.step)


def _paths_shown(session: Session, theme: Theme) -> tuple[object, ...]:
    """What the paths depend on: while it is equal, the paths are the same."""
    flat = session.flat
    if flat.why_not:
        return ()
    return tuple(
        (run.id, theme.run(run.color), run.style, run.id == session.selected, trajectory)
        for run in session.document.runs
        if run.visible and (trajectory := flat.trajectories.get(run.id)) is not None
    )


class ContourController(PathsController):
    """Shows surface, paths and cursor; proposes another start and another window."""

    _shows_seeds = True

    def __init__(
        self,
        session: Session,
        view: ContourView,
        redraw: Redraw,
        repetition: Repetition | None = None,
    ) -> None:
        self._view = view
        super().__init__(session, view, redraw, view, repetition)
        # The start may still be put back by the second half of a double click.
        self._put_back: tuple[float, ...] = ()
        self._second_click = delayed(self, QApplication.doubleClickInterval(), self._settle)
        view.start_moved.connect(self._drag_start)
        view.start_chosen.connect(self._choose_start)
        view.window_changed.connect(self._window)
        view.hovered.connect(self._hover)
        view.hover_left.connect(self._leave)

    def _move_start(self, w1: float, w2: float) -> None:
        flat = self._session.flat
        if flat.why_not:
            return
        if not flat.takes_starts:
            self._view.set_start(*pair(flat.resolved.start))
            return
        start = flat.start_at((w1, w2), self._session.resolved.start)
        self._session.propose(changed(self._session.document, start=start), "start")

    def _drag_start(self, w1: float, w2: float) -> None:
        # A drag cannot be the second half of a double click: it is a change of its own.
        if self._second_click.isActive():
            self._settle()
        self._move_start(w1, w2)

    def _choose_start(self, w1: float, w2: float) -> None:
        if self._second_click.isActive() and (w1, w2) != self._put_back:
            self._settle()
        self._put_back = self._session.resolved.start
        self._move_start(w1, w2)
        self._second_click.start()

    def start_at(self, w1: float, w2: float) -> None:
        """Proposes another start, as a change of its own."""
        self._settle()
        self._move_start(w1, w2)
        self._settle()

    def _settle(self) -> None:
        self._second_click.stop()
        self._session.settle()

    def _window(self, w1_low: float, w1_high: float, w2_low: float, w2_high: float) -> None:
        window = ((w1_low, w1_high), (w2_low, w2_high))
        flat = self._session.flat
        if not flat.why_not:
            self._session.set_window(None if window == _home(flat) else window)

    def _show(self, flat: Flat) -> None:
        super()._show(flat)
        window = flat.resolved.map_window
        if window is not None and not flat.why_not:
            self._view.set_window(window)

    def _another_problem(self, flat: Flat) -> None:
        super()._another_problem(flat)
        self._view.set_home(_home(flat))

    def _leave(self) -> None:
        self._view.set_hover_text("")

    def _hover(self, w1: float, w2: float) -> None:
        self._view.set_hover_text(hover_text(self._session, w1, w2, self._view.window_shown()))


def _home(flat: Flat) -> MapWindow:
    """The window of the surface, or around the paths on a plane."""
    return flat.home or map_window(flat.resolved.problem.window)


class Surface3DController(PathsController):
    """Shows the same surface, paths and cursor as the map."""

    def __init__(
        self,
        session: Session,
        view: Surface3DView,
        redraw: Redraw,
        repetition: Repetition | None = None,
    ) -> None:
        self._view = view
        super().__init__(session, view, redraw, view, repetition)
        view.hovered.connect(self._hover)
        view.hover_left.connect(self._leave)

    def _hover(self, w1: float, w2: float) -> None:
        window = self._session.flat.resolved.map_window
        if window is not None:
            self._view.set_hover_text(hover_text(self._session, w1, w2, window))

    def _leave(self) -> None:
        self._view.set_hover_text("")

    def _picture(self, picture: SurfacePicture) -> None:
        super()._picture(picture)
        self._leave()  # another place may lie under the pointer now


_LOOKED_AT = 20_000  # rows of a path that are compared with the pointer at once
_NEAR = 0.03  # of the window's width: how near the pointer must be to a path to read it out

Window = tuple[tuple[float, float], tuple[float, float]]


def hover_text(session: Session, w1: float, w2: float, window: Window) -> str:
    """The weights and the loss there, and the nearest step of the nearest visible path.

    A path is near by the size of the ``window`` that is shown, its ranges of w1 and w2.
    """
    flat = session.flat
    if flat.why_not:
        return ""
    loss = flat.resolved.problem.loss((w1, w2))
    name = "c" if flat.on_plane and not flat.takes_starts else "w"
    where = ", ".join(flat.names) + " = " if flat.on_plane and name == "w" else f"{name} "
    text = f"{where}({short(w1)}, {short(w2)})"
    text += "" if math.isnan(loss) else f"   E {short(loss)}"
    (left, right), (bottom, top) = window
    scale = np.array([right - left, top - bottom])
    here = np.array([w1, w2])
    best, found = _NEAR, ""
    for run in session.document.runs:
        trajectory = flat.trajectories.get(run.id)
        if trajectory is None or not run.visible:
            continue
        step, distance = nearest_row(trajectory.weights, here, scale)
        if distance < best:
            best = distance
            at = ", ".join(short(float(value)) for value in trajectory.weights[step])
            loss_there = short(float(trajectory.loss[step]))
            found = f"\n{run.name}, step {step}: {name} ({at})   E {loss_there}"
            if flat.on_plane:
                found += f"   {short(float(flat.distances[run.id][step]), 3)} off the plane"
    return text + found


def nearest_row(
    points: Array, here: Array, scale: Array, most: int = _LOOKED_AT
) -> tuple[int, float]:
    """The row of ``points`` (n, 2) nearest to ``here``, and how far it is in units of ``scale``.

    Of more than ``most`` rows only some are looked at, and then all around the nearest of them.
    The distance is inf where no row is finite.
    """
    stride = -(-len(points) // most)
    rows = np.arange(0, len(points), stride)
    for _ in range(2 if stride > 1 else 1):
        with np.errstate(all="ignore"):
            apart = (points[rows] - here) / scale
            distance = np.hypot(apart[:, 0], apart[:, 1])
        distance[np.isnan(distance)] = np.inf
        at = int(rows[distance.argmin()])
        nearest = float(distance.min())
        rows = np.arange(max(0, at - stride), min(len(points), at + stride + 1))
    return at, nearest
