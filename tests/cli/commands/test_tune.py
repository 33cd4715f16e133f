"""``optlab tune`` and ``optlab compare``."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from optlab.cli import main

TUNE = ["tune", "--problem", "booth", "--steps", "40", "--budget", "12"]
COMPARE = ["compare", "--problems", "booth", "--optimizers", "gd,momentum", "--budget", "60"]


def test_two_rules_are_tuned_and_every_trial_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["--csv", str(tmp_path / "t.csv"), "--json", str(tmp_path / "t.json")]
    assert main([*TUNE, "--optimizer", "gd,adam", "--space", "eta=1e-3:1:log", *files]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("run")
    found = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert [run["optimizer"] for run in found["runs"]] == ["gd", "adam"]
    for run in found["runs"]:
        assert set(run["best"]) == {"eta"} and 1e-3 <= run["best"]["eta"] <= 1
        assert run["trials"] == 13 and run["steps"] == 40
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 26
    best = min((row for row in rows if row["median"]), key=lambda row: float(row["median"]))
    values = [run["value"] for run in found["runs"]]
    assert float(best["median"]) == min(values)


@pytest.mark.parametrize("sampler", ["halton", "grid", "random"])
def test_all_parameters_by_each_sampler(sampler: str) -> None:
    assert main([*TUNE, "--optimizer", "momentum", "--sampler", sampler, "--quiet"]) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--space", "nu"], "nu is not a parameter or option of gd"),
        (["--space", "eta=1"], "needs LOW:HIGH"),
        (["--space", "eta=1:2:cubic"], "linear, log or decay"),
        (["--space", "eta=2:1"], "needs a low end below its high"),
        (["--budget", "0"], "trials must be from 1"),
        (["--sampler", "sobol"], "invalid choice"),
        (["--then", "5:adam"], "cannot be tuned"),
        (["--seeds", "0"], "--seeds: must be from 1 to"),
        (["--measure", "test_loss"], "--measure: test_loss needs rows that are kept for the test"),
        (["--measure", "steps"], "--target: the loss to arrive at belongs to --measure steps"),
        (["--target", "0.1"], "--target: the loss to arrive at belongs to --measure steps"),
        (["--csv", "nosuch/t.csv"], "--csv: there is no folder nosuch"),
        (["--csv", "t.csv", "--json", "t.csv"], "--json: t.csv is already the file of --csv"),
    ],
)
def test_wrong_searches_are_one_line(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*TUNE, "--optimizer", "gd", *options]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_comparison_with_all_its_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {kind: tmp_path / f"c.{kind}" for kind in ("csv", "json")}
    files = [part for kind, path in names.items() for part in (f"--{kind}", str(path))]
    picture = ["--image", str(tmp_path / "c.png")]
    assert main([*COMPARE, "--trials", "6", *files, *picture]) == 0
    shown = capsys.readouterr().out
    assert "mean rank" in shown and "booth" in shown
    found = json.loads(names["json"].read_text("utf-8"))
    assert "60 gradients for a run" in found["protocol"]
    assert len(found["entries"]) == 6
    assert set(found["profiles"]["all"]["share"]) == {"gd", "momentum"}
    assert len(names["csv"].read_text().splitlines()) == 7
    with Image.open(tmp_path / "c.png") as image:
        assert image.size == (3840, 2280)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--problems", "hill"], "'hill' is neither a suite nor a problem"),
        (["--optimizers", "nonsense"], "nonsense"),
        (["--budget", "0"], "--budget: must be at least 1"),
        (["--image", "c.bmp"], "--image: the type '.bmp' is not known; known are .png, .svg, .pdf"),
        (["--json", "nosuch/c.json"], "--json: there is no folder nosuch"),
    ],
)
def test_wrong_comparisons_are_one_line(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*COMPARE, *options]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_every_suite_has_problems_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "suites"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 6
