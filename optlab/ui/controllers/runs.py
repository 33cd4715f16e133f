"""Connects the list of runs with the session."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QObject

from optlab.core.display import short
from optlab.core.resources import DataError, UnknownNameError
from optlab.pictures.items import LINE_STYLES
from optlab.session.edits import run_edits
from optlab.session.edits.choices import EDITOR_ENTRIES, first_rules, optimizers_of, rule_choices
from optlab.session.experiment import Experiment, Run, change_run
from optlab.session.session import Session
from optlab.ui.views.runs import RunItem, RunsPanel
from optlab.ui.widgets.labels import Tone

_DEEPEST = 3
"""Branches of branches that a list tells apart."""


class RunsController(QObject):
    """Shows the runs and how each ended; proposes changes of the list."""

    def __init__(self, session: Session, panel: RunsPanel) -> None:
        super().__init__(panel)
        self._session = session
        self._panel = panel
        self._entries = OptimizerEntries()
        panel.run_selected.connect(session.select)
        panel.run_added.connect(self.add)
        panel.run_duplicated.connect(self.duplicate)
        panel.run_removed.connect(self._remove)
        panel.run_renamed.connect(self._rename)
        panel.run_colored.connect(self._color)
        panel.run_styled.connect(self._style)
        panel.run_shown.connect(self._show_run)
        panel.run_moved.connect(self._move)
        session.document_changed.connect(self._show)
        session.trajectories_changed.connect(self._show_results)
        session.selection_changed.connect(panel.set_selected)
        self._show(session.document)
        panel.set_selected(session.selected)

    def _propose(self, document: Experiment) -> None:
        self._session.propose(document)

    def add(self, optimizer: str) -> None:
        """Adds a run of a rule and selects it."""
        add_run(self._session, optimizer)

    def duplicate(self, run_id: str) -> None:
        """Puts a copy of a run behind it and selects the copy, which is the one to vary."""
        before = {run.id for run in self._session.document.runs}
        self._propose(run_edits.duplicate_run(self._session.document, run_id))
        for run in self._session.document.runs:
            if run.id not in before:
                self._session.select(run.id)

    def _remove(self, run_id: str) -> None:
        self._propose(run_edits.remove_run(self._session.document, run_id))

    def _rename(self, run_id: str, name: str) -> None:
        self._propose(run_edits.rename_run(self._session.document, run_id, name))

    def _color(self, run_id: str, color: int) -> None:
        self._propose(change_run(self._session.document, run_id, color=color))

    def _style(self, run_id: str, number: int) -> None:
        self._propose(change_run(self._session.document, run_id, style=number))

    def _show_run(self, run_id: str, visible: bool) -> None:
        self._propose(change_run(self._session.document, run_id, visible=visible))

    def _move(self, run_id: str, place: int) -> None:
        self._propose(run_edits.move_run(self._session.document, run_id, place))

    def _show(self, document: Experiment) -> None:
        self._panel.set_optimizers(self._entries.of(document), self._entries.first)
        self._panel.set_runs([self._item(run) for run in document.runs])
        self._panel.set_selected(self._session.selected)

    def _show_results(self, _fresh: frozenset[str]) -> None:
        self._panel.set_runs([self._item(run) for run in self._session.document.runs])

    def _item(self, run: Run) -> RunItem:
        result, tone, tip = self._result(run)
        if run.branch_of:
            parent = self._session.document.run(run.branch_of)
            of = parent.title if parent is not None else "a run that is gone"
            tip = f"{tip}\nBranch of {of} after step {run.branch_after}".strip()
        return RunItem(
            run.id,
            run.name,
            run.color,
            result,
            tone,
            run.visible,
            tip,
            run.style % len(LINE_STYLES),
            self._depth(run),
        )

    def _depth(self, run: Run) -> int:
        """How many branches lead to a run."""
        depth, parent = 0, self._session.document.run(run.branch_of)
        while parent is not None and depth < _DEEPEST:
            depth, parent = depth + 1, self._session.document.run(parent.branch_of)
        return depth

    def _result(self, run: Run) -> tuple[str, str, str]:
        """The short result of a row, its tone, and the whole sentence."""
        reason = self._session.resolved.errors.get(run.id)
        if reason is not None:
            return "cannot run", Tone.WARNING, reason
        trajectory = self._session.trajectories.get(run.id)
        if trajectory is None:
            return "", Tone.NORMAL, ""
        outcome = trajectory.outcome
        sentence = f"{run.name} {outcome.sentence}; E = {short(trajectory.final_loss)}"
        if len(trajectory.spans) > 1:
            spans = (f"{s.rule} to step {s.last}" for s in trajectory.spans)
            sentence += f"\n{', '.join(spans)}"
        words = {
            "diverged": f"diverged at {outcome.step}",
            "left_domain": f"left the domain at {outcome.step}",
            "cancelled": f"cancelled at {outcome.step}",
        }
        if outcome.kind in words:
            return words[outcome.kind], Tone.WARNING, sentence
        tone = Tone.GOOD if outcome.kind == "converged" else Tone.NORMAL
        known = not math.isnan(trajectory.final_loss)
        return short(trajectory.final_loss, 2) if known else "", tone, sentence


def add_run(session: Session, optimizer: str) -> None:
    """Adds a run with a rule and selects it; says why where the rule cannot be used."""
    try:
        document = run_edits.add_run(session.document, optimizer)
    except (UnknownNameError, DataError) as error:
        session.refused.emit(str(error))
        return
    if session.propose(document):
        session.select(session.document.runs[-1].id)


class OptimizerEntries:
    """Key, name and summary of every rule that the runs of a document can have."""

    def __init__(self) -> None:
        self._for: tuple[Mapping[str, str], frozenset[str]] | None = None
        self._found: list[tuple[str, str, str]] = []
        self.first = 0
        """How many of them stand first, apart from the others."""

    def of(self, document: Experiment) -> list[tuple[str, str, str]]:
        """The entries; made anew only where they can be others, not while a slider moves."""
        wanted = document.rules, frozenset(optimizers_of(document))
        if wanted != self._for:
            self._for = wanted
            titles = rule_choices(document)
            self.first = first_rules(titles)
            self._found = [(title.key, title.name, title.sentence) for title in titles]
            self._found += EDITOR_ENTRIES["rules"]
        return self._found
