"""Connects the worksheet with the selected run and the cursor."""

from __future__ import annotations

from itertools import islice

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from optlab.core.analysis.quantities import MOST_CHOOSABLE
from optlab.core.analysis.worksheet import Worksheet, worksheet, worksheet_latex, worksheet_text
from optlab.core.analysis.worksheet.number_text import MOST
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem
from optlab.core.problems.weight_names import weight_index, weight_title, weight_titles
from optlab.session.session import Session
from optlab.ui.controllers.status import Say
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.views.worksheet import WorksheetView

_WRITERS = {"text": worksheet_text, "latex": worksheet_latex}


class WorksheetController(QObject):
    """Takes the update at the cursor apart while the worksheet can be seen, and copies it."""

    def __init__(self, session: Session, view: WorksheetView, redraw: Redraw, say: Say) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._say = say
        self._shown: object = None
        redraw.add(
            self._show_update,
            Change.DOCUMENT
            | Change.TRAJECTORIES
            | Change.SELECTION
            | Change.PLAYBACK
            | Change.VIEW,
            shown_in=view,
            later=True,
        )
        view.previous_pressed.connect(self._previous)
        view.next_pressed.connect(self._next)
        view.copy_requested.connect(self._copy)
        view.weights_asked.connect(self._offer_weights)
        view.weight_chosen.connect(self._choose_weight)

    def _show_update(self, _changed: Change) -> None:
        """Gives the view the update at the cursor."""
        session, run_id = self._session, self._session.selected
        run, trajectory = session.document.run(run_id), session.trajectories.get(run_id)
        spec = session.computed.get(run_id)
        if run is None or trajectory is None or spec is None:
            self._view.set_weight("", offered=False)
            self._show(None, None)
            self._view.set_message(self._why_empty())
            return
        step = min(session.playback.step, trajectory.steps)
        weight = self._weight(spec.problem)
        if (run.name, trajectory, step, weight) == self._shown:
            return
        title = "" if weight is None else weight_title(spec.problem, weight)
        self._view.set_weight(title, offered=spec.problem.dimension > MOST)
        # A trajectory always goes with the settings that made it: newer ones are on their way.
        sheet = worksheet(spec, trajectory, step, run.name, weight) if step else None
        self._view.set_message("")
        self._show((run.name, trajectory, step, weight), sheet)

    def _weight(self, problem: Problem) -> int | None:
        """The chosen weight, as far as the loss has it."""
        try:
            chosen = self._session.view.weight
            return weight_index(problem, chosen) if chosen else None
        except SettingError:
            return None

    def _offer_weights(self) -> None:
        spec = self._session.computed.get(self._session.selected)
        if spec is None:
            return
        titles = islice(weight_titles(spec.problem), MOST_CHOOSABLE)
        entries = [("", "all weights", "The first ones and the last, and lengths of all")]
        entries += [(title.partition(" ")[0], title, "") for title in titles]
        self._view.choose_weight(entries, self._session.view.weight)

    def _choose_weight(self, name: object) -> None:
        self._session.show(weight=str(name))

    def _show(self, shown: object, sheet: Worksheet | None) -> None:
        self._shown = shown
        self._view.set_worksheet(sheet)

    def _why_empty(self) -> str:
        if not self._session.document.runs:
            return "Add a run to take its updates apart."
        if not self._session.selected:
            return "Select a run to take its updates apart."
        if self._session.selected in self._session.resolved.recordings:
            return "This run was recorded: there are no equations to take apart."
        return self._session.resolved.errors.get(self._session.selected, "")

    def _previous(self) -> None:
        sheet = self._view.worksheet()
        if sheet is not None:
            self._session.seek(sheet.step - 1)

    def _next(self) -> None:
        sheet = self._view.worksheet()
        self._session.seek(1 if sheet is None else sheet.step + 1)

    def _copy(self, kind: str) -> None:
        sheet = self._view.worksheet()
        if sheet is not None:
            QGuiApplication.clipboard().setText(_WRITERS[kind](sheet))
            words = "LaTeX" if kind == "latex" else "text"
            self._say(f"{sheet.title}: copied as {words}", good=True)
