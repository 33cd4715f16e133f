"""Every shipped experiment: read strictly, run, and all that it claims is true."""

import math
from collections.abc import Mapping
from functools import cache

import msgspec
import pytest

from optlab.core.analysis.claims import (
    Arrives,
    Claim,
    Ends,
    Extreme,
    Lower,
    Measure,
    Ratio,
    Reaches,
    Same,
    Turn,
    Value,
)
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, run
from optlab.files.experiment_files import experiment_names, load_experiment, shipped_experiment
from optlab.session.check_claims import check, check_all
from optlab.session.experiment import Experiment, with_run
from optlab.session.resolve import resolve_strictly

NAMES = experiment_names()
Trajectories = Mapping[str, Trajectory]


def walks(document: Experiment) -> Trajectories:
    specs = resolve_strictly(document).specs
    return {run_id: run(spec) for run_id, spec in specs.items()}


@cache
def shipped(name: str) -> tuple[Experiment, Trajectories]:
    document = load_experiment(shipped_experiment(name))
    return document, walks(document)


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_holds(name: str) -> None:
    failed = [verdict for verdict in check_all(*shipped(name)) if not verdict.holds]
    assert not failed


@pytest.mark.parametrize("name", NAMES)
def test_it_tells_a_story_and_claims_something(name: str) -> None:
    document, _ = shipped(name)
    assert document.title
    assert len(document.title) <= 60
    assert document.story.count(".") >= 1
    assert document.claims
    for item in document.runs:
        assert item.name
    about = {getattr(claim, role, "") for claim in document.claims for role in ("run", "other")}
    assert {item.id for item in document.runs} <= about, "nothing is said about a run"


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_number_in_a_claim_is_found(name: str) -> None:
    document, trajectories = shipped(name)
    for claim in document.claims:
        assert not check(broken(claim), document, trajectories).holds, claim


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_learning_rate_is_found(name: str) -> None:
    document, _ = shipped(name)
    for item in document.runs:
        eta = resolve_strictly(document).specs[item.id].parameters["eta"]
        parameters = {**item.parameters, "eta": eta * 1.07}
        document = with_run(document, msgspec.structs.replace(item, parameters=parameters))
    assert not all(verdict.holds for verdict in check_all(document, walks(document)))


def broken(claim: Claim) -> Claim:
    """The claim with one number changed so far that it must be wrong."""
    match claim:
        case Value() | Extreme() | Ratio() | Measure():
            off = 3 * claim.within + 1e-9 * max(1.0, abs(claim.value))
            return msgspec.structs.replace(claim, value=claim.value + off)
        case Turn():
            return msgspec.structs.replace(claim, step=claim.step + 1)
        case Reaches():
            return msgspec.structs.replace(claim, step=1 if claim.step is None else claim.step + 1)
        case Lower():
            return msgspec.structs.replace(claim, run=claim.other, other=claim.run)
        case Same():
            return msgspec.structs.replace(claim, within=-1.0)
        case Arrives():
            moved = (claim.at[0] + 3 * claim.within, claim.at[1])
            return msgspec.structs.replace(claim, at=moved)
        case Ends():
            other = "finished" if claim.outcome != "finished" else "converged"
            return msgspec.structs.replace(claim, outcome=other)


def test_one_hundredth_of_beta1_decides_where_the_first_moment_leads() -> None:
    problem, rule = load_problem("escape"), load_rule("adam")
    ends = {}
    for hundredths in range(99):
        parameters = {"eta": 20.0, "beta1": hundredths / 100}
        options = {"second_moment": False}
        spec = RunSpec(problem, rule, parameters, options, start=(0.3, 0.1), steps=150)
        ends[hundredths] = run(spec).final_weights[0]
    assert all(ends[hundredths] < 3.0 for hundredths in range(91))
    assert all(ends[hundredths] > 7.0 for hundredths in range(91, 99))


def test_the_turned_valley_is_the_same_valley() -> None:
    """Gradient descent has the same losses on both; the start is the same place of the surface."""
    _, plain = shipped("adam_along_the_axes")
    _, turned = shipped("adam_across_the_axes")
    for one, other in zip(plain["gd"].loss, turned["gd"].loss, strict=True):
        assert math.isclose(one, other, rel_tol=1e-9)
