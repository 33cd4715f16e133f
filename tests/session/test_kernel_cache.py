"""Which loop computes a run, and what is compiled while nobody waits."""

from dataclasses import replace

import numpy as np
import pytest

from optlab.core.data import load_table
from optlab.core.native import KernelStore
from optlab.core.problems import data_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, plain_kernel, program_of, run
from optlab.core.run.sampling import Sampling
from optlab.core.schedules import parse_schedule
from optlab.session import kernel_cache as kernels_module
from optlab.session.compute import compute_runs
from optlab.session.experiment import change_run, changed
from optlab.session.jobs import JobControl
from optlab.session.kernel_cache import FEW, LONG, WORTH, Kernels
from optlab.session.maps.map_request import basin_request
from optlab.session.session import Session

SPEC = RunSpec(load_problem("himmelblau"), load_rule("adam"), {"eta": 0.1}, steps=WORTH)
PROGRAM = program_of(SPEC)


class Counting(Kernels):
    """Notes what is compiled."""

    def __init__(self, store: KernelStore) -> None:
        super().__init__(store)
        self.asked: list[object] = []

    def compiled(self, program):
        self.asked.append(program)
        return super().compiled(program)


def test_plain_python_answers_until_a_loop_is_ready(tmp_path) -> None:
    kernels = Kernels(KernelStore(tmp_path / "kernels"))
    assert kernels.choice(PROGRAM, LONG - 1) is plain_kernel(PROGRAM)
    first = compute_runs({"1": SPEC}, JobControl(), kernels)["1"]
    assert kernels.missing([PROGRAM, PROGRAM]) == [PROGRAM]
    kernels.prepare([PROGRAM], JobControl())
    assert kernels.missing([PROGRAM]) == []
    assert kernels.choice(PROGRAM, FEW) is not plain_kernel(PROGRAM)
    assert kernels.choice(PROGRAM, FEW - 1) is plain_kernel(PROGRAM)
    then = compute_runs({"1": SPEC}, JobControl(), kernels)["1"]
    np.testing.assert_array_equal(first.data, then.data)
    assert len(list((tmp_path / "kernels").glob("*.kernel"))) == 1


def test_numbers_alone_need_no_other_loop() -> None:
    others = [
        replace(SPEC, parameters={"eta": 0.3, "beta1": 0.5}),
        replace(SPEC, start=(1.0, 1.0), steps=7, seed=4),
    ]
    assert {program_of(spec) for spec in others} == {PROGRAM}
    cosine = [replace(SPEC, schedule=parse_schedule(f"cosine:T_max={n}")) for n in (10, 20)]
    assert len({program_of(spec) for spec in cosine}) == 1


def test_preparing_stops_when_asked() -> None:
    control = JobControl()
    control.cancel()
    kernels = Kernels()
    kernels.prepare([PROGRAM], control)
    assert kernels.missing([PROGRAM]) == [PROGRAM]


def test_a_session_prepares_long_runs_only(default) -> None:
    kernels = Counting(KernelStore(None))
    session = Session(default, kernels=kernels)
    session.compute_all()
    session.prepare()
    assert kernels.asked == []
    session.propose(changed(session.document, steps=WORTH))
    session.prepare()
    assert len(kernels.asked) == 3
    session.propose(change_run(session.document, "1", parameters={"eta": 0.2}))
    session.prepare()
    assert len(kernels.asked) == 3


def test_a_ready_loop_gives_the_same_numbers_in_a_session(default, monkeypatch) -> None:
    monkeypatch.setattr(kernels_module, "WORTH", 100)
    session = Session(default)
    session.compute_all()
    session.prepare()
    session.propose(changed(session.document, start=(1.0, 0.5)))
    for run_id, spec in session.resolved.specs.items():
        np.testing.assert_array_equal(session.trajectories[run_id].data, run(spec).data)


# -- maps ------------------------------------------------------------------------------------


def request(session: Session, resolution: int = 16):
    return basin_request(session.resolved.specs["1"], session.resolved.window, resolution)


def test_a_map_is_computed_beside_the_runs(slow, pool, record) -> None:
    working, done = record(slow.working_changed), []
    work = slow.ask_map(request(slow), done.append)
    assert slow.work is not None and working.said == [True] and work.picture is None
    pool.finish("map kernel")
    pool.finish("map")
    assert done == [work] and work.complete and slow.work is None
    assert working.said == [True, False]


def test_cancelling_keeps_the_map_as_far_as_it_came(slow, pool) -> None:
    done = []
    work = slow.ask_map(request(slow), done.append)
    slow.cancel()
    pool.finish("map")
    assert done == [work] and not work.complete


def test_a_newer_map_takes_the_place_of_one_that_waits(slow, pool) -> None:
    done = []
    works = [slow.ask_map(request(slow, 16 + i), done.append) for i in range(4)]
    assert [held.channel for held, _ in pool.held] == ["map kernel", "map"]
    pool.finish_all()
    assert done == [works[0], works[3]] and works[3].complete


def test_opening_another_experiment_stops_the_map(slow, pool, default) -> None:
    done = []
    work = slow.ask_map(request(slow), done.append)
    slow.open(default)
    pool.finish_all()
    assert done == [work] and not work.complete


@pytest.mark.parametrize("stop", ["cancel_work", "cancel"])
def test_the_runs_go_on_where_only_the_map_is_stopped(slow, pool, stop) -> None:
    slow.propose(changed(slow.document, steps=300))
    work = slow.ask_map(request(slow), lambda _: None)
    getattr(slow, stop)()
    pool.finish_all()
    kinds = {walk.outcome.kind for walk in slow.trajectories.values()}
    assert not work.complete and ("finished" in kinds)


# -- beside the window -----------------------------------------------------------------------

MODEL = data_problem(
    "mean(log(1 + exp(-(2*y - 1)*(w1 + w2*x1 + w3*x2))))", load_table("moons:n=40,seed=1")
)
TRAININGS = {
    str(eta): RunSpec(MODEL, load_rule("adam"), {"eta": eta}, steps=150, sampling=Sampling(batch=8))
    for eta in (0.01, 0.03, 0.1, 0.3)
}


@pytest.fixture
def soon_long(monkeypatch) -> None:
    for name, steps in (("LONG", 8_000), ("WORTH", 4_000), ("_MOMENT", 2_000)):
        monkeypatch.setattr(kernels_module, name, steps)


@pytest.mark.usefixtures("soon_long")
def test_no_run_beside_waits_for_a_compilation() -> None:
    kernels = Counting(KernelStore(None))
    plain = compute_runs(TRAININGS, JobControl(), kernels, beside=True)
    assert kernels.asked == [] and not any(map(kernels.is_ready, TRAININGS.values()))
    kernels.prepare(kernels.missing_for(TRAININGS.values()), JobControl())
    assert len(kernels.asked) == 1 and all(map(kernels.is_ready, TRAININGS.values()))
    together = compute_runs(TRAININGS, JobControl(), kernels, beside=True)
    assert list(together) == list(TRAININGS)
    for key, path in plain.items():
        np.testing.assert_array_equal(together[key].data, path.data)
        np.testing.assert_array_equal(run(TRAININGS[key]).data, path.data)


@pytest.mark.usefixtures("soon_long")
def test_a_run_under_way_takes_the_compiled_loop_when_it_is_ready() -> None:
    spec, kernels = TRAININGS["0.1"], Kernels(KernelStore(None))
    blocks = []

    def made(program):
        kernel = kernels.choice(program, spec.steps, waits=False)

        def ready() -> bool:
            blocks.append(kernel.store)
            if len(blocks) == 2:
                kernels.compiled(program)
            return False

        looks.append(ready)
        return kernel

    looks: list = []
    path = run(spec, kernels=made, cancelled=lambda: looks[0]())
    assert blocks[0] is None and blocks[-1] is kernels.store
    np.testing.assert_array_equal(path.data, run(spec).data)


def test_a_session_has_long_runs_compiled_while_it_runs_them(slow, pool) -> None:
    slow.propose(changed(slow.document, steps=WORTH))
    assert "compile" not in [held.channel for held, _ in pool.held]
    slow.propose(changed(slow.document, steps=LONG))
    assert "compile" in [held.channel for held, _ in pool.held]


def test_long_runs_come_one_by_one_until_their_loop_is_ready(slow, pool, monkeypatch) -> None:
    monkeypatch.setattr(kernels_module, "LONG", 100)
    monkeypatch.setattr(kernels_module, "_FIRST", 0.0)
    fresh = []
    slow.trajectories_changed.connect(fresh.append)
    slow.propose(changed(slow.document, start=(0.25, 0.5)))
    for count in (1, 2, 3):
        pool.finish("runs")
        assert len(fresh) == count and len(fresh[-1]) == 1
    assert slow.computed == slow.resolved.specs and "runs" not in [r.channel for r, _ in pool.held]
    slow.propose(changed(slow.document, start=(0.5, 0.25)))
    slow.cancel()
    pool.finish("runs")
    assert "runs" not in [request.channel for request, _ in pool.held]
    pool.finish_all()
    slow.propose(changed(slow.document, start=(0.25, 0.25)))
    pool.finish("runs")
    assert len(fresh[-1]) == 3 and slow.computed == slow.resolved.specs
