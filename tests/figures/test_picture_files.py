"""Pictures as files: the same bytes, the experiment they carry, letters, dots."""

import base64
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from optlab.figures import EXPERIMENT_KEY, draw_experiment, picture_bytes
from optlab.figures.options import PictureOptions
from optlab.figures.save import save_experiment_figure
from optlab.session.experiment import Experiment
from tests.figures.conftest import Make
from tests.figures.test_pictures import default


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_experiment_gives_the_same_bytes(make: Make, kind: str) -> None:
    drawn = default(make)
    one, two = (picture_bytes(draw_experiment(drawn), kind, drawn.experiment) for _ in range(2))
    assert one == two
    assert len(one) > 20_000


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    code = "import sys, optlab; made = optlab.load('three_ways_down').run()"
    code += "; [made.save_image(f'{sys.argv[1]}.{kind}') for kind in ('png', 'svg', 'pdf')]"
    for name in ("a", "b"):
        subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], check=True)
    for kind in ("png", "svg", "pdf"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_a_png_carries_the_experiment(make: Make, tmp_path: Path) -> None:
    drawn = default(make)
    save_experiment_figure(drawn, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (3840, 2160)
        text = image.info[EXPERIMENT_KEY]
    assert msgspec.json.decode(text.encode(), type=Experiment) == drawn.experiment
    assert b"tEXtOptLab experiment" in (tmp_path / "a.png").read_bytes()


def test_a_name_outside_latin_stays_in_the_png(make: Make) -> None:
    drawn = make("w1^2", title="日本 ½", steps=1)
    content = picture_bytes(draw_experiment(drawn), "png", drawn.experiment, dpi=50)
    assert b"tEXtOptLab experiment" in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (640, 360)
        assert json.loads(image.info[EXPERIMENT_KEY])["title"] == "日本 ½"


def test_text_stays_text(make: Make) -> None:
    drawn = default(make)
    svg = picture_bytes(draw_experiment(drawn), "svg", drawn.experiment).decode()
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    for expected in ("w₁", "w₂", "step t", drawn.experiment.title, "start"):
        assert expected in texts
    assert all(run.name in texts for run in drawn.experiment.runs)
    assert "<dc:date>" not in svg
    pdf = picture_bytes(draw_experiment(drawn), "pdf", drawn.experiment)
    assert b"CreationDate" not in pdf and b"/FontFile2" in pdf and b"/Type3" not in pdf


def test_an_unknown_kind_is_refused(make: Make) -> None:
    drawn = make("w1", steps=1)
    with pytest.raises(ValueError, match="bmp"):
        picture_bytes(draw_experiment(drawn), "bmp", drawn.experiment)


def test_an_svg_has_the_letters_of_its_fonts_inside(make: Make) -> None:
    drawn = default(make)
    svg = picture_bytes(draw_experiment(drawn), "svg", drawn.experiment).decode()
    faces = re.findall(r"font-family:'([^']*)';font-weight:(\d+);[^}]*base64,([^)]*)\)", svg)
    assert {("Inter", "400"), ("Inter", "600")} <= {(family, weight) for family, weight, _ in faces}
    letters = set()
    for _, _, content in faces:
        with TTFont(io.BytesIO(base64.b64decode(content))) as font:
            assert font.flavor == "woff"
            letters |= set(font.getBestCmap())
    texts = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    assert {ord(letter) for letter in texts} <= letters
    assert len(letters) < 150, "only what is used"


def test_letters_of_an_svg_are_text_or_shapes(make: Make) -> None:
    drawn = make("w1^2 + w2^2", steps=3)
    figure = draw_experiment(drawn)
    text, shapes = (
        picture_bytes(figure, "svg", drawn.experiment, outlines=outlines).decode()
        for outlines in (False, True)
    )
    assert 'xml:space="preserve"' in text and "<text" in text and "@font-face" in text
    assert "<text" not in shapes and "@font-face" not in shapes


def test_a_picture_has_the_dots_that_journals_ask_for(make: Make, tmp_path: Path) -> None:
    save_experiment_figure(make("w1^2", steps=2), tmp_path / "a.png", PictureOptions(size="column"))
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB" and image.width == 1020
        assert round(image.info["dpi"][0]) == 300
