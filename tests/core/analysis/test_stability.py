"""The largest stable learning rate of a rule, against closed forms and against runs."""

import math

import numpy as np
import pytest

from optlab.core.analysis.curvature import curvature_at
from optlab.core.analysis.stability import Stability, stability_at
from optlab.core.problems import formula_problem, load_problem
from optlab.core.rules import load_rule, read_rule, rule_names
from optlab.core.run import RunSpec, run

VALLEY = load_problem("quadratic")
STEEPEST = 20.0


def limit_of(spec: RunSpec, step: int = 20) -> Stability | None:
    trajectory = run(spec)
    curvature = curvature_at(spec.problem, trajectory.weights[step].tolist())
    assert curvature is not None
    return stability_at(spec, trajectory, step, curvature)


def spec_of(rule: str, options: dict[str, str | bool], **parameters: float) -> RunSpec:
    return RunSpec(VALLEY, load_rule(rule), {"eta": 0.001, **parameters}, options, steps=30)


A = 0.9
LINEAR = [
    ("gd", {}, 2.0),
    ("momentum", {"form": "accumulate"}, 2 * (1 + A)),
    ("momentum", {"form": "velocity"}, 2 * (1 + A)),
    ("momentum", {"form": "average"}, 2 * (1 + A) / (1 - A)),
    ("nesterov", {"form": "lookahead"}, 2 * (1 + A) / (1 + 2 * A)),
    ("nesterov", {"form": "pytorch"}, 2 * (1 + A) / (1 + 2 * A)),
    ("nesterov", {"form": "keras"}, 2 * (1 + A) / (1 + 2 * A)),
    ("adam", {"second_moment": False, "bias_correction": False}, 2 * (1 + A) / (1 - A)),
    ("adam", {"second_moment": False, "bias_correction": True}, 2 * (1 + A) / (1 - A)),
]


@pytest.mark.parametrize(("rule", "options", "factor"), LINEAR)
def test_the_limit_is_the_closed_form_and_where_runs_begin_to_grow(
    rule: str, options: dict[str, str | bool], factor: float
) -> None:
    found = limit_of(spec_of(rule, options))
    assert found is not None and not found.preconditioned
    assert found.limit == pytest.approx(factor / STEEPEST, rel=1e-4)
    assert found.plain is (rule == "gd")
    for share, grows in ((0.98, False), (1.02, True)):
        given = spec_of(rule, options, eta=share * found.limit)
        path = run(RunSpec(VALLEY, given.rule, given.parameters, given.options, steps=3000))
        assert bool(path.final_loss > path.loss[0]) is grows


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.99])
def test_momentum_is_named_where_it_is_on(alpha: float) -> None:
    found = limit_of(spec_of("momentum", {}, alpha=alpha))
    assert found is not None
    assert found.limit == pytest.approx(2 * (1 + alpha) / STEEPEST, rel=1e-4)
    assert (found.momentum is not None) is (alpha > 0)
    assert found.sentence(0.99 * found.limit) == ""
    said = found.sentence(1.01 * found.limit)
    assert ("with momentum α" in said) is (alpha > 0) and "limit" in said


@pytest.mark.parametrize(("rule", "beta1"), [("adam", 0.9), ("adam", 0.0), ("rmsprop", 0.0)])
def test_an_adaptive_rule_has_its_preconditioned_limit(rule: str, beta1: float) -> None:
    """2(1 + β₁)/((1 − β₁)λ), λ the largest eigenvalue of the Hessian behind the sizes."""
    options = {"bias_correction": False} if rule == "adam" else {}
    given = {"beta1": beta1} if rule == "adam" else {}
    spec = RunSpec(load_problem("rosenbrock"), load_rule(rule), given, options, steps=30)
    path = run(spec)
    curvature = curvature_at(spec.problem, path.weights[20].tolist())
    assert curvature is not None
    found = stability_at(spec, path, 20, curvature)
    assert found is not None and found.preconditioned and not found.plain
    roots = np.sqrt(np.array([path["s1"][20], path["s2"][20]]) + spec.parameters["epsilon"])
    bent = curvature.directions * np.maximum(curvature.eigenvalues, 0) @ curvature.directions.T
    largest = np.linalg.eigvals(bent / roots[:, None]).max()
    assert found.limit == pytest.approx(2 * (1 + beta1) / ((1 - beta1) * largest), rel=1e-4)
    said = found.sentence(2 * found.limit)
    assert "preconditioned" in said and "β₂ = 0.9" in said
    assert ("momentum β₁ = 0.9" in said) is (beta1 > 0)


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("sign_descent", {}),
        ("lion", {}),
        ("rprop", {}),
        ("normalized_gd", {}),
        ("polyak", {}),
        ("barzilai_borwein", {}),
        ("newton", {}),
        ("lookahead", {"inner": "gd"}),
        ("nesterov", {"form": "literal"}),  # its look-ahead is unstable at every rate
    ],
)
def test_rules_without_a_limit_have_none(rule: str, options: dict[str, str | bool]) -> None:
    known = load_rule(rule).options
    options = {name: value for name, value in options.items() if name in known}
    assert limit_of(spec_of(rule, options), 1) is None


@pytest.mark.parametrize("share", [0.5, 0.99, 1.01, 2.0])
@pytest.mark.parametrize(("rule", "options", "factor"), LINEAR)
def test_a_stable_rate_needs_no_limit(
    rule: str, options: dict[str, str | bool], factor: float, share: float
) -> None:
    spec = spec_of(rule, options, eta=share * factor / STEEPEST)
    path = run(spec)
    curvature = curvature_at(VALLEY, (1.0, 1.0))
    assert curvature is not None
    whole = stability_at(spec, path, 20, curvature)
    found = stability_at(spec, path, 20, curvature, if_unstable=True)
    assert whole is not None
    assert found == (whole if share > 1 else None)


def test_l2_counts_into_the_curvature() -> None:
    from optlab.core.gradient_transforms import GradientTransforms

    spec = RunSpec(VALLEY, load_rule("gd"), treatment=GradientTransforms(l2=5.0), steps=30)
    found = limit_of(spec)
    assert found is not None and found.limit == pytest.approx(2 / 25, rel=1e-4)


def test_what_is_a_momentum_is_declared_and_not_read_off_a_name() -> None:
    text = """
name = "Renamed"
summary = ""
update = '''
q = keep*q + g
w = w - eta*alpha*q
'''
state = { q = "sum" }
[parameters]
eta = { default = 0.001, range = "(0, inf)" }
alpha = { default = 0.5, range = "(0, 1]" }
keep = { default = 0.9, range = "[0, 1]", role = "momentum" }
"""
    found = limit_of(RunSpec(VALLEY, read_rule(text), steps=30))
    assert (
        found is not None and found.momentum is not None and found.momentum.parameter.name == "keep"
    )
    assert found.limit == pytest.approx(2 * 2 * 1.9 / STEEPEST, rel=1e-4)
    silent = limit_of(RunSpec(VALLEY, read_rule(text.replace(', role = "momentum"', "")), steps=30))
    assert silent is not None and silent.momentum is None and silent.limit == found.limit


def test_momentum_that_an_option_switches_off_is_not_named() -> None:
    found = limit_of(spec_of("rmsprop", {"momentum": "none"}, alpha=0.9))
    assert found is not None and found.momentum is None
    on = limit_of(spec_of("rmsprop", {"momentum": "accumulate"}, alpha=0.9))
    assert on is not None and on.momentum is not None


@pytest.mark.parametrize("rule", rule_names())
def test_every_rule_has_a_limit_or_none_everywhere(rule: str) -> None:
    """Also where memory is at rest, on a hill, and where the run has ended."""
    for formula in ("3 w1^2 + 10 w2^2", "-w1^2", "w1^4 + w2", "0*w1"):
        spec = RunSpec(formula_problem(formula), load_rule(rule), steps=3, start=(1.0, -1.0))
        path = run(spec)
        for step in range(path.steps + 1):
            curvature = curvature_at(spec.problem, path.weights[step].tolist())
            found = None if curvature is None else stability_at(spec, path, step, curvature)
            assert found is None or 0 < found.limit < math.inf
