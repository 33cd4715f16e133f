"""Connects the contour map with the session."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from optlab.core.formula.compiled import Array
from optlab.core.numbers_text import short
from optlab.session.experiment import changed
from optlab.session.resolve import Resolved
from optlab.session.session import Session
from optlab.ui.controllers.paths import PathsController
from optlab.ui.views.contour import ContourView

_LOOKED_AT = 20_000  # rows of a path that are compared with the pointer at once
_NEAR = 0.03  # of the window's width: how near the pointer must be to a path to read it out


class ContourController(PathsController):
    """Shows surface, paths and cursor; proposes another start and another window."""

    def __init__(self, session: Session, view: ContourView) -> None:
        self._view = view
        super().__init__(session, view, view)
        # The start may still be put back by the second half of a double click.
        self._put_back: tuple[float, ...] = ()
        self._second_click = QTimer(
            self, singleShot=True, interval=QApplication.doubleClickInterval()
        )
        self._second_click.timeout.connect(self._settle)
        view.start_moved.connect(self._drag_start)
        view.start_chosen.connect(self._choose_start)
        view.window_changed.connect(self._window)
        view.hovered.connect(self._hover)
        view.hover_left.connect(self._leave)

    def _move_start(self, w1: float, w2: float) -> None:
        self._session.propose(changed(self._session.document, start=(w1, w2)), "start")

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
        home = window == self._session.resolved.problem.window
        self._session.set_window(None if home else window)

    def _show(self, resolved: Resolved) -> None:
        super()._show(resolved)
        self._view.set_window((resolved.window[0], resolved.window[1]))

    def _another_problem(self, resolved: Resolved) -> None:
        super()._another_problem(resolved)
        window = resolved.problem.window
        self._view.set_home((window[0], window[1]))

    def _leave(self) -> None:
        self._view.set_hover_text("")

    def _hover(self, w1: float, w2: float) -> None:
        loss = self._session.resolved.problem.loss((w1, w2))
        text = f"w ({short(w1)}, {short(w2)})   E {short(loss)}"
        self._view.set_hover_text(text + self._nearest(w1, w2))

    def _nearest(self, w1: float, w2: float) -> str:
        """The nearest step of the nearest visible path, where one is near."""
        (left, right), (bottom, top) = self._view.window_shown()
        scale = np.array([right - left, top - bottom])
        here = np.array([w1, w2])
        best, found = _NEAR, ""
        for run in self._session.document.runs:
            trajectory = self._session.trajectories.get(run.id)
            if trajectory is None or not run.visible:
                continue
            step, distance = nearest_row(trajectory.weights[:, :2], here, scale)
            if distance < best:
                best = distance
                at = ", ".join(short(float(value)) for value in trajectory.weights[step])
                loss = short(float(trajectory.loss[step]))
                found = f"\n{run.name}, step {step}: w ({at})   E {loss}"
        return found


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
