"""Connects what is drawn at the current step (arrows, sizes, curvature) with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from optlab.core.analysis.curvature import Curvature, curvature_at, curvature_text
from optlab.core.analysis.stability import stability_at
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import RunSpec, Trajectory
from optlab.pictures.overlays import step_overlays
from optlab.session.session import Session
from optlab.ui.controllers.repetition import Repetition
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.contour import ContourView

ARROWS = (
    ("gradient", "−g, against the gradient"),
    ("memory", "Memory of the directions"),
    ("update", "Δw, the update itself"),
    ("look_ahead", "Where the gradient is taken"),
)
"""What the switch of the arrows shows, each with its key."""

_CHANGES = (
    Change.PLAYBACK
    | Change.TRAJECTORIES
    | Change.PLANE
    | Change.SEEDS
    | Change.SELECTION
    | Change.DOCUMENT
    | Change.WORK
    | Change.VIEW
    | Change.THEME
)
_Steps = tuple[RunSpec, Trajectory]
"""Numbers of a run, and what they were computed from."""


class OverlaysController(QObject):
    """Draws the switched-on overlays of the selected run; says when η is above the limit."""

    warned = Signal(str)

    def __init__(
        self,
        session: Session,
        view: ContourView,
        redraw: Redraw,
        repetition: Repetition | None = None,
    ) -> None:
        super().__init__(view)
        self._repetition = repetition or Repetition(session)
        self._session = session
        self._view = view
        redraw.add(self._show, _CHANGES, shown_in=view)
        redraw.add(self._warn, _CHANGES, shown_in=view, later=True)

    def is_on(self, key: str) -> bool:
        """Whether an overlay is drawn."""
        return key in self._session.view.overlays

    def switch(self, key: str, on: bool) -> None:
        """Draws an overlay or leaves it out."""
        others = [known for known in self._session.view.overlays if known != key]
        self._session.show(overlays=[*others, key] if on else others)

    @property
    def _on(self) -> frozenset[str]:
        return frozenset(self._session.view.overlays)

    def _computed(self) -> _Steps | None:
        """What is known of the selected run; None where nothing of it is drawn."""
        session = self._session
        run = session.document.run(session.selected)
        # What the numbers were computed from: the document may be ahead of them.
        spec = session.computed.get(session.selected)
        trajectory = session.trajectories.get(session.selected)
        if run is None or spec is None or trajectory is None or not run.visible:
            return None
        return spec, trajectory

    def _drawn(self, known: _Steps) -> _Steps:
        """The run whose path is drawn: of one that is repeated that of the median loss."""
        middle = self._repetition.middle(self._session.selected)
        has_path = self._session.selected in self._session.flat.trajectories
        return middle if middle is not None and has_path else known

    def _curvature(self, known: _Steps) -> Curvature | None:
        spec, trajectory = known
        step = min(self._session.playback.step, trajectory.steps)
        return curvature_at(spec.problem, trajectory.weights[step].tolist())

    def _show(self, _changed: Change) -> None:
        """Gives the view what is drawn at the current step."""
        session, flat = self._session, self._session.flat
        run, known = session.document.run(session.selected), self._computed()
        drawn_path = flat.trajectories.get(session.selected)
        if run is None or known is None or flat.why_not or drawn_path is None:
            self._view.set_arrows([])
            self._view.set_lines([])
            return
        spec, trajectory = self._drawn(known)
        if trajectory is not known[1]:
            drawn_path = flat.seen(trajectory)
        theme, picture = theme_of(self._view), session.picture
        drawn = step_overlays(
            spec,
            drawn_path,
            min(session.playback.step, drawn_path.steps),
            # What is no vector has no projection.
            self._on - {"sizes", "curvature", "look_ahead"} if flat.on_plane else self._on,
            self._view.window_shown(),
            theme,
            theme.run(run.color),
            [] if picture is None else picture.contours.levels.tolist(),
            self._curvature(known) if "curvature" in self._on else None,
        )
        self._view.set_arrows(drawn.arrows)
        self._view.set_lines(drawn.lines)

    def _warn(self, _changed: Change) -> None:
        """Says how far the learning rate is from its limit, and what the curvature is."""
        known, shown = self._computed(), "curvature" in self._on
        if known is None:
            self._view.set_note("")
            self.warned.emit("")
            return
        # On a new surface the second derivatives take some milliseconds to be made. While newer
        # numbers are on their way, only who looks at the curvature waits for them.
        if self._session.work is not None and not shown:
            self._view.set_note("")
            return
        curvature = self._curvature(known)
        spec, trajectory = self._drawn(known)
        step = min(self._session.playback.step, trajectory.steps)
        stable = None
        if curvature is not None:
            stable = stability_at(
                spec.leg_at(min(step + 1, trajectory.steps)).spec,
                trajectory,
                step,
                curvature,
                if_unstable=not shown,
            )
        rule = "" if stable is None else stable.text
        text = curvature_text(curvature, rule) if shown and curvature is not None else ""
        self._view.set_note(text)
        rate = float(trajectory[LEARNING_RATE][max(step, min(1, trajectory.steps))])
        self.warned.emit("" if stable is None else stable.sentence(rate))
