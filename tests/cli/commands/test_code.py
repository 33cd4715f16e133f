"""``optlab code``: rules as files of other libraries."""

import subprocess
import sys
from pathlib import Path

import pytest

import optlab as package
from tests.cli.conftest import Command
from tests.session.embedded.test_own_texts import BALL


def test_a_file_of_numpy_checks_itself(optlab: Command, tmp_path: Path) -> None:
    done = optlab("code", "adam", "--for", "numpy", "--set", "eta=0.05", "--output", "a.py")
    assert (done.status, done.out, done.err) == (0, "", "")
    text = (tmp_path / "a.py").read_text("utf-8")
    assert optlab("code", "adam", "--for", "numpy", "--set", "eta=0.05").out == text
    assert package.code("adam", eta=0.05) == text
    run = subprocess.run(
        [sys.executable, "-W", "error", "a.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert float(run.stdout.rpartition(" ")[2]) <= 1e-12


def test_own_rules_and_those_of_experiments(optlab: Command, tmp_path: Path) -> None:
    (tmp_path / "ball.toml").write_text(BALL, "utf-8")
    own = optlab("code", "ball.toml", "--for", "optax", "--schedule", "step:drop=0.5,every=10")
    assert "def ball(" in own.out
    assert "def schedule(k" in own.out
    lab = package.experiment("booth").add("gd").add(tmp_path / "ball.toml", name="mine")
    lab.save(tmp_path / "e.optlab")
    (tmp_path / "ball.toml").unlink()
    found = optlab("code", "e.optlab", "--run", "mine", "--for", "torch")
    assert "class Ball(torch.optim.Optimizer)" in found.out
    assert found.out == lab.code("mine", "torch")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("newton", "--for", "torch"), "no code to write out"),
        (("gdd", "--for", "torch"), "unknown optimizer 'gdd'"),
        (("gd", "--for", "keras"), "--for"),
        (("gd",), "--for"),
        (("gd", "--for", "numpy", "--set", "eta=-1"), "--set: eta must be above 0"),
        (("gd", "--for", "numpy", "--schedule", "nothing"), "--schedule: unknown schedule"),
        (("gd", "--for", "numpy", "--steps", "0"), "--steps"),
        (("gd", "--for", "numpy", "--run", "a"), "--run"),
        (("gd", "--for", "numpy", "--output", "no/where.py"), "--output"),
        (("none.optlab", "--for", "numpy"), "none.optlab"),
    ],
)
def test_bad_input_is_one_line(optlab: Command, words: tuple[str, ...], message: str) -> None:
    done = optlab("code", *words)
    assert done.status == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""
