"""Losses of any number of weights, changes of the rule and recorded numbers, without a screen."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Command, Done

THREE = ("run", "--loss", "(w1 - 1)^2 + (w2 + w3)^2 + w3^4")


@pytest.fixture
def good(optlab: Command) -> Callable[..., Done]:
    """A command that must succeed."""

    def run(*arguments: object) -> Done:
        done = optlab(*arguments)
        assert (done.status, done.err) == (0, "")
        return done

    return run


@pytest.fixture
def bad(optlab: Command) -> Callable[..., str]:
    """What a command says that must be refused, in one line."""

    def run(*arguments: object) -> str:
        done = optlab(*arguments)
        assert done.status == 2 and done.err.count("\n") == 1
        return done.err

    return run


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_loss_of_three_weights_gives_all_its_files(good: Callable[..., Done]) -> None:
    files = ("--csv", "a.csv", "--npz", "a.npz", "--json", "a.json", "--table", "t.csv")
    done = good(*THREE, "--start=1,2,3", "--optimizer", "adam", "--steps", "5", *files)
    assert "w (" in done.out
    table = rows("a.csv")
    assert list(table[0])[:9] == ["t", "w1", "w2", "w3", "loss", "g1", "g2", "g3", "eta"]
    assert [table[0][f"w{i}"] for i in (1, 2, 3)] == ["1.0", "2.0", "3.0"]
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert summary["weights"] == ["w1", "w2", "w3"] and summary["start"] == [1, 2, 3]
    assert summary["runs"][0]["final_w"] == [float(table[-1][f"w{i}"]) for i in (1, 2, 3)]
    with np.load("a.npz") as archive:
        assert archive["adam.w3"][0] == 3.0
    assert len(rows("t.csv")) == 1


def test_weights_have_names_of_their_own(good: Callable[..., Done]) -> None:
    loss = ("run", "--loss", "a^2 + 3b^2", "--weights", "a,b", "--start=1,2", "--optimizer", "gd")
    good(*loss, "--steps", "3", "--csv", "a.csv")
    assert list(rows("a.csv")[0])[:4] == ["t", "a", "b", "loss"]
    good("run", "a.csv", "--csv", "again.csv", "--json", "a.json")


def test_many_weights_are_drawn_on_a_plane(good: Callable[..., Done]) -> None:
    good(*THREE, "--start=1,2,3", "--steps", "5", "--image", "a.svg", "--report", "a.html")
    assert "Plane: principal components" in Path("a.svg").read_text()
    good(*THREE, "--steps", "5", "--image", "b.svg", "--view", "contour", "--plane", "weights:1,3")
    assert "the other weights fixed" in Path("b.svg").read_text()
    good(
        *THREE, "--steps", "5", "--image", "c.svg", "--view", "surface", "--plane", "hessian:step=2"
    )
    assert "Plane: leading Hessian directions" in Path("c.svg").read_text()


def test_a_sheet_says_why_it_has_no_plane(good: Callable[..., Done]) -> None:
    one = ("run", "--loss", "a^2", "--weights", "a", "--start=1", "--optimizer", "gd")
    good(*one, "--steps", "5", "--image", "a.svg", "--report", "a.html")
    assert "this one has 1 weight." in Path("a.svg").read_text()
    assert "this one has 1 weight." in Path("a.html").read_text("utf-8")
    good(*THREE, "--steps", "0", "--image", "b.svg")
    assert "the paths are a single point" in Path("b.svg").read_text()


def test_many_weights_are_not_written_out(good: Callable[..., Done]) -> None:
    loss = " + ".join(f"w{i}^2" for i in range(1, 21))
    done = good("run", "--loss", loss, "--steps", "2")
    assert "… 20 weights)" in done.out and done.out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((*THREE, "--start=1,2"), "--start: needs 3 numbers (w1, w2, w3), not 2"),
        (("run", "--problem", "booth", "--start=1"), "--start: needs 2 numbers (w1, w2), not 1"),
        (("run", "--weights", "a,b"), "--weights: names the weights of --loss"),
        (("run", "--loss", "a^2", "--weights", "a,"), "--weights: needs names with commas"),
        (("run", "--loss", "a^2", "--weights", "a,a"), "--weights: 'a' stands there twice"),
        (("run", "--loss", "a^2", "--weights", "loss"), "--weights: 'loss' has a meaning"),
        (
            ("run", "--loss", "a^2", "--weights", "a", "--view", "contour", "--image", "a.png"),
            "--view: Maps show a loss of two weights or more",
        ),
        ((*THREE, "--plane", "circle"), "--plane: knows components, weights, random, ends"),
        ((*THREE, "--plane", "hessian:at=3"), "--plane: hessian knows run=, step=, not 'at=3'"),
        ((*THREE, "--plane", "components:3"), "--plane: components knows no settings, not '3'"),
        ((*THREE, "--plane", "weights:0,1"), "--plane: needs two weights, counted from 1"),
        ((*THREE, "--plane", "weights:1"), "--plane: needs two weights, counted from 1"),
        ((*THREE, "--plane", "weights:1,4"), "--plane: there is no weight 4; the loss has 3"),
        ((*THREE, "--plane", "weights:2,2"), "--plane: needs two different weights"),
        ((*THREE, "--plane", "random:run=b"), "--plane: there is no run 'b'"),
        ((*THREE, "--plane", "ends"), "--plane: it goes through a start and the ends of two runs"),
        ((*THREE, "--plane", "hessian:step=999"), "--plane: there is no step 999; the runs have"),
        (
            ("run", "--problem", "booth", "--plane", "weights"),
            "--plane: is for losses of more than",
        ),
        ((*THREE, "--weight", "w2"), "--weight: is that of a worksheet"),
        (
            (*THREE, "--view", "worksheet", "--image", "a.png", "--weight", "w4"),
            "--weight: there is no 'w4'; known are w1 to w3",
        ),
        ((*THREE, "--then", "adam"), "--then: needs the form K:OPTIMIZER"),
        ((*THREE, "--then", "5:nobody"), "--then: "),
        ((*THREE, "--then", "5:gd:beta9=1"), "--then: 'beta9' is not a setting of gd"),
        ((*THREE, "--then", "5:gd:eta=-1"), "--then: eta must be"),
        ((*THREE, "--then", "5:gd:keep_memory=perhaps"), "--then: keep_memory: must be yes or no"),
        ((*THREE, "--then", "5:gd", "--then", "5:adam"), "--then: the change to adam must come"),
        ((*THREE, "--then", "0:gd"), "--then: the change to gd must come after step 0"),
        ((*THREE, "--then", "300:gd"), "--then: the change to gd must be after step 1 to 199, not"),
        ((*THREE, "--then", "2epochs:gd"), "--then: counts epochs, and there is no data"),
        ((*THREE, "--then", "epochs:gd"), "--then: "),
        ((*THREE, "--schedule", "cosine:unit=epochs"), "schedule counts epochs, and this loss has"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    bad: Callable[..., str], arguments: tuple[str, ...], reason: str
) -> None:
    said = bad(*arguments)
    assert reason in said
    assert list(Path().iterdir()) == []


def test_another_rule_from_a_step_on(good: Callable[..., Done]) -> None:
    then = ("--then", "10:momentum:eta=0.002", "--then", "20:gd:eta=0.1,keep_memory=no")
    rosenbrock = ("run", "--problem", "rosenbrock", "--optimizer", "adam", "--steps", "30")
    done = good(*rosenbrock, *then, "--csv", "a.csv", "--json", "a.json", "--table", "t.csv")
    assert done.out.startswith("Adam → Momentum → Gradient descent")
    table = rows("a.csv")
    assert table[10]["s1"] and not table[11]["s1"] and table[11]["m1"] and not table[21]["m1"]
    assert [table[t]["eta"] for t in (10, 11, 21)] == ["0.1", "0.002", "0.1"]
    (run,) = json.loads(Path("a.json").read_text("utf-8"))["runs"]
    parts = [(s["first"], s["last"], s["optimizer"], s["kept"]) for s in run["segments"]]
    assert parts == [(1, 10, "adam", []), (11, 20, "momentum", ["m"]), (21, 30, "gd", [])]
    assert rows("t.csv")[0]["optimizer"] == "adam → momentum → gd"
    good(*rosenbrock, "--csv", "b.csv")
    plain = rows("b.csv")
    assert all(table[t]["w1"] == plain[t]["w1"] for t in range(11))
    assert table[11]["w1"] != plain[11]["w1"]


def test_a_report_says_how_to_switch_again(good: Callable[..., Done]) -> None:
    import html
    import re
    import shlex

    then = ("--then", "10:momentum:eta=0.002,keep_memory=no")
    good(*THREE, "--start=1,2,3", "--steps", "15", *then, "--csv", "a.csv", "--report", "a.html")
    text = html.unescape(Path("a.html").read_text("utf-8"))
    lines = re.findall(r"optlab run --loss .*--csv run.csv", text)
    good(*shlex.split(lines[-1])[1:])
    assert Path("run.csv").read_bytes() == Path("a.csv").read_bytes()
    assert "Steps 11 … 15: Momentum" in text


def test_recorded_numbers_come_out_as_they_went_in(good: Callable[..., Done]) -> None:
    good(*THREE, "--start=1,2,3", "--then", "5:gd", "--steps", "9", "--csv", "a.csv")
    done = good("run", "a.csv", "--csv", "b.csv", "--json", "b.json", "--report", "b.html")
    assert done.out.startswith("a  finished after 9 steps")
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()
    (run,) = json.loads(Path("b.json").read_text("utf-8"))["runs"]
    assert (run["optimizer"], run["segments"], run["gradient_calls"]) == (None, [], None)
    good("run", "b.html", "--csv", "c.csv")
    assert Path("c.csv").read_bytes() == Path("a.csv").read_bytes()


def test_a_recording_beside_a_rule(good: Callable[..., Done], bad: Callable[..., str]) -> None:
    Path("r.csv").write_text("t,w1,w2,loss\n0,1,2,5\n1,0.5,1,1.25\n", "utf-8")
    good("run", "r.csv", "--loss", "w1^2 + w2^2", "--optimizer", "gd", "--table", "t.csv")
    table = rows("t.csv")
    assert [row["optimizer"] for row in table] == ["", "gd"]
    good("run", "r.csv", "--image", "r.png", "--view", "contour")
    said = bad("run", "r.csv", "--image", "s.png", "--view", "worksheet")
    assert "recorded" in said


def test_a_bad_recording_is_told_with_its_place(bad: Callable[..., str]) -> None:
    Path("r.csv").write_text("t,w1,loss\n0,1,2\n1,x,1\n", "utf-8")
    said = bad("run", "r.csv", "--csv", "b.csv")
    assert "r.csv: line 3, column w1: 'x' is not a number" in said
    assert [path.name for path in Path().iterdir()] == ["r.csv"]


def test_maps_of_runs_that_no_map_shows(good: Callable[..., Done]) -> None:
    sides = ("--x", "eta", "--y", "w3=-1:1", "--resolution", "16", "--steps", "20")
    good("map", "sweep", *THREE[1:], "--optimizer", "adam", *sides, "--csv", "m.csv")
    assert len(rows("m.csv")) == 256 and "end_w3" in rows("m.csv")[0]
    switched = ("--optimizer", "adam", "--then", "5:gd:eta=0.01")
    good("map", "sweep", *THREE[1:], *switched, *sides, "--csv", "n.csv")
    assert len(rows("n.csv")) == 256
