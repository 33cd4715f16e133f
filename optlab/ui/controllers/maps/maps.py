"""What the controllers of all maps share: when to compute, and how the picture comes in."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from optlab.core.maps import StartPlane
from optlab.core.parameters import SettingError
from optlab.core.run import RunSpec
from optlab.session.experiment import Run
from optlab.session.maps.map_request import MapWork, Request, coarser, effort
from optlab.session.maps.planes import start_plane
from optlab.session.session import Session
from optlab.ui.shell.redraw import Change, Redraw, delayed
from optlab.ui.views.maps.page import SELECTED, MapPage
from optlab.ui.widgets.labels import Tone

if TYPE_CHECKING:
    from optlab.api import MapResult

_QUICK = (64, 32, 16)
"""Cells along each side while settings change: the first that takes no time to speak of."""
_SETTLED = 350
"""Milliseconds without a change after which the whole map is computed."""
_POLL = 30
"""Milliseconds between two looks at a map that is being computed."""
AUTOMATIC = 5e9
"""Steps of single runs that a map may take without being asked for: some ten seconds."""


class MapController(QObject):
    """Keeps a page up to date while it can be seen.

    A change is answered with a coarse map at once; the whole one comes when nothing changes any
    more. A subclass says what to compute and how to show it.
    """

    def __init__(self, session: Session, page: MapPage, redraw: Redraw, resolution: int) -> None:
        super().__init__(page)
        self.session = session
        self.page = page
        self.resolution = resolution
        self._run = SELECTED
        self._asked: Request | None = None
        self._works: list[MapWork] = []
        self._work: MapWork | None = None
        self._shown: tuple[MapWork, int] | None = None
        self._held: tuple[object, StartPlane | None] | None = None
        self._request = redraw.add(
            self._draw,
            Change.DOCUMENT | Change.SELECTION | Change.TRAJECTORIES | Change.PLANE | Change.THEME,
            shown_in=page,
        )
        self._settle = delayed(self, _SETTLED, self._whole)
        self._poll = QTimer(self, interval=_POLL)
        self._poll.timeout.connect(self._poll_map)
        page.run_chosen.connect(self._choose_run)
        page.resolution_chosen.connect(self._choose_resolution)
        page.compute_pressed.connect(self.compute)
        page.shown.connect(self._appear)
        page.canvas.hovered.connect(self._hover)
        page.canvas.hover_left.connect(self._unhover)
        session.cancelled.connect(self._cancelled)

    # -- for subclasses --------------------------------------------------------------------

    @property
    def measure(self) -> str:
        """What the map shows."""
        return "loss"

    def request(self, spec: RunSpec) -> Request:
        """What to compute. Raises SettingError or ValueError where that cannot be."""
        raise NotImplementedError

    def show_settings(self, spec: RunSpec) -> None:
        """Shows what is set, and marks on the picture."""
        raise NotImplementedError

    def show_picture(self, work: MapWork) -> None:
        """Shows what is known of a map."""
        raise NotImplementedError

    def describe(self, work: MapWork, index: int) -> str:
        """What to read at a cell."""
        raise NotImplementedError

    @property
    def starts(self) -> StartPlane | None:
        """The plane of the view on which runs start; None where the weights are the sides.

        It stays what it was while starts are moved on it, which would move the paths and the
        plane with them, until *Compute* is pressed.  Raises ValueError where there is none.
        """
        if not self.session.resolved.no_map:
            return None
        if self._held is None or self._held[0] != self._plane_key:
            self._held = self._plane_key, start_plane(self.session.flat)
        return self._held[1]

    @property
    def _plane_key(self) -> object:
        return self.session.view.plane, self.session.resolved.problem

    @property
    def _waits(self) -> bool:
        """Whether a plane is on its way on which runs are to start."""
        held = self._held is not None and self._held[0] == self._plane_key
        needed = bool(self.session.resolved.no_map) and not held
        return needed and not self.session.shown_map.is_settled

    # -- what is mapped --------------------------------------------------------------------

    @property
    def run_id(self) -> str:
        """The run that is mapped."""
        return self._run or self.session.selected

    @property
    def run(self) -> Run | None:
        """The run that is mapped, where there is one."""
        return self.session.document.run(self.run_id)

    @property
    def spec(self) -> RunSpec | None:
        """What the run means, or None where it cannot be run."""
        return self.session.resolved.specs.get(self.run_id)

    @property
    def work(self) -> MapWork | None:
        """The newest map that was asked for."""
        return self._work

    @property
    def shown_work(self) -> MapWork | None:
        """The map that is shown."""
        return None if self._shown is None else self._shown[0]

    def result(self) -> MapResult | None:
        """The map that is shown, where it is complete and the one that is asked for now."""
        work, spec, run = self.shown_work, self.spec, self.run
        if work is None or not work.complete or spec is None or run is None:
            return None
        try:
            wanted = coarser(self.request(spec), work.request.columns.count)
        except (SettingError, ValueError):
            return None
        from optlab.api import MapResult

        # A copy: another measure may be looked at while a worker writes this one.
        return MapResult(copy(work), self.session.document, run) if wanted == work.request else None

    def _draw(self, changed: Change) -> None:
        if Change.THEME in changed:
            self.redraw()
        self.refresh()

    def refresh(self) -> None:
        """Shows the settings, and computes where they ask for another map."""
        if not self.page.isVisible() or self._waits:
            return
        runs = [(run.id, run.name) for run in self.session.document.runs]
        if self._run not in {run_id for run_id, _ in runs}:
            self._run = SELECTED
        self.page.set_runs(runs, self._run)
        self.page.set_resolution(self.resolution)
        spec = self.spec
        if spec is None:
            self._stop(self._why_none())
            return
        self.show_settings(spec)
        try:
            request = self.request(spec)
        except (SettingError, ValueError) as error:
            self._stop(str(error))
            return
        if request != self._asked:
            self._change_to(request)

    def _why_none(self) -> str:
        if self.run_id in self.session.resolved.recordings:
            return "This run was recorded: it has no settings to vary."
        reason = self.session.resolved.errors.get(self.run_id)
        return reason or "Add a run to see its map."

    def _stop(self, reason: str) -> None:
        self._asked = None
        self._works = []
        self._settle.stop()
        self._poll.stop()
        self.session.cancel_work()
        self.page.set_notice(reason)

    # -- computing -------------------------------------------------------------------------

    def compute(self) -> None:
        """Computes the whole map now, however long it takes."""
        self._settle.stop()
        self._held = None
        spec = self.spec
        self._asked = None
        if spec is not None:
            try:
                self._asked = self.request(spec)
            except (SettingError, ValueError) as error:
                self._stop(str(error))
                return
            self._ask(self._asked)

    def _change_to(self, request: Request) -> None:
        before, self._asked = self._asked, request
        quick = _affordable(request)
        if quick is None:
            self._settle.stop()
            self.page.set_notice("This takes long: press Compute to begin.", Tone.NORMAL)
        elif before is None or quick == request:
            self._whole()
        else:
            self._ask(quick)
            self._settle.start()

    def _whole(self) -> None:
        if self._asked is None or not self.page.isVisible():
            return
        quick = _affordable(self._asked)
        if effort(self._asked) <= AUTOMATIC:
            self._ask(self._asked)
        elif quick is not None:
            if self._work is None or self._work.request != quick:
                self._ask(quick)
            self.page.set_notice("A coarse map: press Compute for the whole one.", Tone.NORMAL)

    def _ask(self, request: Request) -> None:
        self.page.set_notice("")
        work = self.session.ask_map(request, self._done, self.measure, self.run_id)
        if work.complete:
            return
        self._work = work
        self._works = [*self._works[-3:], work]
        self._poll.start()

    def _poll_map(self) -> None:
        """Shows the newest map of which there is a picture."""
        newest = next((work for work in reversed(self._works) if work.picture is not None), None)
        if newest is not None:
            self._show(newest)
        if self.session.work is None:
            # Cancelled before it began.
            self._poll.stop()
            self._stopped()

    def _show(self, work: MapWork) -> None:
        state = (work, work.changes)
        if state != self._shown and work.request.spec.problem == self.session.resolved.problem:
            self._shown = state
            self.show_picture(work)

    def _done(self, work: MapWork) -> None:
        newest = self._works[-1] if self._works else work
        if work.picture is not None and (work.complete or work is newest):
            self._show(work)
        if work is newest and self._asked is not None:
            self._poll.stop()
            self._works = []
            self._work = work
            if not work.complete:
                self._stopped()

    def _cancelled(self) -> None:
        """A person stops everything: the whole map must not follow the coarse one."""
        if self._settle.isActive():
            self._settle.stop()
            if not self._works:
                self._stopped()

    def _stopped(self) -> None:
        self._works = []
        self._settle.stop()
        why = self.session.machines.lost or "Stopped"
        self.page.set_notice(f"{why}. Compute begins again.", Tone.NORMAL)

    def _appear(self) -> None:
        """What was overtaken by another map while nobody looked is asked for again."""
        if self._work is None or not self._work.complete:
            self._asked = None
        self._request()

    # -- the page --------------------------------------------------------------------------

    def redraw(self) -> None:
        """Shows the same map in the colours of now."""
        if self.shown_work is not None:
            self.show_picture(self.shown_work)
        if self.page.isVisible() and self.spec is not None:
            self.show_settings(self.spec)

    def _choose_run(self, run_id: str) -> None:
        self._run = run_id
        self.refresh()

    def _choose_resolution(self, resolution: int) -> None:
        self.resolution = resolution
        self.refresh()

    def _hover(self, row: int, column: int) -> None:
        work = self.shown_work
        index = None if work is None else work.shown_cell(row, column)
        text = "" if work is None or index is None else self.describe(work, index)
        self.page.canvas.set_hover_text(text)

    def _unhover(self) -> None:
        self.page.canvas.set_hover_text("")


def _affordable(request: Request) -> Request | None:
    """The same map so coarse that it may be computed without being asked for."""
    maps = (coarser(request, cells) for cells in _QUICK)
    return next((one for one in maps if effort(one) <= AUTOMATIC), None)
