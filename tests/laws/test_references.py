"""The paths of PyTorch and optax, as they were recorded, are those of the shipped rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import formula_problem, load_problem, problem_names
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, run
from optlab.core.schedules import parse_schedule, schedule_names

FOLDER = Path(__file__).parents[1] / "reference"
RECORDS: list[dict[str, Any]] = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
WALKS = [record for record in RECORDS if record["kind"] == "optimizer"]
RATES = [record for record in RECORDS if record["kind"] == "schedule"]


def names(records: list[dict[str, Any]]) -> list[str]:
    return [Path(record["file"]).stem for record in records]


def table(record: dict[str, Any]) -> np.ndarray:
    return np.loadtxt(FOLDER / record["file"], delimiter=",", skiprows=1)


def test_every_recorded_optimizer_and_schedule_is_in_the_catalogue() -> None:
    assert {record["optimizer"] for record in WALKS} <= set(rule_names())
    kinds = {part.partition(":")[0] for record in RECORDS for part in record["schedule"].split("+")}
    assert kinds <= set(schedule_names())
    assert len(WALKS) >= 100
    assert len(RATES) >= 10


@pytest.mark.parametrize("record", WALKS, ids=names(WALKS))
def test_path_is_the_recorded_one(record: dict[str, Any]) -> None:
    problem = formula_problem(record["formula"])
    spec = RunSpec(
        problem,
        load_rule(record["optimizer"]),
        record["parameters"],
        record["options"],
        parse_schedule(record["schedule"]),
        GradientTransforms(**record["treatment"]),
        tuple(record["start"]),
        record["steps"],
    )
    path = run(spec)
    recorded = table(record)
    assert path.outcome.kind in ("finished", "diverged")  # one descends above its limit
    assert path.rows == len(recorded)
    tolerance = record["tolerance"]
    assert tolerance <= 1e-7
    weights = recorded[:, 1:3]
    assert (np.abs(path.weights - weights) <= tolerance * (1 + np.abs(weights))).all()
    loss = recorded[:, 3]
    # the loss follows w: as far as its slope carries the difference of the weights
    slopes = np.array([np.abs(problem.gradient(w)).sum() for w in weights])
    room = tolerance * (1 + np.abs(loss) + slopes * (1 + np.abs(weights).max(axis=1)))
    assert (np.abs(path.loss - loss) <= room).all()


@pytest.mark.parametrize("record", RATES, ids=names(RATES))
def test_rate_is_the_recorded_one(record: dict[str, Any]) -> None:
    spec = RunSpec(
        formula_problem("0*w1"),
        load_rule("gd"),
        {"eta": record["eta"]},
        schedule=parse_schedule(record["schedule"]),
        steps=record["steps"],
    )
    recorded = table(record)
    found = run(spec)["eta"][1:]
    assert len(found) == len(recorded)
    assert found == pytest.approx(recorded[:, 1], rel=record["tolerance"], abs=0)


def test_recorded_problems_are_those_of_the_catalogue() -> None:
    for record in WALKS:
        if record["problem"] in problem_names():
            shipped = load_problem(record["problem"])
            recorded = formula_problem(record["formula"])
            start = tuple(record["start"])
            assert recorded.loss(start) == pytest.approx(shipped.loss(start), rel=1e-14)
