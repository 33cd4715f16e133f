"""What pictures and films of the window show: asked in a dialog, made as on the command line."""

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

from optlab.cli import main
from optlab.figures import Film, PictureOptions
from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.ui.dialogs.exporting import picture_views
from optlab.ui.dialogs.picture_dialog import Asked, PictureDialog

VIEWS = (("sheet", "Sheet", ""), ("worksheet", "Worksheet", ""), ("loss", "Loss", ""))
RUNS = (("1", "Adam", ""), ("2", "Momentum", ""))


def warning(lab):
    return lab.window.status._warning.text()


@pytest.fixture
def exporter(lab):
    return lab.laboratory.commands._exporter


def answer(monkeypatch, path, change):
    """Answers the next dialog by ``change`` and its button, and the one for a file name."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    def press():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, PictureDialog):
            QTimer.singleShot(20, press)
            return
        change(dialog)
        dialog._go.click()

    QTimer.singleShot(0, press)


def test_a_picture_is_what_was_chosen(lab, exporter, tmp_path, monkeypatch):
    def change(dialog):
        dialog._view.set_key("worksheet")
        dialog._run.set_key("2")
        dialog._step.setText("7")
        dialog._size.set_key("page")
        dialog._dpi.setText("50")

    answer(monkeypatch, tmp_path / "a.png", change)
    lab.laboratory.commands._export_image()
    lab.until(lambda: "written" in warning(lab), seconds=60)
    with Image.open(tmp_path / "a.png") as image:
        assert image.width == 340
    assert load_experiment(tmp_path / "a.png") == lab.session.document
    again = exporter._asked.options
    assert (again.view, again.of, again.step, again.dpi) == ("worksheet", "2", 7, 50)


def test_the_sheet_has_the_curves_of_the_window(lab, tmp_path, monkeypatch):
    def change(dialog):
        dialog._view.set_key("sheet")
        dialog._panes.set_key("shown")

    answer(monkeypatch, tmp_path / "a.svg", change)
    lab.laboratory.commands._export_image()
    lab.until(lambda: "written" in warning(lab), seconds=60)
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert "learning rate" in text and "first moment, Adam" in text


def test_the_height_limit_is_that_of_the_picture_alone(lab, tmp_path, monkeypatch):
    before = lab.session.document

    def change(dialog):
        dialog._view.set_key("contour")
        dialog._size.set_key("column")
        dialog._limit.setText("100")

    answer(monkeypatch, tmp_path / "a.png", change)
    lab.laboratory.commands._export_image()
    lab.until(lambda: "written" in warning(lab), seconds=60)
    assert load_experiment(tmp_path / "a.png").shown.height_limit == 100.0
    assert lab.session.document == before


def test_a_film_is_what_was_chosen(lab, tmp_path, monkeypatch):
    def change(dialog):
        dialog._view.set_key("loss")
        dialog._size.set_key("column")
        for field, text in ((dialog._rate, "5"), (dialog._stride, "50"), (dialog._width, "200")):
            field.setText(text)

    answer(monkeypatch, tmp_path / "a.gif", change)
    lab.laboratory.commands._export_animation()
    lab.until(lambda: "written" in warning(lab), seconds=60)
    with Image.open(tmp_path / "a.gif") as film:
        assert (film.n_frames, film.width, film.info["duration"]) == (5, 200, 200)


def test_a_film_has_the_curves_and_the_steps_that_were_chosen(lab, exporter, monkeypatch):
    asked, made = [], []
    name = lambda _parent, _title, proposed, _kinds: asked.append(proposed) or ("a.gif", "")  # noqa: E731
    monkeypatch.setattr(exporter, "animation", lambda _path, film, view: made.append(film))

    def change(dialog):
        dialog._view.set_key("sheet")
        dialog._panes.set_key("shown")
        dialog._begin.setText("10")
        dialog._end.setText("30")

    answer(monkeypatch, "a.gif", change)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    lab.laboratory.commands._export_animation()
    assert made[0].span == (10, 30) and len(made[0].panes) > 1
    assert asked == ["himmelblau-three-ways-down.gif"]


def test_window_and_command_line_give_the_same_bytes(lab, exporter, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_experiment(lab.session.document, tmp_path / "a.optlab")
    film = Film(size="column", width=160, stride=100)
    for write, name in (
        (exporter.csv, "w.csv"),
        (exporter.csv, "w.npz"),
        (exporter.report, "w.pdf"),
        (exporter.report, "w.html"),
        (lambda path: exporter.image(path, PictureOptions("contour", "column")), "w.png"),
        (lambda path: exporter.animation(path, film), "w.gif"),
    ):
        write(tmp_path / name)
        lab.until(lambda: not exporter._desk.busy("export"), seconds=60)
    size = ("--size", "column")
    options = ("--csv", "c.csv", "--npz", "c.npz", "--image", "c.png", "--view", "contour", *size)
    assert main(["run", "a.optlab", *options, "--quiet"]) == 0
    film = ("--animation", "c.gif", "--width", "160", "--stride", "100", *size)
    assert main(["run", "a.optlab", "--report", "c.pdf", *film, "--quiet"]) == 0
    assert main(["run", "a.optlab", "--report", "c.html", "--quiet"]) == 0
    written = sorted(path.name[1:] for path in tmp_path.glob("w*"))
    assert len(written) == 8
    for name in written:
        assert (tmp_path / f"w{name}").read_bytes() == (tmp_path / f"c{name}").read_bytes(), name


def test_a_film_can_be_stopped(lab, exporter, tmp_path):
    exporter.animation(tmp_path / "a.gif", Film(width=2000))
    exporter.cancel()
    lab.until(lambda: not exporter._desk.busy("export"), seconds=60)
    assert list(tmp_path.iterdir()) == []


def test_without_ffmpeg_a_sentence_is_shown(lab, exporter, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    exporter.animation(tmp_path / "a.mp4", Film(width=160, stride=100))
    lab.until(lambda: "needs ffmpeg" in warning(lab), seconds=60)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_when_nobody_wants_it(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked"))
    monkeypatch.setattr(PictureDialog, "exec", lambda _: PictureDialog.DialogCode.Rejected)
    lab.laboratory.commands._export_image()
    lab.laboratory.commands._export_animation()


def test_views_are_those_of_the_experiment(lab):
    keys = [key for key, _, _ in picture_views(lab.session, moving=False)]
    assert {"sheet", "contour", "surface", "worksheet", "loss", "memory:1", "rule:m_hat"} <= set(
        keys
    )
    moving = [key for key, _, _ in picture_views(lab.session, moving=True)]
    assert set(moving) < set(keys) and not {"surface", "worksheet", "memory:1"} & set(moving)


@pytest.mark.parametrize("moving", [False, True])
def test_a_number_out_of_its_range_keeps_the_dialog_open(lab, moving):
    dialog = PictureDialog(VIEWS, RUNS, Asked(Film()), 200, moving=moving)
    dialog.show()
    field = dialog._width if moving else dialog._dpi
    field.setText("5")
    dialog._accept()
    assert dialog.isVisible() and "from" in dialog._warning.text()
    field.setText("300")
    dialog._accept()
    assert not dialog.isVisible()


def test_only_what_matters_is_asked(lab):
    dialog = PictureDialog(
        VIEWS, RUNS, Asked(Film("worksheet", of="2", step=500)), 200, moving=False
    )
    dialog.show()
    shown = [w for w in (dialog._run, dialog._step, dialog._size, dialog._dpi) if w.isVisible()]
    assert len(shown) == 4 and not dialog._panes.isVisible() and not dialog._rate.isVisible()
    assert dialog.asked().options.step == 200 and dialog.asked().options.of == "2"
