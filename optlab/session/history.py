"""Undo and redo over immutable documents."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optlab.session.experiment import Experiment

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
        merges = merge_key != "" and merge_key == self.merge_key and bool(self.past)
        if merges and document == self.past[-1]:
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

    def undo(self) -> History:
        """One change back, where there is one."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> History:
        """One undone change on, where there is one."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])
