"""Rules, surfaces and schedules of one's own on the command line; their experiments travel."""

import json
from pathlib import Path

import pytest

from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.session.experiment import Experiment, Run, Surface
from tests.cli.conftest import Command, only_run
from tests.session.embedded.test_own_texts import BALL, HALVED, VALLEY

FILES = {"ball": BALL, "valley": VALLEY, "halved": HALVED}
OWN = ("--problem", "valley.toml", "--optimizer", "ball.toml", "--schedule", "halved.toml")
CARRIERS = ("png", "svg", "pdf", "html")


def write_files(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")


@pytest.mark.parametrize("kind", CARRIERS)
def test_pictures_and_reports_give_the_same_bytes_elsewhere(
    optlab: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    write_files(tmp_path)
    option = "--report" if kind == "html" else "--image"
    done = optlab("run", *OWN, "--steps", 30, "--csv", "a.csv", option, f"own.{kind}")
    assert done.status == 0, done.err
    for name in FILES:
        (tmp_path / f"{name}.toml").unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    again = optlab("run", f"../own.{kind}", "--csv", "b.csv")
    assert (again.status, again.out) == (0, done.out)
    assert (elsewhere / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()


def test_a_file_of_the_first_format_still_opens_where_its_paths_lead(
    optlab: Command, tmp_path: Path
) -> None:
    write_files(tmp_path)
    content = {
        "version": 1,
        "surface": {"problem": "valley.toml"},
        "runs": [{"id": "1", "optimizer": str(tmp_path / "ball.toml")}],
    }
    (tmp_path / "old.optlab").write_text(json.dumps(content), "utf-8")
    assert optlab("run", "old.optlab", "--csv", "old.csv").status == 0
    save_experiment(load_experiment(tmp_path / "old.optlab"), tmp_path / "new.optlab")
    (tmp_path / "ball.toml").unlink()
    gone = optlab("run", "old.optlab")
    assert gone.status == 2 and "ball.toml: cannot be read" in gone.err
    assert gone.err.startswith("optlab run: old.optlab: ")
    assert optlab("run", "new.optlab", "--csv", "new.csv").status == 0
    assert (tmp_path / "new.csv").read_bytes() == (tmp_path / "old.csv").read_bytes()


def test_the_summary_names_what_is_own_and_what_it_stands_before(
    optlab: Command, tmp_path: Path
) -> None:
    runs = (Run(id="1", optimizer="adam"),)
    document = Experiment(surface=Surface(problem="booth"), runs=runs, rules={"adam": BALL})
    save_experiment(document, tmp_path / "own.optlab")
    done = optlab("run", "own.optlab", "--json", "own.json")
    note = "note: optimizer 'adam' is the experiment's own, in place of the shipped one"
    assert done.out.splitlines()[1:] == [note]
    summary = json.loads((tmp_path / "own.json").read_text("utf-8"))
    assert summary["own"] == {"rules": ["adam"], "surfaces": [], "schedules": []}
    assert only_run(tmp_path / "own.json")["parameters"] == {"eta": 0.01, "alpha": 0.5}


def test_settings_maps_and_reports_know_an_own_rule(optlab: Command, tmp_path: Path) -> None:
    write_files(tmp_path)
    optlab("run", *OWN, "--image", "own.png", "--quiet")
    done = optlab("run", "own.png", "--set", "alpha=0.25", "--json", "own.json")
    assert done.status == 0 and only_run(tmp_path / "own.json")["parameters"]["alpha"] == 0.25
    assert optlab("run", "own.png", "--set", "beta=1").err.endswith(
        "'beta' is not a setting of ball; known are eta, alpha\n"
    )
    sizes = ("--resolution", 16, "--x", "eta", "--y", "alpha")
    assert optlab("map", "sweep", "own.png", *sizes, "--csv", "map.csv").status == 0
    assert optlab("run", "own.png", "--view", "worksheet", "--image", "sheet.svg").status == 0
    assert optlab("run", "own.png", "--report", "own.html").status == 0
    page = (tmp_path / "own.html").read_text("utf-8")
    assert "optimizer 'ball' is the experiment's own" in page.replace("&#x27;", "'")
    assert "--optimizer" not in page  # a command line could not say the rule


def test_a_wrong_file_is_named_with_key_and_line(optlab: Command, tmp_path: Path) -> None:
    write_files(tmp_path)
    (tmp_path / "ball.toml").write_text(BALL.replace("eta*m", "etta*m"), "utf-8")
    done = optlab("run", *OWN)
    assert (done.status, done.out) == (2, "")
    assert "--optimizer: ball.toml: update, line 2: " in done.err and "etta" in done.err
    (tmp_path / "halved.toml").write_text("name = 1", "utf-8")
    done = optlab("run", "--schedule", "halved.toml:factor=1")
    assert (done.status, done.out) == (2, "") and "--schedule: halved.toml: name: " in done.err
