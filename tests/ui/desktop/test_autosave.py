"""What a crash leaves is offered, and nothing is left behind by a proper end."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.files.recovery import read_copy
from optlab.session.edits import model_edits
from optlab.session.experiment import Experiment, Surface
from optlab.ui.shell.app import Laboratory
from optlab.ui.shell.autosave import RecoveryOffer
from tests.patience import PATIENCE

CRASH = """
import os, sys
from pathlib import Path
from optlab.session.experiment import Experiment, Surface
from optlab.files.recovery import RecoveryFiles
path = Path(sys.argv[2]) if sys.argv[2] else None
document = Experiment(title=sys.argv[3], surface=Surface(formula="w1^2 + 5 w2^2"))
RecoveryFiles(Path(sys.argv[1])).keep(document, path)
os.kill(os.getpid(), 9)
"""

WINDOW = """
import os, sys
from PySide6.QtCore import QSettings, QTimer
from optlab.session.edits import model_edits
from optlab.files.experiment_files import load_experiment, shipped_experiment
from optlab.ui.shell import autosave
from optlab.ui.shell.app import Laboratory, make_application
autosave.INTERVAL = 20
application = make_application(["optlab"])
document = load_experiment(shipped_experiment("three_ways_down"))
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
laboratory = Laboratory(document, settings)
laboratory.start()
laboratory.session.propose(model_edits.type_formula(document, "w1^2 + 7 w2^2"))

def die():
    if laboratory.autosave.files.newest.exists():
        os.kill(os.getpid(), 9)

timer = QTimer(interval=20)
timer.timeout.connect(die)
timer.start()
application.exec()
"""


def crash(state: Path, title: str = "Lost work", path: str = "") -> None:
    done = subprocess.run([sys.executable, "-c", CRASH, str(state), path, title], check=False)
    assert done.returncode == -9


def change(lab) -> None:
    lab.session.propose(model_edits.type_formula(lab.session.document, "w1^2 + 2 w2^2"))


def offer(lab) -> RecoveryOffer:
    """The offer as it is made at the next start."""
    lab.recovery.close()
    lab.recovery = RecoveryOffer(lab.window, lab.commands.documents, lab.autosave, lab.status.say)
    return lab.recovery


def button(made: RecoveryOffer, text: str):
    assert made.bar is not None
    return next(button for button in made.bar.buttons() if button.text() == text)


def test_a_change_is_kept_after_a_while_and_gone_when_saved(lab, tmp_path, wait):
    lab.autosave._wait.setInterval(20)
    change(lab)
    assert wait(lambda: lab.autosave.files.newest.exists())
    assert read_copy(lab.autosave.files.newest).document == lab.session.document
    assert lab.commands.save_file(tmp_path / "own.optlab")
    assert wait(lambda: not lab.autosave.files.newest.exists())


def test_many_changes_are_one_copy(lab, monkeypatch, wait):
    kept = []
    monkeypatch.setattr(lab.autosave.files, "keep", lambda document, path: kept.append(document))
    lab.autosave._wait.setInterval(60)
    for number in range(10):
        lab.session.propose(model_edits.type_formula(lab.session.document, f"w1^2 + {number}"))
    assert wait(lambda: kept)
    QTest.qWait(100)
    assert kept == [lab.session.document]


def test_a_proper_end_leaves_nothing(lab, state, wait):
    change(lab)
    lab.autosave.keep()
    assert wait(lambda: lab.autosave.files.newest.exists())
    lab.window.close()
    assert list(state.iterdir()) == []


def test_a_cancelled_end_keeps_the_copy(lab, wait):
    from optlab.ui.dialogs.file_dialogs import Answer

    change(lab)
    lab.autosave.keep()
    assert wait(lambda: lab.autosave.files.newest.exists())
    lab.commands.documents.ask.answer = Answer.CANCEL
    lab.window.close()
    assert lab.autosave.files.newest.exists()


def test_after_a_crash_the_work_is_offered_and_recovered(lab, state, tmp_path, wait):
    path = tmp_path / "own.optlab"
    save_experiment(Experiment(title="As it was"), path)
    crash(state, path=str(path))
    made = offer(lab)
    assert "“own”" in made.bar.text()
    assert wait(made.bar.isVisible)
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert lab.session.document.title == "Lost work"
    assert lab.commands.documents.unsaved
    assert lab.commands.documents.path == path
    assert load_experiment(path).title == "As it was"  # until a person saves
    assert made.bar is None
    # Nothing is lost between the old copy and the new one.
    (kept,) = state.glob("*.newest")
    assert kept == lab.autosave.files.newest
    assert read_copy(kept).document == lab.session.document


def test_discarding_deletes_the_copy(lab, state):
    crash(state)
    made = offer(lab)
    shown = lab.session.document
    QTest.mouseClick(button(made, "Discard"), Qt.MouseButton.LeftButton)
    assert made.bar is None
    assert list(state.iterdir()) == []
    assert lab.session.document == shown


def test_not_now_keeps_the_copy_for_the_next_start(lab, state):
    crash(state)
    made = offer(lab)
    QTest.mouseClick(made.bar.close_button(), Qt.MouseButton.LeftButton)
    assert made.bar is None
    assert offer(lab).bar is not None


def test_several_crashes_are_offered_one_after_the_other(lab, state):
    crash(state, "First")
    crash(state, "Second")
    made = offer(lab)
    assert "“Second”" in made.bar.text() and "(1 more)" in made.bar.text()
    QTest.mouseClick(button(made, "Discard"), Qt.MouseButton.LeftButton)
    assert "“First”" in made.bar.text()
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert lab.session.document.title == "First"


def test_keys_answer_too(lab, state):
    crash(state)
    made = offer(lab)
    recover = button(made, "Recover")
    recover.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(recover, Qt.Key.Key_Space)
    assert lab.session.document.title == "Lost work"
    assert not lab.session.playback.playing


def test_recovering_asks_for_what_is_open(lab, state):
    from optlab.ui.dialogs.file_dialogs import Answer

    crash(state)
    made = offer(lab)
    change(lab)
    before = lab.session.document
    lab.commands.documents.ask.answer = Answer.CANCEL
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert lab.session.document == before
    assert made.bar is not None


def test_a_damaged_copy_is_one_sentence(lab, state, warning):
    crash(state)
    (newest,) = state.glob("*.newest")
    newest.write_bytes(b"{")
    made = offer(lab)
    assert made.bar is None
    assert warning().startswith("A recovery copy was ignored")


def test_a_copy_that_cannot_be_shown_changes_nothing(lab, state, warning):
    crash(state)
    (newest,) = state.glob("*.newest")
    newest.write_bytes(newest.read_bytes().replace(b"w1^2 + 5 w2^2", b"import os 12345"))
    made = offer(lab)
    shown = lab.session.document
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert lab.session.document == shown and not lab.commands.documents.unsaved
    assert warning()


def test_a_folder_that_cannot_be_written_is_told_once(lab, state, warning, wait):
    state.parent.mkdir(parents=True)
    state.write_text("in the way")
    change(lab)
    lab.autosave.keep()
    assert wait(lambda: "No recovery copies can be kept" in warning())
    lab.status.say("")
    lab.autosave.keep()
    QTest.qWait(100)
    assert warning() == ""


def test_the_bar_is_no_part_of_the_saved_layout(lab, state, settings, wait):
    crash(state)
    made = offer(lab)
    assert wait(made.bar.isVisible)
    lab.commands.menus.actions["reset_layout"].trigger()
    QTest.qWait(50)
    assert made.bar.isVisible()
    lab.window.close()
    assert settings.value("window/state") is not None
    assert len(list(state.glob("*.newest"))) == 1


def test_the_whole_program_killed_and_started_again(app, settings, state, tmp_path, wait):
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, str(tmp_path / "other.ini")], check=False, timeout=PATIENCE
    )
    assert done.returncode == -9
    laboratory = Laboratory(Experiment(surface=Surface(formula="w1^2 + w2^2")), settings)
    laboratory.start()
    assert laboratory.recovery is not None and laboratory.recovery.bar is not None
    QTest.mouseClick(button(laboratory.recovery, "Recover"), Qt.MouseButton.LeftButton)
    assert laboratory.session.document.surface.formula == "w1^2 + 7 w2^2"
    laboratory.window.close()
    assert laboratory.bridge.close(PATIENCE)
    laboratory.window.deleteLater()
