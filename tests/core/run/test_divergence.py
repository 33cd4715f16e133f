"""Runs that end far above their start and still grow have diverged; honest ones have not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import formula_problem, load_problem, problem_names
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, run
from optlab.core.run.outcome import complete_outcome, growth_steps, still_grows
from optlab.core.schedules import parse_schedule


def descent(
    formula: str, steps: int, eta: float, start=(1.0, 1.0), rule="gd", **more
) -> Trajectory:
    settings = {"eta": eta, **more.pop("parameters", {})}
    spec = RunSpec(
        formula_problem(formula), load_rule(rule), settings, start=start, steps=steps, **more
    )
    return run(spec)


@pytest.mark.parametrize("steps", [5, 9, 50, 117, 200])
@pytest.mark.parametrize("offset", [0.0, -1e3, 5e3])
def test_descent_above_its_limit_has_diverged(steps: int, offset: float) -> None:
    # the error grows by |1 - 2 eta|, so that the loss ends 1e12 above the start
    eta = (1 + (1e12 * (1 + abs(offset))) ** (0.5 / steps)) / 2
    found = descent(f"w1^2 + w2^2 + {offset}", steps, eta)
    assert (found.outcome.kind, found.outcome.step) == ("diverged", steps)
    assert "the loss rose from" in found.outcome.sentence
    assert found.outcome.sentence.endswith("and still grows")


def test_a_run_that_falls_first_and_then_grows_has_diverged() -> None:
    # w1 falls from far out while w2 grows from almost nothing
    found = descent("w1^2 + 10w2^2", 200, 0.13, start=(30.0, 1e-13))
    assert found.loss[60] < 1 < 1e9 < found.final_loss
    assert found.outcome.kind == "diverged"


def test_momentum_above_its_limit_has_diverged() -> None:
    found = descent("w1^2 + w2^2", 100, 2.2, rule="momentum", parameters={"alpha": 0.9})
    assert found.outcome.kind == "diverged"


def test_cut_and_continued_runs_end_as_whole_ones() -> None:
    spec = RunSpec(formula_problem("w1^2"), load_rule("gd"), {"eta": 1.2}, steps=60)
    short = run(RunSpec(spec.problem, spec.rule, spec.parameters, steps=30))
    whole = run(spec)
    assert run(spec, resume=short).outcome == whole.outcome
    assert short.outcome.kind == whole.outcome.kind == "diverged"
    early = RunSpec(spec.problem, spec.rule, spec.parameters, steps=3)
    assert run(early, resume=whole).outcome.kind == "finished"


HONEST = {
    "a saddle without an end": lambda: descent("w1^2 - w2^2", 100, 0.1, start=(1.0, 1e-3)),
    "a negative loss that falls": lambda: descent("-5w1^2 - w2", 200, 0.01),
    "a little above its limit": lambda: descent("w1^2", 50, 1.02),
    "in circles": lambda: descent("w1^2", 300, 1.0),
    "caught by a schedule": lambda: descent(
        "w1^2", 200, 1.5, schedule=parse_schedule("cosine:T_max=200")
    ),
    "caught by a switch of rate": lambda: descent(
        "w1^2", 200, 2.0, schedule=parse_schedule("step:drop=0.1,every=20")
    ),
    "too few steps to tell": lambda: descent("w1^2", 3, 1e4),
}


@pytest.mark.parametrize("case", HONEST)
def test_honest_runs_have_finished(case: str) -> None:
    assert HONEST[case]().outcome.kind == "finished"


def test_runs_that_wander_in_noise_from_a_minimum_have_finished() -> None:
    for seed in range(40):
        for steps in (6, 40, 200):
            found = descent(
                "1e9*(w1^2 + w2^2)",
                steps,
                2e-10,
                start=(0.0, 0.0),
                treatment=GradientTransforms(noise=1e10),
                seed=seed,
            )
            assert found.loss[0] == 0 < 1e6 < found.loss.max()
            assert found.outcome.kind == "finished"


@pytest.mark.parametrize("surface", problem_names())
@pytest.mark.parametrize("noise", [None, 1.0])
def test_no_surface_has_a_diverged_run_that_did_not_run_away(
    surface: str, noise: float | None
) -> None:
    for rule in ("gd", "momentum", "adam", "rprop"):
        spec = RunSpec(
            load_problem(surface), load_rule(rule), treatment=GradientTransforms(noise=noise)
        )
        found = run(spec)
        if found.outcome.kind == "diverged":
            assert not math.isfinite(found.final_loss) or abs(found.final_loss) > 1e6


def test_the_steps_looked_at_are_an_eighth_apart() -> None:
    assert growth_steps(200) == (100, 125, 150, 175, 200)
    assert growth_steps(9) == (1, 3, 5, 7, 9)
    assert growth_steps(4) == (0, 1, 2, 3, 4)
    assert growth_steps(3) == ()
    for steps in range(4, 300):
        assert growth_steps(steps)[0] >= 0
        assert growth_steps(steps)[-1] == steps


def test_many_runs_are_judged_as_each_of_them() -> None:
    random = np.random.default_rng(5)
    losses = random.choice([-1.0, 1.0], (500, 1)) * np.exp(random.normal(0, 6, (500, 9)))
    growing = np.exp(np.linspace(0, 1, 9) * random.uniform(5, 60, (500, 1)))
    losses = np.vstack([losses, growing, [[1.0] * 8 + [math.nan]], [[math.inf] * 9]])
    columns = [losses[:, k] for k in growth_steps(8)]
    together = still_grows(losses[:, 0], columns)
    alone = [complete_outcome(row).kind == "diverged" for row in losses]
    assert list(together) == alone
    assert 0 < sum(alone) < len(alone)
    assert not still_grows(losses[:, 0], []).any()
