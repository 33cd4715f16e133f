"""The program on a real screen, driven by mouse and keys: it says nothing on the terminal."""

import json
import os
import subprocess
import sys

import pytest

from tests.patience import PATIENCE

# Runs inside the program: what a person does in a first minute.
_MINUTE = """
import json, sys, traceback
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from optlab.ui.shell import app
from optlab.ui.dialogs.file_dialogs import Answer

LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
told = {}

class Person(app.Laboratory):
    def start(self):
        super().start()
        self.commands.documents.ask = lambda *_: Answer.DISCARD
        QTimer.singleShot(0, self.use)

    def use(self):
        try:
            self.first_minute()
        except BaseException:
            traceback.print_exc()
        self.window.close()

    def wait(self):
        self.until(lambda: self.session.work is None and self.session.trajectories)

    def until(self, true):
        QTest.qWait(5)
        while not true():  # the test ends it when that never comes
            QTest.qWait(5)

    def first_minute(self):
        window, session = self.window, self.session
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        self.wait()
        told["runs"] = len(session.trajectories)
        track = window.parameters.slider("eta").track()
        QTest.mousePress(track, LEFT, pos=QPoint(track.width() // 2, 10))
        for x in range(track.width() // 2, track.width() - 20, 6):
            QTest.mouseMove(track, QPoint(x, 10))
            QTest.qWait(15)
        QTest.mouseRelease(track, LEFT, pos=QPoint(track.width() - 20, 10))
        QTest.mouseClick(window.contour.viewport(), LEFT, pos=QPoint(200, 200))
        self.wait()
        QTest.keyClick(window.contour, Key.Key_Space)
        self.until(lambda: session.playback.step > 0)
        QTest.keyClick(window.contour, Key.Key_Space)
        told["step"] = session.playback.step
        for title in ("3D", "Both", "Contour"):
            window.view_tabs.show_layout(title)
            QTest.qWait(150)
        formula = window.surface.formula_edit()
        QTest.keyClick(formula.field(), Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(formula.field(), "w1^2 + 3w2^2 + ", delay=2)
        told["mistake"] = bool(formula.error())
        QTest.keyClicks(formula.field(), "sin(3w1)", delay=2)
        self.wait()
        told["formula"] = session.resolved.problem.formula
        self.commands.menus.actions["dark_theme"].trigger()
        QTest.qWait(100)
        for dock in window.docks:
            dock.setFloating(True)
            QTest.qWait(50)
            dock.setFloating(False)
            QTest.qWait(50)
        picture = window.grab().toImage()
        told["colours"] = len({picture.pixel(x, y) for x in range(0, picture.width(), 7)
                               for y in range(0, picture.height(), 7)})

app.Laboratory = Person
status = app.main()
sys.stdout.write(json.dumps(told))
sys.exit(status)
"""


@pytest.mark.screen
@pytest.mark.parametrize("scale", ["1", "2"])
def test_a_first_minute(tmp_path, scale):
    homes = {f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    surroundings = {**os.environ, **homes, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": scale}
    done = subprocess.run(
        [sys.executable, "-c", _MINUTE],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=surroundings,
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["runs"] == 3
    assert 0 < told["step"] < 200
    assert told["mistake"]
    assert told["formula"] == "w1^2 + 3w2^2 + sin(3w1)"
    assert told["colours"] > 200
