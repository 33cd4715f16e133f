"""What a person changes, as functions of the document."""

import pytest

from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.session.edits import model_edits, run_edits
from optlab.session.experiment import Experiment, Surface, changed
from optlab.session.resolve import resolve, resolve_strictly


@pytest.fixture
def document() -> Experiment:
    made = Experiment(title="Two", surface=Surface(problem="himmelblau"))
    return run_edits.add_run(run_edits.add_run(made, "adam"), "momentum")


def test_added_runs_have_their_own_id_name_and_colour(document):
    for _ in range(4):
        document = run_edits.add_run(document, "adam")
    for part in ("id", "name", "color"):
        values = [getattr(run, part) for run in document.runs]
        assert len(set(values)) == len(values)
    resolve_strictly(document)


def test_the_ninth_run_repeats_a_colour_with_another_style(document):
    for _ in range(7):
        document = run_edits.add_run(document, "gd")
    looks = [(run.color, run.style) for run in document.runs]
    assert len(set(looks)) == 9


def test_a_duplicate_stands_behind_its_original_with_its_settings(document):
    first = document.runs[0].id
    document = run_edits.set_parameter(document, first, "eta", 0.5)
    document = run_edits.duplicate_run(document, first)
    original, copy, _other = document.runs
    assert copy.parameters == original.parameters
    assert copy.id != original.id and copy.name != original.name
    assert copy.color != original.color


def test_removing_and_moving(document):
    first, second = (run.id for run in document.runs)
    assert [run.id for run in run_edits.move_run(document, first, 1).runs] == [second, first]
    assert [run.id for run in run_edits.move_run(document, first, 99).runs] == [second, first]
    assert [run.id for run in run_edits.move_run(document, second, -3).runs] == [second, first]
    assert [run.id for run in run_edits.remove_run(document, first).runs] == [second]


def test_an_id_is_not_given_twice_after_removing(document):
    document = run_edits.remove_run(document, document.runs[0].id)
    document = run_edits.add_run(document, "gd")
    assert len({run.id for run in document.runs}) == 2


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: run_edits.duplicate_run(d, "gone"),
        lambda d: run_edits.remove_run(d, "gone"),
        lambda d: run_edits.move_run(d, "gone", 0),
        lambda d: run_edits.choose_optimizer(d, "gone", "gd"),
        lambda d: run_edits.set_parameter(d, "gone", "eta", 1.0),
        lambda d: run_edits.set_option(d, "gone", "bias_correction", False),
        lambda d: run_edits.set_treatment(d, "gone", "l2", 0.1),
    ],
)
def test_a_run_that_is_gone_changes_nothing(document, edit):
    assert edit(document) == document


def test_another_surface_leaves_title_story_and_claims_behind():
    shipped = load_experiment(shipped_experiment("momentum_overshoots"))
    assert shipped.title and shipped.story and shipped.claims
    for other in (
        model_edits.choose_problem(shipped, "beale"),
        model_edits.type_formula(shipped, "x^2"),
    ):
        assert (other.title, other.story, other.claims) == ("", "", ())


def test_another_rule_keeps_what_it_knows_but_not_the_learning_rate(document):
    run = document.runs[0].id
    document = run_edits.set_parameter(document, run, "eta", 7.0)
    document = run_edits.set_parameter(document, run, "beta1", 0.5)
    document = run_edits.choose_optimizer(document, run, "amsgrad")
    changed_run = document.run(run)
    assert changed_run.parameters == {"beta1": 0.5}
    assert changed_run.name == load_rule("amsgrad").name
    resolve_strictly(document)


def test_a_name_that_a_person_gave_stays(document):
    run = document.runs[0].id
    document = run_edits.rename_run(document, run, "mine")
    assert run_edits.choose_optimizer(document, run, "gd").run(run).name == "mine"


def test_a_treatment_is_set_and_left_out(document):
    run = document.runs[0].id
    with_l2 = run_edits.set_treatment(document, run, "l2", 0.25)
    assert resolve(with_l2).specs[run].treatment.l2 == 0.25
    assert run_edits.set_treatment(with_l2, run, "l2", None) == document


def test_another_surface_comes_with_its_own_start_and_title(document):
    document = changed(document, start=(1.0, 1.0))
    chosen = model_edits.choose_problem(document, "rosenbrock")
    problem = load_problem("rosenbrock")
    resolved = resolve(chosen)
    assert resolved.start == problem.start
    assert resolved.window == problem.window
    assert chosen.title == ""
    assert chosen.runs == document.runs


def test_a_typed_formula_keeps_window_and_start(document):
    chosen = model_edits.choose_problem(document, "rosenbrock")
    typed = model_edits.type_formula(chosen, "w1^2 + w2^2")
    problem = load_problem("rosenbrock")
    resolved = resolve(typed)
    assert resolved.start == problem.start
    assert resolved.window == problem.window
    assert typed.surface.problem == ""
    again = model_edits.type_formula(typed, "w1^2 + 2w2^2")
    assert resolve(again).window == problem.window


def test_a_surface_is_turned_about_the_middle_of_what_is_shown():
    document = Experiment(surface=Surface(problem="branin"), start=(0.0, 5.0))
    turned = model_edits.rotate_surface(document, 90.0)
    (left, right), (bottom, top) = load_problem("branin").window
    assert turned.surface.centre == ((left + right) / 2, (bottom + top) / 2)
    assert turned.start == (5.0, 5.0)
    assert model_edits.rotate_surface(turned, 45.0).surface.centre == turned.surface.centre
    assert model_edits.rotate_surface(document, 0.0) == document
    with pytest.raises(SettingError):
        model_edits.rotate_surface(document, 1e9)
