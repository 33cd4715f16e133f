"""The order of what lists offer."""

from optlab.core.rules import rule_names
from optlab.files.experiment_files import (
    experiment_names,
    load_experiment,
    shipped_experiment,
)
from optlab.session.edits.choices import first_rules, rule_choices, rule_color, usual_rules
from optlab.session.experiment import Experiment
from tests.session.embedded.test_own_texts import BALL


def test_the_usual_rules_come_first_and_the_others_by_name():
    titles = rule_choices(Experiment())
    keys = [title.key for title in titles]
    assert keys[:3] == ["gd", "momentum", "adam"]
    assert tuple(keys[: len(usual_rules())]) == usual_rules()
    names = [title.name.lower() for title in titles[first_rules(titles) :]]
    assert names == sorted(names)
    assert set(keys) == set(rule_names())


def test_an_experiments_own_rules_come_before_them():
    titles = rule_choices(Experiment(rules={"ball": BALL}))
    assert titles[0].own and titles[1].key == "gd"
    assert first_rules(titles) == 1 + len(usual_rules())


def test_a_rule_has_its_colour_in_shipped_experiments_unless_it_is_another_runs():
    for name in experiment_names():
        runs = load_experiment(shipped_experiment(name)).runs
        rules, colors = [run.optimizer for run in runs], [run.color for run in runs]
        for run in runs:
            wanted = rule_color(run.optimizer)
            if rules.count(run.optimizer) == 1 and wanted not in colors:
                raise AssertionError(f"{name}: {run.title} has colour {run.color}, not {wanted}")
