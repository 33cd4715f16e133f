"""Experiments inside pictures and pages."""

import contextlib
import io
import random
from pathlib import Path

import pypdf
import pytest
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from optlab.files.embedded_experiment import (
    EXPERIMENT_KEY,
    NothingInsideError,
    experiment_inside,
    is_carrier,
    pdf_with,
    script_with,
    svg_with,
)
from optlab.files.encoding import encode_experiment, experiment_line
from optlab.files.experiment_files import load_experiment
from optlab.files.temp_files import FileProblemError
from optlab.session.experiment import Experiment, Run, Surface

EXPERIMENT = Experiment(
    title="½ </script><b>日本</b> & more",
    surface=Surface(formula="w1^2 < 3"),
    runs=(Run(id="1", optimizer="gd"),),
)


def png(*texts: tuple[str, str]) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, text in texts:
        info.add_text(key, text)
    file = io.BytesIO()
    Image.new("RGB", (40, 30)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


WITH = png(("Title", "t"), (EXPERIMENT_KEY, experiment_line(EXPERIMENT)), ("More", "m"))
PAGE = f"<!DOCTYPE html>\n<html>{script_with(experiment_line(EXPERIMENT))}</html>".encode()


def plain_pdf() -> bytes:
    file = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(file, format="pdf", metadata={"CreationDate": None})
    return file.getvalue()


PLAIN = plain_pdf()
PAPER = pdf_with(PLAIN, experiment_line(EXPERIMENT))
BARE = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">\n<text>a</text>\n</svg>\n'
VECTORS = svg_with(BARE, experiment_line(EXPERIMENT)).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", WITH), ("a.html", PAGE), ("a.pdf", PAPER), ("a.svg", VECTORS)],
)
def test_a_carrier_opens_as_its_experiment(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert load_experiment(file) == EXPERIMENT
    assert is_carrier(file)


def test_an_experiment_file_is_no_carrier(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(encode_experiment(EXPERIMENT))
    assert load_experiment(file) == EXPERIMENT
    assert not is_carrier(file)
    assert not is_carrier(tmp_path / "none")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (png(), "this picture carries no experiment"),
        (png(("OptLab experimen", "{}")), "this picture carries no experiment"),
        (png((EXPERIMENT_KEY, '{"stepps": 1}')), "stepps"),
        (WITH.replace(b'"gd"', b'"ad"'), "the experiment in this picture is damaged"),
        (b"<!doctype html><p>hello", "this page carries no experiment"),
        (PAGE.partition(b"</script>")[0], "this page carries no experiment"),
        (PAGE.replace(b'"runs"', b'"rums"'), "rums"),
        (BARE.encode(), "this picture carries no experiment"),
        (VECTORS.replace(b"</metadata>", b""), "this picture carries no experiment"),
        (VECTORS.replace(b'"runs"', b'"rums"'), "rums"),
        (PLAIN, "this document carries no experiment"),
        (PAPER.replace(b'"runs"', b'"rums"'), "rums"),
        (PAPER.replace(b'"gd"', b'"adagrad"'), "the experiment in this document is damaged"),
        (PAPER.replace(b"/Length", b"/Width"), "this document carries no experiment"),
    ],
)
def test_a_carrier_without_one_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "a"
    file.write_bytes(content)
    with pytest.raises(FileProblemError, match=reason):
        load_experiment(file)


def test_no_beginning_of_a_picture_is_trusted() -> None:
    for whole, least in ((WITH, 8), (PAPER, len(PLAIN)), (VECTORS, 60)):
        for length in range(least, len(whole)):
            try:
                content = experiment_inside(io.BytesIO(whole[:length]))
            except NothingInsideError:
                continue
            assert content == experiment_line(EXPERIMENT).encode()


@pytest.mark.parametrize("whole", [WITH, PAGE, PAPER, VECTORS], ids=["png", "html", "pdf", "svg"])
def test_a_damaged_carrier_is_read_or_refused(whole: bytes, tmp_path: Path) -> None:
    chance = random.Random(1)
    file = tmp_path / "a"
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(content))
            if chance.random() < 0.5:
                content[place] = chance.randrange(256)
            else:
                del content[place : place + chance.randint(1, 40)]
        file.write_bytes(content)
        with contextlib.suppress(FileProblemError):
            load_experiment(file)


def test_other_readers_see_what_is_attached() -> None:
    reader = pypdf.PdfReader(io.BytesIO(PAPER), strict=True)
    assert reader.attachments == {"experiment.optlab": [experiment_line(EXPERIMENT).encode()]}
    assert len(reader.pages) == 1 and PAPER.startswith(PLAIN.rstrip())


def test_chunks_of_any_length_do_not_cost_memory() -> None:
    huge = WITH[:8] + b"\xff\xff\xff\xfftEXt" + WITH[16:]
    with pytest.raises(NothingInsideError):
        experiment_inside(io.BytesIO(huge))
