"""``optlab inspect`` on recordings."""

import json
from pathlib import Path

import pytest

import optlab
from optlab.cli import main

SHIPPED = Path(__file__).parents[3] / "resources" / "recordings"


def test_a_training_that_blows_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(SHIPPED / "blows-up.optrec")]) == 0
    shown = capsys.readouterr().out
    assert "recorded: SGD of torch 2" in shown
    assert "which rule:\n  Momentum (alpha=0.95" in shown
    assert "breaks: the loss rises to" in shown


def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(SHIPPED / "adam.optrec" / "run.json"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rules"][0]["rule"] == "adam"
    assert found["recorded"]["settings"]["betas"] == [0.9, 0.999]
    assert found["break"] is None
    assert found["quantities"]["m"] == 33


def test_a_loop_of_ones_own_that_names_its_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine"
    with optlab.record(path, rule="gd", settings={"eta": 0.5}) as recorder:
        recorder.step(w=8.0)
        for w in (4.0, 2.0, 1.0):
            recorder.step(w=w, g=2 * w)
    assert main(["inspect", f"{path}.optrec"]) == 0
    assert "\nrecorded: gd\n" in capsys.readouterr().out


def test_numbers_without_gradients(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "path.csv"
    path.write_text("t,w1,loss\n0,1,1\n1,0.5,0.25\n2,0.25,0.06\n", "utf-8")
    assert main(["inspect", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "which rule: the gradient of each weight was not recorded" in shown
    assert "breaks: nowhere" in shown


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.csv", "there is no file"), ("a.txt", "is not a recording"), ("b.npz", "cannot be")],
)
def test_what_is_no_recording(
    tmp_path: Path, name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name != "none.csv":
        (tmp_path / name).write_text("x")
    assert main(["inspect", str(tmp_path / name)]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
