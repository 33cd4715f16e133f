"""Batches, workers, older gradients, partial writes: laws over runs, equal in all tiers."""

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest

from optlab.core.analysis.quantities import available
from optlab.core.analysis.worksheet import worksheet
from optlab.core.data import Split, Table, load_table
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import data_problem, formula_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Segment, compiled_kernel, run
from optlab.core.run.outcome import Outcome
from optlab.core.run.sampling import Sampling

TRAIN, TEST = Split(0.25, seed=2).of(load_table("moons:n=40,seed=3"))
LOGISTIC = "mean(log(1 + exp(-(2*y - 1)*(w1*x1 + w2*x2)))) + 0.01*w2^2"
PROBLEM = data_problem(LOGISTIC, TRAIN, test=TEST)
RULES = ["gd", "adam", "nesterov", "polyak", "sam"]


def spec(rule="adam", steps=23, problem=PROBLEM, **fields):
    sampling = Sampling(**fields.pop("sampling", {}))
    start = fields.pop("start", (0.5, -0.3))
    return RunSpec(
        problem, load_rule(rule), start=start, steps=steps, seed=7, sampling=sampling, **fields
    )


def same(first, second, *, but=()):
    assert first.names == second.names
    for name in first.names:
        if name not in but:
            assert np.array_equal(first[name], second[name], equal_nan=True), name


def test_columns_stand_as_declared():
    names = run(spec(sampling={"batch": 8, "delay": "2"})).names
    head = ("epoch", "w1", "w2", "loss", "batch_loss", "test_loss", "g1", "g2", "eta")
    assert names[: len(head)] == head and names[-2:] == ("test_accuracy", "gradient_age")
    plain = run(spec()).names
    assert plain[:4] == ("w1", "w2", "loss", "test_loss") and "epoch" not in plain
    bare = data_problem(LOGISTIC, TRAIN)
    assert run(spec(problem=bare)).names[-1] == "accuracy"


@pytest.mark.parametrize("rule", RULES)
def test_what_is_recorded_is_what_the_problem_says(rule):
    settings = spec(rule, sampling={"batch": 8})
    path = run(settings)
    batches = settings.legs[0].batches
    assert path["epoch"].tolist() == [-(-t // 4) for t in range(path.rows)]
    for t in range(path.rows):
        w = path.weights[t]
        assert path["loss"][t] == PROBLEM.loss(w)
        assert path["test_loss"][t] == PROBLEM.test.loss(w)
        assert path["test_accuracy"][t] == PROBLEM.test.accuracy(w)
        if t:
            before, rows = path.weights[t - 1], batches.rows_of(t)
            assert path["batch_loss"][t] == PROBLEM.loss(before, rows)
            if rule in ("gd", "adam", "polyak"):
                assert np.array_equal(
                    path.vector("g")[t], PROBLEM.loss_and_gradient(before, rows)[1]
                )
    assert np.isnan(path["batch_loss"][0])


SAMPLINGS = [
    {"batch": 8},
    {"batch": 7, "shuffle": False, "workers": 2},
    {"delay": "3"},
    {"batch": 8, "delay": "uniform:4"},
    {"batch": 5, "mode": "asynchronous", "workers": 4},
    {"share": 0.6},
    {"batch": 8, "share": 0.5, "delay": "1", "loss_every": 5},
]


COMPILED = [
    *(("adam", sampling) for sampling in SAMPLINGS),
    *zip(cycle(["nesterov", "polyak"]), SAMPLINGS),
]


@pytest.mark.parametrize(("rule", "sampling"), COMPILED, ids=str)
def test_compiled_code_gives_the_same_numbers(rule, sampling):
    treatment = GradientTransforms(noise=0.1, l2=0.01)
    settings = spec(rule, sampling=sampling, treatment=treatment)
    same(run(settings), run(settings, kernels=compiled_kernel))


@pytest.mark.parametrize("sampling", [*SAMPLINGS, {}], ids=str)
def test_some_steps_and_then_more_are_all_of_them(sampling):
    whole = spec(sampling=sampling, treatment=GradientTransforms(noise=0.1))
    done = run(whole)
    for first in (1, 9, 22):
        part = run(replace(whole, steps=first))
        same(done, run(whole, resume=part))
        cut = run(replace(whole, steps=first), resume=done)
        same(part, cut)


@pytest.mark.parametrize("rule", RULES)
def test_a_batch_of_all_rows_is_the_full_gradient(rule):
    full = run(spec(rule))
    for size in (TRAIN.rows, 10 * TRAIN.rows):
        batched = run(spec(rule, sampling={"batch": size}))
        assert batched["epoch"].tolist() == list(range(batched.rows))
        for name in full.names:
            assert np.array_equal(batched[name], full[name], equal_nan=True), name


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_that_average_are_one_with_larger_batches(workers):
    for shuffle in (False, True):
        several = run(spec(sampling={"batch": 4, "workers": workers, "shuffle": shuffle}))
        same(several, run(spec(sampling={"batch": 4 * workers, "shuffle": shuffle})))


def test_no_delay_and_writing_all_change_nothing():
    bare = run(spec(sampling={"batch": 8}))
    for sampling in (
        {"delay": "0"},
        {"delay": "uniform:0"},
        {"mode": "asynchronous"},
        {"share": 1.0},
    ):
        other = run(spec(sampling={"batch": 8, **sampling}))
        for name in bare.names:
            assert np.array_equal(bare[name], other[name], equal_nan=True), (sampling, name)


def test_a_delayed_gradient_is_that_of_older_weights():
    for problem in (PROBLEM, formula_problem("w1^2 + 3w2^2 + w1*w2")):
        path = run(spec("gd", problem=problem, sampling={"delay": "3"}))
        assert path["gradient_age"][1:].tolist() == [min(3, t - 1) for t in range(1, path.rows)]
        for t in range(1, path.rows):
            old = path.weights[t - 1 - min(3, t - 1)]
            assert tuple(path.vector("g")[t]) == tuple(problem.gradient(old))
    turns = run(spec("gd", sampling={"mode": "asynchronous", "workers": 4, "batch": 8}))
    fixed = run(spec("gd", sampling={"delay": "3", "batch": 8}))
    same(turns, fixed)


def test_random_ages_are_spread_evenly_and_decided_by_the_seed():
    ages = Sampling(delay="uniform:3").ages(5, 0, 8000)
    assert np.bincount(ages).min() > 1850 and ages.max() == 3
    assert (ages <= np.arange(8000)).all()
    assert np.array_equal(Sampling(delay="uniform:3").ages(5, 4000, 900), ages[4000:4900])


def test_partial_writes_leave_the_other_weights():
    path = run(spec("gd", steps=400, sampling={"share": 0.25}))
    written = (path.updates[1:] != 0).mean()
    assert 0.2 < written < 0.3
    kept = path.updates[1:] == 0
    assert (path["w1"][1:][kept[:, 0]] == path["w1"][:-1][kept[:, 0]]).all()


def test_all_rules_see_the_same_batches():
    settings = [spec(rule, sampling={"batch": 8}) for rule in ("gd", "adam")]
    rows = [one.legs[0].batches.block(1, 30).indices for one in settings]
    assert np.array_equal(*rows)
    first = [run(one)["batch_loss"][1] for one in settings]
    assert first[0] == first[1]


def test_losses_on_all_rows_now_and_then():
    often = run(spec(steps=100, sampling={"batch": 8}))
    seldom = run(spec(steps=100, sampling={"batch": 8, "loss_every": 30}))
    known = np.flatnonzero(~np.isnan(seldom["loss"])).tolist()
    assert {0, 30, 60, 90, 100} <= set(known) and len(known) < 12
    for name in ("loss", "test_loss", "test_accuracy"):
        assert np.array_equal(often[name][known], seldom[name][known])
    same(often, seldom, but=("loss", "test_loss", "test_accuracy"))
    assert Sampling().recorded_every(10_000, 64) == 1
    assert Sampling().recorded_every(100_000, 65) == 7


def test_other_batches_on_the_way_begin_an_epoch():
    then = Segment(6, load_rule("adam"), sampling=Sampling(batch=15))
    path = run(spec(steps=10, sampling={"batch": 8}, then=(then,)))
    assert path["epoch"].tolist() == [0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4]
    again = Segment(6, load_rule("gd"), sampling=Sampling(batch=8))
    assert run(spec(steps=9, sampling={"batch": 8}, then=(again,)))["epoch"][-1] == 3


def test_a_run_ends_where_a_batch_or_all_rows_leave_the_domain():
    table = Table({"x": np.array([1.0, 1.0, 1.0, -1.0]), "y": np.ones(4)})
    problem = data_problem("mean((log(w1*x + w2) - y)^2)", table)
    in_order = {"batch": 1, "shuffle": False}
    fast = {"parameters": {"eta": 20.0}, "start": (0.5, 0.6)}
    path = run(spec("gd", problem=problem, sampling=in_order, **fast))
    assert path.outcome.kind == "left_domain" and not np.isfinite(path.final_loss)
    same(path, run(spec("gd", problem=problem, sampling=in_order, **fast), kernels=compiled_kernel))
    bowl = data_problem("mean((w1*x - y)^2)", load_table("line"))
    path = run(
        spec(
            "gd",
            problem=bowl,
            start=(1.0,),
            parameters={"eta": 50},
            sampling={"batch": 5},
            steps=900,
        )
    )
    assert path.outcome.kind == "diverged"


@pytest.mark.parametrize(
    ("sampling", "reason"),
    [
        ({"batch": 0}, "batch must be from 1"),
        ({"workers": 2}, "workers needs batches"),
        ({"workers": 0}, "workers must be from 1"),
        ({"mode": "both"}, "mode must be synchronous or asynchronous"),
        ({"delay": "-1"}, "delay must be a whole number"),
        ({"delay": "normal:3"}, "delay must be a whole number"),
        ({"delay": "3", "mode": "asynchronous"}, "delay asynchronous workers have their own"),
        ({"share": 0.0}, "share must be above 0"),
        ({"loss_every": 0}, "loss_every must be from 1"),
    ],
)
def test_what_cannot_be_is_refused(sampling, reason):
    with pytest.raises(SettingError) as caught:
        Sampling(**sampling)
    assert str(caught.value).startswith(reason)


def test_batches_need_data():
    with pytest.raises(SettingError, match="batch needs data"):
        spec(problem=formula_problem("w1^2 + w2^2"), sampling={"batch": 4})
    assert isinstance(run(spec(problem=formula_problem("w1^2 + w2^2"))).outcome, Outcome)


@pytest.mark.parametrize("sampling", SAMPLINGS[:5], ids=str)
@pytest.mark.parametrize("rule", ["adam", "nesterov", "polyak"])
def test_a_worksheet_computes_what_the_step_recorded(rule, sampling):
    settings = spec(rule, sampling=sampling, treatment=GradientTransforms(noise=0.1))
    path = run(settings)
    for step in (1, 2, 6, 23):
        for row in worksheet(settings, path, step).rows:
            assert row.computed == row.result or row.line.target == "g", (step, row.line.text)
        taken = [row for row in worksheet(settings, path, step).rows if row.line.target == "g"]
        assert taken[-1].values == tuple(path.vector("g")[step])


def test_what_is_not_usual_is_said_in_words():
    assert Sampling().words == {}
    taken = Sampling(batch=8, shuffle=False, workers=3, mode="asynchronous", share=0.5)
    said = "batches of 8 in order, 3 workers by turns, 50 % of the weights written"
    assert ", ".join(taken.words.values()) == said
    assert Sampling(delay="1").words == {"delay": "gradients 1 update old"}
    assert Sampling(delay="uniform:4").words == {"delay": "gradients up to 4 updates old"}


def test_losses_that_are_recorded_now_and_then_are_drawn_as_one_line():
    settings = spec(steps=40, sampling={"batch": 8, "delay": "1", "loss_every": 10})
    path = run(settings)
    shown = {item.key: item for item in available(settings.problem, settings, path)}
    assert {"batch_loss", "test_loss", "test_accuracy", "epoch", "gradient_age"} <= set(shown)
    ((_, joined),) = shown["loss"].curves(path)
    assert np.isfinite(joined).all() and joined[20] == path["loss"][20]
    assert joined[25] == pytest.approx((path["loss"][20] + path["loss"][30]) / 2)
    assert not any(key.startswith("rule:") and key[5:] in shown for key in shown)
