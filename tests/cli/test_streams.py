"""Outputs that are no files, and streams that are closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from optlab.cli import main

RUN = ["run", "--problem", "booth", "--optimizer", "gd", "--steps", "2"]
PROGRAM = [sys.executable, "-m", "optlab", *RUN]


def test_numbers_are_appended_to_what_standard_output_goes_to(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    with log.open("a") as stream:
        command = [*PROGRAM, "--csv", "/dev/stdout", "--quiet"]
        subprocess.run(command, stdout=stream, check=True, timeout=120)
    lines = log.read_text().splitlines()
    assert lines[:2] == ["before", "t,w1,w2,loss,g1,g2,eta,dw1,dw2"]
    assert len(lines) == 5


def test_a_closed_standard_error_costs_no_file(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m optlab {" ".join(RUN)} --csv a.csv 2>&-'
    subprocess.run(command, shell=True, cwd=tmp_path, check=True, timeout=120)
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 4


def test_a_device_takes_what_it_gets_and_stays_one() -> None:
    assert main([*RUN, "--csv", os.devnull, "--quiet"]) == 0
    assert not Path(os.devnull).is_file()


def test_several_runs_need_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "three_ways_down", "--csv", os.devnull]) == 2
    assert "each run needs its own" in capsys.readouterr().err


def test_a_formula_of_two_lines_is_drawn_on_one(tmp_path: Path) -> None:
    loss = ["--loss", "w1^2\n+ w2^2", "--optimizer", "gd", "--steps", "2"]
    assert main(["run", *loss, "--image", str(tmp_path / "a.png"), "--quiet"]) == 0


def test_where_one_file_fails_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.csv"
    old.write_text("kept")
    full = ["--json", "/dev/full", "--quiet"]
    assert main([*RUN, "--csv", str(old), "--table", str(tmp_path / "new.csv"), *full]) == 2
    assert "No space left" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert old.read_text() == "kept"
