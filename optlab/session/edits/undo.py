"""Undo and redo over immutable documents."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optlab.session.experiment import Experiment, changed, without_view
from optlab.session.view import View

MOST = 500
"""How many changes can be undone."""


@dataclass(frozen=True)
class History:
    """The document, what it was before, and what was undone.

    Changes with the same non-empty ``merge_key`` in a row (a slider drag) count as one.
    """

    present: Experiment
    past: tuple[Experiment, ...] = ()
    future: tuple[Experiment, ...] = ()
    merge_key: str = ""

    def change(self, document: Experiment, merge_key: str = "") -> History:
        """The history after a change; the same one where nothing changed."""
        if document == self.present:
            return self
        if same_experiment(document, self.present):
            return self.show(document.view)
        merges = merge_key != "" and merge_key == self.merge_key and bool(self.past)
        if merges and same_experiment(document, self.past[-1]):
            # A drag that came back to where it began is no change.
            return History(document, self.past[:-1])
        past = self.past if merges else (*self.past, self.present)[-MOST:]
        return History(document, past, (), merge_key)

    def amend(self, document: Experiment) -> History:
        """The same history with another present: a part of the change that led there."""
        return replace(self, present=document)

    def settle(self) -> History:
        """The end of a drag: the next change is one of its own."""
        return replace(self, merge_key="")

    def show(self, view: View | None) -> History:
        """The same history with the document shown in another way; that is no change to undo."""
        return replace(self, present=changed(self.present, view=view))

    def undo(self) -> History:
        """One change back, where there is one; the view stays."""
        if not self.past:
            return self
        before = changed(self.past[-1], view=self.present.view)
        return History(before, self.past[:-1], (self.present, *self.future))

    def redo(self) -> History:
        """One undone change on, where there is one; the view stays."""
        if not self.future:
            return self
        after = changed(self.future[0], view=self.present.view)
        return History(after, (*self.past, self.present), self.future[1:])


def same_experiment(one: Experiment, other: Experiment) -> bool:
    """Whether two documents say the same but for the view."""
    return without_view(one) == without_view(other)
