import math

import numpy as np
import pytest

from optlab.core.analysis.gradient_check import (
    TOLERANCE,
    check_gradient,
    compare_gradient,
)
from optlab.core.problems import (
    Transform,
    formula_problem,
    load_problem,
    surface_names,
    transformed,
)

WINDOW = ((-2.0, 3.0), (-1.0, 2.0))


def parabola(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    return w1**2 + 3 * w2


def right_first(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    return 2 * w1


def right_second(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    return np.full_like(w2, 3.0)


@pytest.mark.parametrize("name", surface_names())
def test_every_shipped_surface_passes(name: str) -> None:
    problem = load_problem(name)
    check = check_gradient(problem, problem.window)
    assert check.passed, check.sentence
    assert check.compared > 0.9 * (check.compared + check.left_out)


@pytest.mark.parametrize("name", ["rosenbrock", "ackley", "himmelblau"])
def test_a_turned_surface_passes(name: str) -> None:
    problem = transformed(load_problem(name), Transform(33.0, (2.0, 0.5), (0.1, 0.2)))
    assert check_gradient(problem, problem.window).passed


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("text", ["sin(w1) + cos(w2)", "(w1^2 + w2 - 11)^2 + exp(w2)"])
def test_the_size_of_the_window_does_not_matter(text: str, scale: float) -> None:
    small = formula_problem(text.replace("w1", f"(w1/{scale!r})").replace("w2", f"(w2/{scale!r})"))
    window = ((-3 * scale, 3 * scale), (-3 * scale, 3 * scale))
    check = check_gradient(small, window)
    assert check.passed
    assert check.compared > 500


@pytest.mark.parametrize(
    "text",
    ["abs(w1) + max(w1, w2)", "floor(3 w1) + w2", "mod(w1, 1) + w2", "where(w1 > w2, w1, 2w2)"],
)
def test_kinks_and_jumps_are_no_error(text: str) -> None:
    check = check_gradient(formula_problem(text), WINDOW)
    assert check.passed
    assert check.compared > 500


def test_places_outside_the_domain_are_left_out() -> None:
    check = check_gradient(formula_problem("log(w1) + w2"), ((-5.0, 5.0), (-5.0, 5.0)))
    assert check.passed
    assert check.left_out == check.compared == 288


def test_nothing_to_compare_is_not_passed() -> None:
    check = check_gradient(formula_problem("log(w1)"), ((-5.0, -1.0), (-1.0, 1.0)))
    assert not check.passed
    assert math.isnan(check.largest)
    assert check.sentence.startswith("– gradient not checked")


def test_a_flat_surface_passes() -> None:
    assert check_gradient(formula_problem("5"), WINDOW).largest == 0.0


def test_a_right_gradient_of_a_given_function_passes() -> None:
    assert compare_gradient(parabola, [right_first, right_second], WINDOW).largest < 1e-10


@pytest.mark.parametrize("factor", [1 + 10 * TOLERANCE, -1.0, 0.0, math.nan, math.inf])
def test_a_wrong_gradient_is_found(factor: float) -> None:
    def wrong(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
        return right_first(w1, w2) * factor

    check = compare_gradient(parabola, [wrong, right_second], WINDOW)
    assert not check.passed
    assert check.sentence.startswith("✗")


def test_it_says_where() -> None:
    def wrong(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
        return np.where((w1 > 2.0) & (w2 < 0.0), 1.0, right_first(w1, w2))

    check = compare_gradient(parabola, [wrong, right_second], WINDOW)
    assert not check.passed
    assert check.at is not None
    assert check.at[0] > 2.0 > 0.0 > check.at[1]


def test_the_sentence_is_short() -> None:
    sentence = check_gradient(load_problem("rosenbrock"), WINDOW).sentence
    assert sentence.startswith("✓ gradient check ")
    assert "10⁻" in sentence
    assert len(sentence) < 60


def test_it_asks_for_few_enough_points_to_run_while_typing() -> None:
    asked = [0]

    def counted(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
        asked[0] += w1.size
        return parabola(w1, w2)

    compare_gradient(counted, [right_first, right_second], WINDOW)
    assert 0 < asked[0] <= 100_000
