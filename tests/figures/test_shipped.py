"""Every shipped experiment leaves in every format, and readers that are not ours can read it."""

import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pandas as pd
import pypdf
import pytest
from PIL import Image

import optlab
from optlab.api import Result
from optlab.figures.layout import SIZES, VIEWS
from optlab.session.files import experiment_names, load_experiment

NAMES = experiment_names()
SVG = "{http://www.w3.org/2000/svg}"


def result(name: str, most: int = 40) -> Result:
    lab = optlab.load(name)
    return lab.change(steps=min(lab.document.steps, most)).run()


@pytest.mark.parametrize(("number", "name"), list(enumerate(NAMES)), ids=NAMES)
def test_pictures_are_read_by_others(number: int, name: str, tmp_path: Path) -> None:
    made = result(name)
    view, size = VIEWS[number % len(VIEWS)], SIZES[number // len(VIEWS) % len(SIZES)]
    kind = ("png", "svg", "pdf")[(number + number // 9) % 3]
    file = tmp_path / f"a.{kind}"
    made.save_image(file, view, size, dpi=60)
    width = {"column": 3.4, "page": 6.8, "slide": 12.8}[size]
    if kind == "png":
        with Image.open(file) as image:
            image.load()
            assert image.width == round(width * 60)
            assert len(image.convert("RGB").getcolors(1 << 20) or []) > 50
        assert load_experiment(file) == made.document
    elif kind == "svg":
        root = ElementTree.parse(file).getroot()
        assert root.tag == f"{SVG}svg"
        assert float(str(root.get("viewBox")).split()[2]) == pytest.approx(width * 72)
        texts = {text.text for text in root.iter(f"{SVG}text")}
        assert {"step t", "w₁"} & texts or any("update 1" in str(text) for text in texts)
    else:
        (page,) = pypdf.PdfReader(file).pages
        assert page.mediabox.width == pytest.approx(width * 72, abs=0.01)
        shown = next(run for run in made.values() if run.run.visible)
        assert load_experiment(file) == made.document
        assert shown.name.split()[0] in page.extract_text()


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_read_by_others(name: str, tmp_path: Path) -> None:
    made = result(name)
    for run, path in zip(made.values(), made.save_csv(tmp_path / "a.csv"), strict=True):
        frame = pd.read_csv(path)
        assert tuple(frame.columns) == run.columns and len(frame) == run.steps + 1
        for column in ("w1", "w2", "loss"):
            np.testing.assert_array_equal(frame[column], run[column])
    made.save_npz(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert len(archive.files) == 1 + sum(len(run.columns) for run in made.values())


@pytest.mark.parametrize(
    ("name", "kind"), [(NAMES[1], "gif"), (NAMES[7], "webp"), (NAMES[13], "png")]
)
def test_films_are_read_by_others(name: str, kind: str, tmp_path: Path) -> None:
    made = result(name, 6)
    made.save_animation(tmp_path / f"a.{kind}")
    last = max(run.steps for run in made.values())
    with Image.open(io.BytesIO((tmp_path / f"a.{kind}").read_bytes())) as film:
        assert film.n_frames == last + 1  # type: ignore[attr-defined]
        film.seek(last)
        film.load()
