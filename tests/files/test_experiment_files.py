"""Files are written whole or not at all, and read strictly."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from optlab.cli import main
from optlab.files.encoding import EncodingError, decode_experiment
from optlab.files.experiment_files import (
    DEFAULT_EXPERIMENT,
    MAX_FILE_SIZE,
    experiment_names,
    find_experiment,
    load_experiment,
    remarks,
    save_experiment,
    shipped_experiment,
)
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.experiment import Experiment, Run, Surface, Treatment
from optlab.session.resolve import resolve_strictly

RUN = Run(
    id="7",
    optimizer="adam",
    name="mine ½",
    parameters={"eta": 0.1 + 0.2, "beta1": 5e-324},
    options={"bias_correction": False, "epsilon_placement": "outside"},
    schedule="warmup:steps=20+cosine:T_max=680",
    treatment=Treatment(noise=0.5, clip_norm=1e300),
    start=(-0.0, 1e-17),
    color=3,
    style=2,
    visible=False,
)
EXPERIMENT = Experiment(
    title="ß → 日本",
    surface=Surface(formula="w1^2", window=((-1.0, 1.0), (0.1, 0.3))),
    runs=(RUN,),
    start=(1.5, -2.5),
    steps=0,
    seed=2**63 - 1,
    stop_gradient=1e-12,
)


def test_an_experiment_reads_back_equal(tmp_path: Path) -> None:
    file = tmp_path / "a.optlab"
    save_experiment(EXPERIMENT, file)
    assert load_experiment(file) == EXPERIMENT
    save_experiment(Experiment(), file)
    assert load_experiment(file) == Experiment()
    assert [path.name for path in tmp_path.iterdir()] == ["a.optlab"]


@pytest.mark.parametrize("name", experiment_names())
def test_shipped_experiments_can_be_run(name: str) -> None:
    experiment = load_experiment(shipped_experiment(name))
    assert experiment.title and experiment.story and experiment.runs
    assert set(resolve_strictly(experiment).specs) == {run.id for run in experiment.runs}


def test_the_default_experiment_is_shipped() -> None:
    assert DEFAULT_EXPERIMENT in experiment_names()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"steps": 1e999}',
        b'{"steps": NaN}',
        b'{"steps": 1.5}',
        b'{"steps": "1"}',
        b'{"runs": [{"optimizer": "gd"}]}',
        b'{"start": []}',
        b'{"start": [1, "2"]}',
        b'{"unknown": 1}',
        b'{"surface": {"window": [[0, 1], [0]]}}',
        b"[" * 200_000,
        b'{"title": ' + b"[" * 200_000,
    ],
    ids=lambda content: repr(content[:30]),
)
def test_what_is_no_experiment_is_refused(content: bytes) -> None:
    with pytest.raises(EncodingError, match="not a valid experiment"):
        decode_experiment(content)


def test_the_error_names_file_and_place(tmp_path: Path) -> None:
    file = tmp_path / "x.optlab"
    file.write_bytes(b'{"runs": [{"id": "1", "optimizer": "gd", "color": "red"}]}')
    with pytest.raises(FileProblemError) as caught:
        load_experiment(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert "$.runs[0].color" in caught.value.reason


def test_a_newer_file_is_refused_with_its_version() -> None:
    with pytest.raises(EncodingError, match="newer version"):
        decode_experiment(b'{"version": 2000, "unknown": 1}')


def test_a_huge_or_missing_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "huge"
    file.write_bytes(b" " * (MAX_FILE_SIZE + 1))
    with pytest.raises(FileProblemError, match="larger than"):
        load_experiment(file)
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(FileProblemError, match="cannot be read"):
            load_experiment(path)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")

    def fail(target: BinaryIO) -> None:
        target.write(b"part of the new")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_whole(file, fail)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_interruption_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(target: BinaryIO) -> None:
        target.write(b"part")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a", interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_new_file_is_complete_before_it_has_its_name(tmp_path: Path) -> None:
    file = tmp_path / "a"

    def write(target: BinaryIO) -> None:
        target.write(b"new")
        assert not file.exists()

    write_whole(file, write)
    assert file.read_bytes() == b"new"


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", lambda file: file.write(b""))
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["none/a", "x" * 300, "folder"])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileProblemError, match="cannot be written"):
        write_whole(tmp_path / name, lambda file: file.write(b""))
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_folder_does_not_hide_a_shipped_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / DEFAULT_EXPERIMENT).mkdir()
    assert find_experiment(DEFAULT_EXPERIMENT) == shipped_experiment(DEFAULT_EXPERIMENT)
    (tmp_path / "other").mkdir()
    with pytest.raises(FileProblemError, match="not a file"):
        find_experiment("other")
    (tmp_path / DEFAULT_EXPERIMENT).rmdir()
    (tmp_path / DEFAULT_EXPERIMENT).write_text("{}", "utf-8")
    assert find_experiment(DEFAULT_EXPERIMENT) == Path(DEFAULT_EXPERIMENT)


def test_what_does_not_count_in_a_file_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    surface = Surface(problem="booth", formula="w1^2 + w2^2")
    runs = (Run(id="1", optimizer="gd", name="far", color=12, style=-1),)
    path = tmp_path / "a.optlab"
    save_experiment(Experiment(surface=surface, runs=runs, steps=2), path)
    assert main(["run", str(path), "--quiet"]) == 0
    assert not capsys.readouterr().err
    assert main(["run", str(path)]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"{path}: the surface has a formula, so its problem does not count",
        f"{path}: run 'far': color 12 is drawn as 4; there are 0 to 7",
        f"{path}: run 'far': style -1 is drawn as 3; there are 0 to 3",
    ]
    for name in experiment_names():
        assert not remarks(load_experiment(shipped_experiment(name)))
