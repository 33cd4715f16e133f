"""The session as a machine: any order of edits, answers of workers, undo, saving and opening.

Workers are played by the machine itself: what the session asks for waits until a rule lets one of
the requests be carried out, so answers come late, and after everything else has changed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from optlab.core.problems import surface_names
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import run
from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.session.edits import model_edits, run_edits
from optlab.session.edits.run_names import with_run_names
from optlab.session.experiment import Experiment, Run, Surface, change_run, changed
from optlab.session.jobs import Job, JobResult, carry_out
from optlab.session.resolve import resolve
from optlab.session.session import Session

# A few of each, taken by place in the catalogue: all rules and surfaces are tried elsewhere.
RULES = rule_names()[::7]
PROBLEMS = surface_names()[::6]
DOCUMENTS = (
    Experiment(surface=Surface(formula="w1^2 + 3 w2^2"), steps=20),
    Experiment(
        surface=Surface(problem=PROBLEMS[0]),
        runs=tuple(Run(id=str(i), optimizer=name) for i, name in enumerate(RULES[:2])),
        steps=30,
    ),
)


class WaitingPool:
    """Keeps requests until somebody has one carried out."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Job, Callable[[JobResult], None]]] = []

    def submit(self, request: Job, receive: Callable[[JobResult], None]) -> None:
        self.waiting.append((request, receive))

    def answer(self, place: int) -> None:
        request, receive = self.waiting.pop(place % len(self.waiting))
        receive(carry_out(request))


class SessionMachine(RuleBasedStateMachine):
    """Steps of a person and of the workers, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = WaitingPool()
        self.session = Session(DOCUMENTS[0], self.pool)
        self.session.shown_map.resolution = 12
        self.session.show(levels=3)
        self.errors: list[Exception] = []
        self.session.failed.connect(self.errors.append)
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name, "work.optlab")
        self.saved: Experiment | None = None
        self.past: list[Experiment] = []
        self.future: list[Experiment] = []
        self.cancelled = False
        self.session.compute_all()

    def teardown(self) -> None:
        self.session.close()
        self.folder.cleanup()

    def propose(self, document: Experiment) -> None:
        before = self.session.document
        document = with_run_names(document)
        self.session.settle()
        accepted = self.session.propose(document)
        assert self.session.document == (document if accepted else before)
        if accepted and document != before:
            self.past.append(before)
            self.future.clear()
            self.cancelled = False

    def some_run(self, place: int) -> str:
        runs = self.session.document.runs
        return runs[place % len(runs)].id if runs else ""

    # -- a person ------------------------------------------------------------------------------

    @rule(key=st.sampled_from(PROBLEMS))
    def choose_surface(self, key: str) -> None:
        self.propose(model_edits.choose_problem(self.session.document, key))

    @rule(text=st.sampled_from(["w1^2+w2^2", "log(w1)", "1/(w1*w2)", "w1 +", "9^9^9", ""]))
    def type_formula(self, text: str) -> None:
        before, past = self.session.document, len(self.past)
        self.session.settle()
        self.session.type_formula(text)
        if self.session.document != before:
            assert len(self.past) == past
            self.past.append(before)
            self.future.clear()
            self.cancelled = False

    @rule(name=st.sampled_from(RULES))
    @precondition(lambda self: len(self.session.document.runs) < 4)
    def add_run(self, name: str) -> None:
        self.propose(run_edits.add_run(self.session.document, name))

    @rule(place=st.integers(0, 9), name=st.sampled_from(RULES))
    def choose_optimizer(self, place: int, name: str) -> None:
        self.propose(run_edits.choose_optimizer(self.session.document, self.some_run(place), name))

    @rule(place=st.integers(0, 9))
    def remove_run(self, place: int) -> None:
        self.propose(run_edits.remove_run(self.session.document, self.some_run(place)))

    @rule(place=st.integers(0, 9), value=st.floats(-1, 10), which=st.integers(0, 9))
    def set_parameter(self, place: int, value: float, which: int) -> None:
        run_id = self.some_run(place)
        chosen = self.session.document.run(run_id)
        if chosen is not None:
            names = tuple(load_rule(chosen.optimizer).parameters)
            document = self.session.document
            self.propose(
                run_edits.set_parameter(document, run_id, names[which % len(names)], value)
            )

    @rule(place=st.integers(0, 9), visible=st.booleans())
    def hide(self, place: int, visible: bool) -> None:
        document = self.session.document
        self.propose(change_run(document, self.some_run(place), visible=visible))

    @rule(steps=st.integers(-1, 60))
    def set_steps(self, steps: int) -> None:
        self.propose(changed(self.session.document, steps=steps))

    @rule(start=st.tuples(st.floats(-3, 3), st.floats(-3, 3)))
    def set_start(self, start: tuple[float, float]) -> None:
        self.propose(changed(self.session.document, start=start))

    @rule(low=st.floats(-5, 5), width=st.floats(-1, 5))
    def set_window(self, low: float, width: float) -> None:
        before = self.session.document
        self.session.settle()
        self.session.set_window(((low, low + width), (-1.0, 1.0)))
        if self.session.document != before:
            self.past.append(before)
            self.future.clear()
            self.cancelled = False

    @rule()
    def undo(self) -> None:
        now = self.session.document
        assert self.session.can_undo == bool(self.past)
        self.session.undo()
        if self.past:
            self.future.insert(0, now)
            assert self.session.document == self.past.pop()
            self.cancelled = False

    @rule()
    def redo(self) -> None:
        now = self.session.document
        assert self.session.can_redo == bool(self.future)
        self.session.redo()
        if self.future:
            self.past.append(now)
            assert self.session.document == self.future.pop(0)
            self.cancelled = False

    @rule(step=st.integers(-5, 80))
    def seek(self, step: int) -> None:
        self.session.seek(step)
        assert not self.session.playback.playing

    @rule(steps=st.integers(-12, 12))
    def step_by(self, steps: int) -> None:
        self.session.step_by(steps)

    @rule()
    def play(self) -> None:
        self.session.toggle_playing()

    @rule(seconds=st.floats(-1, 10))
    def tick(self, seconds: float) -> None:
        self.session.tick(seconds)

    @rule(place=st.integers(0, 9))
    def select(self, place: int) -> None:
        run_id = self.some_run(place)
        if run_id:
            self.session.select(run_id)

    @rule()
    def save(self) -> None:
        save_experiment(self.session.document, self.file)
        self.saved = self.session.document

    @rule()
    @precondition(lambda self: self.saved is not None)
    def reopen(self) -> None:
        document = load_experiment(self.file)
        assert document == self.saved
        self.open(document)

    @rule(document=st.sampled_from(DOCUMENTS))
    def open_another(self, document: Experiment) -> None:
        self.open(document)

    def open(self, document: Experiment) -> None:
        self.session.open(document)
        assert self.session.document == document
        self.past.clear()
        self.future.clear()
        self.cancelled = False

    @rule()
    def cancel(self) -> None:
        if self.session.work is not None:
            self.cancelled = True
        self.session.cancel()

    # -- the workers ---------------------------------------------------------------------------

    @rule(place=st.integers(0, 9))
    @precondition(lambda self: self.pool.waiting)
    def a_worker_answers(self, place: int) -> None:
        self.pool.answer(place)

    @rule()
    def all_workers_answer(self) -> None:
        for _ in range(50):
            if not self.pool.waiting:
                break
            self.pool.answer(0)
        assert not self.pool.waiting, "work without an end"
        assert self.session.work is None
        if not self.cancelled:
            self.everything_is_computed()

    def everything_is_computed(self) -> None:
        specs = self.session.resolved.specs
        assert set(self.session.trajectories) == set(specs)
        for run_id, spec in specs.items():
            assert self.session.computed[run_id] == spec
            shown, right = self.session.trajectories[run_id], run(spec)
            assert shown.outcome == right.outcome
            assert all(np.array_equal(shown[n], right[n], equal_nan=True) for n in right.names)

    # -- what always holds ---------------------------------------------------------------------

    @invariant()
    def no_worker_failed(self) -> None:
        assert self.errors == []

    @invariant()
    def the_document_means_what_is_resolved(self) -> None:
        assert self.session.resolved == resolve(self.session.document)

    @invariant()
    def trajectories_belong_to_runs_and_surface(self) -> None:
        specs = self.session.resolved.specs
        assert set(self.session.trajectories) <= set(specs)
        assert set(self.session.computed) == set(self.session.trajectories)
        for spec in self.session.computed.values():
            assert spec.steps >= 0

    @invariant()
    def the_cursor_is_on_a_step(self) -> None:
        shown = self.session.playback
        assert 0 <= shown.position <= shown.last
        assert 0 <= shown.step <= shown.last

    @invariant()
    def the_selected_run_exists(self) -> None:
        ids = [run.id for run in self.session.document.runs]
        assert self.session.selected in (ids or [""])


TestSession = SessionMachine.TestCase
TestSession.settings = settings(max_examples=40, stateful_step_count=40)
