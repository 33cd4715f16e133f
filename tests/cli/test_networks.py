"""Networks on data, without a screen."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.session.experiment import DataSet, Experiment, NetworkModel, Run, Surface, Treatment
from optlab.session.resolve import resolve_strictly
from tests.cli.conftest import Command

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "networks.json").read_text(encoding="utf-8")
)
MOONS = ("run", "--data", "moons:n=60,noise=0.1,seed=1")


@pytest.mark.parametrize(
    ("network", "rule", "batch"), [("2-1", "adam", 0), ("2-8-1", "momentum", 16)]
)
def test_a_training_is_that_of_torch(optlab: Command, network: str, rule: str, batch: int) -> None:
    (training,) = (
        known
        for known in REFERENCE["trainings"]
        if (known["network"], known["optimizer"], known["batch"]) == (network, rule, batch)
    )
    with Path("data.csv").open("w", newline="", encoding="utf-8") as file:
        columns = [REFERENCE[name] for name in ("x1", "x2", "label")]
        csv.writer(file).writerows([("x1", "x2", "label"), *zip(*columns, strict=True)])
    np.save("start.npy", np.array(training["start"]))
    given = {**training["parameters"], **training["options"]}
    settings = [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
    batches = ("--batch", batch, "--shuffle", "no") if batch else ()
    done = optlab(
        *("run", "--data", "data.csv", "--network", network, "--activation", "tanh"),
        *("--train-loss", "cross_entropy", "--start=start.npy", "--optimizer", rule, *settings),
        *("--steps", 300, *batches, "--csv", "out.csv"),
    )
    assert (done.status, done.err) == (0, "")
    with Path("out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for step, expected in training["shown"].items():
        found = [float(rows[int(step)][f"w{i}"]) for i in range(1, len(expected["w"]) + 1)]
        assert found == pytest.approx(expected["w"], rel=1e-9, abs=1e-9)
        assert float(rows[int(step)]["loss"]) == pytest.approx(expected["loss"], rel=1e-9)


def test_a_network_is_summed_up_and_drawn(optlab: Command) -> None:
    options = ("--network", "2-4-1", "--steps", "20", "--init", "he", "--test", "0.25")
    done = optlab(*MOONS, *options, "--json", "a.json", "--image", "a.svg", "--report", "a.html")
    assert (done.status, done.err) == (0, "")
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert summary["network"] == {"sizes": "2-4-1", "init": "he"}
    assert summary["data"]["rows"] == 45 and len(summary["start"]) == 17
    assert 0 <= summary["runs"][0]["final_test_accuracy"] <= 1
    assert "Plane: principal components" in Path("a.svg").read_text("utf-8")
    # The picture carries the experiment, and its network can be changed.
    done = optlab("run", "a.svg", "--network", "2-3-1", "--json", "b.json")
    assert (done.status, done.err) == (0, "")
    again = json.loads(Path("b.json").read_text("utf-8"))
    assert again["network"] == {"sizes": "2-3-1", "init": "he"}
    assert again["data"]["rows"] == 45


def test_chosen_columns_are_written(optlab: Command) -> None:
    options = ("--network", "2-4-1", "--steps", "20", "--optimizer", "adam")
    files = ("--csv", "a.csv", "--npz", "a.npz")
    assert optlab(*MOONS, *options, "--csv", "all.csv").status == 0
    done = optlab(*MOONS, *options, *files, "--columns", "loss,w3,m,dw2")
    assert (done.status, done.err) == (0, "")
    wanted = ["t", "w3", "loss", *(f"m{i}" for i in range(1, 18)), "dw2"]
    with Path("all.csv").open(newline="", encoding="utf-8") as file:
        every = list(csv.DictReader(file))
    with Path("a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == wanted
    assert rows == [{name: row[name] for name in wanted} for row in every]
    with np.load("a.npz") as archive:
        assert sorted(archive) == sorted([*(f"adam.{name}" for name in wanted), "metadata"])
    for columns, reason in (("w99", "no run records 'w99'; known are w, loss"), ("w,", "names")):
        done = optlab(*MOONS, *options, "--csv", "b.csv", "--columns", columns)
        assert done.status == 2 and reason in done.err and not Path("b.csv").exists()


def test_the_seed_decides_the_initial_weights(optlab: Command) -> None:
    starts = []
    for seed in (0, 0, 1):
        optlab(*MOONS, "--network", "2-3-1", "--steps", "1", "--seed", seed, "--json", "a.json")
        starts.append(json.loads(Path("a.json").read_text("utf-8"))["start"])
    assert starts[0] == starts[1] != starts[2]


def test_a_file_holds_a_network(tmp_path: Path) -> None:
    document = Experiment(
        surface=Surface(network=NetworkModel("2-3-1"), data=DataSet("moons:n=30,seed=2")),
        runs=(Run(id="1", optimizer="adam"),),
        seed=4,
    )
    save_experiment(document, tmp_path / "a.optlab")
    again = load_experiment(tmp_path / "a.optlab")
    assert again == document
    assert resolve_strictly(again).problem == resolve_strictly(document).problem


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            ("--network", "3-1"),
            "--network: 3-1 needs 3 inputs and 1 target; the data has 3",
        ),
        (("--network", "2-x"), "--network: must be sizes of layers such as 2-8-1"),
        (("--network", "2-600-600-1"), "--network: may have at most 200000 weights"),
        (("--network", "2-4-1", "--activation", "sine"), "--activation: must be one of tanh, relu"),
        (("--network", "2-4-1", "--train-loss", "hinge"), "--train-loss: must be one of squared"),
        (("--network", "2-4-1", "--init", "ones"), "--init: must be one of xavier, he"),
        (("--network", "2-4-1", "--start=1,2"), "--start: needs 17 numbers (w1, w2, w3, ..., w17)"),
        (("--network", "2-4-1", "--start=no.npy"), "--start: no.npy: cannot be read"),
        (("--network", "2-4-1", "--start=text.npy"), "--start: text.npy: is not a NumPy file"),
        (("--network", "2-4-1", "--start=nan.npy"), "--start: nan.npy: must hold finite numbers"),
        (("--network", "2-4-1", "--loss", "w1^2"), "--network: cannot be given together with"),
        (("--activation", "relu"), "--activation: there is no network; use --network"),
        (("--init", "he", "--loss", "mean(w1*x1)"), "--init: there is no network; use --network"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    optlab: Command, options: tuple[str, ...], reason: str
) -> None:
    Path("text.npy").write_text("hello", "utf-8")
    np.save("nan.npy", np.full(17, np.nan))
    done = optlab(*MOONS, *options, "--csv", "a.csv")
    assert done.status == 2 and done.err.count("\n") == 1 and done.out == ""
    assert reason in done.err
    assert not Path("a.csv").exists()


def test_a_network_needs_data(optlab: Command) -> None:
    done = optlab("run", "--network", "2-4-1")
    assert (done.status, done.err) == (
        2,
        "optlab run: --network: needs data; name a table with --data\n",
    )


def test_schedules_and_changes_count_epochs(optlab: Command) -> None:
    """60 rows in batches of 16 are four steps an epoch; the code of the rule says the same."""
    text = "warmup:steps=2+step:drop=0.5,every=2,unit=epochs"
    trained = (*MOONS, "--network", "2-2-1", "--batch", 16, "--epochs", 5, "--schedule", text)
    then = ("--optimizer", "gd", "--set", "eta=0.1", "--then", "3epochs:adam:eta=0.01")
    done = optlab(*trained, *then, "--csv", "a.csv")
    assert (done.status, done.err) == (0, "")
    with Path("a.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    rates = [float(row["eta"]) for row in found[1:]]
    expected = [0.05, *[0.1] * 7, *[0.05] * 4, *[0.005] * 4, *[0.0025] * 4]
    assert rates == pytest.approx(expected)
    assert [row["m1"] != "" for row in found[1:]] == [*[False] * 12, *[True] * 8]
    data = DataSet(source="moons:n=60")
    document = Experiment(
        surface=Surface(network=NetworkModel(sizes="2-2-1"), data=data),
        runs=(Run(id="1", optimizer="gd", schedule=text, treatment=Treatment(batch=16)),),
        steps=20,
    )
    save_experiment(document, Path("a.optlab"))
    code = optlab("code", "a.optlab", "--for", "numpy").out
    assert "An epoch has 4 steps." in " ".join(code.split())
    names: dict[str, Any] = {}
    exec(compile(code, "gd.py", "exec"), names)  # noqa: S102
    shares = [names["schedule"](k) / names["SETTINGS"]["eta"] for k in range(20)]
    assert shares == pytest.approx([0.5, *[1] * 7, *[0.5] * 8, *[0.25] * 4])
    assert names["check"]() <= 1e-12
    refused = optlab("code", "gd", "--for", "numpy", "--schedule", text)
    assert (refused.status, refused.out) == (2, "")
    assert "counts epochs, and there is no data" in refused.err
