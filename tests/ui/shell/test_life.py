"""A window that is closed leaves nothing behind; the program ends quickly whatever it does."""

import gc
import os
import subprocess
import sys
import threading
import time
import weakref

import pytest
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.files.experiment_files import (
    DEFAULT_EXPERIMENT,
    load_experiment,
    save_experiment,
    shipped_experiment,
)
from optlab.session.experiment import changed
from tests.patience import PATIENCE


def workers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("optlab")]


def bury(app):
    for _ in range(3):
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def test_closing_leaves_no_thread_timer_or_window(app, make_lab):
    bury(app)
    windows, threads = set(app.topLevelWidgets()), threading.active_count() - len(workers())
    lab = make_lab()
    lab.begin()
    lab.key(lab.keys.Key_Space)
    QTest.qWait(50)
    remembered = {
        name: weakref.ref(thing)
        for name, thing in (
            ("session", lab.session),
            ("window", lab.window),
            ("commands", lab.laboratory.commands),
            ("bridge", lab.laboratory.bridge),
            ("laboratory", lab.laboratory),
        )
    }
    timers = weakref.WeakSet(lab.window.findChildren(QTimer))
    lab.close()
    del lab
    bury(app)
    assert set(app.topLevelWidgets()) - windows == set()
    assert not any(timer.isActive() for timer in timers)
    deadline = time.monotonic() + PATIENCE
    while workers() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert workers() == []
    assert threading.active_count() <= threads
    bury(app)
    assert {name for name, thing in remembered.items() if thing() is not None} == set()


def test_a_window_can_be_opened_again_and_again(app, make_lab):
    for _ in range(3):
        lab = make_lab()
        lab.begin()
        lab.close()
        del lab
        bury(app)
    assert app.thread() is QThread.currentThread()


def test_an_answer_that_comes_after_the_end_is_dropped(make_lab):
    lab = make_lab()
    lab.begin()
    lab.session.propose(changed(lab.session.document, steps=300_000))
    lab.close()
    QTest.qWait(50)


_DRIVE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from optlab.ui.shell import app

class Quit(app.Laboratory):
    def start(self):
        super().start()
        QTimer.singleShot(int(sys.argv[2]), self.window.close)

app.Laboratory = Quit
sys.exit(app.main(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("after", [0, 1500])
def test_quitting_while_a_million_steps_are_computed(tmp_path, after):
    path = tmp_path / "long.optlab"
    document = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    save_experiment(changed(document, steps=2_000_000), path)
    done = subprocess.run(
        [sys.executable, "-c", _DRIVE, str(path), str(after)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    errors = [line for line in done.stderr.splitlines() if "This plugin does not" not in line]
    assert (done.returncode, errors) == (0, [])


def test_the_application_is_still_there():
    assert QApplication.instance() is not None
