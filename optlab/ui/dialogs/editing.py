"""What opens the editor: new rules, surfaces and schedules, and copies of those in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from optlab.core.resources import DataError, UnknownNameError
from optlab.session.edits.choices import EDITOR_ENTRIES
from optlab.session.edits.drafts import Draft
from optlab.session.edits.rule_draft import RuleDraft
from optlab.session.edits.schedule_draft import ScheduleDraft
from optlab.session.edits.surface_draft import SurfaceDraft
from optlab.session.embedded.own_texts import Kind
from optlab.session.session import Session
from optlab.ui.controllers.parameters import ParametersController

if TYPE_CHECKING:
    from optlab.ui.dialogs.draft_editor import DraftEditor

DRAFTS: Final[Mapping[Kind, type[Draft]]] = {
    "rules": RuleDraft,
    "surfaces": SurfaceDraft,
    "schedules": ScheduleDraft,
}


class Editing:
    """Opens editors; of a run they take the stretch that ``parameters`` shows."""

    def __init__(
        self,
        session: Session,
        parameters: ParametersController,
        window: QWidget,
        say: Callable[..., None],
    ) -> None:
        self._session, self._parameters = session, parameters
        self._window, self._say = window, say
        self.editor: DraftEditor | None = None
        """The one that was opened last."""

    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do."""
        found: dict[str, Callable[[], None]] = {}
        for kind, ((new, *_), (edit, *_)) in EDITOR_ENTRIES.items():
            found |= {new: partial(self.new, kind), edit: partial(self.edit_copy, kind)}
        return found

    def new(self, kind: Kind) -> None:
        """One to begin with, in use and in the editor."""
        self._edit(DRAFTS[kind].new(), copied=False)

    def edit_copy(self, kind: Kind) -> None:
        """A copy of the one in use; the experiment's own is edited as it is."""
        session = self._session
        try:
            draft = DRAFTS[kind].used(session.document, session.selected, self._parameters.after)
        except (DataError, UnknownNameError, OSError) as error:
            self._say(str(error))
            return
        if isinstance(draft, str):
            self._open(kind, draft)
        else:
            self._edit(draft, copied=True)

    def _edit(self, draft: Draft, *, copied: bool) -> None:
        session = self._session
        before = {run.id for run in session.document.runs}
        after = self._parameters.after
        try:
            document, key = draft.added(session.document, session.selected, after, copied=copied)
        except (DataError, UnknownNameError) as error:
            self._say(str(error))
            return
        if not session.propose(document):
            return
        for run in session.document.runs:
            if run.id not in before:
                session.select(run.id)
        self._open(draft.KIND, key)

    def _open(self, kind: Kind, key: str) -> None:
        from optlab.ui.dialogs.draft_editor import DraftEditor

        self.editor = DraftEditor(self._session, DRAFTS[kind], key, self._say, self._window)
        self.editor.show()
