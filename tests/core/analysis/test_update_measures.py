"""The measures against values worked out by hand, and against the shipped rules themselves."""

import numpy as np
import pytest

from optlab.core.analysis.update_measures import (
    adam_measure,
    adaptive_measure,
    correction_factor,
    momentum_measure,
)
from optlab.core.problems import formula_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run


def test_momentum_measure_of_one_pair():
    assert momentum_measure(2.0, 1.0, 0.4) == pytest.approx(-0.2)


def test_momentum_measure_is_symmetric_and_jumps_at_zero():
    assert momentum_measure(-2.0, -1.0, 0.4) == pytest.approx(-0.2)
    above, below = momentum_measure(np.array([0.0, -1e-12]), 1.0, 0.4)
    assert above == pytest.approx(1.0)
    assert below == pytest.approx(-1.0)


def test_momentum_without_memory_only_sees_the_new_gradient():
    assert momentum_measure(3.0, 3.0, 0.0) == 0.0
    assert momentum_measure(3.0, 3.0, 0.9) == pytest.approx(2.7)


def test_adaptive_measure_by_hand():
    assert adaptive_measure(0.0, 1.0, 0.9) == pytest.approx(1 / np.sqrt(0.1 + 1e-8) - 1)
    assert adaptive_measure(3.0, 2.0, 0.5, 1.0, 1.0) == pytest.approx(2 / np.sqrt(5.25) - 2)
    assert adaptive_measure(3.0, 0.0, 0.9) == 0.0


def test_adaptive_measure_shortens_long_steps_and_lengthens_short_ones():
    short, long = adaptive_measure(np.array([0.1, 10.0]), np.array([0.1, 10.0]), 0.9)
    assert short > 0 > long


def test_adam_measure_by_hand():
    m, s = 0.09 * 2 + 0.1 * 1, 0.000999 * 4 + 0.001 * 1
    plain = abs(m / np.sqrt(s + 1e-8)) - 1
    corrected = abs(m / 0.19 / np.sqrt(s / (1 - 0.999**2) + 1e-8)) - 1
    assert adam_measure(2.0, 1.0, corrected=False) == pytest.approx(plain)
    assert adam_measure(2.0, 1.0) == pytest.approx(corrected)


def test_the_correction_shrinks_the_second_step_to_a_quarter():
    assert correction_factor() == pytest.approx(0.2353, abs=5e-5)
    with_it = adam_measure(2.0, 1.0, epsilon=1e-300) + 1
    without = adam_measure(2.0, 1.0, corrected=False, epsilon=1e-300) + 1
    assert with_it / without == pytest.approx(correction_factor())


def test_maps_are_one_call():
    axis = np.linspace(-2, 2, 5)
    g1, g2 = np.meshgrid(axis, axis)
    assert momentum_measure(g1, g2, 0.9).shape == (5, 5)
    assert adaptive_measure(g1, g2, 0.9).shape == (5, 5)
    assert adam_measure(g1, g2).shape == (5, 5)


@pytest.mark.parametrize("corrected", [True, False])
def test_adam_measure_is_what_the_rule_does(corrected):
    """Two steps on a surface whose slope changes little: its gradients go into the measure."""
    rule = load_rule("adam")
    spec = RunSpec(
        formula_problem("w1^2 + w2^2"),
        rule,
        {"eta": 1e-3},
        {"bias_correction": corrected},
        start=(2.0, -1.0),
        steps=2,
    )
    path = run(spec)
    expected = (np.abs(path["dw1"][2]) - 1e-3 * abs(path["g1"][2])) / 1e-3
    assert adam_measure(path["g1"][1], path["g1"][2], corrected=corrected) == pytest.approx(
        expected
    )
