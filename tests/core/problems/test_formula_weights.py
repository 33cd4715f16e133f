"""Formulas of any number of weights: their names, their derivatives, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.formula import FormulaError
from optlab.core.parameters import SettingError
from optlab.core.problems import formula_problem, function_problem
from optlab.core.problems.formula import MOST_WEIGHTS
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run


@pytest.mark.parametrize(
    ("text", "count"),
    [("w1^2", 2), ("x + y", 2), ("w3", 3), ("w2*w10", 10), ("w1 w4 + 2w7", 7)],
)
def test_the_highest_number_says_how_many_weights_there_are(text: str, count: int) -> None:
    problem = formula_problem(text)
    assert problem.weights == tuple(f"w{i}" for i in range(1, count + 1))
    assert len(problem.start) == len(problem.window) == count
    assert problem.is_surface == (count == 2)


def test_short_names_are_for_two_weights() -> None:
    with pytest.raises(FormulaError, match="'x'"):
        formula_problem("x + w3")


def test_weights_can_have_names_of_their_own() -> None:
    problem = formula_problem("(slope*2 + offset - 1)^2", ("slope", "offset"))
    path = run(RunSpec(problem, load_rule("adam"), start=(0.5, 0.25), steps=3))
    assert path.names[:5] == ("slope", "offset", "loss", "g1", "g2")
    assert path.update_names == ("dslope", "doffset")
    np.testing.assert_array_equal(path["dslope"][1:], np.diff(path["slope"]))
    with pytest.raises(FormulaError, match="w1"):
        formula_problem("w1 + a", ("a",))


@pytest.mark.parametrize("names", [("pi",), ("sin",), ("loss",), ("a", "a"), ("1a",), ("",)])
def test_names_with_a_meaning_of_their_own_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(SettingError, match="weights"):
        formula_problem("1", names)


def test_too_many_weights_are_refused_with_their_column() -> None:
    with pytest.raises(FormulaError, match=f"at most {MOST_WEIGHTS} weights") as caught:
        formula_problem(f"w1 + w{MOST_WEIGHTS + 1}")
    assert caught.value.column == 6
    with pytest.raises(FormulaError, match="at most"):
        formula_problem("w99999999999999999999")


def test_second_derivatives_of_more_weights() -> None:
    problem = formula_problem("w1^2 w2 + exp(w3) w1 + w4^4")
    at, v = (0.5, -1.5, 0.25, 2.0), (1.0, -2.0, 0.5, 3.0)
    hessian = problem.hessian(at)
    assert hessian.shape == (4, 4) and np.array_equal(hessian, hessian.T)
    np.testing.assert_array_equal(problem.hessian_diagonal(at), np.diagonal(hessian))
    np.testing.assert_allclose(problem.hessian_product(at, v), hessian @ np.array(v), rtol=1e-14)
    step = 1e-6
    for i in range(4):
        moved = np.array(at)
        moved[i] += step
        back = np.array(at)
        back[i] -= step
        slope = (problem.loss_and_gradient(moved)[1] - problem.loss_and_gradient(back)[1]) / 2e-6
        np.testing.assert_allclose(slope, hessian[i], rtol=1e-6, atol=1e-8)


def test_the_compiled_answers_are_those_of_the_formula() -> None:
    import ctypes

    problem = formula_problem("w1^2 w2 + exp(w3) w1 + w4^4 + cos(w5)")
    pointer = problem.pointer({"curvature"})
    assert pointer is not None
    array = ctypes.POINTER(ctypes.c_double)
    kind = ctypes.CFUNCTYPE(ctypes.c_double, *(ctypes.c_int64,) * 3, array, array, array)
    answer = kind(pointer.address)
    at, v, out = np.array([0.5, -1.5, 0.25, 2.0, 1.0]), np.arange(5.0), np.empty(5)
    given = [values.ctypes.data_as(array) for values in (at, v, out)]
    loss, gradient = problem.loss_and_gradient(at)
    assert answer(0, 0, 1, *given) == loss == answer(0, 1, 1, *given)
    np.testing.assert_array_equal(out, gradient)
    answer(0, 2, 1, *given)
    np.testing.assert_array_equal(out, problem.hessian_diagonal(at))
    answer(0, 3, 1, *given)
    np.testing.assert_array_equal(out, problem.hessian_product(at, v))


def test_a_function_without_second_derivatives_refuses_rules_that_need_them() -> None:
    bowl = function_problem(lambda w: (float(w @ w), 2 * w), (1.0, 1.0))
    for name in ("newton", "adahessian", "sophia"):
        with pytest.raises(SettingError, match="needs second derivatives"):
            RunSpec(bowl, load_rule(name))


def test_functions_are_checked_where_they_are_handed_in() -> None:
    with pytest.raises(ValueError, match="at least one number"):
        function_problem(lambda w: (0.0, w), ())
    with pytest.raises(ValueError, match="2 names do not fit"):
        function_problem(lambda w: (0.0, w), (1.0,), ("a", "b"))
    wrong = function_problem(lambda w: (0.0, np.zeros(3)), (1.0, 2.0))
    with pytest.raises(ValueError, match=r"must have the shape \(2,\), not \(3,\)"):
        wrong.loss((1.0, 2.0))
