"""No rule moves where there is no slope, unless its file declares when it does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from optlab.core.formula.nodes import symbols
from optlab.core.problems import formula_problem
from optlab.core.rules import Rule, load_rule, rule_names
from optlab.core.run import RunSpec, run

RULES = rule_names()
RESTS = [
    # a surface and a point where its gradient is exactly 0
    ("(w1 - 1)^2 + 3(w2 + 2)^2", (1.0, -2.0)),
    ("w1^2 - w2^2", (0.0, 0.0)),
    ("(w1 - 2)^3 - 3(w1 - 2)*(w2 - 1)^2", (2.0, 1.0)),
    ("cos(w1) + w2^4", (0.0, 0.0)),
    ("0*w1 + 3", (0.5, -0.5)),
]

Settings = tuple[Mapping[str, float], Mapping[str, str | bool]]


def settings(rule: Rule) -> Iterator[Settings]:
    """Every combination of options, then every preset."""
    names = list(rule.options)
    for combination in itertools.product(*(rule.options[name].choices for name in names)):
        yield {}, dict(zip(names, combination, strict=True))
    for preset in rule.presets:
        yield rule.preset(preset)


def moved(rule: Rule, given: Settings, formula: str, start: tuple[float, float]) -> bool:
    path = run(RunSpec(formula_problem(formula), rule, *given, start=start, steps=25))
    assert path.outcome.kind == "finished", (rule.key, given, formula, path.outcome.sentence)
    return not np.array_equal(path.weights, np.tile(start, (path.rows, 1)))


@pytest.mark.parametrize("key", RULES)
def test_no_rule_leaves_a_point_without_slope(key: str) -> None:
    rule = load_rule(key)
    resting = {}
    if rule.moves_at_rest is not None:
        resting = dict.fromkeys(symbols(rule.moves_at_rest), 0.0)
        assert not rule.leaves_rest(rule.complete_parameters(resting))
    broken = [
        (parameters, options, formula)
        for parameters, options in settings(rule)
        for formula, start in RESTS
        if moved(rule, ({**parameters, **resting}, options), formula, start)
    ]
    assert not broken


@pytest.mark.parametrize("key", [key for key in RULES if load_rule(key).moves_at_rest])
def test_a_rule_that_declares_it_does_leave_such_a_point(key: str) -> None:
    rule = load_rule(key)
    driven = dict.fromkeys(symbols(rule.moves_at_rest), 0.01)  # type: ignore[arg-type]
    assert rule.leaves_rest(rule.complete_parameters(driven))
    assert any(moved(rule, (driven, {}), formula, start) for formula, start in RESTS)


def test_yogi_stays_on_a_saddle_and_optax_does_not() -> None:
    rule = load_rule("yogi")
    assert not moved(rule, ({}, {}), "w1^2 - w2^2", (0.0, 0.0))
    assert not moved(rule, rule.preset("paper"), "w1^2 - w2^2", (0.0, 0.0))
    assert rule.leaves_rest(rule.complete_parameters(rule.preset("optax")[0]))
    assert moved(rule, rule.preset("optax"), "w1^2 - w2^2", (0.0, 0.0))
