import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from optlab.session.edits import run_edits
from optlab.ui.menus.clipboard import picture_of

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def program(lab):
    """The window that the tests of this module share."""
    return lab.shared()


def test_the_map_is_copied_sharply(program, wait):
    assert wait(lambda: program.session.picture is not None)
    QTest.qWait(50)
    QTest.keyClick(program.window.contour, Qt.Key.Key_C, CTRL)
    image = QGuiApplication.clipboard().image()
    size = program.window.view_tabs.stage.size()
    assert image.width() >= 2 * size.width() and image.height() >= 2 * size.height()
    colors = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
    assert len(colors) > 50


def test_all_views_are_copied(program):
    program.commands.menus.actions["copy_window"].trigger()
    assert QGuiApplication.clipboard().image().width() >= 2 * program.window.width()


def test_in_a_text_field_ctrl_c_copies_text(program):
    field = program.window.surface.formula_edit().field()
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == field.toPlainText()


def test_the_rows_up_to_the_cursor_are_copied(program, warning):
    program.session.seek(7)
    QTest.keyClick(program.window.contour, Qt.Key.Key_C, CTRL | SHIFT)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("t,w1,w2,loss,g1,g2,eta")
    assert [line.split(",")[0] for line in lines[1:]] == [str(t) for t in range(8)]
    assert warning() == "Adam: steps 0 to 7 copied as CSV"


def test_without_a_run_there_is_nothing_to_copy(program, warning):
    for run in program.session.document.runs:
        program.session.propose(run_edits.remove_run(program.session.document, run.id))
    assert not program.commands.menus.actions["copy_data"].isEnabled()
    program.commands._copying.data()
    assert warning() == "There is no run with numbers to copy"


def test_a_picture_has_no_holes(program):
    image = picture_of(program.window.status)
    assert not image.hasAlphaChannel()


def test_what_is_shown_is_copied(program):
    program.window.view_tabs.show_layout("3D")
    QTest.qWait(200)
    program.commands.menus.actions["copy_picture"].trigger()
    in_space = QGuiApplication.clipboard().image()
    program.window.view_tabs.show_layout("Contour")
    QTest.qWait(200)
    program.commands.menus.actions["copy_picture"].trigger()
    assert QGuiApplication.clipboard().image() != in_space
