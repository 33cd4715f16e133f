"""Branches and sweeps: runs that are made from a run."""

import numpy as np
import pytest

import optlab
from optlab.core.parameters import SettingError
from optlab.files.encoding import decode_experiment, encode_experiment
from optlab.session.edits import run_edits
from optlab.session.experiment import Experiment, Surface, Treatment
from optlab.session.resolve import resolve_strictly

HALF = 40


def lab() -> optlab.Lab:
    made = optlab.experiment("rosenbrock", start=(-1.0, 1.5), steps=100, seed=3)
    return made.add("adam", name="A", schedule="warmup:steps=20+cosine", noise=0.1)


@pytest.mark.parametrize("after", [1, HALF, 60, 99, 100])
def test_a_branch_that_changes_nothing_is_the_same_run(after: int) -> None:
    switched = lab().then(60, "momentum", eta=0.001)
    result = switched.branch("A", after).run()
    first, second = result.values()
    assert second.name == f"A from {after}"
    assert first.w.tobytes() == second.w.tobytes()
    assert first["eta"].tobytes() == second["eta"].tobytes()


def test_a_changed_branch_shares_the_past_alone() -> None:
    first, second = lab().branch("A", HALF, eta=0.5, epsilon_placement="outside").run().values()
    assert (first.w[: HALF + 1] == second.w[: HALF + 1]).all()
    assert not (first.w[HALF + 1 :] == second.w[HALF + 1 :]).all(axis=1).any()


def test_every_edit_of_a_branch_leaves_its_past() -> None:
    document = run_edits.branch_run(lab().document, "1", HALF)
    branch = document.runs[1]
    assert (branch.branch_of, branch.branch_after, branch.own.optimizer) == ("1", HALF, "adam")
    document = run_edits.set_parameter(document, branch.id, "eta", 0.02)
    document = run_edits.set_option(document, branch.id, "bias_correction", False)
    document = run_edits.set_schedule(document, branch.id, "step:drop=0.5,every=5")
    document = run_edits.set_treatment(document, branch.id, "clip_norm", 1.0)
    document = run_edits.choose_optimizer(document, branch.id, "momentum")
    changed = document.runs[1]
    assert changed.parameters == branch.parameters and changed.optimizer == "adam"
    own = changed.own
    assert (own.optimizer, own.schedule, own.treatment.clip_norm) == (
        "momentum",
        "step:drop=0.5,every=5",
        1.0,
    )
    assert decode_experiment(encode_experiment(document)) == document
    document = run_edits.set_treatment(document, branch.id, "clip_norm", None)
    document = run_edits.set_treatment(document, branch.id, "noise", None)
    assert document.runs[1].own.treatment == Treatment()
    assert decode_experiment(encode_experiment(document)) == document
    past = [run.parameters for run in document.runs]
    assert past[0] == past[1]
    resolve_strictly(document)


def test_a_sweep_makes_a_run_for_each_value() -> None:
    made = optlab.experiment("rosenbrock").add_sweep("adam", "eta", (0.01, 0.1, np.float64(1)))
    assert made.runs == ("Adam η 0.01", "Adam η 0.1", "Adam η 1")
    assert [run.parameters["eta"] for run in made.document.runs] == [0.01, 0.1, 1.0]
    assert len({run.color for run in made.document.runs}) == 3
    document = run_edits.sweep_run(made.document, made.document.runs[0].id, "beta1", (0.5,))
    assert [run.name for run in document.runs][1] == "Adam β₁ 0.5"
    assert len(document.runs) == 4


@pytest.mark.parametrize(
    ("name", "values"), [("alpha", (1.0,)), ("eta", (-1.0,)), ("eta", ()), ("eta", (1.0,) * 51)]
)
def test_a_wrong_sweep_is_refused(name: str, values: tuple[float, ...]) -> None:
    document = run_edits.add_run(Experiment(surface=Surface(problem="booth")), "adam")
    with pytest.raises(SettingError):
        run_edits.sweep_run(document, document.runs[0].id, name, values)
