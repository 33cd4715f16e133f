"""Connects what is drawn at the current step (arrows, sizes, curvature) with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from optlab.core.analysis.curvature import curvature_at, curvature_text
from optlab.core.analysis.stability import stability_at
from optlab.core.rules import LEARNING_RATE
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
        redraw.add(
            self._show,
            Change.PLAYBACK
            | Change.TRAJECTORIES
            | Change.PLANE
            | Change.SEEDS
            | Change.SELECTION
            | Change.DOCUMENT
            | Change.WORK
            | Change.VIEW
            | Change.THEME,
            shown_in=view,
        )

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

    def _show(self, _changed: Change) -> None:
        """Gives the view what belongs to the current step."""
        session = self._session
        run = session.document.run(session.selected)
        # What the numbers were computed from: the document may be ahead of them.
        spec = session.computed.get(session.selected)
        trajectory = session.trajectories.get(session.selected)
        if run is None or spec is None or trajectory is None or not run.visible:
            self._view.set_arrows([])
            self._view.set_lines([])
            self._view.set_note("")
            self.warned.emit("")
            return
        step = min(session.playback.step, trajectory.steps)
        # On a new surface the second derivatives take some milliseconds to be made. While newer
        # numbers are on their way, only who looks at the curvature waits for them.
        wanted = session.work is None or "curvature" in self._on
        curvature = (
            curvature_at(spec.problem, trajectory.weights[step].tolist()) if wanted else None
        )
        flat = session.flat
        drawn_path = flat.trajectories.get(session.selected)
        middle = self._repetition.middle(session.selected)
        if middle is not None and drawn_path is not None:
            # The path that is drawn is that of the median loss.
            spec, trajectory = middle
            drawn_path = flat.seen(trajectory)
            step = min(session.playback.step, trajectory.steps)
        if flat.why_not or drawn_path is None:
            self._view.set_arrows([])
            self._view.set_lines([])
        else:
            theme, picture = theme_of(self._view), session.picture
            drawn = step_overlays(
                spec,
                drawn_path,
                min(step, drawn_path.steps),
                # What is no vector has no projection.
                self._on - {"sizes", "curvature", "look_ahead"} if flat.on_plane else self._on,
                self._view.window_shown(),
                theme,
                theme.run(run.color),
                [] if picture is None else picture.contours.levels.tolist(),
                curvature,
            )
            self._view.set_arrows(drawn.arrows)
            self._view.set_lines(drawn.lines)
        about = curvature if "curvature" in self._on else None
        stable = None
        if curvature is not None:
            stable = stability_at(
                spec.leg_at(min(step + 1, trajectory.steps)).spec,
                trajectory,
                step,
                curvature,
                if_unstable="curvature" not in self._on,
            )
        rule = "" if stable is None else stable.text
        self._view.set_note("" if about is None else curvature_text(about, rule))
        if wanted:
            rate = float(trajectory[LEARNING_RATE][max(step, min(1, trajectory.steps))])
            self.warned.emit("" if stable is None else stable.sentence(rate))
