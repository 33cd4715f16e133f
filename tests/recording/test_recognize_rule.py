"""Which rule was this: recordings of PyTorch's optimizers, and of our own rules."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optlab.core.analysis.recognize_rule import NotRecordedError, recognize_rule
from optlab.core.problems import load_problem
from optlab.core.recordings import read_files
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, recorded_trajectory, run
from optlab.recording import read_about

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "resources" / "recordings"


@cache
def _torch(name: str) -> tuple[Trajectory, dict[str, Any]]:
    with np.load(HERE / "torch_rules.npz", allow_pickle=False) as stored:
        columns = {column: stored[f"{name}.{column}"] for column in ("w", "g", "eta")}
        settings = json.loads(str(stored["settings"]))[name]
    columns["eta"] = columns["eta"][:, 0]
    columns["loss"] = np.zeros(len(columns["w"]))
    return recorded_trajectory(columns), settings


@pytest.mark.parametrize(
    ("name", "rule", "options"),
    [
        ("adam", "adam", {"epsilon_placement": "outside", "bias_correction": True}),
        ("adam_l2", "adam", {"epsilon_placement": "outside", "bias_correction": True}),
        ("adamw", "adamw", {"epsilon_placement": "outside", "decay": "scaled"}),
        ("amsgrad", "amsgrad", {"largest": "uncorrected", "epsilon_placement": "outside"}),
        ("momentum", "momentum", {"form": "accumulate"}),
        ("nesterov", "nesterov", {"form": "pytorch"}),
        ("rmsprop", "rmsprop", {"epsilon_placement": "outside", "centered": False}),
        ("adagrad", "adagrad", {"epsilon_placement": "outside"}),
        ("gd", "gd", {}),
    ],
)
def test_an_optimizer_of_pytorch_is_recognised_to_ten_digits(
    name: str, rule: str, options: dict[str, object]
) -> None:
    best = recognize_rule(*_torch(name))[0]
    assert best.rule == rule
    assert best.residual <= 1e-10
    assert {key: best.options[key] for key in options} == options
    assert best.l2 == (0.1 if name == "adam_l2" else 0)
    assert best.steps == 60


def test_a_rule_is_found_without_its_settings() -> None:
    trajectory, _ = _torch("adam")
    rules = [load_rule(name) for name in ("adam", "momentum", "gd")]
    best = recognize_rule(trajectory, rules=rules)[0]
    assert best.rule == "adam" and best.residual <= 1e-10
    assert best.parameters["beta1"] == 0.9 and best.parameters["beta2"] == 0.999


def test_a_rate_that_was_not_recorded_is_fitted() -> None:
    spec = RunSpec(load_problem("rosenbrock"), load_rule("momentum"), {"eta": 3e-4}, steps=40)
    made = run(spec)
    numbers = {name: made.vector(name) for name in ("w", "g")}
    trajectory = recorded_trajectory(numbers | {"loss": made.loss})
    rules = [load_rule("momentum"), load_rule("gd")]
    best = recognize_rule(trajectory, rules=rules)[0]
    assert best.rule == "momentum" and best.residual < 1e-9
    assert best.parameters["eta"] == pytest.approx(3e-4)
    assert best.fitted == ("alpha", "eta")


def test_a_gradient_that_stands_before_its_update_is_understood() -> None:
    made = run(RunSpec(load_problem("booth"), load_rule("adam"), {"eta": 0.1}, steps=30))
    g = np.concatenate([made.vector("g")[1:], np.full((1, 2), np.nan)])
    numbers = {"w": made.vector("w"), "g": g, "loss": made.loss, "eta": np.full(31, 0.1)}
    best = recognize_rule(recorded_trajectory(numbers), rules=[load_rule("adam")])[0]
    assert best.residual < 1e-12
    assert best.sentence.startswith("Adam (beta1=0.9, beta2=0.999, epsilon=1e-08, eta=0.1")


@pytest.mark.parametrize(
    ("name", "rule"), [("adam", "adam"), ("adamw-warmup", "adamw"), ("blows-up", "momentum")]
)
def test_the_recordings_that_ship_are_recognised_with_their_rates(name: str, rule: str) -> None:
    folder = SHIPPED / f"{name}.optrec"
    rules = [load_rule(one) for one in ("adam", "adamw", "momentum", "nesterov", "rmsprop")]
    found = recognize_rule(
        read_files(folder).trajectory, read_about(folder)["settings"], rules=rules
    )
    assert found[0].rule == rule
    assert found[0].residual < 1e-5


def test_it_stops_when_it_is_told_to() -> None:
    asked = iter([False, False, True])
    found = recognize_rule(*_torch("gd"), cancelled=lambda: next(asked))
    assert len(found) <= 2


def test_what_lacks_gradients_is_refused() -> None:
    w = np.ones((5, 2)) * np.arange(5)[:, None]
    with pytest.raises(NotRecordedError, match="gradient of each weight was not recorded"):
        recognize_rule(recorded_trajectory({"w": w, "loss": w[:, 0]}))
    apart = {"w": w, "g": w, "loss": w[:, 0], "step": np.arange(5) * 3.0}
    with pytest.raises(NotRecordedError, match="two consecutive updates"):
        recognize_rule(recorded_trajectory(apart))
