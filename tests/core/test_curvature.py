"""The quadratic model of a surface, its directions and its limits."""

import math

import numpy as np
import pytest

from optlab.core.curvature import curvature_at, stability_sentence
from optlab.core.problems import formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run


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


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.9])
def test_the_limit_is_where_runs_begin_to_grow(alpha: float) -> None:
    problem = load_problem("quadratic")
    curvature = curvature_at(problem, problem.start)
    assert curvature is not None
    limit = curvature.limit(alpha)
    for factor, grows in ((0.98, False), (1.02, True)):
        settings = {"eta": factor * limit, "alpha": alpha}
        spec = RunSpec(problem, load_rule("momentum"), settings, steps=3000)
        trajectory = run(spec)
        assert bool(trajectory.final_loss > trajectory.loss[0]) is grows


def test_a_word_only_above_the_limit() -> None:
    curvature = curvature_at(load_problem("quadratic"), (1.0, 1.0))
    assert curvature is not None
    assert stability_sentence(curvature, 0.09, None) == ""
    assert "2/λmax = 0.1" in stability_sentence(curvature, 0.11, None)
    assert stability_sentence(curvature, 0.11, 0.9) == ""
    assert "momentum" in stability_sentence(curvature, 0.2, 0.9)
    hill = curvature_at(formula_problem("-w1^2-w2^2"), (1.0, 1.0))
    assert hill is not None
    assert hill.limit() == math.inf
