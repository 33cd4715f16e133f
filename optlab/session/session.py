"""The session: the current document, what was computed for it, and where the cursor is.

Widgets and commands call its methods; it accepts or refuses, computes what a change made
necessary, and says with signals what is new.  All methods are called from one thread, the one
that the pool gives its answers to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import msgspec
from psygnal import Signal

from optlab.core.contours import SurfacePicture
from optlab.core.formula import FormulaError
from optlab.core.problems import Window
from optlab.core.run import RunSpec, Trajectory
from optlab.session import playback
from optlab.session.cluster.executor import Machines, ThisMachine
from optlab.session.compute import compute_runs, picture_style
from optlab.session.edits import model_edits
from optlab.session.edits.run_names import with_run_names
from optlab.session.edits.undo import History
from optlab.session.experiment import Experiment, Surface, changed
from optlab.session.jobs import DirectPool, JobControl, JobQueue, Pool, Work
from optlab.session.kernel_cache import Kernels
from optlab.session.maps.map_request import MapWork, Request
from optlab.session.maps.planes import Flat
from optlab.session.maps.shown_map import RUNS, ShownMap
from optlab.session.playback import Cursor, Playback
from optlab.session.resolve import ExperimentError, Resolved, resolve, same_loss
from optlab.session.study import Study
from optlab.session.view import USUAL, View, looking, usual_part

MAP, MAP_KERNEL = "map", "map kernel"
TRIALS = "trials"
"""Channels of work."""


class Session(Cursor):
    """One open experiment."""

    document_changed = Signal(Experiment)
    resolved_changed = Signal(Resolved)
    trajectories_changed = Signal(frozenset)
    """The ids of the runs that have new numbers."""
    flat_changed = Signal(Flat)
    """Another surface, or another plane with the paths projected onto it."""
    picture_changed = Signal(SurfacePicture)
    selection_changed = Signal(str)
    view_changed = Signal(View)
    """The experiment is shown in another way."""
    formula_checked = Signal(object)
    """None, or the FormulaError of a typed formula; the last good surface stays."""
    window_fitted = Signal(Experiment, Experiment)
    """The document before and after the window was fitted to paths of which nothing was seen."""
    refused = Signal(str)
    """Why a proposed document was not accepted."""
    failed = Signal(Exception)
    """An error in the code of a worker."""
    working_changed = Signal(bool)
    cancelled = Signal()
    """Somebody stopped what was being computed."""

    def __init__(
        self,
        document: Experiment,
        pool: Pool | None = None,
        kernels: Kernels | None = None,
        usual_view: View = USUAL,
    ) -> None:
        self._resolved = resolve(document)
        self._history = History(document)
        self._desk = JobQueue(pool or DirectPool(), self._fail)
        self._beside = not isinstance(pool, DirectPool | None)
        self._kernels = kernels or Kernels()
        self._trajectories: dict[str, Trajectory] = dict(self._resolved.recordings)
        self._done: dict[str, RunSpec] = {}
        self._asked: dict[str, RunSpec] = {}
        self._stopped = self._again = self._more = self._moving = False
        drawn = self.flat_changed, self.picture_changed
        self.shown_map = ShownMap(self._resolved, self._desk, *drawn, self._kernels, self._beside)
        self._usual = usual_view
        self._playback, self._follows_end = Playback(), True
        self._formula_error: FormulaError | None = None
        self._selected = document.runs[0].id if document.runs else ""
        self.seconds, self.steps_done, self._opened = 0.0, 0, 0
        self.machines: Machines = ThisMachine()  # compute maps, studies and comparisons

    # -- what is ---------------------------------------------------------------------------

    @property
    def document(self) -> Experiment:
        """The accepted document."""
        return self._history.present

    @property
    def resolved(self) -> Resolved:
        """What the document means."""
        return self._resolved

    @property
    def trajectories(self) -> Mapping[str, Trajectory]:
        """The newest trajectory of each run, by id."""
        return MappingProxyType(self._trajectories)

    @property
    def study(self) -> Study:
        """The document, what it means, and the newest trajectories, as they are now."""
        return Study(self.document, self._resolved, dict(self._trajectories))

    @property
    def computed(self) -> Mapping[str, RunSpec]:
        """What each of :attr:`trajectories` was computed from, by id."""
        return MappingProxyType(self._done)

    @property
    def flat(self) -> Flat:
        """What maps show: the surface, or the newest plane with the paths projected onto it."""
        if self._resolved.no_map:
            return self.shown_map.flat
        return Flat(self._resolved, self.trajectories)

    @property
    def picture(self) -> SurfacePicture | None:
        """The newest computed picture of the surface, or of the plane."""
        return self.shown_map.picture

    @property
    def selected(self) -> str:
        """The id of the selected run, or nothing."""
        return self._selected

    @property
    def view(self) -> View:
        """How the experiment is shown: as it says, or as usual."""
        return self.document.view or self._usual

    @property
    def formula_error(self) -> FormulaError | None:
        """What is wrong with the formula that is being typed, or None."""
        return self._formula_error

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to bring back."""
        return bool(self._history.future)

    @property
    def work(self) -> JobControl | None:
        """The control of the runs that are being computed, else of the map or of trials."""
        return self._desk.busy(RUNS) or self._desk.busy(MAP) or self._desk.busy(TRIALS)

    # -- the document ----------------------------------------------------------------------

    def open(self, document: Experiment) -> None:
        """Shows another experiment; its history begins. Raises ExperimentError."""
        resolved = resolve(document)
        self._desk.cancel()
        self._opened += 1
        self._usual, self._follows_end = usual_part(self._usual), True
        self._trajectories, self._done, self._asked = {}, {}, {}
        self.shown_map.opened(resolved)
        self._set_playback(replace(Playback(), speed=self._playback.speed))
        self._accept(History(document), resolved)

    def propose(self, document: Experiment, merge_key: str = "") -> bool:
        """Makes ``document`` the current one where it can be resolved; says whether it was.

        Runs without a name get one. Changes in a row with one ``merge_key`` are undone together.
        """
        document = with_run_names(document)
        if document == self.document:
            return True
        try:
            resolved = resolve(document)
        except ExperimentError as error:
            self.refused.emit(str(error))
            return False
        self._accept(self._history.change(document, merge_key), resolved, bool(merge_key))
        return True

    def read_again(self) -> None:
        """Takes in what changed in the files of recordings. Raises ExperimentError."""
        self._accept(self._history, resolve(self.document))

    def settle(self) -> None:
        """Ends a drag: what comes next is undone on its own."""
        self._history = self._history.settle()
        self.rest()

    def rest(self) -> None:
        """Nothing moves: draws in full what was drawn with less meanwhile."""
        if self._moving:
            self._moving = False
            self._draw_map()

    def undo(self) -> None:
        """Takes the last change back."""
        self._travel(self._history.undo())

    def redo(self) -> None:
        """Brings the last undone change back."""
        self._travel(self._history.redo())

    def _travel(self, history: History) -> None:
        if history is not self._history:
            self._accept(history, resolve(history.present))

    def _accept(self, history: History, resolved: Resolved, moving: bool = False) -> None:
        self._moving = moving and self._beside
        old, before = self._resolved, [run.id for run in self.document.runs]
        seen = self.view
        self._history, self._resolved = history, resolved
        ids = [run.id for run in self.document.runs]
        if resolved.problem.weights != old.problem.weights:
            # Numbers of other weights have no place in any view.
            self._trajectories, self._done = {}, {}
            self.shown_map.forget_plane(resolved)
        for gone in set(self._trajectories) - set(resolved.specs):
            if gone not in resolved.recordings:
                del self._trajectories[gone]
            self._done.pop(gone, None)
        known, given = self._trajectories, resolved.recordings
        recorded = {run_id for run_id in given if known.get(run_id) is not given[run_id]}
        self._trajectories.update(resolved.recordings)
        self.document_changed.emit(self.document)
        self.resolved_changed.emit(resolved)
        if not resolved.no_map:
            self.shown_map.forget_plane(resolved)
            self.flat_changed.emit(self.flat)
        if self.view != seen:
            self.view_changed.emit(self.view)
        if self._selected not in ids:
            place = before.index(self._selected) if self._selected in before else 0
            self.select(ids[min(place, len(ids) - 1)] if ids else "")
        same = resolved.problem == old.problem and resolved.window == old.window
        again = not same or picture_style(self.view) != picture_style(seen)
        if resolved.no_map:
            self._draw_map(again)
        if recorded:
            self._fit_playback()
            self.trajectories_changed.emit(frozenset(recorded))
        self._ask_runs()
        if not resolved.no_map:
            self._draw_map(again)

    def type_formula(self, text: str) -> None:
        """Takes a formula as it is being typed; a wrong one changes nothing and is reported."""
        document, self._formula_error = self.document, None
        try:
            model_edits.typed_problem(document, text, model_edits.kept_weights(document, text))
        except FormulaError as error:
            self._formula_error = error
            self.formula_checked.emit(error)
            return
        self.formula_checked.emit(None)
        self.propose(model_edits.type_formula(document, text), "formula")

    def forget_formula_error(self) -> None:
        """The typed formula that was wrong gave way to that of the document."""
        self._formula_error = None

    def set_window(self, window: Window | None) -> None:
        """Shows another part of the surface; None for the problem's own, or around the paths."""
        if self._resolved.no_map:
            plane = msgspec.structs.replace(self.view.plane, window=window)
            self.show(plane=plane)
            return
        surface: Surface = msgspec.structs.replace(self.document.surface, window=window)
        self.propose(changed(self.document, surface=surface), "window")

    def fit_window(self, window: Window) -> None:
        """Shows another part of the surface as a part of the last change, not as one of its own."""
        surface: Surface = msgspec.structs.replace(self.document.surface, window=window)
        document = changed(self.document, surface=surface)
        if document != self.document:
            self.window_fitted.emit(self.document, document)
            self._accept(self._history.amend(document), resolve(document))

    def select(self, run_id: str) -> None:
        """Makes a run the selected one."""
        if run_id != self._selected:
            self._selected = run_id
            self.selection_changed.emit(run_id)

    # -- computing -------------------------------------------------------------------------

    def compute_all(self) -> None:
        """Asks for everything that is shown; called once at the start."""
        self._draw_map(again=True)
        self._ask_runs()

    def show(self, **fields: object) -> None:
        """Shows the experiment in another way: other values for fields of its view.  Raises
        TypeError or msgspec.ValidationError for what a view has not."""
        old, view = self.view, looking(self.view, **fields)
        if view == old:
            return
        self._usual = view
        self._history = self._history.show(view)
        self.view_changed.emit(view)
        self._draw_map(picture_style(view) != picture_style(old))

    def cancel(self) -> None:
        """Stops computing runs and maps; what was computed is kept and shown."""
        self._stopped = self._desk.busy(RUNS) is not None
        self._desk.cancel(RUNS)
        self._desk.cancel(MAP)
        self._desk.cancel(TRIALS)
        self.cancelled.emit()

    def ask(self, channel: str, work: Work, then: Callable[[Any], None]) -> None:
        """Has other work, which takes all it needs along, done beside; ``then`` gets its value."""
        self._desk.ask(channel, work, partial(self._take, then))
        if self.work is not None:
            self.working_changed.emit(True)

    def _take(self, then: Callable[[Any], None], value: Any) -> None:
        then(value)
        if self.work is None:
            self.working_changed.emit(False)

    def ask_map(
        self,
        request: Request,
        then: Callable[[MapWork], None],
        measure: str = "loss",
        run: str = "",
    ) -> MapWork:
        """Has a map of a run computed, which is handed out at once: its picture, of a ``measure``,
        grows meanwhile; ``then`` gets it, complete or as far as it came."""
        executor, store = self.machines.on(self.document, run), self._kernels.store
        work = MapWork(request, store, measure, beside=self._beside, executor=executor)
        if self._beside:
            self._desk.ask(MAP_KERNEL, work.prepare, lambda _nothing: None)
        self.ask(MAP, work, then)
        return work

    def cancel_work(self, channel: str = MAP) -> None:
        """Stops work on a channel; what was computed of a map is kept."""
        self._desk.cancel(channel)

    def prepare(self, long: bool = False) -> None:
        """Compiles what makes these runs, or the ``long`` ones, faster, beside; until then, and
        for short runs always, plain Python answers."""
        again = partial(self.prepare, long=True) if self._beside else None
        self._kernels.compile_on(self._desk, self._resolved.specs.values(), long, again)

    def close(self) -> None:
        """Stops all work."""
        self._desk.cancel()

    def _draw_map(self, again: bool = False) -> None:
        """Has the map drawn where what it shows is another, or ``again`` in another style."""
        if self._resolved.no_map:
            about = changed(self.document, view=self.view), self._resolved, self._trajectories
            self.shown_map.show_plane(*about, bool(self._resolved.specs), again, self._moving)
        else:
            self.shown_map.show_surface(self._resolved, self.view, again)

    def _ask_runs(self) -> None:
        specs = dict(self._resolved.specs)
        order = sorted(specs, key=lambda run_id: run_id != self._selected)
        wanted = {i: specs[i] for i in order if self._done.get(i) != specs[i]}
        if slow := self._beside and self._kernels.missing_for(wanted.values(), long=True):
            self._more, wanted = len(wanted) > 1, dict([*wanted.items()][:1])  # each takes long
        if not wanted:
            self._desk.cancel(RUNS)
            self._asked = {}
            self._fit_playback()
            return
        if wanted == self._asked and self._desk.busy(RUNS) is not None:
            # What was stopped is still ending: what it leaves out is requested then.
            self._again = self._stopped
            return
        self._asked, self._stopped, self._again = wanted, False, False
        began, opened = time.perf_counter(), self._opened

        def take(results: dict[str, Trajectory]) -> None:
            # Numbers of an experiment that is no longer open belong to nothing.
            kept = results if opened == self._opened else {}
            self._take_runs(wanted, kept, time.perf_counter() - began)

        with_ = self._kernels, self._beside
        self._desk.ask(RUNS, lambda control: compute_runs(wanted, control, *with_), take)
        if slow:
            self.prepare(long=True)
        if self.work is not None:
            self.working_changed.emit(True)

    def _take_runs(
        self, specs: Mapping[str, RunSpec], results: Mapping[str, Trajectory], seconds: float
    ) -> None:
        fresh = set()
        for run_id, trajectory in results.items():
            current = self._resolved.specs.get(run_id)
            exact = current is not None and current == specs[run_id]
            stopped = trajectory.outcome.kind == "cancelled"
            # Overtaken numbers are worth showing while newer ones are on their way, but not on
            # another surface; one that is being turned is the same.
            usable = current is not None and same_loss(current.problem, specs[run_id].problem)
            if exact or (usable and not stopped and run_id in self._asked):
                self._trajectories[run_id] = trajectory
                self._done[run_id] = specs[run_id]
                fresh.add(run_id)
        self.seconds, self.steps_done = seconds, sum(path.steps for path in results.values())
        if fresh:
            self._fit_playback()
            self.trajectories_changed.emit(frozenset(fresh))
            self._draw_map()
        again = self._again or (self._more and not self._stopped)
        self._again = self._stopped = self._more = False
        if again:
            self._ask_runs()
        if self.work is None:
            self.working_changed.emit(False)

    def _fail(self, error: Exception) -> None:
        """Tells an error in the code of a worker; asking again is possible."""
        self._asked = {}
        if isinstance(error, MemoryError):
            self.refused.emit("there is not enough memory for this many steps")
        else:
            self.failed.emit(error)
        if self.work is None:
            self.working_changed.emit(False)

    # -- the cursor ------------------------------------------------------------------------

    def _fit_playback(self) -> None:
        visible = [run.id for run in self.document.runs if run.visible]
        lengths = [self._trajectories[i].steps for i in visible if i in self._trajectories]
        last = max(lengths, default=0)
        fitted = playback.with_length(self._playback, last)
        if self._follows_end and not self._playback.playing:
            fitted = playback.seek(fitted, last)
        self._set_playback(fitted)
