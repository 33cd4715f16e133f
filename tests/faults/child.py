"""The whole program as a process of its own, driven from inside by a few lines of code."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

_DRIVER = """
import resource, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from optlab.ui.shell import app
from optlab.ui.dialogs.file_dialogs import Answer

begin = app.Laboratory.start

def later(milliseconds, action):
    QTimer.singleShot(milliseconds, action)

def when(true, action):
    "Does something once something is true."
    later(0, action) if true() else later(20, lambda: when(true, action))

def start(lab):
    begin(lab)
    lab.commands.documents.ask = lambda *_: Answer.DISCARD
    act(lab)

def ready(lab):
    return lab.session.work is None and lab.session.trajectories and lab.session.picture

app.Laboratory.start = start
"""

_MAIN = """
sys.exit(app.main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it wrote."""

    status: int
    out: str
    err: str


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """An environment in which ``home`` has all folders of the person."""
    names = ("CONFIG", "CACHE", "DATA", "STATE")
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in names}
    own = {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **folders, **own, **more}


def window(act: str, home: Path, *arguments: str, environment: Mapping[str, str] = {}) -> Ended:
    """Opens the window; ``act`` defines ``act(lab)``, which is called once it is shown."""
    code = _DRIVER + textwrap.dedent(act) + _MAIN
    return python(code, *arguments, environment={**surroundings(home), **environment})


def command(*arguments: str, environment: Mapping[str, str]) -> Ended:
    """The command line."""
    return _ended([sys.executable, "-m", "optlab", *arguments], environment)


def python(code: str, *arguments: str, environment: Mapping[str, str]) -> Ended:
    """A program text."""
    return _ended([sys.executable, "-c", code, *arguments], environment)


def _ended(command: list[str], environment: Mapping[str, str]) -> Ended:
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
