"""Experiments inside pictures and pages."""

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from optlab.session.carriers import (
    EXPERIMENT_KEY,
    NothingInsideError,
    experiment_inside,
    is_carrier,
    script_with,
)
from optlab.session.encoding import encode_experiment, experiment_line
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.files import FileProblemError, load_experiment

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


@pytest.mark.parametrize(("name", "content"), [("a.png", WITH), ("a.html", PAGE)])
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
    ],
)
def test_a_carrier_without_one_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "a"
    file.write_bytes(content)
    with pytest.raises(FileProblemError, match=reason):
        load_experiment(file)


def test_no_beginning_of_a_picture_is_trusted() -> None:
    for length in range(8, len(WITH)):
        try:
            content = experiment_inside(io.BytesIO(WITH[:length]))
        except NothingInsideError:
            continue
        assert content == experiment_line(EXPERIMENT).encode()


def test_chunks_of_any_length_do_not_cost_memory() -> None:
    huge = WITH[:8] + b"\xff\xff\xff\xfftEXt" + WITH[16:]
    with pytest.raises(NothingInsideError):
        experiment_inside(io.BytesIO(huge))
