"""Hostile input, a little: the corpus, and some random inputs in a process with limits."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from optlab.core.formula import FormulaError, parse
from optlab.core.resources import DataError
from optlab.core.rules import read_rule
from tests.fuzz import targets
from tests.fuzz.guard import MEGABYTES, Misbehaviour, guarded, peak_megabytes
from tests.fuzz.inputs import corpus
from tests.fuzz.many import try_formulas

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    "formulas": targets.formula,
    "rules": targets.rule,
    "schedules": targets.schedule,
    "experiments": targets.experiment,
}
CASES = [(kind, number) for kind in KINDS for number in range(len(corpus(kind)))]


@pytest.mark.parametrize(("kind", "number"), CASES)
def test_the_corpus_does_nothing(
    kind: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before, text = peak_megabytes(), corpus(kind)[number]
    if kind == "rules":
        KINDS[kind](text)  # guards itself, for it writes the file first
    else:
        with guarded():
            KINDS[kind](text)
    assert peak_megabytes() - before < MEGABYTES
    assert list(tmp_path.iterdir()) == []


def test_random_inputs_do_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--examples", "60", "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert f"{60 * len(targets.TARGETS)} inputs" in done.stdout


def test_formulas_by_the_thousand() -> None:
    found, _slowest, _which = try_formulas(1500, seed=4)
    assert found["right taken"] > 400 and found["changed taken"] < found["changed"]


@pytest.mark.parametrize(
    "misdeed",
    [
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "open('written', 'w')",
        "while True: pass",
    ],
)
def test_the_guard_notices(misdeed: str) -> None:
    with pytest.raises(Misbehaviour), guarded(0.2):
        exec(misdeed, {})  # noqa: S102 - the guard itself is tried


def test_the_limit_is_one_of_this_process() -> None:
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] in (resource.RLIM_INFINITY, -1)


def test_a_message_repeats_no_more_than_it_must() -> None:
    for text in ("1" * 9000, "(" * 5000, "a" * 9000):
        with pytest.raises(FormulaError) as caught:
            parse(text)
        assert len(str(caught.value)) < 300


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(DataError, match="not a file"):
        read_rule(tmp_path / "pipe.toml")
