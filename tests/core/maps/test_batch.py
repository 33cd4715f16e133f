"""A cell of a map is the single run with its settings, to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optlab.core.analysis.metrics import path_length
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.maps import (
    RECORDS,
    Axis,
    Cells,
    cell_spec,
    run_cells,
    sweep_cells,
    sweep_names,
    window_axes,
)
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem, formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.outcome import OUTCOMES
from optlab.core.schedules import parse_schedule

TARGET = 0.05


def starts(problem: Problem, count: int = 13) -> np.ndarray:
    across, upwards = (axis.values() for axis in window_axes(problem.window, count))
    w1, w2 = np.meshgrid(across, upwards)
    return np.column_stack((w1.ravel(), w2.ravel()))


def assert_cells_are_runs(cells: Cells, every: int = 7) -> None:
    ends = run_cells(cells, TARGET, records=RECORDS)
    for index in range(0, len(cells.starts), every):
        walk = run(cell_spec(cells, index))
        np.testing.assert_array_equal(ends.weights[index], walk.final_weights)
        np.testing.assert_array_equal(ends.loss[index], walk.final_loss)
        assert ends.steps[index] == walk.steps
        assert OUTCOMES[ends.outcome[index]] == walk.outcome.kind
        hits = np.flatnonzero(walk.loss <= TARGET)
        assert ends.records["reached"][index] == (hits[0] if hits.size else np.inf)
        np.testing.assert_array_equal(ends.records["length"][index], path_length(walk.weights))


@pytest.mark.parametrize("key", ["gd", "momentum", "nesterov", "adam", "rprop", "sam"])
def test_every_start_of_a_grid(key: str) -> None:
    problem = load_problem("himmelblau")
    assert_cells_are_runs(Cells(RunSpec(problem, load_rule(key), steps=90), starts(problem)))


def test_schedule_noise_clipping_and_stopping() -> None:
    problem = load_problem("himmelblau")
    spec = RunSpec(
        problem,
        load_rule("adam"),
        {"eta": 0.3},
        schedule=parse_schedule("warmup:steps=20+cosine"),
        treatment=GradientTransforms(noise=0.1, l2=0.01, clip_norm=40.0),
        steps=150,
        seed=3,
        stop_gradient=2.0,
    )
    cells = Cells(spec, starts(problem))
    assert_cells_are_runs(cells)
    assert OUTCOMES.index("converged") in run_cells(cells).outcome


@pytest.mark.parametrize("text", ["w1 - 2 w2", "w1^2", "3"])
@pytest.mark.parametrize("stop", [1e-6, 5.0])
def test_a_gradient_that_all_starts_share_may_stop_them(text: str, stop: float) -> None:
    problem = formula_problem(text)
    for key in ("gd", "adam"):
        spec = RunSpec(problem, load_rule(key), steps=30, stop_gradient=stop)
        assert_cells_are_runs(Cells(spec, starts(problem)))


@pytest.mark.parametrize("text", ["log(w1) + w2^2 + 1/w2", "exp(w1^2) - w2^4", "sqrt(w1) + w2"])
def test_runs_that_break(text: str) -> None:
    problem = formula_problem(text)
    spec = RunSpec(problem, load_rule("gd"), {"eta": 0.3}, steps=60)
    cells = Cells(spec, starts(problem))
    assert_cells_are_runs(cells, every=3)
    assert (run_cells(cells).outcome >= OUTCOMES.index("diverged")).any()


def test_settings_as_axes() -> None:
    problem = load_problem("himmelblau")
    spec = RunSpec(problem, load_rule("adam"), steps=80, schedule=parse_schedule("cosine:T_max=60"))
    pairs = [("eta", "beta1"), ("beta2", "epsilon"), ("schedule.T_max", "w1"), ("w1", "w2")]
    ranges = {
        "eta": Axis("eta", 1e-4, 10, 9, "log"),
        "beta1": Axis("beta1", 0.0, 0.99, 7),
        "beta2": Axis("beta2", 0.5, 0.9999, 6),
        "epsilon": Axis("epsilon", 1e-12, 1.0, 6, "log"),
        "schedule.T_max": Axis("schedule.T_max", 5, 200, 8),
        "w1": Axis("w1", -4, 4, 7),
        "w2": Axis("w2", -3, 4, 6),
    }
    for across, upwards in pairs:
        assert_cells_are_runs(sweep_cells(spec, ranges[across], ranges[upwards]), every=5)


@pytest.mark.parametrize("name", ["noise", "noise_relative", "l2"])
def test_a_treatment_may_begin_at_zero(name: str) -> None:
    problem = load_problem("himmelblau")
    spec = RunSpec(
        problem, load_rule("adam"), treatment=GradientTransforms(**{name: 1.0}), steps=40
    )
    cells = sweep_cells(spec, Axis(name, 0.0, 5.0, 4), Axis("eta", 0.01, 1.0, 3))
    assert_cells_are_runs(cells, every=1)
    without = replace(cell_spec(cells, 0), treatment=GradientTransforms())
    found = run_cells(cells).weights[0]
    np.testing.assert_array_equal(found, run(without).final_weights)


def test_runs_that_go_on_from_elsewhere() -> None:
    problem = load_problem("himmelblau")
    memory = {"m": (1.0, -2.0), "s": (4.0, 4.0)}
    spec = RunSpec(problem, load_rule("adam"), steps=12, before=30, memory=memory)
    assert_cells_are_runs(Cells(spec, starts(problem, 4)), every=3)


def test_rules_in_python_are_run_one_by_one() -> None:
    problem = load_problem("himmelblau")
    spec = RunSpec(problem, load_rule("newton"), steps=12)
    assert_cells_are_runs(Cells(spec, starts(problem, 5)), every=4)


def test_no_steps() -> None:
    problem = load_problem("himmelblau")
    ends = run_cells(Cells(RunSpec(problem, load_rule("adam"), steps=0), starts(problem, 4)))
    np.testing.assert_array_equal(ends.weights, starts(problem, 4))
    assert (ends.steps == 0).all()


def test_what_can_be_varied() -> None:
    spec = RunSpec(load_problem("himmelblau"), load_rule("gd"), steps=5)
    assert set(sweep_names(spec)) == {"eta", "w1", "w2"}
    axis = Axis("eta", 0.1, 1.0, 4)
    with pytest.raises(SettingError, match="beta1 cannot be varied"):
        sweep_cells(spec, axis, Axis("beta1", 0.1, 0.9, 4))
    with pytest.raises(SettingError, match="both axes"):
        sweep_cells(spec, axis, axis)
    with pytest.raises(SettingError, match="eta must be above 0"):
        sweep_cells(spec, Axis("eta", -1.0, 1.0, 4), Axis("w1", 0, 1, 4))


@pytest.mark.parametrize(
    ("low", "high", "count", "scale"),
    [
        (1.0, 1.0, 5, "linear"),
        (0.0, 1.0, 5, "log"),
        (0.0, np.inf, 5, "linear"),
        (0, 1, 1, "linear"),
    ],
)
def test_axes_that_cannot_be(low: float, high: float, count: int, scale: str) -> None:
    with pytest.raises(ValueError, match="eta"):
        Axis("eta", low, high, count, scale)  # type: ignore[arg-type]
