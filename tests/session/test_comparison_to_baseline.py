"""Runs against a target and a baseline: ratios, budgets, targets, where two part, as text."""

import pytest

from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.session.comparison import (
    compare_to_baseline,
    comparison_text,
    parting_sentence,
)
from optlab.session.experiment import Run
from optlab.session.study import StudyRun

QUADRATIC = load_problem("quadratic")


def entrant(run_id, rule, problem=QUADRATIC, steps=700, **parameters):
    spec = RunSpec(problem, load_rule(rule), parameters, start=(-15.0, 20.0), steps=steps)
    return StudyRun(Run(id=run_id, optimizer=rule, name=rule), spec, run(spec))


@pytest.fixture(scope="module")
def four():
    entrants = [
        entrant("a", "gd", eta=0.001),
        entrant("b", "momentum", eta=0.001, alpha=0.9),
        entrant("c", "sam", eta=0.001),
        entrant("d", "gd", eta=0.2),
    ]
    return compare_to_baseline(QUADRATIC, entrants, 100.0, "a")


def test_the_baseline_is_once_as_fast_as_itself(four):
    assert four.lines[0].ratio == 1.0
    steps = [line.metrics.steps_to_target for line in four.lines]
    assert four.lines[1].ratio == pytest.approx(steps[0] / steps[1])
    assert four.lines[1].ratio > 2


def test_gradient_calls_count_and_not_steps(four):
    sharpness_aware = four.lines[2]
    assert sharpness_aware.metrics.gradient_calls == 1400
    assert sharpness_aware.ratio < 0.6  # about as many steps, each of two gradients
    assert not four.is_fair_by_steps
    assert "sam 2" in four.note
    assert four.budget == 700
    trajectory = entrant("c", "sam", eta=0.001).trajectory
    assert sharpness_aware.loss_at_budget == trajectory.loss[350]


def test_a_run_that_diverges_has_no_ratio(four):
    lost = four.lines[3]
    assert (lost.metrics.outcome.kind, lost.metrics.steps_to_target) == ("diverged", None)
    assert lost.ratio is None


def test_no_baseline_and_no_runs():
    assert compare_to_baseline(QUADRATIC, [], 1.0, "a").lines == ()
    one = compare_to_baseline(QUADRATIC, [entrant("a", "gd", steps=3)], 1e9, "gone")
    assert one.lines[0].ratio is None
    assert one.baseline_name == ""
    assert one.is_fair_by_steps
    assert one.note == ""


def test_nothing_counts_as_arrived_without_a_target():
    found = compare_to_baseline(QUADRATIC, [entrant("a", "gd", steps=3)], None, "a")
    assert found.lines[0].metrics.steps_to_target is None
    assert comparison_text(found).startswith("target –\n")


def test_where_two_runs_part():
    one, other = entrant("a", "gd", eta=0.001), entrant("b", "momentum", eta=0.001, alpha=0.9)
    sentence = parting_sentence(one.trajectory, other.trajectory)
    assert sentence.startswith("part at step 2 by more than 1e−6, farthest")
    assert "the same path" in parting_sentence(one.trajectory, one.trajectory)


def test_the_text_lines_up(four):
    lines = comparison_text(four).splitlines()
    assert lines[0] == "target 100"
    assert len(lines) == 6
    end = lines[1].index("final loss") + len("final loss")
    assert all(line[end : end + 2] == "  " for line in lines[1:])
    assert "–" in lines[5]
