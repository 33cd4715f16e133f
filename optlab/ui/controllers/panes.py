"""Connects the column of panes with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from optlab.core.rules import load_rule
from optlab.session.experiment import Experiment, Run
from optlab.session.playback import Playback
from optlab.session.quantities import GENERAL, Quantity, of_rule
from optlab.session.session import Session
from optlab.ui import style
from optlab.ui.views.panes import CurveDrawing, PaneSpec, PanesView

_STYLES = ("solid", "dash", "dot", "dashdot")
_MOST_MEMORY = 2


class PanesController(QObject):
    """Shows the loss, the memory of the selected run's rule, and the learning rate."""

    def __init__(self, session: Session, view: PanesView) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._shown: object = None
        self._wait = QTimer(self, singleShot=True, interval=0)
        self._wait.timeout.connect(self.show_panes)
        view.step_chosen.connect(session.seek)
        session.document_changed.connect(self._later)
        session.trajectories_changed.connect(self._later)
        session.selection_changed.connect(self._later)
        session.playback_changed.connect(self._cursor)

    def _later(self, _what: object = None) -> None:
        self._wait.start()

    def _cursor(self, playback: Playback) -> None:
        self._view.set_steps(playback.last)
        self._view.set_step(playback.step)

    def show_panes(self) -> None:
        """Gives the view the newest curves, where they are others than before."""
        shown = self._what_is_shown()
        if shown != self._shown:
            self._shown = shown
            self._view.set_panes([self._pane(quantity) for quantity in self._quantities()])
        self._cursor(self._session.playback)

    def _what_is_shown(self) -> tuple[object, ...]:
        """What the panes depend on: while it is equal, they are the same."""
        session, theme = self._session, style.current()
        selected = session.document.run(session.selected)
        return (
            session.selected,
            None if selected is None else selected.optimizer,
            session.trajectories.get(session.selected),
            *(
                (run.id, run.name, theme.run(run.color), run.style, session.trajectories[run.id])
                for run in session.document.runs
                if run.visible and run.id in session.trajectories
            ),
        )

    def _quantities(self) -> list[Quantity]:
        general = {quantity.key: quantity for quantity in GENERAL}
        run = self._session.document.run(self._session.selected)
        trajectory = self._session.trajectories.get(self._session.selected)
        memory: list[Quantity] = []
        if run is not None and trajectory is not None:
            declared = of_rule(load_rule(run.optimizer), trajectory)
            memory = [q for q in declared if q.key.removeprefix("rule:") in trajectory.state]
        return [general["loss"], *memory[:_MOST_MEMORY], general["eta"]]

    def _pane(self, quantity: Quantity) -> PaneSpec:
        document: Experiment = self._session.document
        curves: list[CurveDrawing] = []
        for run in document.runs:
            selected = run.id == self._session.selected
            if run.visible and (quantity.of_all or selected):
                curves += self._curves(quantity, run, selected)
        return PaneSpec(quantity.title, quantity.symbol, tuple(curves), quantity.log)

    def _curves(self, quantity: Quantity, run: Run, selected: bool) -> list[CurveDrawing]:
        trajectory = self._session.trajectories.get(run.id)
        if trajectory is None:
            return []
        color = style.current().run(run.color)
        curves = []
        for index, (name, values) in enumerate(quantity.curves(trajectory)):
            look = _STYLES[(index + run.style) % len(_STYLES)]
            curves.append(CurveDrawing(run.id, name, color, values, look, run.name, selected))
        return curves
