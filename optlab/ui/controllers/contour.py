"""Connects the contour map with the session."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from optlab.core.problems import map_window
from optlab.session.experiment import changed
from optlab.session.resolve import Resolved
from optlab.session.session import Session
from optlab.ui.controllers.paths import PathsController
from optlab.ui.controllers.reading import reading
from optlab.ui.redraw import Redraw, delayed
from optlab.ui.views.contour import ContourView


class ContourController(PathsController):
    """Shows surface, paths and cursor; proposes another start and another window."""

    def __init__(self, session: Session, view: ContourView, redraw: Redraw) -> None:
        self._view = view
        super().__init__(session, view, redraw, view)
        # The start may still be put back by the second half of a double click.
        self._put_back: tuple[float, ...] = ()
        self._second_click = delayed(self, QApplication.doubleClickInterval(), self._settle)
        view.start_moved.connect(self._drag_start)
        view.start_chosen.connect(self._choose_start)
        view.window_changed.connect(self._window)
        view.hovered.connect(self._hover)
        view.hover_left.connect(self._leave)

    def _move_start(self, w1: float, w2: float) -> None:
        if self._session.resolved.no_map:
            return
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
        if self._session.resolved.no_map:
            return
        home = window == self._session.resolved.problem.window
        self._session.set_window(None if home else window)

    def _show(self, resolved: Resolved) -> None:
        super()._show(resolved)
        if resolved.map_window is not None:
            self._view.set_window(resolved.map_window)

    def _another_problem(self, resolved: Resolved) -> None:
        super()._another_problem(resolved)
        self._view.set_home(map_window(resolved.problem.window))

    def _leave(self) -> None:
        self._view.set_hover_text("")

    def _hover(self, w1: float, w2: float) -> None:
        self._view.set_hover_text(reading(self._session, w1, w2, self._view.window_shown()))
