"""Connects the worksheet with the selected run and the cursor."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from optlab.core.analysis.worksheet import Worksheet, worksheet, worksheet_latex, worksheet_text
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
            Change.DOCUMENT | Change.TRAJECTORIES | Change.SELECTION | Change.PLAYBACK,
            shown_in=view,
        )
        view.previous_pressed.connect(self._previous)
        view.next_pressed.connect(self._next)
        view.copy_requested.connect(self._copy)

    def _show_update(self, _changed: Change) -> None:
        """Gives the view the update at the cursor."""
        session, run_id = self._session, self._session.selected
        run, trajectory = session.document.run(run_id), session.trajectories.get(run_id)
        spec = session.computed.get(run_id)
        if run is None or trajectory is None or spec is None:
            self._show(None, None)
            self._view.set_message(self._why_empty())
            return
        step = min(session.playback.step, trajectory.steps)
        if (run.name, trajectory, step) == self._shown:
            return
        # A trajectory always goes with the settings that made it: newer ones are on their way.
        sheet = worksheet(spec, trajectory, step, run.name) if step else None
        self._view.set_message("")
        self._show((run.name, trajectory, step), sheet)

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
