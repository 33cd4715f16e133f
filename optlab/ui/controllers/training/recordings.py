"""Follows recordings that grow, and connects the page about a recorded run with the session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from optlab.core.analysis.recognize_rule import Match, NotRecordedError, recognize_rule, replay
from optlab.core.analysis.spikes import Spike, find_spike
from optlab.core.recordings import RecordingError
from optlab.core.run import Trajectory
from optlab.session.embedded.recordings import (
    State,
    growing,
    read_file,
    recorded_about,
    with_numbers,
)
from optlab.session.jobs import JobControl
from optlab.session.resolve import ExperimentError
from optlab.session.session import Session
from optlab.ui.controllers.status import Follow, Say
from optlab.ui.shell.bottom_tabs import BottomTabs
from optlab.ui.shell.redraw import Change, Redraw, delayed
from optlab.ui.views.recording import RecordingView

PAGE = "Recording"
_EVERY = 700
"""Milliseconds between two looks at a recording that grows."""
_READ, _RULE, _BREAK = "recording", "which rule", "where it breaks"
"""Channels of work."""


class RecordingFollower(QObject):
    """Shows what a training adds to its recording while it runs."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[Path, State] = {}
        self._timer = delayed(self, _EVERY, self.look)
        session.document_changed.connect(self._begin)
        self._begin(session.document)

    def _begin(self, _document: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def look(self) -> None:
        """Reads recordings in a worker that have changed since the last look."""
        document, before = self._session.document, self._known
        if not any(run.recording for run in document.runs):
            return

        def work(_control: JobControl) -> dict[Path, State]:
            now = growing(document)
            for path in {*now, *before}:
                if now.get(path) != before.get(path):
                    try:
                        read_file(path)  # kept: the window takes it from there at once
                    except RecordingError:
                        continue
            return now

        def take(now: dict[Path, State]) -> None:
            if now != self._known:
                self._known = now
                try:
                    self._session.read_again()
                except ExperimentError as error:
                    self._session.refused.emit(str(error))
            if now:
                self._timer.start()

        self._session.ask(_READ, work, take)


def _ended(about: Mapping[str, Any], trajectory: Trajectory) -> str:
    """How a recorded training ended, as far as that is known."""
    if about.get("error"):
        return f"It stopped after {trajectory.steps} steps: {about['error']}."
    if about.get("finished") is False:
        return f"{trajectory.steps} steps so far: it still runs, or was killed."
    return f"It {trajectory.outcome.sentence}."


class RecordingController(QObject):
    """Says of the selected recorded run which rule made it, and where it breaks."""

    def __init__(
        self,
        session: Session,
        view: RecordingView,
        details: BottomTabs,
        redraw: Redraw,
        say: Say,
        follow: Follow,
    ) -> None:
        super().__init__(view)
        self._session, self._view, self._details = session, view, details
        self._say, self._follow = say, follow
        self._shown: Trajectory | None = None
        self._search: JobControl | None = None
        self._matches: tuple[Match, ...] = ()
        changes = Change.DOCUMENT | Change.TRAJECTORIES | Change.SELECTION
        redraw.add(self._offer, changes)
        redraw.add(self._show, changes, shown_in=view)
        self._offer(changes)
        view.search_pressed.connect(self.search)
        view.replay_pressed.connect(self.replay)

    @property
    def _recorded(self) -> Trajectory | None:
        return self._session.resolved.recordings.get(self._session.selected)

    def _offer(self, _changed: Change) -> None:
        self._details.offer(PAGE, self._recorded is not None)

    def _show(self, _changed: Change) -> None:
        trajectory = self._recorded
        if trajectory is self._shown or trajectory is None:
            return
        self.cancel()
        self._shown, self._matches = trajectory, ()
        session = self._session
        run = session.document.run(session.selected)
        about = {} if run is None else recorded_about(session.document, run)
        maker = " ".join(str(about[key]) for key in ("library", "library_version") if key in about)
        rule = str(about.get("rule", ""))
        said = f"Recorded: {rule}{f' of {maker}' if maker else ''}. " if rule else ""
        self._view.set_about(said + _ended(about, trajectory))
        self._view.set_matches((), "")
        self._view.set_spike(None)

        def take(spike: Spike | None) -> None:
            if trajectory is self._shown:
                self._view.set_spike(spike, known=True)

        session.ask(_BREAK, lambda _control: find_spike(trajectory), take)

    def search(self) -> None:
        """Tries all rules on the recorded gradients, or stops trying."""
        if self._search is not None:
            self.cancel()
            return
        session, trajectory = self._session, self._recorded
        run = session.document.run(session.selected)
        if trajectory is None or run is None:
            return
        settings = recorded_about(session.document, run).get("settings") or {}
        mine = self._search = JobControl()
        self._view.set_searching(True)
        self._follow(mine, "trying rules")

        def work(control: JobControl) -> tuple[tuple[Match, ...], str]:
            try:
                found = recognize_rule(
                    trajectory,
                    settings,
                    progress=mine.progress,
                    cancelled=lambda: mine.cancelled() or control.cancelled(),
                )
            except NotRecordedError as error:
                return (), f"No rule can be tried: {error}."
            return found[:3], "" if found else "No rule could be run on what was recorded."

        def take(answer: tuple[tuple[Match, ...], str]) -> None:
            if self._search is not mine:
                return
            self._end()
            self._matches, message = answer
            if self._matches and self._matches[0].residual > 1e-3:
                message = "None of the shipped rules; the nearest are:"
            self._view.set_matches([match.sentence for match in self._matches], message)

        session.ask(_RULE, work, take)

    def cancel(self) -> None:
        """Stops trying rules."""
        if self._search is not None:
            self._search.cancel()
            self._end()

    def _end(self) -> None:
        self._search = None
        self._follow(None, "")
        self._view.set_searching(False)

    def replay(self, index: int) -> None:
        """Adds the run of a match on the recorded gradients."""
        session, trajectory = self._session, self._recorded
        run = session.document.run(session.selected)
        if trajectory is None or run is None:
            return
        match, document = self._matches[index], session.document

        def work(_control: JobControl) -> Trajectory | str:
            try:
                return replay(trajectory, match)
            except NotRecordedError as error:
                return str(error)

        def take(made: Trajectory | str) -> None:
            if isinstance(made, str) or session.document is not document:
                self._say(made if isinstance(made, str) else "the experiment has changed")
                return
            try:
                with_run = with_numbers(document, f"{match.name} replayed", made)
            except RecordingError as error:
                self._say(f"{match.name} {error}")
                return
            session.propose(with_run)
            session.settle()

        session.ask(_RULE, work, take)
