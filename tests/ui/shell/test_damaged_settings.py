"""Settings that are damaged, old or strange never keep the program from starting."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtTest import QTest

from optlab.session.experiment import Experiment, Run, Surface
from optlab.ui.menus.dynamic_menus import PanelsMenu
from optlab.ui.shell.app import Laboratory
from tests.patience import PATIENCE

DOCUMENT = Experiment(
    surface=Surface(formula="w1^2 + w2^2"), runs=(Run(id="1", optimizer="gd"),), start=(1.0, 1.0)
)


@pytest.fixture
def start(app, state):
    made = []

    def begin(settings: QSettings) -> Laboratory:
        laboratory = Laboratory(DOCUMENT, settings)
        laboratory.window.resize(1280, 800)
        laboratory.start()
        QTest.qWait(50)
        made.append(laboratory)
        return laboratory

    yield begin
    for laboratory in made:
        laboratory.window.close()
        assert laboratory.bridge.close(PATIENCE)
        laboratory.window.deleteLater()


def ini(path: Path) -> QSettings:
    return QSettings(str(path), QSettings.Format.IniFormat)


@pytest.mark.parametrize(
    "values",
    [
        {"theme": 7, "window/geometry": "here", "window/state": 3.5, "recent_files": 4},
        {"theme": ["dark"], "window/geometry": QByteArray(b"\0" * 50)},
        {"window/state": QByteArray(b"\0\0\0\xff" * 40), "window/geometry": QByteArray(b"")},
        {"theme": None, "window/state": None},
        {"theme": "no such theme"},
    ],
)
def test_damaged_values_are_ignored(start, tmp_path, values):
    settings = ini(tmp_path / "s.ini")
    for name, value in values.items():
        settings.setValue(name, value)
    laboratory = start(settings)
    assert laboratory.window.isVisible()
    assert all(dock.isVisible() for dock in laboratory.window.docks)
    assert laboratory.commands.menus.actions["dark_theme"].isChecked()


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe garbage",
        b"[General]\ntheme=@Variant(\\0\\0\\0\\x7f)\n[window]\nstate=@ByteArray(\\x\n",
        b"[window\nstate=\ngeometry=@Rect(1 2)\n",
        b"=" * 5000,
    ],
)
def test_a_damaged_file_is_ignored(start, tmp_path, content, qt_messages):
    path = tmp_path / "s.ini"
    path.write_bytes(content)
    laboratory = start(ini(path))
    assert laboratory.window.isVisible()
    qt_messages.clear()  # Qt, too, says what it cannot read.


def test_theme_and_layout_come_back(start, tmp_path):
    path = tmp_path / "s.ini"
    first = start(ini(path))
    first.set_theme("light")
    first.window.docks[0].hide()
    first.window.close()
    second = start(ini(path))
    assert second.settings.value("theme") == "light"
    assert not second.window.docks[0].isVisible()


def test_a_layout_of_another_version_is_not_used(start, tmp_path):
    path = tmp_path / "s.ini"
    first = start(ini(path))
    first.window.docks[0].hide()
    settings = ini(path)
    settings.setValue("window/state", first.window.saveState(77))
    first.window.docks[0].show()
    settings.sync()
    second = start(ini(path))
    assert second.window.docks[0].isVisible()


def test_reset_brings_back_floating_closed_and_moved_docks(start, tmp_path):
    window = start(ini(tmp_path / "s.ini")).window
    areas = {dock.objectName(): window.dockWidgetArea(dock) for dock in window.docks}
    first, second, *_ = window.docks
    for change in ("close", "float", "float and close", "move", "tab", "again"):
        if change == "close":
            first.close()
        elif change == "float":
            first.setFloating(True)
            first.move(20, 20)
        elif change == "float and close":
            first.setFloating(True)
            first.close()
        elif change == "move":
            window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, first)
        elif change == "tab":
            window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, first)
            window.tabifyDockWidget(second, first)
        QTest.qWait(20)
        window.reset_layout()
        QTest.qWait(50)
        for dock in window.docks:
            assert dock.isVisible() and not dock.isFloating(), change
            assert window.dockWidgetArea(dock) == areas[dock.objectName()], change
        assert window.tabifiedDockWidgets(first) == []
        assert first.width() >= first.minimumSizeHint().width()


def test_a_window_from_a_screen_that_is_gone_is_on_the_screen(start, tmp_path):
    path = tmp_path / "s.ini"
    first = start(ini(path))
    first.window.move(5000, 4000)
    first.window.close()
    second = start(ini(path))
    screen = second.window.screen().availableGeometry()
    assert screen.intersects(second.window.frameGeometry())


def test_a_closed_panel_comes_back_from_the_menu(start, tmp_path):
    laboratory = start(ini(tmp_path / "s.ini"))
    dock = laboratory.window.docks[0]
    dock.close()
    panels = laboratory.window.findChild(PanelsMenu)
    (entry,) = [action for action in panels.actions() if action.text() == dock.windowTitle()]
    assert not entry.isChecked()
    entry.trigger()
    assert dock.isVisible()


def test_alt_goes_to_the_menus(start, tmp_path):
    window = start(ini(tmp_path / "s.ini")).window
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window.contour, Qt.Key.Key_Alt)
    assert window.menuBar().activeAction() is not None
    QTest.keyClick(window.menuBar(), Qt.Key.Key_Escape)
    assert window.menuBar().activeAction() is None
