"""Options of the view: pictures follow them, and the experiment carries them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optlab.cli import main
from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.session.view import CameraView, View

RUN = ["run", "--problem", "rosenbrock", "--optimizer", "adam", "--steps", "30", "--quiet"]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.int16)


@pytest.mark.parametrize(
    ("view", "options"),
    [
        ("contour", ["--color-map", "viridis"]),
        ("contour", ["--levels", "6"]),
        ("contour", ["--level-scale", "linear"]),
        ("contour", ["--without", "lines,minima"]),
        ("surface", ["--camera", "-60,70"]),
        ("surface", ["--camera=10,20,0.5"]),
        ("surface", ["--height", "linear"]),
        ("surface", ["--exaggeration", "0.5"]),
        ("surface", ["--color-map", "magma"]),
        ("surface", ["--height-limit", "50"]),
        ("contour", ["--style", "dark"]),
        ("sheet", ["--no-title"]),
        ("contour", ["--no-runs"]),
    ],
    ids=lambda part: part if isinstance(part, str) else part[0],
)
def test_each_option_changes_the_picture(
    view: str, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rest = ["--view", view, "--size", "column", "--dpi", "60"]
    assert main([*RUN, *rest, "--image", "plain.png"]) == 0
    assert main([*RUN, *rest, *options, "--image", "other.png"]) == 0
    assert not np.array_equal(pixels(Path("plain.png")), pixels(Path("other.png")))


def test_the_picture_carries_its_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--color-map", "cividis", "--levels", "9", "--camera", "-20,50"]
    assert main([*RUN, *options, "--image", "seen.png", "--dpi", "60"]) == 0
    view = load_experiment(Path("seen.png")).view
    assert view == View(
        color_map="cividis", levels=9, camera=CameraView(azimuth=-20.0, elevation=50.0)
    )
    # The picture, opened again, gives the same picture.
    assert main(["run", "seen.png", "--quiet", "--image", "again.png", "--dpi", "60"]) == 0
    assert not (pixels(Path("seen.png")) != pixels(Path("again.png"))).any()


def test_a_file_that_names_its_panes_has_them_on_its_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*RUN, "--image", "plain.png"]) == 0
    document = load_experiment(Path("plain.png"))
    import msgspec

    shown = View(panes=("loss", "memory:1", "nothing"))
    save_experiment(msgspec.structs.replace(document, view=shown), Path("seen.optlab"))
    assert main(["run", "seen.optlab", "--quiet", "--image", "two.svg"]) == 0
    assert "first moment" in Path("two.svg").read_text("utf-8")
    assert main(["run", "seen.optlab", "--quiet", "--panes", "loss", "--image", "one.svg"]) == 0
    assert "first moment" not in Path("one.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--color-map", "jet"], "--color-map: invalid enum value 'jet'"),
        (["--levels", "1"], "--levels: expected `int` >= 2"),
        (["--level-scale", "cubic"], "--level-scale: invalid enum value"),
        (["--camera", "1"], "--camera: needs azimuth and elevation"),
        (["--camera", "1,99"], "--camera: expected `float` <= 88.0"),
        (["--without", "paths"], "--without: knows lines and minima, not 'paths'"),
        (["--exaggeration", "9"], "--exaggeration: expected `float` <= 5.0"),
    ],
)
def test_wrong_views_are_one_line(
    options: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*RUN, *options, "--image", "never.png"]) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_one_component_of_every_run_is_one_plot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "three_ways_down", "--quiet", "--view", "m1", "--image", "m1.svg"]) == 0
    text = Path("m1.svg").read_text("utf-8")
    assert "memory, every run" in text and "Adam" in text and "Momentum" in text
    assert main(["run", "three_ways_down", "--quiet", "--panes", "w1,s2", "--image", "w1.svg"]) == 0
    assert "weight, every run" in Path("w1.svg").read_text("utf-8")
