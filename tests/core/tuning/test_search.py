"""Tuning a rule: the batch equals single runs, budgets hold, and freedom does not make it worse."""

import math
from dataclasses import replace

import numpy as np
import pytest

from optlab.core.data import load_table
from optlab.core.executor import LocalPool
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import Network, function_problem, load_problem, network_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, gradient_calls, run
from optlab.core.tuning import SearchAxis, Space, space_of, trials
from optlab.core.tuning.compare import compare
from optlab.core.tuning.comparison import TUNINGS, ComparisonPlan
from optlab.core.tuning.search import Search, SearchResult, budgeted, search, with_settings
from optlab.core.tuning.statistics import median
from optlab.core.tuning.suites import problems_of, treatments_of
from optlab.core.tuning.trials import run_trials


def _spec(rule: str = "adam", problem: str = "rosenbrock", **changes: object) -> RunSpec:
    return RunSpec(load_problem(problem), load_rule(rule), steps=60, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("measure", ["loss", "steps", "area"])
@pytest.mark.parametrize("noise", [None, 0.5])
def test_a_trial_is_the_single_run_to_the_bit(measure: str, noise: float | None) -> None:
    spec = _spec(treatment=GradientTransforms(noise=noise))
    trials = [{"eta": 0.01}, {"eta": 0.3, "beta1": 0.5, "epsilon_placement": "inside"}, {}]
    seeds, target = (3, 8), 4.0
    starts = {8: (0.5, 0.5)}
    found = run_trials(spec, trials, seeds, measure=measure, target=target, starts=starts)
    for row, trial in enumerate(trials):
        for column, seed in enumerate(seeds):
            one = replace(with_settings(spec, trial, seed), start=starts.get(seed, spec.start))
            losses = run(one).loss
            assert found.loss[row, column] == losses[-1]
            if measure == "steps":
                reached = np.flatnonzero(losses <= target)
                expected = float(reached[0]) if reached.size else math.inf
                assert found.measure[row, column] == expected
            elif measure == "area":
                area = np.log10(np.maximum(losses[1:], 1e-16)).mean()
                assert found.measure[row, column] == pytest.approx(area, rel=1e-12)


def test_what_cannot_run_side_by_side_runs_one_by_one() -> None:
    scale = np.array([1.0, 4.0, 9.0])
    problem = function_problem(lambda w: (float(scale @ w**2) / 2, scale * w), (1.0, 1.0, 1.0))
    spec = RunSpec(problem, load_rule("gd"), steps=20)
    found = run_trials(spec, [{"eta": 0.1}, {"eta": 0.5}], (0,), measure="steps", target=0.1)
    assert found.loss[0, 0] == run(with_settings(spec, {"eta": 0.1})).final_loss
    assert math.isfinite(found.measure[0, 0]) and math.isinf(found.measure[1, 0])


def test_a_run_that_diverges_is_a_failed_trial() -> None:
    found = run_trials(_spec("gd"), [{"eta": 1.0}, {"eta": 1e-4}], (0,))
    assert found.failed()[:, 0].tolist() == [True, False]
    assert math.isinf(found.measure[0, 0])


@pytest.mark.parametrize("sampler", ["halton", "random", "grid"])
def test_a_search_is_repeatable_and_never_worse_than_its_start(sampler: str) -> None:
    spec = _spec("momentum")
    plan = Search(space_of(spec.rule), trials=25, sampler=sampler, seed=5, widen=1)
    found = search(spec, plan)
    again = search(spec, plan)
    assert found.settings == again.settings and (found.medians == again.medians).all()
    assert found.best is not None
    assert found.medians[found.best] <= run(spec).final_loss
    assert run(found.best_spec()).final_loss == found.medians[found.best]
    assert (np.diff(found.history()) <= 0).all()


def test_a_best_on_the_edge_widens_the_space_and_says_so() -> None:
    spec = _spec("gd", "booth")
    plan = Search(Space((SearchAxis("eta", 1e-6, 1e-5, "log"),)), trials=16, widen=2, first=())
    found = search(spec, plan)
    assert found.notes == (
        "the best lay on an edge: widened eta to 1e-06:0.0001",
        "the best lay on an edge: widened eta to 1e-06:0.001",
    )
    assert found.space.axes[0].high == pytest.approx(1e-3)


def test_a_budget_counts_gradients() -> None:
    assert budgeted(_spec("adam"), 100).steps == 100
    assert budgeted(_spec("sam"), 100).steps == 50
    found = search(_spec("sam"), Search(space_of(load_rule("sam"), ["eta"]), 4, gradients=100))
    assert found.spec.steps == 50
    assert found.gradients == 5 * gradient_calls(found.spec, 50)


@pytest.mark.parametrize("problem", ["rosenbrock", "booth"])
def test_a_rule_does_not_lose_to_one_that_it_contains(problem: str) -> None:
    rules = [load_rule(name) for name in ("gd", "momentum")]
    plan = ComparisonPlan({problem: load_problem(problem)}, rules, budget=200, trials=24)
    found = compare(plan)
    loss = {(one.rule, one.tuning): median(one.losses) for one in found.entries}
    assert loss["momentum", "all"] <= loss["gd", "eta"] * (1 + 1e-9) + 1e-12
    for rule in ("gd", "momentum"):
        assert loss[rule, "all"] <= loss[rule, "eta"] * (1 + 1e-9) + 1e-12
        assert loss[rule, "eta"] <= loss[rule, "defaults"] * (1 + 1e-9) + 1e-12


def test_a_comparison_says_what_its_numbers_show() -> None:
    rules = [load_rule(name) for name in ("gd", "adam", "newton")]
    problems = {"booth": load_problem("booth")}
    shown: list[str] = []
    plan = ComparisonPlan(problems, rules, budget=60, trials=6, tuning_seeds=2, seeds=10)
    found = compare(plan, found=lambda entry: shown.append(f"{entry.rule}:{entry.tuning}"))
    # Once as soon as it is there, and once with the gradients until the target.
    assert sorted(shown) == sorted(
        2 * [f"{r}:{t}" for r in ("gd", "adam", "newton") for t in TUNINGS]
    )
    assert len(found.entries) == 9
    tau, shares = found.profile("defaults")
    assert tau[0] == 1 and shares["newton"][-1] == 1
    assert found.verdict("booth", "defaults") == "newton ends lowest"
    assert found.ranks("defaults")["newton"] == 1
    alone = found.profile("defaults", ["gd", "adam"])[1]
    assert set(alone) == {"gd", "adam"}
    assert "60 gradients for a run" in plan.text
    again = compare(plan)
    assert all(
        (a.losses == b.losses).all() for a, b in zip(found.entries, again.entries, strict=True)
    )


def test_it_stops_and_says_what_it_has() -> None:
    asked = iter([False] * 8 + [True] * 100)
    found = search(_spec(), Search(space_of(load_rule("adam")), 8), stop=lambda: next(asked))
    assert len(found.settings) >= 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sampler": "sobol"}, "sampler must be one of halton, random, grid, tpe, not sobol"),
        ({"trials": 0}, "trials must be from 1"),
        ({"seeds": ()}, "seeds needs one"),
        ({"gradients": 0}, "budget must be at least 1"),
    ],
)
def test_wrong_plans_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Search(Space(()), **changes)  # type: ignore[arg-type]


def test_a_budget_below_one_step_is_refused() -> None:
    with pytest.raises(SettingError, match="too small for one step of sam"):
        budgeted(_spec("sam"), 1)
    with pytest.raises(SettingError, match="nu is not a parameter or option of adam"):
        run_trials(_spec(), [{"nu": 1.0}], (0,))


def test_a_search_goes_on_where_it_was_stopped_and_shows_its_way() -> None:
    space = space_of(load_rule("adam"), ["eta", "beta1"])
    plan = Search(space, 40, (0, 1), widen=1)
    whole = search(_spec(), plan)
    way: list[SearchResult] = []
    part = search(_spec(), plan, found=way.append, stop=lambda: len(way) > 1)
    assert [len(one.settings) for one in way] == [1, 9]
    assert part.settings == whole.settings[:9]
    ran: list[int] = []
    gone = search(_spec(), plan, known=part, progress=lambda done, total: ran.append(done))
    assert gone.settings == whole.settings and (gone.measures == whole.measures).all()
    assert gone.notes == whole.notes and gone.gradients == whole.gradients
    # Of another measure nothing is known.
    other = search(_spec(), replace(plan, measure="area", widen=0), known=whole)
    assert (
        other.measures == search(_spec(), replace(plan, measure="area", widen=0)).measures
    ).all()


def test_a_stopped_comparison_has_what_it_came_to() -> None:
    shown: list[str] = []
    problems = {name: load_problem(name) for name in ("booth", "beale", "matyas")}
    plan = ComparisonPlan(problems, [load_rule("gd")], budget=40, trials=4, tuning_seeds=2)
    found = compare(
        plan,
        found=lambda entry: shown.append(entry.problem),
        stop=lambda: "matyas" in shown,
        executor=LocalPool(1),
    )
    assert list(found.targets) == ["booth", "beale"]
    tau, shares = found.profile("all")
    assert tau[0] == 1 and shares["gd"][-1] in (0.0, 1.0)


def test_long_batches_on_all_cores_are_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = [{"eta": eta} for eta in np.geomspace(1e-4, 1, 17).tolist()]
    whole = run_trials(_spec(), settings, (0, 1, 2))
    monkeypatch.setattr(trials, "_PART_SECONDS", 0.0001)
    split = run_trials(_spec(), settings, (0, 1, 2))
    assert (whole.measure == split.measure).all() and (whole.outcome == split.outcome).all()


def test_a_suite_has_its_noise_and_its_networks() -> None:
    noisy = treatments_of(["noisy", "booth"])
    assert set(problems_of(["noisy"])) == set(noisy) and "booth" not in noisy
    assert all(one.noise == 1 for one in noisy.values())
    networks = problems_of(["networks"])
    assert {one.dimension for one in networks.values()} == {13, 33}
    plan = ComparisonPlan(problems_of(["noisy"]), [load_rule("gd")], treatments=noisy)
    name = next(iter(noisy))
    assert plan.run(name, plan.rules[0]).treatment.noise == 1


def test_several_threads_run_a_network_to_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_PART_SECONDS", 1e-4)
    table = load_table("moons:n=30,noise=0.1,seed=1")
    spec = RunSpec(network_problem(Network((2, 3, 1)), table), load_rule("adam"), steps=25)
    settings = [{"eta": eta} for eta in np.geomspace(1e-4, 1, 60).tolist()]
    one = run_trials(spec, settings, (0, 1), executor=LocalPool(1))
    for _ in range(8):
        many = run_trials(spec, settings, (0, 1), executor=LocalPool(4))
        assert (many.loss == one.loss).all()
