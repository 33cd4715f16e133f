"""A mistake of the program is told and logged, and the window goes on."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from optlab.ui.shell.errors import ErrorReporter


@pytest.fixture
def reporter(app, tmp_path, no_hidden_errors):
    made = ErrorReporter(tmp_path / "log")
    made.install()
    yield made
    if made.dialog is not None:
        made.dialog.close()
    made.remove()


def fail(text="broken"):
    raise RuntimeError(text)


def run_for(milliseconds=50):
    """The event loop as the program runs it: outside of it, errors of slots come back to Python."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def in_a_slot(text="broken"):
    QTimer.singleShot(0, lambda: fail(text))
    run_for()


def test_an_error_in_a_slot_is_shown_and_logged(reporter, capsys):
    in_a_slot()
    assert reporter.dialog is not None and reporter.dialog.isVisible()
    assert not reporter.dialog.isModal()
    assert reporter.dialog.summary() == "RuntimeError: broken"
    assert "in fail" in reporter.dialog.details()
    assert "RuntimeError: broken" in reporter.log_file.read_text("utf-8")
    assert "RuntimeError: broken" in capsys.readouterr().err


def test_errors_do_not_stack(reporter):
    for number in range(30):
        in_a_slot(f"number {number}")
    dialog = reporter.dialog
    assert dialog.summary() == "RuntimeError: number 0 (and 29 more)"
    assert dialog.details().count("Traceback") == 20


def test_the_same_error_is_shown_once_and_logged_each_time(reporter):
    def again():
        fail("each frame")

    for _ in range(5):
        QTimer.singleShot(0, again)
    run_for()
    assert reporter.dialog.summary() == "RuntimeError: each frame"
    reporter.dialog.accept()
    QTimer.singleShot(0, again)
    run_for()
    assert reporter.dialog is None
    assert reporter.log_file.read_text("utf-8").count("Traceback") == 6


def test_details_are_copied_and_the_window_goes_on(reporter):
    in_a_slot("π & <b>")
    dialog = reporter.dialog
    QTest.mouseClick(dialog.findChild(QPushButton, "copy"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("OptLab ") and "RuntimeError: π & <b>" in copied
    QTest.mouseClick(dialog.findChild(QPushButton, "go-on"), Qt.MouseButton.LeftButton)
    assert reporter.dialog is None
    in_a_slot("another")
    assert reporter.dialog.summary() == "RuntimeError: another"


def test_an_error_in_a_thread_is_shown_in_the_window(reporter):
    thread = threading.Thread(target=fail, args=("in a thread",))
    thread.start()
    thread.join()
    QTest.qWait(50)
    assert reporter.dialog.summary() == "RuntimeError: in a thread"


def test_messages_of_qt_are_logged(reporter):
    qWarning("a message")
    assert "Qt: a message" in reporter.log_file.read_text("utf-8")
    assert reporter.dialog is None


def test_what_qt_always_says_without_a_screen_is_not_on_stderr(reporter, capsys):
    qWarning("This plugin does not support propagateSizeHints()")
    assert "propagateSizeHints" in reporter.log_file.read_text("utf-8")
    qWarning("another message")
    assert capsys.readouterr().err == "another message\n"


def test_an_error_without_words(reporter):
    reporter.report(KeyError())
    QTest.qWait(20)
    assert reporter.dialog.summary() == "KeyError"


def test_the_log_does_not_grow_without_end(reporter):
    for _ in range(40):
        logging.getLogger("optlab").error("x" * 100_000)
    sizes = [path.stat().st_size for path in reporter.log_file.parent.glob("optlab.log*")]
    assert len(sizes) == 4 and sum(sizes) < 4 * 600_000


def test_a_log_that_cannot_be_written_is_no_hindrance(app, tmp_path, no_hidden_errors):
    (tmp_path / "file").touch()
    made = ErrorReporter(tmp_path / "file" / "log")
    made.install()
    in_a_slot()
    assert made.dialog is not None
    made.dialog.close()
    made.remove()


def test_a_wish_to_end_is_no_error(reporter):
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    QTest.qWait(20)
    assert reporter.dialog is None


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from optlab.ui.shell.app import make_application
from optlab.ui.shell.errors import ErrorReporter
application = make_application(["optlab"])
errors = ErrorReporter(Path(sys.argv[1]))
errors.install()
QTimer.singleShot(0, lambda: 1 / 0)
QTimer.singleShot(300, lambda: print("still here", errors.dialog.summary(), flush=True))
QTimer.singleShot(400, application.quit)
sys.exit(application.exec())
"""


def test_the_program_goes_on(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "still here ZeroDivisionError: division by zero\n"
    assert "Traceback" in (tmp_path / "optlab.log").read_text("utf-8")
