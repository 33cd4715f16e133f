"""The table of all runs says what the trajectories say."""

import csv
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optlab.session.comparison import (
    COLUMNS,
    compare,
    comparison_csv,
    study_comparison,
    usual_target,
)
from optlab.session.experiment import Experiment, Run, Surface, changed
from optlab.session.session import Session

RUNS = (
    Run(id="1", optimizer="gd", name='a "quoted", name', parameters={"eta": 0.01}),
    Run(id="2", optimizer="sam"),
    Run(id="3", optimizer="gd", name="gone", parameters={"eta": 10.0}),
)


@pytest.fixture
def session() -> Session:
    made = Session(Experiment(surface=Surface(problem="quadratic"), runs=RUNS, steps=50))
    made.compute_all()
    return made


def rows(session: Session, target: float | None = None) -> list[dict[str, str]]:
    entries = compare(session.resolved.problem, session.study.runs, target)
    return list(csv.DictReader(io.StringIO(comparison_csv(entries).decode())))


def test_the_numbers_are_those_of_the_runs(session: Session) -> None:
    first, second, gone = rows(session, target=100.0)
    walk = session.trajectories["1"]
    assert list(first) == [column.key for column in COLUMNS]
    assert first["run"] == RUNS[0].name and second["run"]
    assert float(first["final_loss"]) == walk.final_loss
    assert float(first["path_length"]) == pytest.approx(
        np.sqrt(walk["dw1"][1:] ** 2 + walk["dw2"][1:] ** 2).sum()
    )
    assert int(first["steps_to_target"]) == int(np.flatnonzero(walk.loss <= 100.0)[0])
    assert (second["steps"], second["gradient_calls"]) == ("50", "100")
    assert (gone["outcome"], gone["steps_to_target"]) == ("diverged", "")


def test_without_a_target_nothing_is_said_of_it(session: Session) -> None:
    assert rows(session)[0]["steps_to_target"] == ""


def test_the_usual_target_is_a_thousandth_of_the_way(session: Session) -> None:
    left = session.trajectories["1"].loss[0] / 1e3
    target = usual_target(session.resolved)
    assert left <= target <= 1.01 * left
    assert float(f"{target:.3g}") == target


def test_the_usual_target_without_a_known_minimum(session: Session) -> None:
    session.type_formula("3 w1^2 + 10 w2^2 + 5")
    assert usual_target(session.resolved) is None
    walks = session.trajectories
    best = min(walk.loss.min() for walk in walks.values() if walk.outcome.kind == "finished")
    target = usual_target(session.resolved, walks.values())
    first = walks["1"].loss[0]
    assert best < target <= best + 0.0101 * (first - best)
    lost = [walk for walk in walks.values() if walk.outcome.kind == "diverged"]
    assert lost
    assert usual_target(session.resolved, [*walks.values(), *lost]) == target


@pytest.mark.parametrize(("start", "formula"), [((0.0, 0.0), "w1^2"), ((-1.0, 0.0), "log(w1)")])
def test_there_may_be_no_usual_target(session: Session, start: Any, formula: str) -> None:
    session.type_formula(formula)
    session.propose(changed(session.document, start=start))
    assert usual_target(session.resolved, session.trajectories.values()) is None


def test_runs_without_numbers_are_left_out(session: Session) -> None:
    some = replace(session.study, trajectories={"2": session.trajectories["2"]})
    (entry,) = study_comparison(some)
    assert entry.run.id == "2"
