"""The runs of a session repeated over seeds, as often as its view says."""

from __future__ import annotations

from functools import partial

from psygnal import Signal

from optlab.core.run import RunSpec, Trajectory
from optlab.files.seed_runs import SeedRuns, compute_seeds
from optlab.session.experiment import Experiment
from optlab.session.jobs import JobControl
from optlab.session.session import Session
from optlab.ui.shell.redraw import Change, Redraw

SEEDS = "seeds"
"""The channel of work."""


class Repetition:
    """Has the runs repeated when experiment or view change; ``changed`` tells of new numbers."""

    changed = Signal()

    def __init__(self, session: Session, redraw: Redraw | None = None) -> None:
        self._session = session
        if redraw is not None:
            self.changed.connect(partial(redraw.request, Change.SEEDS))
            changes = Change.TRAJECTORIES | Change.VIEW | Change.RESOLVED | Change.WORK
            redraw.add(self._update, changes)
        self._found: SeedRuns | None = None
        self._asked: object = None

    def _update(self, _changed: Change) -> None:
        """Asks for what is shown now, unless it is there or on its way."""
        session = self._session
        if session.work is not None:
            return  # the runs themselves come first
        document, count = session.document, session.view.seeds
        wanted = _meaning(document), count
        if wanted == self._asked:
            return
        self._asked = wanted
        session.cancel_work(SEEDS)
        if count < 2 or document.surface.function or session.resolved.errors:
            self._take(None)
            return

        def work(control: JobControl) -> SeedRuns | None:
            found = compute_seeds(document, count, control)
            return None if control.cancelled() else found

        def take(found: SeedRuns | None) -> None:
            if found is None:
                self._asked = None  # it was stopped: the next change asks again
            elif self._asked == wanted:
                self._take(found)

        session.ask(SEEDS, work, take)

    def _take(self, found: SeedRuns | None) -> None:
        if found is not self._found:
            self._found = found
            self.changed.emit()

    def of(self, run_id: str) -> tuple[Trajectory, ...]:
        """The numbers of a run, one for each seed; nothing where it is not repeated."""
        found, now = self._found, self._session.document
        if found is None or found.first.experiment.surface != now.surface:
            return ()
        run = now.run(run_id)
        known = run is not None and not run.recording and run_id in found.first.trajectories
        return tuple(found.numbers(run_id)) if known else ()

    def middle(self, run_id: str) -> tuple[RunSpec, Trajectory] | None:
        """The run whose final loss is the median, and what it was computed from."""
        paths, found = self.of(run_id), self._found
        if not paths or found is None:
            return None
        study = found.middle(run_id)
        return study.resolved.specs[run_id], study.trajectories[run_id]


def _meaning(document: Experiment) -> tuple[object, ...]:
    """What of an experiment its numbers depend on."""
    runs = tuple((r.id, r.own, r.then, r.start, r.recording) for r in document.runs)
    texts = document.rules, document.surfaces, document.schedules, document.tables
    numbers = document.start, document.steps, document.seed, document.stop_gradient
    return document.surface, runs, texts, numbers
