"""Directions, sizes and places, read off the equations of every rule."""

import itertools

import pytest

from optlab.core.formula import symbols
from optlab.core.rules import load_rule, rule_names
from optlab.core.rules.state_roles import meanings


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("momentum", {"m": "direction"}),
        ("nesterov", {"v": "direction"}),
        ("adagrad", {"s": "size"}),
        ("adam", {"m": "direction", "s": "size", "m_hat": "direction", "s_hat": "size"}),
        ("novograd", {"m": "direction"}),
        ("lamb", {"m": "direction", "s": "size", "u": "direction"}),
        ("supersab", {"step": "direction", "rate": "size"}),
        ("amsgrad", {"m": "direction", "s": "size", "s_max": "size"}),
    ],
)
def test_known_rules(rule: str, expected: dict[str, str]) -> None:
    loaded = load_rule(rule)
    found = meanings(loaded.variant(loaded.complete_options({})))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("name", rule_names())
def test_every_rule_has_an_answer(name: str) -> None:
    rule = load_rule(name)
    variant = rule.variant(rule.complete_options({}))
    vectors = {v.name for v in variant.state if not v.scalar and v.rows is None}
    assert vectors <= set(meanings(variant))


def test_memory_behind_a_size_that_is_still_settling_is_a_direction() -> None:
    rule = load_rule("rmsprop")
    found = meanings(rule.variant(rule.complete_options({"momentum": "accumulate"})))
    assert found == {"s": "size", "u": "direction", "m": "direction"}


@pytest.mark.parametrize("name", rule_names())
def test_declared_roles_are_borne_out_by_the_equations(name: str) -> None:
    """A momentum stands in the equation of a direction, a second-moment decay in that of a size."""
    rule = load_rule(name)
    choices = [option.choices for option in rule.options.values()]
    stands: dict[str, set[str]] = {"direction": set(), "size": set(), "place": set()}
    for combination in itertools.product(*choices):
        variant = rule.variant(dict(zip(rule.options, combination, strict=True)))
        kinds = meanings(variant)
        for equation in variant.equations:
            if equation.target in ("w", "g"):
                continue
            # One number for all weights is a size as well.
            stands[kinds.get(equation.target, "size")] |= symbols(equation.tree)
    for role, kind in (("momentum", "direction"), ("second_moment_decay", "size")):
        parameter = rule.in_role(role)
        assert parameter is None or parameter.name in stands[kind], (role, parameter)
