"""The window is drawn before anything that takes long to load."""

import os
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE

START = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from optlab.core.schedules import catalogue
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.ui.shell.app import Laboratory, make_application

HEAVY = {"numba", "llvmlite", "numexpr", "matplotlib", "ziamath", "contourpy", "PIL", "OpenGL"}
set_sheet, dressed = QApplication.setStyleSheet, []


def counted(application, sheet):
    if sheet:
        dressed.append(len(application.allWidgets()))
    set_sheet(application, sheet)


QApplication.setStyleSheet = counted
application = make_application(["optlab"])
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
laboratory = Laboratory(load_experiment(shipped_experiment(DEFAULT_EXPERIMENT)), settings)
laboratory.window.show()
laboratory.window.grab()
found = sorted(HEAVY & {name.partition(".")[0] for name in sys.modules})
assert not found, f"loaded before the window was drawn: {found}"
assert len(dressed) == 1 and dressed[0] > 300, f"widgets that were dressed: {dressed}"
read = catalogue._read.cache_info().misses
assert read <= 2, f"schedules that were read: {read}"
laboratory.window.close()
assert laboratory.bridge.close(seconds=200)
"""


def test_the_window_is_drawn_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, str(tmp_path / "settings.ini")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
