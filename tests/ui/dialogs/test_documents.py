"""Nothing that a person did is lost without a question."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.session.edits import model_edits, run_edits
from optlab.session.experiment import Experiment, Surface
from optlab.ui.dialogs.file_dialogs import Answer, ask_unsaved


def change(program):
    session = program.session
    run = session.document.runs[0].id
    assert session.propose(run_edits.set_parameter(session.document, run, "eta", 0.33))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bowl.optlab"
    save_experiment(Experiment(title="A bowl", surface=Surface(formula="w1^2 + w2^2")), path)
    return path


def test_without_changes_nothing_is_asked(program, file):
    assert program.commands.open_file(file)
    assert program.commands.documents.ask.titles == []
    assert program.window.windowTitle() == "A bowl – OptLab"


def test_changes_are_marked_and_undo_takes_the_mark_back(program):
    change(program)
    assert "*" in program.window.windowTitle()
    QTest.keyClick(program.window.contour, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "*" not in program.window.windowTitle()


@pytest.mark.parametrize("way", ["open", "new", "shipped"])
def test_cancel_keeps_everything(program, file, way):
    change(program)
    before = program.session.document
    program.commands.documents.ask.answer = Answer.CANCEL
    documents = program.commands.documents
    ways = {
        "open": lambda: documents.open_file(file),
        "new": documents.new,
        "shipped": lambda: documents.open_shipped("three_ways_down"),
    }
    assert not ways[way]()
    assert program.session.document == before
    assert documents.ask.titles == [before.title]


def test_discard_opens_the_other(program, file):
    change(program)
    assert program.commands.open_file(file)
    assert program.session.document.title == "A bowl"
    assert program.commands.documents.path == file


def test_save_saves_first(program, file, tmp_path):
    own = tmp_path / "own.optlab"
    assert program.commands.save_file(own)
    change(program)
    changed = program.session.document
    program.commands.documents.ask.answer = Answer.SAVE
    assert program.commands.open_file(file)
    assert load_experiment(own) == changed


def test_a_save_that_fails_keeps_everything(program, file, tmp_path, warning):
    own = tmp_path / "gone" / "own.optlab"
    own.parent.mkdir()
    assert program.commands.save_file(own)
    own.unlink()
    own.parent.rmdir()
    change(program)
    program.commands.documents.ask.answer = Answer.SAVE
    assert not program.commands.open_file(file)
    assert "cannot be written" in warning()
    assert program.commands.documents.unsaved


def test_closing_asks_and_can_be_cancelled(program):
    change(program)
    program.commands.documents.ask.answer = Answer.CANCEL
    assert not program.window.close()
    assert program.window.isVisible()
    program.commands.documents.ask.answer = Answer.DISCARD
    assert program.window.close()
    assert len(program.commands.documents.ask.titles) == 2


@pytest.mark.parametrize("content", [b"", b"{}}", b'{"version": 99}', b'{"runs": 1}', b"\xff"])
def test_a_damaged_file_changes_nothing_and_is_never_overwritten(program, file, content, warning):
    assert program.commands.open_file(file)
    damaged = file.with_name("damaged.optlab")
    damaged.write_bytes(content)
    shown = program.session.document
    opens = program.commands.open_file(damaged)
    if content == b"{}}":
        assert not opens
    assert opens or str(damaged) in warning()
    if not opens:
        assert program.session.document == shown
        assert program.commands.documents.path == file
        change_surface(program)
        assert program.commands.documents.save()
        assert damaged.read_bytes() == content


def change_surface(program):
    program.session.propose(model_edits.type_formula(program.session.document, "w1^2 + 2 w2^2"))


def test_an_experiment_that_cannot_be_shown_changes_nothing(program, file, warning):
    shown = program.session.document
    save_experiment(Experiment(surface=Surface(problem="nowhere")), file)
    assert not program.commands.open_file(file)
    assert "nowhere" in warning()
    assert program.session.document == shown and not program.commands.documents.unsaved


@pytest.mark.parametrize(
    ("name", "answer"),
    [("Save", Answer.SAVE), ("Don’t save", Answer.DISCARD), ("Cancel", Answer.CANCEL)],
)
def test_the_question_itself(program, name, answer):
    seen = []

    def press():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text())
        button = next(b for b in box.buttons() if b.text().replace("&", "") == name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    QTimer.singleShot(50, press)
    assert ask_unsaved(program.window, "a <b> & c") is answer
    assert seen == ["Save changes to “a <b> & c”?"]


def test_escape_answers_cancel(program):
    QTimer.singleShot(
        50, lambda: QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape)
    )
    assert ask_unsaved(program.window, "x") is Answer.CANCEL
