"""From the start of the interpreter to the first painted frame, each time in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from benchmarks.measure import Row, Table

BARE, WINDOW = "bare PySide6 + pyqtgraph window", "OptLab, window drawn"
DRAWN = "OptLab, default experiment drawn"

# Both sides write a line when the event loop has nothing left to paint for the first time.
_BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
app = QApplication([])
window = QMainWindow()
plot = pyqtgraph.PlotWidget()
plot.plot([1.0, 4.0, 2.0])
window.setCentralWidget(plot)
window.resize(1440, 900)
window.show()
class Watch(pyqtgraph.QtCore.QObject):
    def eventFilter(self, watched, event):
        if event.type() == event.Type.Paint:
            QTimer.singleShot(0, told)
            watched.removeEventFilter(self)
        return False
def told():
    print("drawn", flush=True)
    app.quit()
watch = Watch()
plot.viewport().installEventFilter(watch)
app.exec()
"""
_OPTLAB = """
import os, sys
from optlab.ui.shell import app as program
from PySide6.QtCore import QObject, QTimer
class Watch(QObject):
    def __init__(self, laboratory):
        super().__init__()
        self.laboratory, self.first = laboratory, True
    def eventFilter(self, watched, event):
        if event.type() == event.Type.Paint:
            QTimer.singleShot(0, self.told)
        return False
    def told(self):
        session = self.laboratory.session
        if self.first:
            self.first = False
            print("window", flush=True)
        if session.picture is not None and set(session.trajectories) == set(session.resolved.specs):
            print("drawn", flush=True)
            os._exit(0)
start = program.Laboratory.start
def watched_start(laboratory):
    laboratory.watch = Watch(laboratory)
    laboratory.window.contour.viewport().installEventFilter(laboratory.watch)
    start(laboratory)
program.Laboratory.start = watched_start
program.main()
"""


def moments(code: str, folder: str) -> dict[str, float]:
    """Milliseconds until a process that runs ``code`` says each word.

    ``folder`` is where it keeps settings and, as an installed program has them, its modules as
    bytecode.
    """
    places = {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "DATA", "STATE")}
    places |= {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | places,
    )
    found: dict[str, float] = {}
    assert process.stdout is not None
    for line in process.stdout:
        found.setdefault(line.strip(), (time.perf_counter() - began) * 1e3)
    process.wait(60.0)
    return found


def tables(rounds: int = 5, scale: float = 1.0) -> list[Table]:
    """Some starts of each in turns, after one that makes the bytecode."""
    taken: dict[str, list[float]] = {BARE: [], WINDOW: [], DRAWN: []}
    rounds = max(1, round(rounds * scale))
    with tempfile.TemporaryDirectory(prefix="optlab-benchmark-") as folder:
        for number in range(rounds + 1):
            bare, ours = moments(_BARE, folder), moments(_OPTLAB, folder)
            if number and "drawn" in bare and {"window", "drawn"} <= set(ours):
                taken[BARE].append(bare["drawn"])
                taken[WINDOW].append(ours["window"])
                taken[DRAWN].append(ours["drawn"])
    rows = tuple(
        Row.of(name, values) if values else Row(name, missing="the process showed no window")
        for name, values in taken.items()
    )
    return [Table("Start, from nothing to a painted frame", "ms", BARE, rows, higher=False)]
