"""Connects the story of an experiment with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from optlab.session.claims import Claim, Measure
from optlab.session.session import Session
from optlab.session.verdict import check
from optlab.ui.details import Details
from optlab.ui.views.story import Claim as ShownClaim
from optlab.ui.views.story import StoryView


class StoryController(QObject):
    """Tells the story of the open experiment and checks its claims on the computed numbers."""

    def __init__(self, session: Session, view: StoryView, details: Details) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._details = details
        self._told = session.document.story
        self._wait = QTimer(self, singleShot=True, interval=0)
        self._wait.timeout.connect(self.show)
        details.page_shown.connect(self._later)
        session.document_changed.connect(self._changed)
        session.trajectories_changed.connect(self._later)

    def _changed(self, _document: object) -> None:
        """An experiment that was just opened begins with its story."""
        session = self._session
        story, self._told = self._told, session.document.story
        if self._told and self._told != story and not (session.can_undo or session.can_redo):
            self._details.show_page("Story")
        self._later()

    def _later(self, _what: object = None) -> None:
        self._wait.start()

    def show(self) -> None:
        """Gives the view story and verdicts, if anybody can see them."""
        if self._view.isVisible():
            document = self._session.document
            claims = [self._claim(claim) for claim in document.claims]
            problem = self._session.resolved.problem
            about = f"{problem.name}: {problem.story}" if problem.story else ""
            story = "\n\n".join(filter(None, (document.story, about)))
            self._view.set_story(document.title or problem.title, story, claims)

    def _claim(self, claim: Claim) -> ShownClaim:
        session = self._session
        verdict = check(claim, session.document, session.trajectories)
        says = f"{verdict.sentence}: {claim.says}" if claim.says else verdict.sentence
        runs = () if isinstance(claim, Measure) else (claim.run, getattr(claim, "other", claim.run))
        waiting = any(
            run_id in session.resolved.specs
            and session.computed.get(run_id) != session.resolved.specs[run_id]
            for run_id in runs
        )
        return (says, None, "") if waiting else (says, verdict.holds, verdict.measured)
