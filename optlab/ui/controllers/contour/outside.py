"""Says what lies outside the map, and fits the map to paths of which nothing is seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF

from optlab.core.analysis.view_window import is_inside, on_border, path_window, window_around
from optlab.core.display import short
from optlab.core.problems import pair
from optlab.core.run import Trajectory
from optlab.session.experiment import Run
from optlab.session.session import Session
from optlab.ui.controllers.contour.display_options import DisplayController
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.contour import ContourView
from optlab.ui.widgets.border_mark import BorderMark, MapButton, Outside

_INSET, _BETWEEN = 6, 4
_TIP = "outside the map; click to show the whole paths (Ctrl+9)"


@dataclass(frozen=True)
class _Away:
    """Something with a point outside the shown window."""

    name: str
    color: str
    at: tuple[float, float]


class OutsideController(QObject):
    """Marks at the border of the map, and a button that shows all of the paths."""

    def __init__(
        self, session: Session, view: ContourView, look: DisplayController, redraw: Redraw
    ) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._look = look
        self._fitted_for: object = None
        self._marks: list[BorderMark] = []
        self._button = MapButton("show paths", "Show the whole paths (Ctrl+9)", view)
        self._button.hide()
        self._button.clicked.connect(look.zoom_to_paths)
        self._request = redraw.add(
            self._show,
            Change.RESOLVED
            | Change.TRAJECTORIES
            | Change.PLANE
            | Change.DOCUMENT
            | Change.SELECTION
            | Change.PLAYBACK
            | Change.WORK
            | Change.THEME,
        )
        view.installEventFilter(self)
        view.window_changed.connect(self._window_changed)

    def marks(self) -> tuple[BorderMark, ...]:
        """The marks that are shown."""
        return tuple(mark for mark in self._marks if not mark.isHidden())

    def button(self) -> MapButton:
        """The button that shows the whole paths."""
        return self._button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The marks go along with the border."""
        if event.type() == QEvent.Type.Resize:
            self._request()
        return False

    def _window_changed(self, *_window: float) -> None:
        self._request()

    def _show(self, _changed: Change) -> None:
        """Fits the window where nothing is seen, then marks what lies outside."""
        self._fit()
        away = self._away()
        while len(self._marks) < len(away):
            mark = BorderMark(self._view)
            mark.clicked.connect(self._look.zoom_to_paths)
            self._marks.append(mark)
        for mark in self._marks[len(away) :]:
            mark.hide()
        area = self._view.map_rect()
        taken: list[QRectF] = []
        for mark, what in zip(self._marks, away, strict=False):
            self._place(mark, what, area, taken)
        self._button.setVisible(bool(away))
        size = self._button.sizeHint()
        left, top = area.center().x() - size.width() / 2, area.bottom() - size.height() - _INSET
        self._button.setGeometry(round(left), round(top), size.width(), size.height())

    def _place(self, mark: BorderMark, what: _Away, area: QRectF, taken: list[QRectF]) -> None:
        """At the border towards its point, beside those that are there."""
        pixel = self._view.pixel_at(*what.at) - area.topLeft()
        limit = 1e7  # pixels: a run that diverged is infinitely far
        point = tuple(max(-limit, min(limit, value)) for value in (pixel.x(), pixel.y()))
        x, y, angle = on_border((point[0], point[1]), area.width(), area.height())
        at = ", ".join(short(value, 3) for value in what.at)
        text = f"{what.name} ({at})"
        mark.show_outside(Outside(text, what.color, angle, f"{text} is {_TIP}"))
        size, inner = mark.sizeHint(), area.adjusted(_INSET, _INSET, -_INSET, -_INSET)
        box = QRectF(0, 0, size.width(), size.height())
        box.moveCenter(QPointF(x, y) + area.topLeft())
        box.moveLeft(max(inner.left(), min(box.left(), inner.right() - box.width())))
        box.moveTop(max(inner.top(), min(box.top(), inner.bottom() - box.height())))
        down = box.center().y() < area.center().y()
        while any(box.intersects(other) for other in taken) and inner.contains(box.center()):
            box.translate(0, (size.height() + _BETWEEN) * (1 if down else -1))
        taken.append(box)
        mark.setGeometry(box.toRect())
        mark.show()

    def _away(self) -> list[_Away]:
        """The start and the current points of visible runs, as far as they are outside."""
        session, theme = self._session, theme_of(self._view)
        flat = session.flat
        if not session.document.runs or flat.why_not:
            return []
        (left, right), (bottom, top) = self._view.window_shown()
        found = []
        candidates = [_Away("start", theme.text, pair(flat.resolved.start))]
        for run, walk in self._walks():
            at = pair(walk.weights[min(session.playback.step, walk.steps)].tolist())
            candidates.append(_Away(run.name, theme.run(run.color), at))
        for one in candidates:
            w1, w2 = one.at
            if not (left <= w1 <= right and bottom <= w2 <= top) and not math.isnan(w1 + w2):
                found.append(one)
        return found

    def _walks(self) -> list[tuple[Run, Trajectory]]:
        paths = self._session.flat.trajectories
        return [
            (run, paths[run.id])
            for run in self._session.document.runs
            if run.visible and run.id in paths
        ]

    def _fit(self) -> None:
        """Shows the paths of a new start, surface or file, of which nothing is in the window.

        A window that a person chose stays: only another path is looked for.
        """
        session = self._session
        if session.work is not None or dict(session.computed) != dict(session.resolved.specs):
            return
        resolved = session.resolved
        paths = {run_id: spec.start for run_id, spec in resolved.specs.items()}
        about = (resolved.problem, tuple(sorted(paths.items())))
        if about == self._fitted_for:
            return
        self._fitted_for = about
        window = resolved.map_window
        if window is None:
            return
        walks = [walk.weights for _, walk in self._walks()]
        if not walks or any(is_inside(walk, window) for walk in walks):
            return
        calm = [walk for _, walk in self._walks() if walk.outcome.kind != "diverged"]
        home = window_around(pair(resolved.start), window)
        fitted = path_window([walk.weights for walk in calm] or walks, home)
        if fitted is not None:
            session.fit_window(fitted)
