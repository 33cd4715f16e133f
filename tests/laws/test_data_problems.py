"""What holds for every shipped problem over data or of more than two weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optlab.core.maps import Cells, run_cells
from optlab.core.problems import load_problem, problem_names, surface_names
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.sampling import Sampling

KEYS = sorted(set(problem_names()) - set(surface_names()))


def test_ten_have_many_weights_and_eight_have_data() -> None:
    problems = [load_problem(key) for key in KEYS]
    assert sum(problem.dimension > 2 for problem in problems) >= 10
    assert sum(problem.rows > 0 for problem in problems) >= 8
    assert all(problem.story and problem.name for problem in problems)


@pytest.mark.parametrize("key", KEYS)
def test_derivatives_are_the_limits_of_differences(key: str) -> None:
    problem = load_problem(key)
    w, step = np.array(problem.start) + 0.0137, 1e-5
    _, slope = problem.loss_and_gradient(w)
    matrix = problem.hessian(w)
    assert np.array_equal(matrix, matrix.T)
    for axis in np.eye(problem.dimension):
        up, down = w + step * axis, w - step * axis
        along = (problem.loss(up) - problem.loss(down)) / (2 * step)
        assert along == pytest.approx(slope @ axis, abs=1e-5 * (1 + abs(slope).max()))
        if problem.smooth:
            turn = (np.array(problem.gradient(up)) - problem.gradient(down)) / (2 * step)
            assert turn == pytest.approx(matrix @ axis, abs=1e-4 * (1 + abs(matrix).max()))


@pytest.mark.parametrize("key", KEYS)
def test_minima_are_minima_and_descent_goes_down(key: str) -> None:
    problem = load_problem(key)
    for minimum in problem.minima:
        assert problem.loss(minimum.at) == pytest.approx(minimum.value, abs=1e-9)
        assert np.abs(problem.gradient(minimum.at)).max() < 1e-6
        assert np.linalg.eigvalsh(problem.hessian(minimum.at)).min() > -1e-9
    path = run(RunSpec(problem, load_rule("adam"), {"eta": 0.02}, steps=300))
    assert path.outcome.kind == "finished" and math.isfinite(path.final_loss)
    assert path.final_loss < path.loss[0]


@pytest.mark.parametrize("sampling", [{}, {"batch": 16}, {"batch": 8, "delay": "2"}], ids=str)
def test_cells_of_a_map_are_single_runs(sampling: dict[str, Any]) -> None:
    problem = load_problem("tanh_network")
    spec = RunSpec(problem, load_rule("adam"), steps=12, sampling=Sampling(**sampling))
    starts = np.array([(0.3, -2.5), (1.0, 1.0), (-2.0, 0.5)])
    ends = run_cells(Cells(spec, starts, {"p_eta": np.array([0.1, 0.02, 0.3])}))
    for index, (start, eta) in enumerate(zip(starts, (0.1, 0.02, 0.3), strict=True)):
        path = run(replace(spec, start=tuple(start), parameters={"eta": eta}))
        assert tuple(ends.weights[index]) == path.final_weights
        assert ends.loss[index] == path.final_loss
