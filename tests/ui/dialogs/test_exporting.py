"""Files written from the window."""

import csv
import threading
import time

import numpy as np
import pytest
from PIL import Image

from optlab.core.export import ExportCancelledError
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment


def warning(lab):
    return lab.window.status._warning.text()


@pytest.fixture
def exporter(lab):
    return lab.laboratory.commands._exporter


def test_csv_of_every_run(lab, exporter, tmp_path):
    exporter.csv(tmp_path / "walk.csv")
    lab.until(lambda: "written" in warning(lab))
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["walk-adam.csv", "walk-momentum.csv", "walk-rmsprop.csv"]
    with (tmp_path / "walk-adam.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    walk = lab.session.trajectories["1"]
    assert len(rows) == walk.rows
    assert [float(row["w1"]) for row in rows] == walk["w1"].tolist()
    assert np.allclose([float(row["m2"]) for row in rows[1:]], walk["m2"][1:], rtol=0, atol=0)


def test_a_folder_that_is_not_there_is_said(lab, exporter, tmp_path):
    exporter.csv(tmp_path / "nowhere" / "walk.csv")
    lab.until(lambda: "cannot be written" in warning(lab))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_an_image(lab, exporter, tmp_path, kind):
    path = tmp_path / f"walk.{kind}"
    exporter.image(path)
    lab.until(lambda: "written" in warning(lab), seconds=60)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    begin = path.read_bytes()[:5]
    if kind == "png":
        with Image.open(path) as picture:
            assert min(picture.size) > 300
    elif kind == "pdf":
        assert begin == b"%PDF-"
    else:
        assert b"<svg" in path.read_bytes()[:2000]


def test_an_archive_of_all_runs(lab, exporter, tmp_path):
    exporter.csv(tmp_path / "walk.npz")
    lab.until(lambda: "written" in warning(lab))
    with np.load(tmp_path / "walk.npz", allow_pickle=False) as archive:
        assert archive["adam.loss"].tolist() == lab.session.trajectories["1"].loss.tolist()


@pytest.mark.parametrize("kind", ["report", "lecture"])
def test_a_page_that_opens_again(lab, exporter, tmp_path, kind):
    path = tmp_path / "walk.html"
    getattr(exporter, kind)(path)
    lab.until(lambda: "written" in warning(lab), seconds=60)
    assert load_experiment(path) == lab.session.document
    commands = lab.laboratory.commands
    assert commands.open_file(path)
    assert commands.documents.path is None  # saving must not replace the page


def test_a_long_export_shows_how_far_it_is_and_can_be_stopped(lab, exporter, tmp_path, monkeypatch):
    began, status = threading.Event(), lab.window.status

    def slow(document, trajectories, path, control):
        while not control.cancelled():
            control.progress(3, 10)
            began.set()
            time.sleep(0.01)
        raise ExportCancelledError

    monkeypatch.setattr("optlab.ui.dialogs.exporting.export_csv", slow)
    exporter.csv(tmp_path / "walk.csv")
    lab.until(began.is_set)
    lab.until(lambda: "writing walk.csv 30" in status._timing.text())
    status.cancel_pressed.emit()
    lab.until(lambda: "export cancelled" in warning(lab))
    lab.until(lambda: "writing" not in status._timing.text())
    assert list(tmp_path.iterdir()) == []


def test_saving_and_opening_again(lab, tmp_path):
    commands = lab.laboratory.commands
    path = tmp_path / "mine.optlab"
    lab.window.runs.run_renamed.emit("1", "kept")
    assert lab.window.windowTitle().endswith("* – OptLab")
    assert commands.save_file(path)
    assert not lab.window.windowTitle().endswith("* – OptLab")
    assert load_experiment(path) == lab.session.document
    commands.documents.open_shipped(DEFAULT_EXPERIMENT)
    assert lab.session.document.run("1").name == "Adam"
    assert commands.open_file(path)
    assert lab.session.document.run("1").name == "kept"


def test_a_file_that_is_no_experiment_changes_nothing(lab, tmp_path):
    path = tmp_path / "broken.optlab"
    path.write_text('{"runs": [')
    document = lab.session.document
    assert not lab.laboratory.commands.open_file(path)
    assert lab.session.document is document
    assert "broken.optlab" in warning(lab)
