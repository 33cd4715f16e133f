"""Presets: what a run follows, and changing to one as a single change."""

import pytest

from optlab.core.parameters import SettingError
from optlab.core.rules import load_rule, rule_names
from optlab.session.edits import run_edits
from optlab.session.edits.choices import apply_preset, preset_choices, preset_of
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.session import Session


def experiment(optimizer):
    return Experiment(
        surface=Surface(problem="quadratic"), runs=(Run(id="1", optimizer=optimizer),), steps=20
    )


def with_presets():
    return [name for name in rule_names() if load_rule(name).presets]


@pytest.mark.parametrize("optimizer", with_presets())
def test_a_run_follows_what_it_was_told(optimizer):
    for choice in preset_choices(load_rule(optimizer)):
        assert choice.title
        assert choice.help
        changed = apply_preset(experiment(optimizer), "1", choice.key)
        assert preset_of(changed, changed.runs[0]) == choice.key


@pytest.mark.parametrize("optimizer", with_presets())
def test_any_preset_can_follow_any_other(optimizer):
    choices = preset_choices(load_rule(optimizer))
    document = experiment(optimizer)
    for choice in (*choices, *reversed(choices)):
        document = apply_preset(document, "1", choice.key)
        assert preset_of(document, document.runs[0]) == choice.key


def test_presets_that_mean_the_same_are_one_choice():
    titles = [choice.title for choice in preset_choices(load_rule("adam"))]
    assert titles == ["paper, PyTorch", "Keras"]


def test_settings_of_ones_own_follow_none():
    document = apply_preset(experiment("adam"), "1", "keras")
    document = run_edits.set_parameter(document, "1", "epsilon", 1e-3)
    assert preset_of(document, document.runs[0]) == ""
    assert preset_of(document, Run(id="1", optimizer="gd")) == ""


def test_what_a_preset_leaves_open_stays():
    document = run_edits.set_parameter(experiment("adam"), "1", "eta", 0.5)
    run = apply_preset(document, "1", "keras").runs[0]
    assert run.parameters["eta"] == 0.5
    assert run.parameters["epsilon"] == 1e-7


def test_it_is_one_change_to_undo():
    session = Session(experiment("adam"))
    session.propose(apply_preset(session.document, "1", "keras"))
    session.undo()
    assert session.document == experiment("adam")
    assert not session.can_undo


def test_unknown_presets_and_runs():
    with pytest.raises(SettingError):
        apply_preset(experiment("adam"), "1", "nobody")
    assert apply_preset(experiment("adam"), "2", "keras") == experiment("adam")
