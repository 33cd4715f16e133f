"""The name of a file that is to be written: its ending, and what stands there already."""

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from optlab.ui.dialogs.file_dialogs import ask_file_name

KINDS = "PNG (*.png);;SVG (*.svg)"
BUTTONS = QMessageBox.StandardButton


@pytest.fixture
def ask(app, monkeypatch, tmp_path):
    """Asks where ``name`` is typed and ``kind`` chosen; ``pressed`` answers a question."""
    window = QWidget()

    def asked(name, kind="", pressed=None):
        typed = str(tmp_path / name) if name else ""
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (typed, kind))
        answer = (lambda _: pytest.fail("asked")) if pressed is None else lambda _: pressed
        monkeypatch.setattr(QMessageBox, "exec", answer)
        return ask_file_name(window, "Export", "a.png", KINDS)

    yield asked
    window.deleteLater()


def test_a_name_gets_the_ending_of_its_kind(ask, tmp_path):
    assert ask("") is None
    assert ask("a") == tmp_path / "a.png"
    assert ask("a", "SVG (*.svg)") == tmp_path / "a.svg"
    assert ask("a.pdf", "SVG (*.svg)") == tmp_path / "a.pdf"


def test_a_file_that_the_dialog_did_not_see_is_not_replaced_unasked(ask, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    assert ask("a.png") == tmp_path / "a.png", "the dialog has asked for this one"
    assert ask("a", pressed=BUTTONS.Cancel) is None
    assert ask("a", pressed=BUTTONS.Yes) == tmp_path / "a.png"
    assert ask("a", "SVG (*.svg)") == tmp_path / "a.svg"
