"""The trainings of PyTorch in float64, as they were recorded, are those of our networks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optlab.core.data import Table
from optlab.core.problems import Network, network_problem, network_sizes
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.sampling import Sampling

FILE = Path(__file__).parents[1] / "reference" / "networks.json"
RECORD: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
TRAININGS = RECORD["trainings"]


def name_of(training: dict[str, Any]) -> str:
    return f"{training['network']}-{training['optimizer']}-{training['batch'] or 'all'}"


@pytest.mark.parametrize("training", TRAININGS, ids=map(name_of, TRAININGS))
def test_training_is_the_recorded_one(training: dict[str, Any]) -> None:
    sizes = network_sizes(training["network"])
    target = "class" if sizes[-1] > 1 else "label"
    table = Table({key: np.array(RECORD[key]) for key in ("x1", "x2", target)})
    network = Network(sizes, training["activation"], training["train_loss"])
    spec = RunSpec(
        network_problem(network, table),
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
