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


def change(program) -> None:
    program.session.propose(model_edits.type_formula(program.session.document, "w1^2 + 2 w2^2"))


def offer(program) -> RecoveryOffer:
    """The offer as it is made at the next start."""
    program.recovery.close()
    program.recovery = RecoveryOffer(
        program.window, program.commands.documents, program.autosave, program.status.say
    )
    return program.recovery


def button(made: RecoveryOffer, text: str):
    assert made.bar is not None
    return next(button for button in made.bar.buttons() if button.text() == text)


def test_a_change_is_kept_after_a_while_and_gone_when_saved(program, tmp_path, wait):
    program.autosave._wait.setInterval(20)
    change(program)
    assert wait(lambda: program.autosave.files.newest.exists())
    assert read_copy(program.autosave.files.newest).document == program.session.document
    assert program.commands.save_file(tmp_path / "own.optlab")
    assert wait(lambda: not program.autosave.files.newest.exists())


def test_many_changes_are_one_copy(program, monkeypatch, wait):
    kept = []
    monkeypatch.setattr(
        program.autosave.files, "keep", lambda document, path: kept.append(document)
    )
    program.autosave._wait.setInterval(60)
    for number in range(10):
        program.session.propose(
            model_edits.type_formula(program.session.document, f"w1^2 + {number}")
        )
    assert wait(lambda: kept)
    QTest.qWait(100)
    assert kept == [program.session.document]


def test_a_proper_end_leaves_nothing(program, state, wait):
    change(program)
    program.autosave.keep()
    assert wait(lambda: program.autosave.files.newest.exists())
    program.window.close()
    assert list(state.iterdir()) == []


def test_a_cancelled_end_keeps_the_copy(program, wait):
    from optlab.ui.dialogs.file_dialogs import Answer

    change(program)
    program.autosave.keep()
    assert wait(lambda: program.autosave.files.newest.exists())
    program.commands.documents.ask.answer = Answer.CANCEL
    program.window.close()
    assert program.autosave.files.newest.exists()


def test_after_a_crash_the_work_is_offered_and_recovered(program, state, tmp_path, wait):
    path = tmp_path / "own.optlab"
    save_experiment(Experiment(title="As it was"), path)
    crash(state, path=str(path))
    made = offer(program)
    assert "“own”" in made.bar.text()
    assert wait(made.bar.isVisible)
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert program.session.document.title == "Lost work"
    assert program.commands.documents.unsaved
    assert program.commands.documents.path == path
    assert load_experiment(path).title == "As it was"  # until a person saves
    assert made.bar is None
    # Nothing is lost between the old copy and the new one.
    (kept,) = state.glob("*.newest")
    assert kept == program.autosave.files.newest
    assert read_copy(kept).document == program.session.document


def test_discarding_deletes_the_copy(program, state):
    crash(state)
    made = offer(program)
    shown = program.session.document
    QTest.mouseClick(button(made, "Discard"), Qt.MouseButton.LeftButton)
    assert made.bar is None
    assert list(state.iterdir()) == []
    assert program.session.document == shown


def test_not_now_keeps_the_copy_for_the_next_start(program, state):
    crash(state)
    made = offer(program)
    QTest.mouseClick(made.bar.close_button, Qt.MouseButton.LeftButton)
    assert made.bar is None
    assert offer(program).bar is not None


def test_several_crashes_are_offered_one_after_the_other(program, state):
    crash(state, "First")
    crash(state, "Second")
    made = offer(program)
    assert "“Second”" in made.bar.text() and "(1 more)" in made.bar.text()
    QTest.mouseClick(button(made, "Discard"), Qt.MouseButton.LeftButton)
    assert "“First”" in made.bar.text()
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert program.session.document.title == "First"


def test_keys_answer_too(program, state):
    crash(state)
    made = offer(program)
    recover = button(made, "Recover")
    recover.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(recover, Qt.Key.Key_Space)
    assert program.session.document.title == "Lost work"
    assert not program.session.playback.playing


def test_recovering_asks_for_what_is_open(program, state):
    from optlab.ui.dialogs.file_dialogs import Answer

    crash(state)
    made = offer(program)
    change(program)
    before = program.session.document
    program.commands.documents.ask.answer = Answer.CANCEL
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert program.session.document == before
    assert made.bar is not None


def test_a_damaged_copy_is_one_sentence(program, state, warning):
    crash(state)
    (newest,) = state.glob("*.newest")
    newest.write_bytes(b"{")
    made = offer(program)
    assert made.bar is None
    assert warning().startswith("A recovery copy was ignored")


def test_a_copy_that_cannot_be_shown_changes_nothing(program, state, warning):
    crash(state)
    (newest,) = state.glob("*.newest")
    newest.write_bytes(newest.read_bytes().replace(b"w1^2 + 5 w2^2", b"import os 12345"))
    made = offer(program)
    shown = program.session.document
    QTest.mouseClick(button(made, "Recover"), Qt.MouseButton.LeftButton)
    assert program.session.document == shown and not program.commands.documents.unsaved
    assert warning()


def test_a_folder_that_cannot_be_written_is_told_once(program, state, warning, wait):
    state.parent.mkdir(parents=True)
    state.write_text("in the way")
    change(program)
    program.autosave.keep()
    assert wait(lambda: "No recovery copies can be kept" in warning())
    program.status.say("")
    program.autosave.keep()
    QTest.qWait(100)
    assert warning() == ""


def test_the_bar_is_no_part_of_the_saved_layout(program, state, settings, wait):
    crash(state)
    made = offer(program)
    assert wait(made.bar.isVisible)
    program.commands.menus.actions["reset_layout"].trigger()
    QTest.qWait(50)
    assert made.bar.isVisible()
    program.window.close()
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
