"""At a kink or a tip the gradient is the subgradient in the middle, in every way to compute it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from optlab.core.formula import parse
from optlab.core.formula.algebra import without_kinks
from optlab.core.formula.derive import gradient, hessian
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.dialects.unicode import display_text
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import to_text
from optlab.core.formula.operations import evaluate
from optlab.core.maps.batch import run_cells
from optlab.core.maps.cells import Cells
from optlab.core.problems import formula_problem, load_problem, surface_names
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, compiled_kernel, plain_kernel, run

INF = math.inf
SETTLED = [
    # formula, point, gradient
    ("sqrt(w1^2 + w2^2)", (0.0, 0.0), (0.0, 0.0)),
    ("5sqrt(w1^2 + w2^2)/3 - w1", (0.0, 0.0), (-1.0, 0.0)),
    ("(w1^2 + w2^2)^0.5", (0.0, 0.0), (0.0, 0.0)),
    ("(w1^2 + w2^2)^(1/3)", (0.0, 0.0), (0.0, 0.0)),
    ("cbrt(w1^2 + w2^2)", (0.0, 0.0), (0.0, 0.0)),
    ("sqrt(abs(w1)) + sqrt(w2^2)", (0.0, 0.0), (0.0, 0.0)),
    ("sqrt((w1 - 1)^2 + 3(w2 + 2)^4)", (1.0, -2.0), (0.0, 0.0)),
    ("asin(cos(w1)) + w2", (0.0, 0.0), (0.0, 1.0)),
    ("acos(1 - w1^2 - w2^2)", (0.0, 0.0), (0.0, 0.0)),
    ("atan2(w1, w2)", (0.0, 0.0), (0.0, 0.0)),
    # not a kink: the slope of the argument is not 0
    ("sqrt(w1 + w2)", (0.0, 0.0), (INF, INF)),
    ("cbrt(w1) - w2", (0.0, 0.0), (INF, -1.0)),
    ("sqrt(w1^2 + w2^2)", (3.0, 4.0), (0.6, 0.8)),
    # powers of one weight to the other, as PyTorch and JAX have them
    ("w1^w2", (0.0, 2.0), (0.0, 0.0)),
    ("w1^w2", (0.0, 1.0), (1.0, 0.0)),
    ("w1^w2", (0.0, 0.0), (0.0, 0.0)),
    ("w1^w2", (0.0, 0.5), (INF, 0.0)),
    ("w1^w2", (2.0, 3.0), (12.0, 8 * math.log(2))),
    ("(w1^2)^w2", (0.0, 0.5), (0.0, 0.0)),
    ("0^w2 + w1", (1.0, 2.0), (1.0, 0.0)),
]


@pytest.mark.parametrize(("text", "point", "expected"), SETTLED)
def test_gradient_at_a_kink(text: str, point: tuple[float, float], expected: object) -> None:
    problem = formula_problem(text)
    assert problem.gradient(point) == pytest.approx(expected)
    values = dict(zip(("w1", "w2"), point, strict=True))
    assert [evaluate(tree, values) for tree in problem.gradient_trees] == pytest.approx(expected)


@pytest.mark.parametrize("key", surface_names())
def test_derivatives_at_every_known_minimum_are_finite(key: str) -> None:
    problem = load_problem(key)
    for minimum in problem.minima:
        assert all(map(math.isfinite, problem.gradient(minimum.at)))
        assert all(math.isfinite(entry) for row in problem.hessian(minimum.at) for entry in row)
        values = dict(zip(problem.weights, minimum.at, strict=True))
        exact = tuple(evaluate(lower(tree), values) for tree in problem.gradient_trees)
        assert exact == problem.gradient(minimum.at)


@pytest.mark.parametrize("surface", ["ackley", "drop_wave"])
@pytest.mark.parametrize("rule", ["gd", "adam", "newton", "bfgs"])
def test_a_run_that_starts_on_the_tip_stays_there(surface: str, rule: str) -> None:
    problem = load_problem(surface)
    start = problem.minima[0].at
    spec = RunSpec(problem, load_rule(rule), start=start, steps=20)
    for kernels in (plain_kernel, compiled_kernel):
        path = run(spec, kernels=kernels)
        assert path.outcome.kind == "finished"
        assert path.final_weights == pytest.approx(start, abs=0)
        assert path.final_loss == pytest.approx(problem.minima[0].value)


def test_second_derivatives_at_a_tip_are_zero_and_right_beside_it() -> None:
    problem = formula_problem("sqrt(w1^2 + w2^2)")
    assert np.array_equal(problem.hessian((0.0, 0.0)), np.zeros((2, 2)))
    assert problem.hessian((3.0, 4.0))[0] == pytest.approx((16 / 125, -12 / 125))


def test_a_settled_kink_is_shown_as_its_slope() -> None:
    (slope, _) = gradient(parse("3sqrt(w1^2 + w2^2)"), ("w1", "w2"))
    assert "if" not in display_text(slope)
    assert "cases" not in to_latex(slope)
    assert parse(to_text(slope)) is not None
    values = {"w1": 0.0, "w2": 0.0}
    assert evaluate(parse(to_text(slope)), values) == evaluate(slope, values) == 0.0
    assert math.isnan(evaluate(without_kinks(slope), values))


def test_slopes_that_never_vanish_are_not_settled() -> None:
    trees = [*gradient(parse("sqrt(w1) + cbrt(2w2) + 2^w1"), ("w1", "w2"))]
    trees += [entry for row in hessian(parse("sqrt(3w1 + w2)"), ("w1", "w2")) for entry in row]
    assert all(without_kinks(tree) is tree for tree in trees)


def test_the_tip_of_a_cone_over_twenty_weights_is_settled_too() -> None:
    squares = " + ".join(f"w{i}^2" for i in range(1, 21))
    problem = formula_problem(f"sqrt({squares}) + tanh({squares})")
    start = (0.0,) * 20
    assert problem.gradient(start) == start
    for kernels in (plain_kernel, compiled_kernel):
        path = run(RunSpec(problem, load_rule("adam"), start=start, steps=10), kernels=kernels)
        assert path.outcome.kind == "finished"
        assert tuple(path.final_weights) == start


KINKED = [
    key
    for key in surface_names()
    if any(without_kinks(tree) is not tree for tree in load_problem(key).gradient_trees)
]


@pytest.mark.parametrize("key", KINKED)
def test_compiled_runs_and_maps_begin_on_the_minima_of_kinked_surfaces(key: str) -> None:
    problem = load_problem(key)
    spec = RunSpec(problem, load_rule("gd"), {"eta": 1e-3}, steps=3)
    starts = np.array([minimum.at for minimum in problem.minima])
    ends = run_cells(Cells(spec, starts))
    for index, start in enumerate(starts):
        one = replace(spec, start=tuple(start.tolist()))
        plain, compiled = run(one), run(one, kernels=compiled_kernel)
        assert plain.outcome.kind == "finished"
        assert np.isfinite(plain.data[1:]).all()
        np.testing.assert_array_equal(plain.data, compiled.data)
        np.testing.assert_array_equal(ends.weights[index], plain.final_weights)


def test_some_surfaces_have_kinks_that_are_settled() -> None:
    assert {"ackley", "drop_wave", "bukin6"} <= set(KINKED)
