"""Other names of a rule are data in its file; presets decide everything that options leave open."""

from __future__ import annotations

from pathlib import Path

import pytest

from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule, rule_names, rule_titles

RULES = rule_names()
HEAVY = """
name = "Heavy"
summary = "With other names"
{top}
update = "w = w - eta*g"
[parameters.eta]
default = 0.1
range = "(0, inf)"
"""


def test_sgd_is_a_name_of_gradient_descent() -> None:
    assert load_rule("sgd") is load_rule("gd")
    assert "gd" in RULES
    assert "sgd" not in RULES


def test_no_other_name_means_two_rules() -> None:
    aliases = [alias for title in rule_titles() for alias in title.aliases]
    assert aliases
    assert len({*aliases, *RULES}) == len(aliases) + len(RULES)
    for title in rule_titles():
        assert load_rule(title.key).aliases == title.aliases


def test_other_names_are_read_from_the_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "heavy.toml").write_text(HEAVY.format(top='aliases = ["ball", "lead"]'))
    assert load_rule("lead", tmp_path).key == "heavy"
    with pytest.raises(UnknownNameError, match="did you mean ball"):
        load_rule("bal", tmp_path)


@pytest.mark.parametrize("condition", ["eta", "weight_decay > 0", "eta >", "w > 0"])
def test_a_condition_of_rest_that_cannot_be_decided_is_refused(
    condition: str, tmp_path: Path
) -> None:
    file = tmp_path / "heavy.toml"
    file.write_text(HEAVY.format(top=f'moves_at_rest = "{condition}"'))
    with pytest.raises(DataError) as caught:
        load_rule(str(file))
    assert caught.value.key == "moves_at_rest"


@pytest.mark.parametrize("key", RULES)
def test_a_preset_decides_every_option(key: str) -> None:
    rule = load_rule(key)
    for name, preset in rule.presets.items():
        assert set(preset.options) == set(rule.options), name
