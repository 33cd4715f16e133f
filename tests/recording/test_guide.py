"""The page about recording: its programs run, and what they write opens."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from optlab.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "recording.md"


def _program(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M)
    return str(text)


def test_the_program_in_numpy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(_program("python"), "recording.md", "exec"), {})  # noqa: S102  (our own text)
    assert main(["run", "least-squares.optrec", "--csv", "path.csv"]) == 0
    assert "finished after 100 steps" in capsys.readouterr().out
    header = Path("path.csv").read_text("utf-8").splitlines()[0]
    assert header == "t,w1,w2,w3,loss,g1,g2,g3,m1,m2,m3,dw1,dw2,dw3"


def test_the_program_with_pytorch_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = _program("py")
    compile(program, "recording.md", "exec")
    if find_spec("torch") is None:
        return
    monkeypatch.chdir(tmp_path)
    exec(program, {})  # noqa: S102  (our own text)
    assert main(["run", "xor-adam.optrec"]) == 0
    panes = ["--panes", "layer:0.weight,w:2.bias", "--image", "layers.png"]
    assert main(["run", "xor-adam.optrec", *panes]) == 0


@pytest.mark.parametrize("name", ["adam", "adamw-warmup", "blows-up"])
def test_the_recordings_that_ship_open(name: str) -> None:
    folder = PAGE.parents[1] / "resources" / "recordings" / f"{name}.optrec"
    assert main(["run", str(folder), "--quiet"]) == 0
