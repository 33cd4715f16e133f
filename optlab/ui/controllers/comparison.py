"""Connects the comparison of the runs with the session."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from optlab.core.display import short
from optlab.core.run import Outcome
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.comparison import (
    Comparison,
    ComparisonRow,
    compare_to_baseline,
    comparison_csv,
    comparison_text,
    parting_sentence,
    usual_target,
)
from optlab.session.jobs import JobControl
from optlab.session.session import Session
from optlab.session.study import StudyRun
from optlab.ui.controllers.background import BackgroundWork
from optlab.ui.controllers.repetition import Repetition
from optlab.ui.controllers.status import Say
from optlab.ui.dialogs.file_dialogs import ask_file_name
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.views.comparison import CellShown, ColumnShown, ComparisonView, RowShown
from optlab.ui.widgets.labels import Tone

COMPARISON, LEAVING, _PARTING = "comparison", "comparison to take along", "where two runs part"
"""Channels of work: what is shown may be overtaken, what was asked for may not."""


class ComparisonController(QObject):
    """Compares the runs while the table can be seen; copies and exports it."""

    def __init__(
        self,
        session: Session,
        view: ComparisonView,
        redraw: Redraw,
        say: Say,
        repetition: Repetition | None = None,
    ) -> None:
        super().__init__(view)
        self._repetition = repetition or Repetition(session)
        self._session = session
        self._view = view
        self._say = say
        self._problem: object = None
        self._parting = BackgroundWork(session, _PARTING)
        self._request = redraw.add(
            self._show,
            Change.DOCUMENT | Change.TRAJECTORIES | Change.VIEW | Change.SEEDS,
            shown_in=view,
        )
        view.target_edited.connect(self._target)
        view.baseline_chosen.connect(self._choose_baseline)
        view.pair_chosen.connect(self._choose_pair)
        view.run_chosen.connect(session.select)
        view.copy_pressed.connect(self.copy)
        view.export_pressed.connect(self.ask_export)
        session.selection_changed.connect(self._select)

    def _target(self, value: float | None) -> None:
        self._session.show(target=value)
        self._request()

    def _choose_baseline(self, run_id: str) -> None:
        self._session.show(baseline=run_id)
        self._request()

    def _choose_pair(self, first: str, second: str) -> None:
        self._session.show(pair=(first, second))
        self._show_difference()

    def _select(self, run_id: str) -> None:
        self._view.set_selected(run_id)

    # -- comparing -------------------------------------------------------------------------

    def _show(self, _changed: Change) -> None:
        self._ask(COMPARISON, self._accept_comparison)

    def _ask(self, channel: str, take: Callable[[Comparison], None]) -> None:
        session = self._session
        problem = session.resolved.problem
        if self._problem is not None and problem != self._problem:
            session.show(target=None)  # a loss of another surface
        self._problem = problem
        typed, baseline = session.view.target, session.view.baseline
        entrants = self._entrants()
        if baseline not in [entrant.run.id for entrant in entrants]:
            baseline = entrants[0].run.id if entrants else ""
        walks = [entrant.trajectory for entrant in entrants]
        usual = usual_target(session.resolved, walks)
        target = usual if typed is None else typed
        self._view.set_runs([(entrant.run.id, entrant.name) for entrant in entrants])
        self._view.set_target(typed, usual)
        self._view.set_baseline(baseline)

        repeated = {entrant.run.id: self._repetition.of(entrant.run.id) for entrant in entrants}

        def work(_control: JobControl) -> Comparison:
            return compare_to_baseline(problem, entrants, target, baseline, repeated)

        session.ask(channel, work, take)

    def _entrants(self) -> list[StudyRun]:
        session = self._session
        found = []
        for run in session.document.runs:
            spec, trajectory = session.computed.get(run.id), session.trajectories.get(run.id)
            # Numbers of the surface before say nothing about this one.
            if trajectory is None or (spec is None and run.id not in session.resolved.recordings):
                continue
            if spec is not None and spec.problem != session.resolved.problem:
                continue
            found.append(StudyRun(run, spec, trajectory))
        return found

    def _accept_comparison(self, found: Comparison) -> None:
        runs = {run.id: run for run in self._session.document.runs}
        rows = [
            RowShown(line.entry.run.id, runs[line.entry.run.id].color, _cells(line, found))
            for line in found.lines
            if line.entry.run.id in runs
        ]
        self._view.set_table(_columns(found), rows)
        self._view.set_note(found.note)
        self._view.set_selected(self._session.selected)
        self._show_difference()

    def _show_difference(self) -> None:
        walks = {e.run.id: e.trajectory for e in self._entrants()}
        ids = list(walks)
        if len(ids) < 2:
            self._parting.do(0, lambda: "", lambda _: self._view.set_difference("", "", ""))
            return
        pair = self._session.view.pair or ("", "")
        first = pair[0] if pair[0] in ids else ids[0]
        second = pair[1] if pair[1] in ids else next(i for i in ids if i != first)
        one, other = walks[first], walks[second]

        def take(sentence: str) -> None:
            self._view.set_difference(first, second, sentence)

        self._parting.do(one.rows + other.rows, lambda: parting_sentence(one, other), take)

    # -- leaving ---------------------------------------------------------------------------

    def copy(self) -> None:
        """The table as text for the clipboard."""
        self._ask(LEAVING, self._copied)

    def _copied(self, found: Comparison) -> None:
        QGuiApplication.clipboard().setText(comparison_text(found))
        self._say("Comparison copied as text", good=True)

    def ask_export(self) -> None:
        """Asks for a file name and writes the table as CSV."""
        parent, kinds = self._view.window(), "CSV (*.csv)"
        path = ask_file_name(parent, "Export comparison", "comparison.csv", kinds)
        if path is not None:
            self.export(path)

    def export(self, path: Path) -> None:
        """Writes the table as CSV."""

        def write(found: Comparison) -> None:
            table = comparison_csv(tuple(line.entry for line in found.lines))
            try:
                write_whole(path, lambda file: file.write(table))
            except FileProblemError as error:
                self._say(str(error))
            else:
                self._say(f"written: {path.name}", good=True)

        self._ask(LEAVING, write)


def _columns(found: Comparison) -> list[ColumnShown]:
    against = found.baseline_name
    short_name = against if len(against) <= 10 else f"{against[:9]}…"
    target = "–" if found.target is None else short(found.target)
    two = all(len(line.metrics.sign_changes) <= 2 for line in found.lines)
    columns = [
        ColumnShown("run", "", True),
        ColumnShown("outcome", "How the run ended, and after how many steps", True),
        ColumnShown("steps to\ntarget", f"The first step with a loss of at most {target}"),
        ColumnShown(f"×\n{short_name}", f"How many times fewer gradients to it than {against}"),
        ColumnShown("final\nloss", "The loss at the last step"),
        ColumnShown(
            "distance to\nminimum",
            "From the last weights to the nearest known minimum",
            short="distance\nto min.",
        ),
        ColumnShown("path\nlength", "The sum of the lengths of all steps"),
        ColumnShown("loss\nrises", "Steps after which the loss was higher than before"),
        ColumnShown(
            f"sign changes\n{'of g₁, g₂' if two else 'of all gᵢ'}",
            "How often each component of the gradient changed its sign: steps across a valley",
            short="sign\nflips",
        ),
        ColumnShown("gradient\ncalls", "Gradients taken in all", short="grad.\ncalls"),
    ]
    if not found.is_fair_by_steps:
        tip = f"The loss once {found.budget} gradients were taken"
        columns.append(ColumnShown(f"loss after\n{found.budget} calls", tip))
    return columns


def _cells(line: ComparisonRow, found: Comparison) -> tuple[CellShown, ...]:
    got = line.metrics
    words = {"left_domain": "left domain"}.get(got.outcome.kind, got.outcome.kind)
    changes = got.sign_changes
    shown = ", ".join(map(str, changes)) if len(changes) <= 2 else f"{sum(changes)}"
    cells = [
        CellShown(line.entry.name),
        CellShown(f"{words} {got.steps}", got.steps, _tone(got.outcome), _sentence(line)),
        _number(got.steps_to_target),
        CellShown("–" if line.ratio is None else f"{short(line.ratio, 3)}×", _sort(line.ratio)),
        _number(got.final_loss),
        _number(got.distance),
        _number(got.path_length),
        _number(got.loss_increases),
        CellShown(shown, float(sum(changes))),
        _number(got.gradient_calls),
    ]
    if not found.is_fair_by_steps:
        cells.append(_number(line.loss_at_budget))
    return tuple(cells)


def _number(value: float | int | None) -> CellShown:
    if value is None:
        return CellShown("–", tone=Tone.MUTED)
    if isinstance(value, float) and math.isnan(value):
        return CellShown("–", tone=Tone.MUTED, tip="not a number")
    return CellShown(short(value, 3) if isinstance(value, float) else str(value), float(value))


def _sort(value: float | None) -> float:
    return math.nan if value is None else value


def _tone(outcome: Outcome) -> str:
    if outcome.kind in ("diverged", "left_domain", "cancelled"):
        return Tone.WARNING
    return Tone.GOOD if outcome.kind == "converged" else Tone.NORMAL


def _sentence(line: ComparisonRow) -> str:
    return f"{line.entry.name} {line.metrics.outcome.sentence}"
