"""The quadratic model of a surface, its directions and its limits."""

import math

import numpy as np
import pytest

from optlab.core.analysis.curvature import curvature_at, curvature_text, sharpness
from optlab.core.data import load_table
from optlab.core.problems import Network, formula_problem, load_problem, network_problem


def test_a_quadratic_is_its_own_model() -> None:
    problem = load_problem("quadratic")
    curvature = curvature_at(problem, (-3.0, 2.0))
    assert curvature is not None
    np.testing.assert_allclose(curvature.eigenvalues, [6.0, 20.0], rtol=1e-15)
    assert curvature.condition_number == pytest.approx(20 / 6, rel=1e-15)
    assert curvature.kind == "valley"
    w1, w2 = np.meshgrid(np.linspace(-4, 4, 7), np.linspace(-3, 3, 5))
    np.testing.assert_allclose(curvature.model(w1, w2), problem.grid(w1, w2), rtol=1e-12)


def test_directions_are_those_of_the_axes_of_a_rotated_bowl() -> None:
    problem = formula_problem("5*(w1 + w2)^2 + 0.5*(w1 - w2)^2")
    curvature = curvature_at(problem, (0.3, -0.2))
    assert curvature is not None
    np.testing.assert_allclose(curvature.eigenvalues, [2.0, 20.0], rtol=1e-12)
    np.testing.assert_allclose(np.abs(curvature.directions), math.sqrt(0.5), rtol=1e-12)
    assert curvature.directions[0, 1] * curvature.directions[1, 1] > 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [("w1^2 - w2^2", "saddle"), ("-w1^2 - 2*w2^2", "hill"), ("w1^2", "flat in a direction")],
)
def test_kinds(text: str, kind: str) -> None:
    curvature = curvature_at(formula_problem(text), (1.0, 1.0))
    assert curvature is not None
    assert curvature.kind == kind


def test_where_the_formula_has_no_value_there_is_no_model() -> None:
    assert curvature_at(formula_problem("log(w1)"), (-1.0, 0.0)) is None
    assert curvature_at(formula_problem("sqrt(w1)"), (0.0, 0.0)) is None


def test_the_limit_of_plain_descent_and_none_on_a_hill() -> None:
    valley = curvature_at(load_problem("quadratic"), (1.0, 1.0))
    hill = curvature_at(formula_problem("-w1^2-w2^2"), (1.0, 1.0))
    assert valley is not None and hill is not None
    assert (valley.limit, hill.limit) == (0.1, math.inf)


def test_many_weights_have_their_largest_eigenvalues() -> None:
    table = load_table("moons:n=40,noise=0.1,seed=1")
    problem = network_problem(Network((2, 10, 1), loss="cross_entropy"), table, seed=2)
    found = curvature_at(problem, problem.start)
    assert found is not None and not found.complete
    values = np.linalg.eigvalsh(problem.hessian(problem.start))
    assert found.eigenvalues == pytest.approx(values[-3:], abs=2e-4 * values[-1])
    assert found.limit == pytest.approx(2 / values[-1], rel=1e-3)
    text = curvature_text(found)
    assert text.startswith("largest of 41 eigenvalues:") and "stable for η <" in text
    assert curvature_at(problem, [math.nan] * 41) is None


def test_sharpness_is_the_largest_eigenvalue_at_each_point() -> None:
    problem = formula_problem("w1^2 + 5*w2^2*w1")
    points = np.array([[1.0, 0.0], [2.0, 1.0], [math.nan, 0.0]])
    wanted = [np.linalg.eigvalsh(problem.hessian(point))[-1] for point in points[:2]]
    assert sharpness(problem, points)[:2] == pytest.approx(wanted, rel=1e-6)
    assert math.isnan(sharpness(problem, points)[2])
