from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

import optlab
from optlab.files.embedded_experiment import CARRIERS
from optlab.files.experiment_files import save_experiment
from optlab.session.embedded.recordings import SUFFIXES
from optlab.session.experiment import Experiment, Surface


@pytest.fixture
def program(lab):
    """The window that the tests of this module share."""
    return lab.shared()


def drop(widget, *urls: QUrl, text: str = "") -> bool:
    """Drag something over a widget and let it go; says whether it was taken."""
    data = QMimeData()
    if urls:
        data.setUrls(urls)
    if text:
        data.setText(text)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    enter.setAccepted(False)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    let_go = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(widget, let_go)
    return let_go.isAccepted()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a bowl.optlab"
    save_experiment(Experiment(title="A bowl", surface=Surface(formula="w1^2 + w2^2")), path)
    return path


def test_an_experiment_opens(program, file):
    assert drop(program.window, QUrl.fromLocalFile(str(file)))
    assert program.session.document.title == "A bowl"
    assert program.commands.documents.path == file


@pytest.mark.parametrize("suffix", CARRIERS)
def test_what_carries_an_experiment_opens_and_stays_what_it_is(program, tmp_path, suffix):
    made = optlab.experiment("booth", title="Carried", steps=5).add("gd")
    path = tmp_path / f"carrier{suffix}"
    result = made.run()
    (result.save_report if suffix == ".html" else result.save_image)(path)
    assert drop(program.window, QUrl.fromLocalFile(str(path)))
    assert program.session.document == made.document
    assert program.commands.documents.path is None  # saving asks for another file
    program.commands.documents.new()
    path = path.rename(path.with_suffix(suffix.upper()))
    assert drop(program.window, QUrl.fromLocalFile(str(path)))
    assert program.session.document == made.document


@pytest.mark.parametrize("open_it", ["drop", "dialog"])
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("plain.png", None, "this picture carries no experiment"),
        ("page.html", b"<!DOCTYPE html><p>hello", "this page carries no experiment"),
        ("empty.png", b"", ""),
        ("text.pdf", b"not a PDF at all", ""),
    ],
)
def test_a_carrier_without_an_experiment_gets_one_sentence(
    program, tmp_path, warning, monkeypatch, open_it, name, content, reason
):
    path, before = tmp_path / name, program.session.document
    if content is None:
        Image.new("RGB", (8, 8)).save(path)
    else:
        path.write_bytes(content)
    if open_it == "drop":
        assert drop(program.window, QUrl.fromLocalFile(str(path)))
    else:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        program.commands.menus.actions["open"].trigger()
    assert name in warning() and reason in warning() and "\n" not in warning()
    assert program.session.document == before


def test_anything_else_gets_one_sentence(program, tmp_path, warning):
    before = program.session.document
    experiments = "experiments (*.optlab, *.png, *.svg, *.pdf, *.html)"
    recorded = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
    own = f"rules, surfaces and schedules (*.toml) and recordings ({recorded})"
    kinds = f"{experiments}, {own}"
    assert drop(program.window, QUrl.fromLocalFile(str(tmp_path / "notes.txt")))
    assert warning() == f"Only {kinds} can be opened, not notes.txt"
    assert drop(program.window, QUrl("https://example.org/x.optlab"))
    assert warning() == f"Only {kinds} can be opened, not x.optlab"
    assert program.session.document == before


def test_one_file_at_a_time(program, file, warning):
    url = QUrl.fromLocalFile(str(file))
    assert drop(program.window, url, url)
    assert warning() == "One experiment file at a time can be opened"


def test_text_is_not_for_the_window(program):
    assert not drop(program.window, text="w1^2")


def test_the_formula_field_takes_text_but_no_file(program, file):
    field = program.window.surface.formula_edit().field()
    before = field.toPlainText()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    assert not field.canInsertFromMimeData(data)
    data = QMimeData()
    data.setText("w1^2")
    assert field.canInsertFromMimeData(data)
    assert field.toPlainText() == before
