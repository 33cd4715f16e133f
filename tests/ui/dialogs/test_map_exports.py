"""Maps that leave the window: files as the command line writes them, and the clipboard."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from optlab.cli import main
from optlab.files.experiment_files import save_experiment
from optlab.session.experiment import change_run
from optlab.ui.dialogs import exporting as map_exports

LEFT = Qt.MouseButton.LeftButton


def warning(lab):
    return lab.window.status._warning.text()


@pytest.fixture
def maps(lab):
    for controller in lab.laboratory.maps:
        controller.resolution = 64
    yield lab.laboratory.maps
    lab.window.view_tabs.show_layout("Contour")


@pytest.fixture(params=["Basins", "Parameter map"])
def shown(lab, maps, request):
    controller = maps[request.param == "Parameter map"]
    lab.window.view_tabs.show_layout(request.param)
    lab.until(lambda: controller.result() is not None and lab.session.work is None, 60)
    return controller


def test_the_files_are_those_of_the_command_line(lab, shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kind = "basin" if shown.page is lab.window.basins else "sweep"
    files = ["--csv", "cli.csv", "--npz", "cli.npz", "--image", "cli.svg", "--json", "cli.json"]
    size = ["--resolution", "64", "--quiet"]
    save_experiment(lab.session.document, Path("seen.optlab"))
    assert main(["map", kind, "seen.optlab", *size, *files]) == 0
    for suffix in (".csv", ".npz", ".svg", ".json"):
        asked = []

        def answer(_parent, title, name, kinds, suffix=suffix, asked=asked):
            asked.append((title, name, kinds))
            return f"window{suffix}", ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
        lab.actions["export_map"].trigger()
        lab.until(lambda suffix=suffix: f"written: window{suffix}" in warning(lab), 60)
        assert Path(f"window{suffix}").read_bytes() == Path(f"cli{suffix}").read_bytes()
        assert asked[0][0] == "Export map" and f"*{suffix}" in asked[0][2]


def test_a_picture_shows_the_measure_and_carries_the_experiment(lab, maps, tmp_path, monkeypatch):
    controller = maps[1]
    lab.window.view_tabs.show_layout("Parameter map")
    lab.until(lambda: controller.result() is not None, 60)
    controller.page.measure_chosen.emit("steps")
    path = tmp_path / "steps.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    QTest.mouseClick(controller.page.export_button(), LEFT)
    lab.until(lambda: "written" in warning(lab), 60)
    with Image.open(path) as picture:
        assert picture.size == (3840, 2160)
    assert controller.result().work.measure == "steps"
    assert lab.laboratory.commands.open_file(path)
    controller.page.measure_chosen.emit("loss")


def test_copies(lab, shown, monkeypatch):
    clipboard = QApplication.clipboard()
    lab.actions["copy_picture"].trigger()
    picture, canvas = clipboard.image(), shown.page.canvas
    assert picture.height() == 2 * canvas.height() and picture.width() >= 2 * canvas.width()
    QTest.mouseClick(shown.page.copy_button, LEFT)
    lines = clipboard.text().splitlines()
    assert len(lines) == 64 * 64 + 1 and lines[0].startswith(shown.work.request.columns.name)
    assert "4,096 runs copied" in warning(lab)
    monkeypatch.setattr(map_exports, "MOST_ROWS", 1000)
    lab.actions["copy_data"].trigger()
    assert "4,096 rows are too many" in warning(lab)


def test_without_a_map_that_is_shown_there_is_nothing_to_export(lab, maps, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked"))
    assert not lab.actions["export_map"].isEnabled()
    lab.window.view_tabs.show_layout("Basins")
    assert lab.actions["export_map"].isEnabled()
    controller = maps[0]
    lab.until(lambda: controller.result() is not None, 60)
    # Another setting: what is shown is no longer what is asked for.
    lab.session.propose(change_run(lab.session.document, "1", parameters={"eta": 0.31}))
    assert controller.result() is None
    lab.actions["export_map"].trigger()
    assert "not complete" in warning(lab)
    lab.actions["copy_data"].trigger()
    assert "not complete" in warning(lab)
