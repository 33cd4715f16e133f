"""What a run achieved."""

from functools import partial

import numpy as np
import pytest

from optlab.core.analysis.metrics import measure, sign_changes, steps_to_target
from optlab.core.problems import formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, gradient_calls, run

QUADRATIC = load_problem("quadratic")


def measured(rule="gd", target=None, problem=QUADRATIC, steps=700, **parameters):
    spec = RunSpec(problem, load_rule(rule), parameters, start=(-15.0, 20.0), steps=steps)
    return measure(run(spec), problem, partial(gradient_calls, spec), target)


def test_gradient_descent_goes_down_without_crossing_the_valley():
    found = measured()
    assert (found.outcome.kind, found.steps, found.gradient_calls) == ("finished", 700, 700)
    assert (found.loss_increases, found.sign_changes) == (0, (0, 0))
    assert found.final_loss == found.lowest_loss
    assert 25 < found.path_length < 15 + 20  # between the straight line and the two sides
    assert found.distance == pytest.approx(15 * (1 - 0.006) ** 700)


def test_momentum_overshoots_and_is_faster():
    plain, heavy = measured(target=1.0), measured("momentum", target=1.0)
    assert heavy.loss_increases > 0
    assert heavy.sign_changes[1] > 0
    assert heavy.path_length > plain.path_length
    assert plain.steps_to_target is not None and heavy.steps_to_target is not None
    assert heavy.steps_to_target < plain.steps_to_target


def test_a_target_that_is_never_reached():
    found = measured(target=-1.0, steps=10)
    assert (found.steps_to_target, found.calls_to_target) == (None, None)
    assert measured(steps=10).steps_to_target is None


def test_a_target_that_the_start_has_reached():
    found = measured(target=1e9, steps=10)
    assert found.steps_to_target == 0


@pytest.mark.parametrize(("rule", "calls"), [("gd", 1), ("nesterov", 1), ("adam", 1), ("sam", 2)])
def test_gradients_of_a_step_are_counted(rule, calls):
    found = measured(rule, steps=10, target=1e9)
    assert found.gradient_calls == 10 * calls
    assert found.calls_to_target == 0


def test_a_surface_without_known_minima_has_no_distance():
    assert measured(problem=formula_problem("w1^2 + w2^2"), steps=5).distance is None


def test_a_run_that_diverges():
    found = measured(eta=1.0, steps=100)
    assert found.outcome.kind == "diverged"
    assert found.lowest_loss < found.final_loss
    assert found.loss_increases == found.steps


def test_first_step_at_the_target():
    assert steps_to_target(np.array([3.0, np.nan, 1.0, 2.0, 0.5]), 1.0) == 2


def test_zeros_are_no_change_of_sign():
    assert sign_changes(np.array([np.nan, 1.0, 0.0, 2.0, -1.0, 0.0, -3.0, 4.0])) == 2
