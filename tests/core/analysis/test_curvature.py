"""The quadratic model of a surface, its directions and its limits."""

import math

import numpy as np
import pytest

from optlab.core.analysis.curvature import curvature_at
from optlab.core.problems import formula_problem, load_problem


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
