"""Recorded float64 trainings of PyTorch: our networks, and logistic regression as a formula."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optlab.core.data import Table
from optlab.core.problems import (
    Network,
    Problem,
    data_problem,
    network_problem,
    network_sizes,
)
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.sampling import Sampling

FILE = Path(__file__).parents[1] / "reference" / "networks.json"
RECORD: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
TRAININGS = RECORD["trainings"]
LOGISTIC = "mean(log(1 + exp(-(2*label - 1)*(w1*x1 + w2*x2 + w3))))"
REGRESSIONS = [training for training in TRAININGS if training["network"] == "2-1"]


def name_of(training: dict[str, Any]) -> str:
    return f"{training['network']}-{training['optimizer']}-{training['batch'] or 'all'}"


@pytest.mark.parametrize("training", TRAININGS, ids=map(name_of, TRAININGS))
def test_training_is_the_recorded_one(training: dict[str, Any]) -> None:
    sizes = network_sizes(training["network"])
    target = "class" if sizes[-1] > 1 else "label"
    table = Table({key: np.array(RECORD[key]) for key in ("x1", "x2", target)})
    network = Network(sizes, training["activation"], training["train_loss"])
    compare(network_problem(network, table), training)


@pytest.mark.parametrize("training", REGRESSIONS, ids=map(name_of, REGRESSIONS))
def test_logistic_regression_as_a_formula_is_the_recorded_one(training: dict[str, Any]) -> None:
    assert len(REGRESSIONS) == 12
    table = Table({key: np.array(RECORD[key]) for key in ("x1", "x2", "label")})
    compare(data_problem(LOGISTIC, table), training)


def compare(problem: Problem, training: dict[str, Any]) -> None:
    """Holds a run from the recorded weights, on the recorded batches, against the recorded one."""
    spec = RunSpec(
        problem,
        load_rule(training["optimizer"]),
        training["parameters"],
        training["options"],
        start=tuple(training["start"]),
        steps=RECORD["steps"],
        sampling=Sampling(batch=training["batch"] or None, shuffle=False),
    )
    path = run(spec)
    for step, expected in training["shown"].items():
        weights = path.weights[int(step)]
        assert weights == pytest.approx(np.array(expected["w"]), rel=1e-9, abs=1e-9)
        assert path.loss[int(step)] == pytest.approx(expected["loss"], rel=1e-9)
