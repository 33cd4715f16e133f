"""Names that follow from what differs, until a person gives others."""

import pytest

from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.session.edits import run_edits
from optlab.session.edits.choices import rule_color
from optlab.session.edits.run_names import with_run_names
from optlab.session.experiment import Experiment, Run, Surface, change_run, changed
from optlab.session.session import Session


def empty() -> Experiment:
    return Experiment(surface=Surface(problem="himmelblau"))


def names(document: Experiment) -> list[str]:
    return [run.name for run in document.runs]


def test_a_run_alone_has_the_name_of_its_rule():
    document = run_edits.add_run(run_edits.add_run(empty(), "adam"), "gd")
    assert names(document) == ["Adam", "Gradient descent"]


def test_what_differs_is_in_the_names_of_both():
    session = Session(run_edits.add_run(empty(), "adam"))
    session.propose(run_edits.duplicate_run(session.document, "1"))
    assert names(session.document) == ["Adam", "Adam 2"]
    session.propose(run_edits.set_parameter(session.document, "2", "eta", 0.5))
    eta = session.resolved.specs["1"].parameters["eta"]
    assert names(session.document) == [f"Adam η {eta:g}", "Adam η 0.5"]
    session.propose(run_edits.set_option(session.document, "2", "bias_correction", False))
    assert names(session.document)[1] == "Adam η 0.5 no bias correction"
    session.propose(run_edits.remove_run(session.document, "1"))
    assert names(session.document) == ["Adam"]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda d: run_edits.set_schedule(d, "2", "cosine"), "cosine"),
        (lambda d: run_edits.set_treatment(d, "2", "clip_norm", 5.0), "clip norm 5"),
        (lambda d: change_run(d, "2", start=(1.0, 2.0)), "from (1, 2)"),
    ],
)
def test_other_settings_are_named_too(edit, says):
    document = run_edits.duplicate_run(run_edits.add_run(empty(), "adam"), "1")
    assert names(with_run_names(edit(document)))[1] == f"Adam {says}"


def test_a_name_that_a_person_gave_stays():
    session = Session(run_edits.add_run(empty(), "adam"))
    session.propose(run_edits.rename_run(session.document, "1", "mine"))
    session.propose(run_edits.duplicate_run(session.document, "1"))
    session.propose(run_edits.set_parameter(session.document, "1", "eta", 0.5))
    assert names(session.document)[0] == "mine"
    session.propose(run_edits.rename_run(session.document, "1", ""))
    assert names(session.document)[0] == "Adam η 0.5"


def test_names_of_files_stay():
    document = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    session = Session(document)
    session.propose(run_edits.set_parameter(document, "1", "eta", 0.5))
    assert names(session.document) == names(document)


def test_names_are_different_whatever_the_runs_are():
    document = empty()
    for optimizer in ("adam", "adam", "gd", "adam", "gd"):
        document = run_edits.add_run(document, optimizer)
    document = changed(document, runs=(*document.runs, Run(id="x", optimizer="adam", name="Adam")))
    found = names(with_run_names(document))
    assert len(set(found)) == len(found)


def test_a_rule_has_its_colour_in_every_experiment():
    alone = run_edits.add_run(empty(), "rmsprop").runs[0].color
    later = run_edits.add_run(run_edits.add_run(empty(), "gd"), "rmsprop").runs[1].color
    assert alone == later == rule_color("rmsprop")
    changed_rule = run_edits.choose_optimizer(run_edits.add_run(empty(), "gd"), "1", "rmsprop")
    assert changed_rule.runs[0].color == alone


def test_a_chosen_colour_stays_with_the_run():
    document = change_run(run_edits.add_run(empty(), "gd"), "1", color=7)
    assert run_edits.choose_optimizer(document, "1", "adam").runs[0].color == 7


def test_eight_runs_differ_without_their_colours_too():
    document = empty()
    for _ in range(8):
        document = run_edits.add_run(document, "adam")
    assert len({run.color for run in document.runs}) == 8
    styles = [run.style for run in document.runs]
    assert all(styles.count(style) == 2 for style in range(4))
