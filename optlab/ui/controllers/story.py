"""Connects the story of an experiment with the session."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject

from optlab.core.analysis.claims import Claim, Measure
from optlab.core.run import Trajectory
from optlab.session.check_claims import check
from optlab.session.experiment import Experiment, changed
from optlab.session.session import Session
from optlab.ui.controllers.background import BackgroundWork
from optlab.ui.shell.bottom_tabs import BottomTabs
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.views.story import Claim as ShownClaim
from optlab.ui.views.story import StoryView

_STORY = "story"
"""The channel of work."""


class StoryController(QObject):
    """Tells the story of the open experiment and checks its claims on the computed numbers."""

    def __init__(
        self, session: Session, view: StoryView, details: BottomTabs, redraw: Redraw
    ) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._details = details
        self._background = BackgroundWork(session, _STORY)
        self._told = session.document.story
        redraw.add(self._show, Change.DOCUMENT | Change.TRAJECTORIES, shown_in=view, later=True)
        view.title_edited.connect(self._set_title)
        view.story_edited.connect(self._set_story)
        session.document_changed.connect(self._begin_with_story)

    def _begin_with_story(self, _document: object) -> None:
        """An experiment that was just opened begins with its story."""
        session = self._session
        story, self._told = self._told, session.document.story
        if self._told and self._told != story and not (session.can_undo or session.can_redo):
            self._details.show_page("Story")

    def _set_title(self, title: str) -> None:
        self._session.propose(changed(self._session.document, title=title), "title")

    def _set_story(self, story: str) -> None:
        self._told = story
        self._session.propose(changed(self._session.document, story=story), "story")

    def _show(self, _changed: Change) -> None:
        """Gives the view story and verdicts."""
        session, document = self._session, self._session.document
        walks = dict(session.trajectories)
        waiting = {
            run_id
            for run_id, spec in session.resolved.specs.items()
            if session.computed.get(run_id) != spec
        }
        problem = session.resolved.problem
        about = f"{problem.name}: {problem.story}" if problem.story else ""

        def work() -> list[ShownClaim]:
            return [_shown(claim, document, walks, waiting) for claim in document.claims]

        def take(claims: list[ShownClaim]) -> None:
            self._view.set_story(
                document.title,
                document.story,
                claims,
                about=about,
                usual_title=problem.title,
            )

        rows = len(document.claims) * sum(walk.rows for walk in walks.values())
        self._background.do(rows, work, take)


def _shown(
    claim: Claim, document: Experiment, walks: Mapping[str, Trajectory], waiting: set[str]
) -> ShownClaim:
    verdict = check(claim, document, walks)
    says = f"{verdict.sentence}: {claim.says}" if claim.says else verdict.sentence
    runs = () if isinstance(claim, Measure) else (claim.run, getattr(claim, "other", claim.run))
    if waiting & set(runs):
        return says, None, ""
    return says, verdict.holds, verdict.measured
