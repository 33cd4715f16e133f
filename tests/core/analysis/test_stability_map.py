"""Stability maps: spectral radii over ηλ and a parameter, beside theory and beside runs."""

from collections.abc import Callable

import numpy as np
import pytest

from optlab.core.analysis.stability_map import stability_map, varied_parameter
from optlab.core.parameters import SettingError
from optlab.core.problems import formula_problem
from optlab.core.rules import Choice, load_rule, read_rule
from optlab.core.run import RunSpec, run

BOWL = formula_problem("w1^2/2", ("w1",))
X = np.linspace(0.0, 6.0, 49)
OWN = """
name = "Own"
summary = "Half of the last movement"
update = '''
v = keep*v - eta*g
w = w + v
'''
state = { v = "velocity" }
[parameters]
eta = { default = 0.1 }
keep = { default = 0.5, range = "[0, 1]" }
"""


def spec(name: str, **options: Choice) -> RunSpec:
    return RunSpec(BOWL, load_rule(name), {}, options, start=(1.0,))


@pytest.mark.parametrize(
    ("name", "form", "limit"),
    [
        ("momentum", "accumulate", lambda a: 2 * (1 + a)),
        ("momentum", "velocity", lambda a: 2 * (1 + a)),
        ("momentum", "average", lambda a: 2 * (1 + a) / (1 - a)),
        ("nesterov", "pytorch", lambda a: 2 * (1 + a) / (1 + 2 * a)),
        ("nesterov", "lookahead", lambda a: 2 * (1 + a) / (1 + 2 * a)),
    ],
)
def test_limits_are_those_of_theory(
    name: str, form: str, limit: Callable[[np.ndarray], np.ndarray]
) -> None:
    alpha = np.linspace(0.0, 0.45, 10)
    made = spec(name, form=form)
    found = stability_map(made, varied_parameter(made), X, alpha)
    assert found.theory is not None and found.theory_limit is not None
    assert found.held == ()
    np.testing.assert_allclose(found.limit, limit(alpha), rtol=1e-5)
    np.testing.assert_allclose(found.theory_limit, limit(alpha), rtol=1e-12)


@pytest.mark.parametrize("name", ["qhm", "sgd_dampening"])
def test_runs_shrink_as_fast_as_the_map_says(name: str) -> None:
    made = spec(name)
    parameter = varied_parameter(made)
    values, x = np.array([0.2, 0.6]), np.array([0.4, 1.1])
    found = stability_map(made, parameter, x, values)
    for row, value in enumerate(values):
        for column, eta in enumerate(x):
            settings = {"eta": float(eta), parameter.name: float(value)}
            path = run(RunSpec(BOWL, made.rule, settings, start=(1.0,), steps=200))
            size = np.abs(path.weights[:, 0])
            late = np.maximum.accumulate(size[::-1])[::-1]
            measured = (late[130] / late[30]) ** (1 / 100)
            assert measured == pytest.approx(found.radius[row, column], abs=0.02)


def test_sizes_are_held_at_one() -> None:
    made = spec("adam")
    found = stability_map(made, varied_parameter(made), X, np.array([0.0, 0.3]))
    assert (found.held, found.parameter.name) == (("s",), "beta1")
    np.testing.assert_allclose(found.limit, [2.0, 2 * 1.3 / 0.7], rtol=1e-5)


def test_a_typed_rule_has_one() -> None:
    made = RunSpec(BOWL, read_rule(OWN), start=(1.0,))
    found = stability_map(made, varied_parameter(made), X, np.array([0.5]))
    assert found.limit[0] == pytest.approx(3.0, rel=1e-5)


@pytest.mark.parametrize("name", ["lion", "rprop", "newton"])
def test_rules_without_a_map_say_why(name: str) -> None:
    made = spec(name) if name != "newton" else RunSpec(BOWL, load_rule(name), start=(1.0,))
    with pytest.raises(SettingError, match=r"linear|equations"):
        stability_map(made, varied_parameter(made), X, np.array([0.5]))
