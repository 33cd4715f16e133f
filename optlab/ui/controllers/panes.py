"""Connects the column of panes with the session."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from optlab.core.analysis.quantities import DEFAULT_KEYS, Quantity, available, choosable
from optlab.pictures.charts.curves import PaneSpec, pane_spec
from optlab.session.experiment import change_run
from optlab.session.session import Session
from optlab.ui.controllers.background import BackgroundWork
from optlab.ui.controllers.repetition import Repetition
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.panes import PanesView

_PANES = "panes"
"""The channel of work."""


@dataclass(frozen=True)
class PaneChoice:
    """A quantity that can be shown: what it is, whether it is shown, and on which scale."""

    key: str
    title: str
    symbol: str
    group: str
    shown: bool
    log: bool


class PanesController(QObject):
    """Shows the quantities over the steps that the view of the experiment names."""

    def __init__(
        self,
        session: Session,
        view: PanesView,
        redraw: Redraw,
        repetition: Repetition | None = None,
    ) -> None:
        super().__init__(view)
        self._repetition = repetition or Repetition(session)
        self._session = session
        self._view = view
        self._shown: list[Quantity] = []
        self._panes: list[PaneSpec] = []
        self._made_for = ""
        self._given: object = None
        self._background = BackgroundWork(session, _PANES)
        redraw.add(
            self._show_panes,
            Change.DOCUMENT
            | Change.TRAJECTORIES
            | Change.SELECTION
            | Change.VIEW
            | Change.SEEDS
            | Change.THEME,
            later=True,
        )
        view.step_chosen.connect(session.seek)
        view.run_toggled.connect(self._show_run)
        view.component_chosen.connect(self._add_component)
        redraw.add(self._show_cursor, Change.PLAYBACK)

    def _show_run(self, run_id: str, visible: bool) -> None:
        """A click in the legend hides a run everywhere, as the eye in the list does."""
        self._session.propose(change_run(self._session.document, run_id, visible=visible))

    def _show_cursor(self, _changed: Change) -> None:
        playback = self._session.playback
        self._view.set_steps(playback.last)
        self._view.set_step(playback.step)

    # -- the choice ------------------------------------------------------------------------

    def choices(self) -> list[PaneChoice]:
        """All that can be shown now, in order."""
        shown = self._session.view.panes
        return [
            PaneChoice(q.key, q.title, q.symbol, q.group, q.key in shown, self._is_log(q))
            for q in self._available()
        ]

    def key_of_pane(self, index: int) -> str:
        """The key of a pane, counted from the top; nothing for none."""
        return self._shown[index].key if 0 <= index < len(self._shown) else ""

    def set_shown(self, key: str, shown: bool) -> None:
        """Shows a quantity or leaves it out."""
        others = [known for known in self._session.view.panes if known != key]
        self._session.show(panes=[*others, key] if shown else others)

    def set_log(self, key: str, log: bool) -> None:
        """Shows a quantity on a logarithmic scale or on a linear one."""
        view = self._session.view.with_scale(key, log)
        self._session.show(log_panes=view.log_panes, linear_panes=view.linear_panes)

    def components(self) -> list[tuple[object, str, str]]:
        """Single components of long vectors, to choose from: key, symbol, of what."""
        trajectory = self._session.trajectories.get(self._session.selected)
        found = [] if trajectory is None else choosable(trajectory)
        return [(key, key.removeprefix("all:"), name) for key, name in found]

    def choose_component(self) -> None:
        """Opens the list of single components."""
        self._view.choose_component(self.components())

    def _add_component(self, key: object) -> None:
        self.set_shown(str(key), True)

    def reset(self) -> None:
        """The usual panes on their usual scales."""
        self._session.show(panes=DEFAULT_KEYS, log_panes=(), linear_panes=())

    # -- what is shown ---------------------------------------------------------------------

    def _show_panes(self, _changed: Change) -> None:
        """Gives the view the newest curves; long ones are made in a worker."""
        session, theme = self._session, theme_of(self._view)
        chosen = [q for q in self._available() if q.key in self._session.view.panes]
        # Hidden runs too: the legend is where they are shown again.
        walks = [
            (run, session.trajectories[run.id])
            for run in session.document.runs
            if run.id in session.trajectories
        ]
        self._view.set_hidden_runs([run.id for run, _ in walks if not run.visible])
        logs = [self._is_log(quantity) for quantity in chosen]
        selected = session.selected
        repeated = {run.id: self._repetition.of(run.id) for run, _ in walks}
        looks = [(run.id, run.title, run.color, run.style) for run, _ in walks]
        # A setting that is being dragged changes the document before there are other numbers.
        numbers = [walk for _, walk in walks], list(repeated.values())
        given = (looks, *numbers, [q.key for q in chosen], logs, selected, theme)
        if given == self._given:
            return
        self._given = given

        def work() -> list[PaneSpec]:
            return [
                pane_spec(quantity, log, walks, selected, theme, repeated)
                for quantity, log in zip(chosen, logs, strict=True)
            ]

        def take(panes: list[PaneSpec]) -> None:
            # What none of the runs has, such as the learning rate of recorded numbers, is no pane.
            pairs = zip(chosen, panes, strict=True)
            known = [(quantity, pane) for quantity, pane in pairs if pane.curves or not walks]
            self._shown = [quantity for quantity, _ in known]
            self._panes, self._made_for = [pane for _, pane in known], selected
            self._view.set_panes(self._panes)
            self._show_cursor(Change.PLAYBACK)

        rows = len(chosen) * sum(walk.rows * (1 + len(repeated[r.id])) for r, walk in walks)
        self._background.do(rows, work, take)
        if self._background.is_busy and self._made_for not in ("", selected):
            self._leave_only(selected)

    def _leave_only(self, selected: str) -> None:
        """Takes away the curves of a run that is no longer selected, until those of the new come.

        What all runs have stays as it is.
        """
        self._made_for = ""
        of_all = {quantity.key for quantity in self._shown if quantity.of_all}
        self._panes = [
            pane
            if pane.key in of_all
            else replace(pane, curves=tuple(c for c in pane.curves if c.run_id == selected))
            for pane in self._panes
        ]
        self._view.set_panes(self._panes)

    def _available(self) -> tuple[Quantity, ...]:
        session = self._session
        return available(
            session.resolved.problem,
            session.computed.get(session.selected),
            session.trajectories.get(session.selected),
            session.view.panes,
        )

    def _is_log(self, quantity: Quantity) -> bool:
        return self._session.view.is_log(quantity.key, quantity.log)
