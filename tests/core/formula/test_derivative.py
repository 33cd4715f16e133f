"""Derivatives are those of the formula: against differences, at kinks, and in size."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optlab.core.formula import derivative, evaluate, gradient, hessian, parse, to_text
from optlab.core.formula.nodes import postorder
from optlab.core.formula.operations import FUNCTIONS

STEP = 1e-5

SMOOTH = {
    # function or operator: (formula, points where it is smooth and well scaled)
    "sin": ("sin(w1*w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "cos": ("cos(w1 + 2w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "tan": ("tan(w1*w2)", [(0.3, 0.7), (-0.5, 0.9)]),
    "asin": ("asin(w1*w2)", [(0.3, 0.7), (-0.5, 0.9)]),
    "acos": ("acos(w1*w2)", [(0.3, 0.7), (-0.5, 0.9)]),
    "atan": ("atan(w1/w2)", [(0.3, 0.7), (-5.0, 0.9)]),
    "atan2": ("atan2(w1, w2)", [(0.3, 0.7), (-0.5, -0.9), (0.5, -0.9), (-1.0, 0.0)]),
    "sinh": ("sinh(w1*w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "cosh": ("cosh(w1*w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "tanh": ("tanh(w1*w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "exp": ("exp(w1*w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "log": ("log(w1*w2)", [(0.3, 0.7), (-2.0, -1.1)]),
    "log10": ("log10(w1^2 + w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "log2": ("log2(w1^2 + w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "sqrt": ("sqrt(w1*w2)", [(0.3, 0.7), (-2.0, -1.1)]),
    "cbrt": ("cbrt(w1*w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "abs": ("abs(w1*w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "sign": ("sign(w1*w2)*w1", [(0.3, 0.7), (-2.0, 1.1)]),
    "floor": ("floor(w1*w2)*w1", [(0.3, 0.7), (-2.0, 1.1)]),
    "mod": ("mod(w1*3, w2)", [(0.3, 0.7), (-2.0, 1.1), (2.0, -1.3)]),
    "min": ("min(w1^2, w2, 3 w1)", [(0.3, 0.7), (-2.0, 1.1), (0.5, 0.1)]),
    "max": ("max(w1^2, w2, 3 w1)", [(0.3, 0.7), (-2.0, 1.1), (0.5, 0.1)]),
    "where": ("where(w1 > w2, w1^2, w2^3 w1)", [(0.3, 0.7), (2.0, 1.1)]),
    "sum": ("w1 + w2 - (w1 - w2)*3", [(0.3, 0.7)]),
    "product": ("-w1*w2*(w1 + 2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "quotient": ("(w1 + 1)/(w2 - 3) + 2/w1 + w2/7", [(0.3, 0.7), (-2.0, 1.1)]),
    "whole power": ("w1^3 + w2^-2 + w1^1 + w1^0 - w2^20", [(0.3, 0.7), (-0.9, 1.01)]),
    "broken power": ("w1^0.5 + w2^-1.5 + (w1 + w2)^(1/3)", [(0.3, 0.7), (2.0, 1.1)]),
    "exponential": ("2^w1 + e^w2 + pi^(w1 w2)", [(0.3, 0.7), (-2.0, 1.1)]),
    "general power": ("w1^w2 + (w1 + w2)^(w1*w2)", [(0.3, 0.7), (2.0, 1.1)]),
}


def test_every_function_of_the_language_is_differentiated_below() -> None:
    assert set(SMOOTH) >= FUNCTIONS


def central(text: str, name: str, point: tuple[float, float]) -> float:
    tree = parse(text)
    low, high = ({"w1": point[0], "w2": point[1]} for _ in range(2))
    low[name] -= STEP
    high[name] += STEP
    return (evaluate(tree, high) - evaluate(tree, low)) / (high[name] - low[name])


@pytest.mark.parametrize("key", SMOOTH)
def test_derivative_is_the_limit_of_differences(key: str) -> None:
    text, points = SMOOTH[key]
    for point in points:
        values = dict(zip(("w1", "w2"), point, strict=True))
        for name in ("w1", "w2"):
            exact = evaluate(derivative(parse(text), name), values)
            assert exact == pytest.approx(central(text, name, point), rel=2e-8, abs=2e-8), point


@pytest.mark.parametrize("key", SMOOTH)
def test_hessian_is_symmetric_and_the_derivative_of_the_gradient(key: str) -> None:
    text, points = SMOOTH[key]
    tree = parse(text)
    rows = hessian(tree, ("w1", "w2"))
    first = gradient(tree, ("w1", "w2"))
    assert rows[0][1] is rows[1][0]
    for point in points:
        values = dict(zip(("w1", "w2"), point, strict=True))
        for i in range(2):
            for j, name in enumerate(("w1", "w2")):
                slope = central(to_text(first[i]), name, point)
                exact = evaluate(rows[i][j], values)
                assert exact == pytest.approx(slope, rel=1e-6, abs=1e-6), (point, i, j)


@pytest.mark.parametrize(
    ("text", "w1", "slope"),
    [
        ("abs(w1)", 0.0, 0.0),
        ("abs(w1)", 2.0, 1.0),
        ("abs(w1)", -2.0, -1.0),
        ("max(w1, 3 w1)", 0.0, 3.0),  # at a tie the second argument is taken
        ("min(w1, 3 w1)", 0.0, 3.0),
        ("max(w1, 0)", 0.0, 0.0),
        ("max(w1, 0)", 1.0, 1.0),
        ("where(w1 >= 1, w1^2, 5 w1)", 1.0, 2.0),
        ("where(w1 > 1, w1^2, 5 w1)", 1.0, 5.0),
        ("where(w1 > 0, log(w1), w1)", -1.0, 1.0),  # the other branch is nan there
        ("where(w1 == 0, 1, sin(w1)/w1)", 0.0, 0.0),
        ("sign(w1)", 0.0, 0.0),
        ("sign(w1)", 3.0, 0.0),
        ("floor(w1)", 2.0, 0.0),
        ("floor(w1)", 2.5, 0.0),
        ("mod(w1, 2)", 4.0, 1.0),
        ("w1^2", 0.0, 0.0),
        ("w1^1", 0.0, 1.0),
        ("w1^0", 0.0, 0.0),
        ("sqrt(w1)", 0.0, math.inf),
        ("cbrt(w1)", 0.0, math.inf),
    ],
)
def test_at_a_kink_the_derivative_is_that_of_the_branch_taken(
    text: str, w1: float, slope: float
) -> None:
    assert evaluate(derivative(parse(text), "w1"), {"w1": w1, "w2": 0.0}) == slope


def test_power_of_a_weight_has_a_derivative_at_zero() -> None:
    tree = derivative(parse("w1^w2"), "w1")
    assert evaluate(tree, {"w1": 0.0, "w2": 2.0}) == 0.0


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("5 w2 + pi", "0"),
        ("w1", "1"),
        ("3w1^2 + 10w2^2", "6*w1"),
        ("-w1^2", "-2*w1"),
        ("(1 - w1)^2", "-2*(1 - w1)"),
        ("w1/2", "1/2"),
        ("exp(w1)", "exp(w1)"),
        ("sin(2w1)", "2*cos(2*w1)"),
    ],
)
def test_derivative_is_one_that_a_person_wants_to_read(text: str, printed: str) -> None:
    found = to_text(derivative(parse(text), "w1"))
    assert found.replace("(", "").replace(")", "") == printed.replace("(", "").replace(")", "")


def test_derivatives_of_a_long_product_stay_linear_in_size() -> None:
    counts = {}
    for factors in (30, 60):
        tree = parse("*".join(f"sin({i}*w1 + w2)" for i in range(1, factors + 1)))
        rows = hessian(tree, ("w1", "w2"))
        counts[factors] = len(set(postorder(*rows[0], *rows[1])))
    assert counts[60] < 60 * 40
    assert counts[60] < 2.1 * counts[30]


def test_derivatives_of_nested_quotients_stay_linear_in_size() -> None:
    text = "w1"
    for _ in range(30):
        text = f"1/(1 + {text})"
    first = derivative(parse(text), "w1")
    second = derivative(first, "w1")
    assert len(set(postorder(first, second))) < 30 * 30
    slope = evaluate(first, {"w1": 0.5})
    assert math.isfinite(slope)
    assert slope != 0.0


polynomials = st.lists(
    st.tuples(
        st.floats(-3, 3).filter(lambda c: abs(c) > 1e-3), st.integers(0, 4), st.integers(0, 4)
    ),
    min_size=1,
    max_size=6,
)


@given(polynomials, st.floats(-2, 2), st.floats(-2, 2))
def test_gradient_of_a_polynomial_is_the_one_from_school(
    terms: list[tuple[float, int, int]], w1: float, w2: float
) -> None:
    assume(min(abs(w1), abs(w2)) > 1e-6)
    text = " + ".join(f"({c!r})*w1^{a}*w2^{b}" for c, a, b in terms)
    by_w1 = sum(c * a * w1 ** (a - 1) * w2**b for c, a, b in terms)
    by_w2 = sum(c * b * w1**a * w2 ** (b - 1) for c, a, b in terms)
    found = [evaluate(g, {"w1": w1, "w2": w2}) for g in gradient(parse(text), ("w1", "w2"))]
    assert found == pytest.approx([by_w1, by_w2], rel=1e-9, abs=1e-9)
