"""Tables, batches and what gradients are taken from, on the command line."""

import csv
import html
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Command

HOUSES = "area,price\n1,2.1\n2,3.9\n3,NA\n4,8.2\n5,9.9\n"
FIT = ("--loss", "mean((w1*area + w2 - price)^2)", "--optimizer", "gd", "--set", "eta=0.02")
MOONS = ("--data", "moons:n=60,seed=1", "--loss", "mean((w1*x1 + w2*x2 + w3 - y)^2)")


@pytest.fixture
def houses(optlab: Command) -> Command:
    Path("houses.csv").write_text(HOUSES)
    return optlab


def rows(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(path).read_text().splitlines()))


def test_a_batch_run_has_the_columns_of_the_contract(houses: Command) -> None:
    options = ("--batch", "2", "--shuffle", "no", "--steps", "6", "--csv", "a.csv")
    done = houses("run", "--data", "houses.csv", *FIT, *options)
    assert "note: houses: 1 of 5 rows have a missing value" in done.out
    found = rows("a.csv")
    assert list(found[0])[:8] == ["t", "epoch", "w1", "w2", "loss", "batch_loss", "g1", "g2"]
    assert [row["epoch"] for row in found] == ["0", "1", "1", "2", "2", "3", "3"]
    assert found[0]["batch_loss"] == found[0]["g1"] == ""
    x, y = np.array([1.0, 2, 4, 5]), np.array([2.1, 3.9, 8.2, 9.9])
    w = np.array([1.0, 1.0])
    for t, row in enumerate(found):
        loss = float(np.mean((w[0] * x + w[1] - y) ** 2)) if t == 0 else None
        if t == 0:
            assert float(row["loss"]) == pytest.approx(loss, rel=1e-14)
            continue
        batch = slice(0, 2) if t % 2 else slice(2, 4)
        rest = w[0] * x[batch] + w[1] - y[batch]
        g = np.array([np.mean(2 * rest * x[batch]), np.mean(2 * rest)])
        assert float(row["batch_loss"]) == pytest.approx(np.mean(rest**2), rel=1e-13)
        assert [float(row["g1"]), float(row["g2"])] == pytest.approx(g, rel=1e-13)
        w = w - 0.02 * g
        assert [float(row["w1"]), float(row["w2"])] == pytest.approx(w, rel=1e-13)
        assert float(row["loss"]) == pytest.approx(np.mean((w[0] * x + w[1] - y) ** 2), rel=1e-13)


def test_epochs_test_rows_and_names(optlab: Command) -> None:
    loss = ("--loss", "mean(log(1 + exp(-(2*y - 1)*(a*x1 + b*x2))))", "--weights", "a,b")
    options = ("--batch", "10", "--epochs", "3", "--test", "0.25", "--standardize", "yes")
    done = optlab(
        "run", "--data", "moons:n=60,seed=1", *loss, *options, "--csv", "a.csv", "--json", "a.json"
    )
    found = rows("a.csv")
    head = ["t", "epoch", "a", "b", "loss", "batch_loss", "test_loss", "g1", "g2"]
    assert list(found[0])[: len(head)] == head and "steps 15" in done.out
    assert found[-1]["epoch"] == "3" and float(found[-1]["test_accuracy"]) >= 0.5
    summary = json.loads(Path("a.json").read_text())
    split = {"test": 0.25, "standardize": True, "rows": 45, "test_rows": 15}
    assert summary["data"] == {"source": "moons:n=60,seed=1", **split}
    (one,) = summary["runs"]
    assert one["sampling"] == {"batch": 10}
    assert one["final_test_loss"] == float(found[-1]["test_loss"])


def test_workers_are_one_with_larger_batches(optlab: Command) -> None:
    for name, options in (("a", ("--workers", "3", "--batch", "4")), ("b", ("--batch", "12"))):
        optlab("run", *MOONS, "--steps", "20", *options, "--seed", "5", "--csv", f"{name}.csv")
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()


def test_delay_zero_is_none_and_turns_are_a_delay(optlab: Command) -> None:
    runs = {"a": (), "b": ("--delay", "0"), "c": ("--delay", "2")}
    runs["d"] = ("--asynchronous", "yes", "--workers", "3")
    for name, options in runs.items():
        optlab("run", *MOONS, "--steps", "20", "--batch", "6", *options, "--csv", f"{name}.csv")
    plain, none, late, turns = (rows(f"{name}.csv") for name in runs)
    assert [row["gradient_age"] for row in none] == [""] + ["0"] * 20
    for row in none:
        del row["gradient_age"]
    assert plain == none and late == turns != plain
    assert [row["gradient_age"] for row in late[1:5]] == ["0", "1", "2", "2"]


def test_a_small_file_travels_with_the_experiment(houses: Command) -> None:
    options = ("--data", "houses.csv", *FIT, "--steps", "3")
    houses("run", *options, "--csv", "a.csv", "--image", "a.svg")
    Path("houses.csv").unlink()
    houses("run", "a.svg", "--csv", "b.csv")
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()


def test_seeds_give_medians_and_quartiles(optlab: Command) -> None:
    options = (*MOONS, "--steps", "8", "--batch", "6", "--optimizer", "gd")
    done = optlab("run", *options, "--seed", "3", "--seeds", "5", "--csv", "all.csv", "--json",
                  "a.json", "--table", "t.csv")  # fmt: skip
    assert "5 seeds: 5 finished" in done.out
    each = []
    for seed in range(3, 8):
        optlab("run", *options, "--seed", seed, "--csv", "one.csv")
        each.append(rows("one.csv"))
    found = rows("all.csv")
    assert list(found[0])[:4] == ["t", "epoch_q1", "epoch_median", "epoch_q3"]
    for t, row in enumerate(found):
        for name in ("w1", "loss", "batch_loss", "g2"):
            values = [float(one[t][name]) for one in each if one[t][name]]
            for part, share in (("q1", 25), ("median", 50), ("q3", 75)):
                cell = row[f"{name}_{part}"]
                assert bool(values) == bool(cell)
                if values:
                    assert float(cell) == pytest.approx(np.percentile(values, share), rel=1e-14)
    (one,) = json.loads(Path("a.json").read_text())["runs"]
    losses = [float(path[-1]["loss"]) for path in each]
    assert one["seeds"]["final_loss"]["median"] == np.median(losses)
    assert [run["final_loss"] for run in one["seeds"]["runs"]] == losses
    (compared,) = rows("t.csv")
    assert float(compared["final_loss_median"]) == np.median(losses)
    assert optlab("run", *options, "--seeds", "0").status == 2


def test_data_are_listed(optlab: Command) -> None:
    lines = optlab("list", "data").out.splitlines()
    assert any(line.startswith("moons ") for line in lines)
    assert any(line.startswith("challenger ") and "domain" in line for line in lines)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--data", "none.csv", *FIT), "--data: none.csv: cannot be read"),
        (("--data", "bad.csv", *FIT), "--data: bad.csv: line 3, column price: 'x' is not a number"),
        (("--data", "mons", *FIT), "--data: unknown data 'mons'; did you mean moons?"),
        (("--data", "moons:n=0", *FIT), "--data: moons: n: must be a whole number"),
        (("--data", "houses.csv"), "--data: needs a loss over it"),
        (("--data", "houses.csv", "--loss", "mean(w1*size)"), "--loss: unknown name 'size'"),
        (("--data", "houses.csv", "--loss", "w1*area"), "--loss: area is a column"),
        (("--data", "houses.csv", "--loss", "mean(w1*mean(area))"), "--loss: mean cannot stand"),
        (("--data", "houses.csv", *FIT, "--weights", "area"), "--weights: 'area' is a column"),
        (("--data", "houses.csv", *FIT, "--test", "1.5"), "--test: must be at least 0 and below 1"),
        (("--data", "houses.csv", *FIT, "--batch", "0"), "--batch: must be from 1"),
        (("--data", "houses.csv", *FIT, "--workers", "2"), "--workers: needs batches"),
        (("--data", "houses.csv", *FIT, "--delay", "soon"), "--delay: must be a whole number"),
        (("--data", "houses.csv", *FIT, "--epochs", "2", "--steps", "4"), "--epochs: cannot be"),
        (("--loss", "w1^2 + w2^2", "--batch", "2"), "--batch: needs data"),
        (("--loss", "w1^2 + w2^2", "--shuffle", "no"), "--shuffle: needs data"),
        (("--loss", "w1^2 + w2^2", "--loss-every", "2"), "--loss-every: needs data"),
        (("--loss", "w1^2 + w2^2", "--asynchronous", "yes"), "--asynchronous: needs workers"),
        (("--loss", "w1^2 + w2^2", "--epochs", "2"), "--epochs: there is no data"),
        (("--loss", "mean(w1^2)"), "--loss: mean goes over the rows of data, and there is none"),
        (("--problem", "booth", "--data", "houses.csv"), "--data: the loss of booth"),
        (("--problem", "booth", "--test", "0.2"), "--test: there is no data"),
    ],
)
def test_bad_input_is_one_line_that_names_the_option(
    houses: Command, options: tuple[str, ...], reason: str
) -> None:
    Path("bad.csv").write_text("area,price\n1,2\n2,x\n")
    failed = houses("run", *options, "--csv", "out.csv")
    assert failed.status == 2
    (line,) = failed.err.splitlines()
    assert line.startswith(f"optlab run: {reason}"), line
    assert not Path("out.csv").exists()


def test_the_commands_of_a_report_give_the_numbers_again(optlab: Command) -> None:
    options = ("--problem", "hinge", "--optimizer", "adam", "--steps", "7", "--batch", "9")
    options += ("--shuffle", "no", "--workers", "2", "--share", "0.5", "--seed", "4")
    optlab("run", *options, "--csv", "a.csv", "--report", "a.html")
    found = re.findall(r"optlab run --problem[^<]*", Path("a.html").read_text("utf-8"))
    optlab(*shlex.split(html.unescape(found[0]))[1:])
    assert Path("run.csv").read_bytes() == Path("a.csv").read_bytes()
    page = Path("a.html").read_text("utf-8")
    assert "batches of 9 in order, 2 workers, 50 % of the weights written" in page


def test_what_a_training_records_can_be_drawn(houses: Command) -> None:
    options = ("--batch", "2", "--steps", "6", "--test", "0.25", "--panes", "test_loss,batch_loss")
    done = houses("run", "--data", "houses.csv", *FIT, *options, "--image", "a.png")
    assert (done.status, done.err) == (0, "") and Path("a.png").exists()


def test_columns_of_any_name_are_named_aloud(optlab: Command) -> None:
    Path("a.csv").write_text("floor area,price\n1,2\n2,4\n3,7\n", encoding="utf-8")
    loss = "mean((w1*floor_area + w2 - price)^2)"
    done = optlab("run", "--data", "a.csv", "--loss", loss, "--optimizer", "gd", "--steps", 3)
    assert (done.status, done.err) == (0, "")
    assert "note: a: column 'floor area' is floor_area" in done.out
