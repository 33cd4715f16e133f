"""Ctrl+C and SIGTERM end the program in order; nothing that was not saved is lost."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from optlab.files.recovery import find_offers
from tests.patience import PATIENCE

PROGRAM = """
import sys
from PySide6.QtCore import QSettings, QTimer
from optlab.session.edits import model_edits
from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.ui.shell.app import Laboratory, make_application
from optlab.ui.shell.interrupts import Interrupts
from optlab.ui.dialogs.file_dialogs import Answer
application = make_application(["optlab"])
document = load_experiment(shipped_experiment("three_ways_down"))
laboratory = Laboratory(document, QSettings(sys.argv[1], QSettings.Format.IniFormat))

def ask(parent, title):
    print("asked", flush=True)
    return Answer.DISCARD

laboratory.commands.documents.ask = ask
interrupts = Interrupts(laboratory.window.close, laboratory.leave)
laboratory.start()
laboratory.session.propose(model_edits.type_formula(document, "w1^2 + 7 w2^2"))
QTimer.singleShot(100, lambda: print("ready", flush=True))
status = application.exec()
interrupts.remove()
laboratory.bridge.close()
sys.exit(status)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "output", "left"), [(signal.SIGINT, "asked\n", 0), (signal.SIGTERM, "", 1)]
)
def test_signals(state: Path, tmp_path: Path, number: int, output: str, left: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "s.ini")],
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(number)
        rest, _ = program.communicate(timeout=PATIENCE)
    assert (program.returncode, rest) == (0, output)
    offers, sentences = find_offers(state)
    assert len(offers) == left and sentences == []
    for offer in offers:
        assert offer.copy.document.surface.formula == "w1^2 + 7 w2^2"
        offer.leave()
