"""Conventions by name on the command line, and what the summary says of several runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optlab.cli import main
from tests.cli.conftest import QUADRATIC, Command, only_run


def summary(folder: Path, *arguments: str) -> dict:
    file = folder / "summary.json"
    assert main(["run", *arguments, "--json", str(file), "--quiet"]) == 0
    return json.loads(file.read_text())


def test_a_preset_sets_the_options(tmp_path: Path) -> None:
    own = ("--problem", "himmelblau", "--optimizer", "adam")
    plain = summary(tmp_path, *own)["runs"][0]
    chosen = summary(tmp_path, *own, "--set", "preset=pytorch")["runs"][0]
    assert plain["options"]["epsilon_placement"] == "inside"
    assert chosen["options"]["epsilon_placement"] == "outside"
    assert chosen["parameters"]["eta"] == plain["parameters"]["eta"]


def test_a_later_setting_wins_over_the_preset(tmp_path: Path) -> None:
    settings = ("--set", "preset=pytorch", "--set", "epsilon_placement=inside")
    run = summary(tmp_path, "--problem", "beale", "--optimizer", "rmsprop", *settings)["runs"][0]
    assert run["options"]["epsilon_placement"] == "inside"


@pytest.mark.parametrize("rule", ["adam", "gd"])
def test_an_unknown_preset_is_refused(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["run", "--problem", "beale", "--optimizer", rule, "--set", "preset=mine"])
    error = capsys.readouterr().err
    assert (status, error.count("\n")) == (2, 1)
    assert "preset 'mine' is not known for" in error


def test_the_summary_says_where_runs_part_and_which_claims_hold(tmp_path: Path) -> None:
    found = summary(tmp_path, "momentum_overshoots")
    assert [pair["runs"][0] for pair in found["differences"]] == [found["runs"][0]["id"]]
    assert found["differences"][0]["parted_at"] == 2
    assert found["claims"]
    assert all(claim["holds"] for claim in found["claims"])
    assert found["runs"][0]["gradient_calls"] == found["runs"][0]["steps"]


@pytest.mark.parametrize("text", ["0", "no", "off", "false", "False"])
def test_a_yes_no_option_takes_every_way_to_say_no(optlab: Command, text: str) -> None:
    run = (*QUADRATIC, "--optimizer", "adam", "--json", "a.json")
    assert optlab("run", *run, "--set", f"bias_correction={text}").status == 0
    assert only_run(Path("a.json"))["options"]["bias_correction"] is False
    assert optlab("run", *run, "--set", "bias_correction=1").status == 0
    assert only_run(Path("a.json"))["options"]["bias_correction"] is True
    refused = optlab("run", *run, "--set", "bias_correction=2")
    assert refused.status == 2 and "must be one of true, false, not 2" in refused.err
