"""How a command ends when the system, or whoever reads its output, wants it to end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.patience import PATIENCE

OPTLAB = [sys.executable, "-W", "error", "-m", "optlab"]
LONG = ("run", "--optimizer", "adam", "--steps", "3000000", "--csv", "long.csv")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (signal.SIGINT, "interrupted"),
        (signal.SIGTERM, "stopped by SIGTERM"),
        (signal.SIGHUP, "stopped by SIGHUP"),
    ],
)
def test_a_signal_while_a_file_is_written_leaves_nothing(
    number: signal.Signals, says: str, tmp_path: Path
) -> None:
    working = subprocess.Popen(
        [*OPTLAB, *LONG],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever started the tests may ignore a signal (nohup), and children inherit that.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    deadline = time.monotonic() + PATIENCE
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert working.poll() is None
    assert list(tmp_path.iterdir())
    working.send_signal(number)
    _, errors = working.communicate(timeout=PATIENCE)
    assert (working.returncode, errors) == (128 + number, f"optlab run: {says}\n")
    assert list(tmp_path.iterdir()) == []


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    code = (
        "import os, signal; from optlab.cli.exits import stopped_by_signals\n"
        "with stopped_by_signals():\n    os.kill(os.getpid(), signal.SIGHUP)\n"
    )
    begun = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); {code}"
    subprocess.run([sys.executable, "-c", begun], cwd=tmp_path, check=True)


@pytest.mark.parametrize("command", [("list", "problems"), ("run", "--steps", "1")])
def test_a_closed_standard_output_is_no_fault(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *OPTLAB, *command], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="has no full device")
@pytest.mark.parametrize("command", [("list", "problems"), ("run", "--steps", "1")])
def test_a_full_disk_behind_standard_output_is_one_line(command: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*OPTLAB, *command], stdout=full, stderr=-1, text=True, check=False)
    line = "standard output cannot be written: No space left on device"
    assert (done.returncode, done.stderr) == (1, f"optlab {command[0]}: {line}\n")


def test_a_reader_that_has_enough_is_no_fault() -> None:
    pipe = 'exec 3>&1; ("$@"; echo $? >&3) | true'
    done = subprocess.run(
        ["bash", "-c", pipe, "bash", *OPTLAB, "list", "optimizers"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_an_old_terminal_gets_question_marks() -> None:
    done = subprocess.run(
        [*OPTLAB, "list", "problems"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert b"Styblinski?Tang" in done.stdout
