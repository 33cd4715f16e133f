"""Where two runs part."""

import numpy as np
import pytest

from optlab.core.analysis.metrics import difference, distances
from optlab.core.problems import formula_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.trajectory import recorded_trajectory

BOWL = formula_problem("3*w1^2 + 10*w2^2")


def path(rule="gd", steps=20, **parameters):
    spec = RunSpec(BOWL, load_rule(rule), parameters, start=(-15.0, 20.0), steps=steps)
    return run(spec)


def with_weights(rows):
    return recorded_trajectory({"w": rows, "loss": np.zeros(len(rows))})


def test_a_run_does_not_differ_from_itself():
    found = difference(path(), path())
    assert (found.parted_at, found.largest, found.steps) == (None, 0.0, 20)
    assert found.sentence == "the same within 1e-09 for 20 steps"


def test_momentum_without_memory_is_gradient_descent():
    assert difference(path(), path("momentum", alpha=0.0)).parted_at is None


def test_momentum_parts_from_gradient_descent_in_the_second_step():
    found = difference(path(), path("momentum"))
    assert found.parted_at == 2
    assert f"parted at step 2, farthest apart at step {found.largest_at}" in found.sentence


def test_the_largest_distance_is_relative_and_says_where():
    first = with_weights([[0.0, 0.0], [0.0, 99.0], [0.0, 0.0]])
    second = with_weights([[0.0, 0.0], [0.5, 99.0], [0.0, 3.0]])
    found = difference(first, second, tolerance=0.4)
    assert (found.parted_at, found.largest_at, found.largest_in) == (2, 2, "w2")
    assert found.largest == pytest.approx(3 / 4)
    assert distances(first, second)[1, 0] == pytest.approx(1 / 3)


def test_only_the_steps_that_both_have_are_compared():
    assert difference(path(steps=7), path(steps=20)).steps == 7


def test_numbers_that_are_not_finite():
    a = with_weights([[0.0, 0.0], [np.nan, np.inf], [1.0, 1.0]])
    b = with_weights([[0.0, 0.0], [np.nan, np.inf], [np.inf, 1.0]])
    found = difference(a, b)
    assert (found.parted_at, found.largest, found.largest_in) == (2, np.inf, "w1")


def test_different_numbers_of_weights_are_refused():
    one = recorded_trajectory({"w": np.zeros(2), "loss": np.zeros(2)})
    with pytest.raises(ValueError, match="cannot compare 1 weights with 2"):
        difference(one, with_weights([[0.0, 0.0]]))
