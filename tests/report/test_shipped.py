"""Every shipped experiment leaves as files, which readers that are not ours can read.

Formats, views and sizes take turns over the experiments.
"""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pypdf
import pytest
from fontTools import subset
from PIL import Image

import optlab
from optlab.api import Result
from optlab.figures import (
    Film,
    PictureOptions,
    draw_experiment,
    picture_bytes,
    save,
    save_experiment_animation,
)
from optlab.figures.layout import SIZES, VIEWS
from optlab.files.encoding import schema_file
from optlab.files.experiment_files import experiment_names, load_experiment
from optlab.report import report_bytes
from optlab.session.experiment import Experiment

NAMES = experiment_names()
EACH = pytest.mark.parametrize("name", NAMES)
SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = {"column": 3.4, "page": 6.8, "slide": 12.8}


@pytest.fixture(autouse=True, scope="module")
def light() -> Iterator[None]:
    """Less work for as many files: coarse shading, fonts without the tables that lay text out."""
    usual = subset.Options._drop_tables_default
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(save, "VECTOR_DPI", 50)
        patch.setattr(subset.Options, "_drop_tables_default", [*usual, "GSUB", "GPOS", "GDEF"])
        yield


@lru_cache(maxsize=2)
def result(name: str, most: int = 40) -> Result:
    lab = optlab.load(name)
    return lab.change(steps=min(lab.document.steps, most)).run()


def carried(content: bytes, kind: str, folder: Path) -> Experiment:
    """What our own program finds in a file."""
    file = folder / f"carrier.{kind}"
    file.write_bytes(content)
    return load_experiment(file)


def words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@EACH
def test_pictures(name: str, tmp_path: Path) -> None:
    made, number = result(name), NAMES.index(name)
    # Every view and size has its turn.
    view, size = VIEWS[number % len(VIEWS)], SIZES[number // len(VIEWS) % len(SIZES)]
    figure = draw_experiment(made.study, PictureOptions(view, size))
    kind, width = ("png", "svg", "pdf", "svg")[number % 4], WIDTHS[size]
    content = picture_bytes(figure, kind, made.document, dpi=60)
    said = shown = next(run for run in made.values() if run.run.visible).name.split()[0]
    if kind == "png":
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            assert image.width == round(width * 60)
            assert len(image.convert("RGB").getcolors(1 << 20) or []) > 50
    elif kind == "svg":
        root = ElementTree.fromstring(content)
        assert root.tag == f"{SVG}svg"
        assert float(str(root.get("viewBox")).split()[2]) == pytest.approx(width * 72)
        said = " ".join(str(text.text) for text in root.iter(f"{SVG}text"))
    else:
        (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
        assert page.mediabox.width == pytest.approx(width * 72, abs=0.01)
        said = page.extract_text()
    assert shown in said
    assert carried(content, kind, tmp_path) == made.document


@EACH
def test_numbers(name: str, tmp_path: Path) -> None:
    made = result(name)
    for run, path in zip(made.values(), made.save_csv(tmp_path / "a.csv"), strict=True):
        frame = pd.read_csv(path)
        assert tuple(frame.columns) == run.columns and len(frame) == run.steps + 1
        for column in ("w1", "w2", "loss"):
            np.testing.assert_array_equal(frame[column], run[column])
        with path.open(newline="", encoding="utf-8") as file:
            assert {len(row) for row in csv.reader(file)} == {len(run.columns)}
    made.save_npz(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert len(archive.files) == 1 + sum(len(run.columns) for run in made.values())
        told = json.loads(str(archive["metadata"]))["experiment"]
    assert told["title"] == made.document.title


@EACH
def test_experiment_files(name: str, tmp_path: Path) -> None:
    import jsonschema

    optlab.load(name).save(tmp_path / "a.optlab")
    content = json.loads((tmp_path / "a.optlab").read_text("utf-8"))
    jsonschema.validate(content, json.loads(schema_file().read_text("utf-8")))
    assert load_experiment(tmp_path / "a.optlab") == optlab.load(name).document


@EACH
def test_films(name: str, tmp_path: Path) -> None:
    made = result(name)
    number = NAMES.index(name)
    view, kind = "contour" if number % 4 == 0 else "loss", ("gif", "webp", "apng")[number % 3]
    film = Film(view=view, size="column", width=160, stride=20)
    last = max((run.steps for run in made.values() if run.run.visible), default=0)
    save_experiment_animation(made.study, tmp_path / f"a.{kind}", film=film)
    with Image.open(tmp_path / f"a.{kind}") as frames:
        assert frames.n_frames == len(film.steps(last))  # type: ignore[attr-defined]
        assert frames.width == 160
        frames.seek(frames.n_frames - 1)  # type: ignore[attr-defined]
        frames.load()


class Text(HTMLParser):
    """The words of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(content.decode("utf-8"))

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@EACH
def test_reports(name: str, tmp_path: Path) -> None:
    made = result(name)
    kind = ("html", "pdf")[NAMES.index(name) % 2]
    content = report_bytes(made.study, f".{kind}")
    said = " ".join(Text(content).words) if kind == "html" else words(content)
    first = made.document.story.split(".")[0]
    for expected in (made.document.title, first, *(run.name for run in made.values())):
        assert " ".join(expected.split()) in said
    assert carried(content, kind, tmp_path) == made.document
