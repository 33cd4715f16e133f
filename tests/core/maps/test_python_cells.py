"""The Python kernel of maps gives what the compiled one gives, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.maps import (
    RECORDS,
    Axis,
    CellResults,
    Cells,
    PythonCells,
    run_cells,
    sweep_cells,
    window_axes,
)
from optlab.core.problems import Problem, formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec
from optlab.core.run.outcome import OUTCOMES
from optlab.core.schedules import parse_schedule

HIMMELBLAU = load_problem("himmelblau")


def starts(problem: Problem, count: int = 9) -> np.ndarray:
    across, upwards = (axis.values() for axis in window_axes(problem.window, count))
    w1, w2 = np.meshgrid(across, upwards)
    return np.column_stack((w1.ravel(), w2.ravel()))


def assert_same(cells: Cells, target: float = 0.05) -> CellResults:
    compiled = run_cells(cells, target, records=RECORDS)
    plain = PythonCells(cells, target, RECORDS).ends(np.arange(len(cells.starts)))
    for name in ("weights", "loss", "steps", "outcome"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(compiled, name), name)
    for name, values in compiled.records.items():
        np.testing.assert_array_equal(plain.records[name], values, name)
    return plain


def test_with_everything_that_a_run_can_have() -> None:
    spec = RunSpec(
        HIMMELBLAU,
        load_rule("adam"),
        {"eta": 0.3},
        schedule=parse_schedule("warmup:steps=20+cosine"),
        treatment=GradientTransforms(noise=0.1, l2=0.01, clip_norm=40.0),
        steps=150,
        seed=3,
        stop_gradient=2.0,
    )
    ends = assert_same(Cells(spec, starts(HIMMELBLAU)))
    assert OUTCOMES.index("converged") in ends.outcome


@pytest.mark.parametrize("text", ["log(w1) + w2^2 + 1/w2", "exp(w1^2) - w2^4"])
def test_runs_that_break(text: str) -> None:
    problem = formula_problem(text)
    spec = RunSpec(problem, load_rule("gd"), {"eta": 0.3}, steps=60)
    assert (assert_same(Cells(spec, starts(problem))).outcome >= OUTCOMES.index("diverged")).any()


@pytest.mark.parametrize(("across", "upwards"), [("eta", "w1"), ("beta2", "schedule.T_max")])
def test_settings_as_axes(across: str, upwards: str) -> None:
    ranges = {
        "eta": Axis("eta", 1e-4, 10, 9, "log"),
        "beta2": Axis("beta2", 0.5, 0.9999, 6),
        "schedule.T_max": Axis("schedule.T_max", 5.0, 90.0, 7),
        "w1": Axis("w1", -4.0, 4.0, 8),
    }
    schedule = parse_schedule("cosine:T_max=60")
    spec = RunSpec(HIMMELBLAU, load_rule("adam"), steps=80, schedule=schedule)
    assert_same(sweep_cells(spec, ranges[across], ranges[upwards]))


def test_runs_longer_than_a_block() -> None:
    problem = load_problem("rosenbrock")
    spec = RunSpec(problem, load_rule("gd"), {"eta": 1e-3}, steps=5000)
    ends = assert_same(Cells(spec, starts(problem, 3)), target=0.01)
    reached = ends.records["reached"]
    assert (reached[np.isfinite(reached)] > 2048).any()


def test_stopped_within_a_run_the_ends_before_it_are_there() -> None:
    spec = RunSpec(HIMMELBLAU, load_rule("gd"), {"eta": 1e-3}, steps=5000)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 8  # each run asks before it begins, and twice on its way

    ends = PythonCells(Cells(spec, starts(HIMMELBLAU))).ends(np.arange(81), stop)
    assert len(ends.loss) == len(ends.outcome) == 2 and ends.weights.shape == (2, 2)
    none = PythonCells(Cells(spec, starts(HIMMELBLAU))).ends(np.arange(81), lambda: True)
    assert none.weights.shape == (0, 2)
