"""Which rules see the axes: a rule that does not walks the same path on a turned surface."""

import numpy as np
import pytest

from optlab.core.problems import Transform, load_problem, transformed
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run

TURN = Transform(30.0)
# A long valley, so that the axes matter.
VALLEY = load_problem("quadratic")


def paths(optimizer: str, **parameters: float) -> tuple[np.ndarray, np.ndarray]:
    """The path on the turned surface, and the turned path of the plain surface; shape (n, 2)."""
    rule = load_rule(optimizer)
    plain = run(RunSpec(VALLEY, rule, parameters, steps=80)).weights
    turned = run(RunSpec(transformed(VALLEY, TURN), rule, parameters, steps=80)).weights
    return turned, np.array([TURN.place(point) for point in plain])


@pytest.mark.parametrize(
    ("optimizer", "eta"), [("gd", 0.02), ("momentum", 0.005), ("nesterov", 0.005)]
)
def test_the_path_turns_with_the_surface(optimizer: str, eta: float) -> None:
    turned, expected = paths(optimizer, eta=eta)
    assert np.abs(turned - expected).max() < 1e-10


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "adagrad", "adamw"])
def test_a_rule_with_a_rate_for_each_weight_depends_on_the_axes(optimizer: str) -> None:
    turned, expected = paths(optimizer, eta=0.5)
    assert np.abs(turned - expected).max() > 1.0
