"""``optlab map``: the same numbers as single runs, in every kind of file; and all that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from optlab.core.maps import MEASURES
from optlab.files.experiment_files import DEFAULT_EXPERIMENT
from tests.cli.conftest import Command, only_run

ADAM = ("--problem", "himmelblau", "--optimizer", "adam", "--set", "eta=0.1", "--steps", 120)
BASIN = ("map", "basin", *ADAM, "--resolution", 24)
SWEEP = ("map", "sweep", *ADAM, "--resolution", 16)
FILES = ("--csv", "a.csv", "--npz", "a.npz", "--json", "a.json", "--image", "a.png")


def test_basins_in_every_kind_of_file(optlab: Command) -> None:
    done = optlab(*BASIN, *FILES, "--stop-gradient", 0.1)
    assert (done.status, done.err) == (0, "")
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert summary["map"] == "basin" and summary["stop_gradient"] == 0.1
    assert [place["known_minimum"] for place in summary["attractors"]] == [True] * 4
    assert sum(place["share"] for place in summary["attractors"]) == pytest.approx(
        1 - summary["under_way"] - summary["lost"]
    )
    assert len(done.out.splitlines()) >= 4 and "known minimum" in done.out
    frame = pd.read_csv("a.csv")
    assert list(frame)[:6] == ["w1", "w2", "attractor", "outcome", "steps", "loss"]
    assert len(frame) == 24 * 24
    with np.load("a.npz", allow_pickle=False) as archive:
        assert json.loads(str(archive["metadata"])) == summary
        np.testing.assert_array_equal(archive["labels"].ravel() + 1, frame["attractor"])
        np.testing.assert_array_equal(archive["loss"].ravel(), frame["loss"])
        np.testing.assert_array_equal(archive["w"][..., 0].ravel(), frame["end_w1"])
        np.testing.assert_array_equal(archive["x"], frame["w1"][:24])
    for index in (0, 100, 575):
        row = frame.iloc[index]
        start = f"--start={row['w1']!r},{row['w2']!r}".replace("np.float64(", "").replace(")", "")
        optlab("run", *ADAM, start, "--stop-gradient", 0.1, "--json", "one.json")
        one = only_run(Path("one.json"))
        assert one["final_w"] == [row["end_w1"], row["end_w2"]]
        assert (one["steps"], one["outcome"]) == (row["steps"], row["outcome"])


def test_a_sweep_in_every_kind_of_file(optlab: Command) -> None:
    sides = ("--x", "eta=0.001:1:log", "--y", "beta1=0:0.9")
    done = optlab(*SWEEP, *sides, *FILES, "--measure", "steps", "--target", 0.5)
    assert (done.status, done.err) == (0, "")
    assert "fewest steps to target" in done.out and "finished" in done.out
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert summary["target"] == 0.5 and summary["x"]["scale"] == "log"
    assert "eta" not in summary["parameters"] and summary["parameters"]["beta2"] == 0.999
    frame = pd.read_csv("a.csv")
    best = summary["fewest_steps_to_target"]
    assert best["value"] == frame["steps_to_target"].min()
    assert frame["steps_to_target"].isna().mean() == pytest.approx(summary["not_reached"])
    for index in (0, 37, 255):
        row = frame.iloc[index]
        pair = [f"--set={name}={float(row[name])!r}" for name in ("eta", "beta1")]
        optlab("run", *ADAM, *pair, "--json", "one.json")
        one = only_run(Path("one.json"))
        assert one["final_loss"] == row["loss"] and one["final_w"][0] == row["end_w1"]
        assert one["path_length"] == pytest.approx(row["path_length"])


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_pictures_of_maps(optlab: Command, suffix: str) -> None:
    for name, command in (("b", BASIN), ("s", (*SWEEP, "--measure", "outcome"))):
        done = optlab(*command, "--image", f"{name}{suffix}", "--quiet")
        assert (done.status, done.out, done.err) == (0, "", "")
        first = Path(f"{name}{suffix}").read_bytes()
        optlab(*command, "--image", f"{name}{suffix}", "--quiet")
        assert Path(f"{name}{suffix}").read_bytes() == first
    if suffix == ".png":
        with Image.open("b.png") as image:
            assert image.size == (3840, 2160)
        # It carries the experiment that it was made from.
        assert optlab("run", "b.png", "--json", "one.json").status == 0
        assert only_run(Path("one.json"))["optimizer"] == "adam"


def test_sides_may_be_left_out(optlab: Command) -> None:
    optlab(*SWEEP, "--json", "a.json")
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert (summary["x"]["name"], summary["y"]["name"]) == ("eta", "beta1")
    assert (summary["x"]["low"], summary["x"]["scale"]) == (1e-5, "log")
    optlab(*SWEEP, "--y", "eta", "--json", "a.json")
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert (summary["x"]["name"], summary["y"]["name"]) == ("beta1", "eta")


def test_schedule_treatment_and_start_can_be_sides(optlab: Command) -> None:
    more = ("--schedule", "warmup:steps=20+cosine:T_max=100", "--clip-norm", 5)
    sides = ("--x", "schedule2.T_max=20:120", "--y", "clip_norm=0.5:50:log")
    assert optlab(*SWEEP, *more, *sides, "--csv", "a.csv").status == 0
    assert list(pd.read_csv("a.csv"))[:2] == ["schedule2.T_max", "clip_norm"]
    assert optlab(*SWEEP, "--x", "w1=-5:5", "--y", "eta").status == 0


def test_one_run_of_a_file_is_mapped(optlab: Command) -> None:
    for name, optimizer in (("Momentum", "momentum"), ("3", "rmsprop"), (None, "adam")):
        chosen = () if name is None else ("--run", name)
        arguments = (DEFAULT_EXPERIMENT, *chosen, "--steps", 20, "--resolution", 16)
        assert optlab("map", "basin", *arguments, "--json", "a.json").status == 0
        assert json.loads(Path("a.json").read_text("utf-8"))["optimizer"] == optimizer


def test_starts_lie_on_a_plane(optlab: Command) -> None:
    trained = ("--network", "2-2-1", "--data", "moons:n=20", "--optimizer", "adam", "--steps", 8)
    done = optlab(
        "map", "basin", *trained, "--resolution", 16, "--csv", "b.csv", "--json", "b.json"
    )
    assert (done.status, done.err) == (0, "") and "under way" in done.out
    assert {"c1", "c2", "end_w9"} <= set(pd.read_csv("b.csv"))
    assert json.loads(Path("b.json").read_text())["plane"]["text"].startswith("Plane: principal")
    sides = ("--x", "seed=0:3", "--y", "c1", "--plane", "random:seed=2")
    done = optlab("map", "sweep", *trained, "--resolution", 16, *sides, "--image", "s.svg")
    assert (done.status, done.err) == (0, "") and "seed=" in done.out
    assert "starts on a plane" in Path("s.svg").read_text()
    for words, reason in (
        (("--x", "eta", "--plane", "hessian"), "--plane: is that of the sides c1 and c2"),
        (("--x", "c1", "--plane", "weights:1,99"), "--plane: there is no weight 99"),
        (("--x", "seed=0.5:3"), "--x: seed goes over whole numbers"),
    ):
        done = optlab("map", "sweep", *trained, *words)
        assert done.status == 2 and reason in done.err and done.err.count("\n") == 1


def test_maps_where_every_run_breaks(optlab: Command) -> None:
    formula = ("--loss", "log(w1) + w2^2", "--optimizer", "gd", "--set", "eta=2", "--steps", 30)
    for kind in ("basin", "sweep"):
        done = optlab("map", kind, *formula, "--resolution", 16, *FILES)
        assert (done.status, done.err) == (0, ""), done.err
        outcomes = json.loads(Path("a.json").read_text("utf-8"))["outcomes"]
        assert outcomes["left_domain"] > 0
        assert pd.read_csv("a.csv")["loss"].isna().any()


def test_no_steps_and_rules_in_python(optlab: Command) -> None:
    assert optlab("map", "basin", *ADAM, "--steps", 0, "--resolution", 16).status == 0
    newton = ("--optimizer", "newton", "--steps", 4, "--resolution", 16)
    assert optlab("map", "basin", *newton, "--csv", "a.csv").status == 0
    assert set(pd.read_csv("a.csv")["outcome"]) <= {"finished", "converged", "diverged"}


def test_the_options_know_the_measures(optlab: Command) -> None:
    shown = optlab("map", "sweep", "--help").out
    assert ", ".join(MEASURES) in " ".join(shown.split())


BAD = [
    (("--x", "eta=1"), "--x: needs the form NAME=LOW:HIGH[:log]"),
    (("--x", "=0:1"), "--x: needs the form"),
    (("--x", "eta=0:1:log"), "--x: eta: a logarithmic axis begins above 0"),
    (("--x", "eta=0.1:1:cubic"), "--x: 'cubic' is neither log nor linear"),
    (("--x", "eta=a:1"), "--x: 'a' is not a number"),
    (("--x", "eta=0.1:inf"), "--x: must be a finite number"),
    (("--x", "speed=0:1"), "--x: 'speed' cannot be varied here; known are eta, beta1"),
    (("--y", "eta=1:0.1"), "--y: eta: needs a low end below its high end"),
    (("--x", "eta=-1:1"), "--x: eta must be above 0, not -1"),
    (("--y", "beta1=0:1"), "--y: beta1 must be at least 0 and below 1, not 1"),
    (("--x", "eta", "--y", "eta"), "--y: eta is on both axes"),
    (("--x", "clip_norm=1:2"), "--x: 'clip_norm' cannot be varied here"),
    (("--schedule", "cosine", "--x", "schedule.T_max=-1:9"), "--x: "),
    (("--measure", "speed"), "--measure: invalid choice: 'speed'"),
    (("--target", "abc"), "--target: 'abc' is not a number"),
    (("--resolution", "4"), "--resolution: must be from 16 to 1024, not 4"),
    (("--resolution", "9999"), "--resolution: must be from 16 to 1024"),
    (("--resolution", "1.5"), "--resolution: must be a whole number"),
    (("--run", "nobody"), "--run: there is no run 'nobody'; known are Adam"),
    (("--optimizer", "nosuch"), "--optimizer: unknown optimizer 'nosuch'"),
    (("--loss", "w1 + q"), "not allowed with"),
    (("--csv", "nosuch/a.csv"), "--csv: there is no folder nosuch"),
    (("--image", "a.gif"), "--image: the type '.gif' is not known"),
    (("--npz", "a.zip"), "--npz: the type '.zip' is not known"),
    (("--json", "a.csv", "--csv", "a.csv"), "--json: a.csv is already the file of --csv"),
    (("--animation", "a.gif"), "unknown option '--animation=a.gif'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_before_anything_is_computed(
    optlab: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = optlab("map", "sweep", *ADAM, "--steps", 5_000_000, "--csv", "b.csv", *arguments)
    assert done.status == 2 and done.out == "" and message in done.err
    assert done.err.startswith("optlab map") and done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("map",), ("map", "nosuch"), ("map", "basin", "--x", "eta")])
def test_wrong_kinds_of_map(optlab: Command, arguments: tuple[str, ...]) -> None:
    done = optlab(*arguments)
    assert done.status == 2 and done.err.count("\n") == 1 and done.err.startswith("optlab map")


@pytest.mark.parametrize(
    "place", ["optlab.core.maps.CompiledCells.fill", "optlab.api.map_result.map_csv"]
)
def test_interruption_is_one_line_and_leaves_nothing(
    optlab: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupted)
    done = optlab(*BASIN, "--csv", "a.csv", "--json", "a.json")
    assert (done.status, done.err) == (130, "optlab map: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_help_shows_the_forms(optlab: Command) -> None:
    for kind in ("basin", "sweep"):
        done = optlab("map", kind, "--help")
        assert done.status == 0 and "example:" in done.out and "--stop-gradient" in done.out
    assert "NAME=LOW:HIGH[:log|:linear]" in optlab("map", "sweep", "--help").out
