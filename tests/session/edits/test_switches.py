"""Changes of the optimizer on the way, and the rate that is proposed for what follows."""

import numpy as np
import pytest

from optlab.core.analysis.rate_proposal import proposed_rate
from optlab.core.parameters import SettingError
from optlab.core.run import legs_at, memory_table, run
from optlab.files.run_files import code_of_run
from optlab.session.edits import run_edits
from optlab.session.experiment import Experiment, Surface
from optlab.session.resolve import resolve_problem, resolve_run


@pytest.fixture
def document():
    bowl = Experiment(surface=Surface(formula="w1^2 + 3w2^2"), start=(-3.0, 2.0), steps=200)
    return run_edits.add_run(bowl, "adam")


def spec_of(document):
    return resolve_run(document, document.runs[0], resolve_problem(document))


def test_a_change_changes_nothing_until_a_setting_is_changed(document):
    before = run(spec_of(document))
    made = run_edits.add_switch(document, "1", 120)
    assert made.runs[0].optimizers == "adam → adam"
    assert run(spec_of(made)).weights.tobytes() == before.weights.tobytes()
    assert run_edits.add_switch(made, "1", 120) == made
    other = run_edits.set_parameter(made, "1", "eta", 0.3, 120)
    assert "eta" not in other.runs[0].parameters
    after = run(spec_of(other)).weights
    assert (after[:121] == before.weights[:121]).all() and (after[121] != before.weights[121]).any()
    assert run_edits.remove_switch(other, "1", 120).runs == document.runs


def test_changes_stand_in_order(document):
    made = run_edits.add_switch(run_edits.add_switch(document, "1", 120), "1", 40)
    assert [switch.after for switch in made.runs[0].then] == [40, 120]
    moved = run_edits.move_switch(made, "1", 40, 119)
    assert [switch.after for switch in moved.runs[0].then] == [119, 120]
    for to, limit in ((120, "before step 120"), (0, "1 to 199"), (200, "1 to 199")):
        with pytest.raises(SettingError, match=limit):
            run_edits.move_switch(made, "1", 40, to)
    with pytest.raises(SettingError, match="after step 40"):
        run_edits.move_switch(made, "1", 120, 40)


def test_a_schedule_of_a_change_goes_on_through_the_next(document):
    made = run_edits.add_switch(run_edits.add_switch(document, "1", 40), "1", 120)
    made = run_edits.set_schedule(made, "1", "cosine", 40)
    schedules = [made.runs[0].part(after).schedule for after in (0, 40, 120)]
    assert schedules == ["constant", "cosine", "cosine"]
    codes = [code_of_run(made, made.runs[0], "numpy", leg) for leg in range(3)]
    assert ["def schedule(" in code or "cos(" in code for code in codes] == [False, True, True]


def test_a_branch_whose_point_moves_shares_as_much(document):
    made = run_edits.branch_run(document, "1", 40)
    branch = made.runs[1].id
    moved = run_edits.move_switch(made, branch, 40, 60).run(branch)
    assert (moved.branch_after, moved.own.optimizer) == (60, "adam")
    assert run_edits.remove_switch(made, branch, 40).run(branch).branch_of == ""


def test_the_table_says_what_becomes_of_memory(document):
    made = run_edits.add_switch(document, "1", 120)
    made = run_edits.choose_optimizer(made, "1", "momentum", 120)
    before, leg = legs_at(spec_of(made), 120)
    fates = {row.name: row.fate for row in memory_table(before, leg)}
    assert fates == {"m": "goes over", "s": "is dropped"}
    made = run_edits.set_keep_memory(made, "1", 120, keep=False)
    fates = {row.name: row.fate for row in memory_table(*legs_at(spec_of(made), 120))}
    assert fates == {"m": "starts fresh", "s": "is dropped"}
    back = run_edits.add_switch(made, "1", 150)
    back = run_edits.choose_optimizer(back, "1", "adam", 150)
    fates = {row.name: row.fate for row in memory_table(*legs_at(spec_of(back), 150))}
    assert fates == {"m": "goes over", "s": "starts fresh"}


def test_a_change_can_stand_where_an_epoch_begins():
    data = run_edits.add_run(Experiment(surface=Surface(problem="least_squares"), steps=100), "gd")
    rows = resolve_problem(data).rows
    data = run_edits.set_treatment(data, "1", "batch", max(1, rows // 4))
    data = run_edits.add_switch(data, "1", 50)
    before, _ = legs_at(spec_of(data), 50)
    steps = before.batches.steps_per_epoch
    assert before.first_of(4) == 3 * steps
    assert before.epoch(3 * steps + 1) == 4
    assert before.epoch(3 * steps) == 3


def proposal(document, rule, **parameters):
    made = run_edits.choose_optimizer(run_edits.add_switch(document, "1", 60), "1", rule, 60)
    for name, value in parameters.items():
        made = run_edits.set_parameter(made, "1", name, value, 60)
    spec = spec_of(made)
    return proposed_rate(spec, run(spec), 60)


def test_the_proposal_is_that_of_swats(document):
    path = run(spec_of(document))
    average = 0.0
    for k in range(1, 61):
        step, gradient = path.weights[k] - path.weights[k - 1], path.vector("g")[k]
        average = 0.999 * average + 0.001 * (step @ step) / -(step @ gradient)
    wanted = average / (1 - 0.999**60)
    found = proposal(document, "gd")
    assert (found is None) == (wanted <= 0)
    if found is not None:
        assert found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("eta", [0.01, 0.05])
def test_after_descent_it_is_the_rate_of_descent(document, eta):
    plain = run_edits.set_parameter(
        run_edits.choose_optimizer(document, "1", "gd"), "1", "eta", eta
    )
    assert proposal(plain, "gd", eta=1.0) == pytest.approx(eta)
    assert proposal(plain, "momentum", alpha=0.9) == pytest.approx(0.1 * eta)
    assert proposal(plain, "nesterov", alpha=0.5) == pytest.approx(0.5 * eta)
    for rule in ("adam", "sign_descent", "rmsprop", "lion", "newton"):
        assert proposal(plain, rule) is None


def test_forms_of_momentum_are_told_by_their_equations(document):
    plain = run_edits.set_parameter(
        run_edits.choose_optimizer(document, "1", "gd"), "1", "eta", 0.01
    )
    made = run_edits.choose_optimizer(run_edits.add_switch(plain, "1", 60), "1", "momentum", 60)
    for form, share in (("accumulate", 0.1), ("velocity", 0.1), ("average", 1.0)):
        spec = spec_of(run_edits.set_option(made, "1", "form", form, 60))
        assert proposed_rate(spec, run(spec), 60) == pytest.approx(share * 0.01)
    halved = spec_of(run_edits.set_schedule(made, "1", "step:every=30,drop=0.5"))
    path = run(halved)
    weights = 0.999 ** np.arange(59, -1, -1.0)
    mean = weights @ path["eta"][1:61] / weights.sum()
    # What the schedule has left of the rate is made up for.
    assert proposed_rate(halved, path, 60) * path["eta"][61] / 0.001 == pytest.approx(0.1 * mean)
