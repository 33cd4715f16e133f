"""Whatever happens to a file: it is read, or refused with a sentence; never half of it counts."""

import errno
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optlab.files.encoding import EncodingError, decode_experiment, encode_experiment
from optlab.files.experiment_files import load_experiment, save_experiment
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.experiment import Experiment
from optlab.session.resolve import ExperimentError, resolve

GOLDEN = Path(__file__).with_name("golden") / "now" / "format-1-everything.optlab"
CONTENT = GOLDEN.read_bytes()


def read_or_refused(content: bytes) -> Experiment | None:
    """What a content is; a refusal has to be one readable sentence."""
    try:
        experiment = decode_experiment(content)
    except EncodingError as error:
        assert str(error).isprintable() and len(str(error)) < 400
        return None
    assert decode_experiment(encode_experiment(experiment)) == experiment
    try:
        resolve(experiment)
    except ExperimentError as error:
        assert str(error)
    return experiment


def test_no_beginning_of_a_file_is_taken_for_the_file() -> None:
    end = len(CONTENT.rstrip())
    for length in range(end):
        assert read_or_refused(CONTENT[:length]) is None, length
    assert read_or_refused(CONTENT[:end]) is not None


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(300):
        content = bytearray(CONTENT)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[place] = chance.randrange(256)
                case 1:
                    del content[place : place + chance.randint(1, 30)]
                case 2:
                    content[place:place] = content[place : place + chance.randint(1, 60)]
                case _:
                    content[place:place] = chance.choice([b"1e999", b"NaN", b"[", b"}", b'"', b"-"])
        read_or_refused(bytes(content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{\n  "steps": 5,\n  "seed": NaN\n}', r"\(line 3, column 11\)"),
        (b'{"start": [0, 1e999]}', "out of range"),
        (b'{"title": ' + b"[" * 40 + b"]" * 40 + b"}", "nested deeper than 32"),
        (b'{"title": ' + b"[" * 90_000, "recursion"),
        (b'{"version": 999}', "newer version"),
        (b'{"version": "1"}', r"\$.version"),
        (b'{"runs": [{"id": "1", "optimizer": "gd", "start": [1, "2"]}]}', r"\$.runs\[0\].start"),
    ],
)
def test_the_reason_says_what_and_where(content: bytes, reason: str) -> None:
    with pytest.raises(EncodingError, match=reason):
        decode_experiment(content)


# -- writing ---------------------------------------------------------------------------------------

OLD, NEW = Experiment(steps=1), Experiment(steps=2)
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
REFUSED = PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def fails(error: OSError) -> Callable[..., Any]:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


class FullDisk:
    """A file that takes a few bytes and then no more, as a full disk does."""

    def __init__(self, handle: int, mode: str) -> None:
        self._file = open(handle, mode)  # noqa: SIM115  (closed by the with statement below)

    def __enter__(self) -> "FullDisk":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, content: bytes) -> None:
        self._file.write(content[:7])
        raise FULL


@pytest.mark.parametrize(
    ("step", "double"),
    [
        ("os.open", fails(REFUSED)),
        ("os.open", fails(FULL)),
        ("os.fdopen", FullDisk),
        ("os.fsync", fails(FULL)),
        ("os.fsync", fails(OSError(errno.EIO, os.strerror(errno.EIO)))),
        ("os.replace", fails(REFUSED)),
        ("os.replace", fails(FULL)),
    ],
)
def test_a_write_that_fails_at_any_step_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, double: Callable[..., Any]
) -> None:
    file = tmp_path / "a.optlab"
    save_experiment(OLD, file)
    with monkeypatch.context() as patched:
        patched.setattr(step, double)
        with pytest.raises(FileProblemError, match="cannot be written: "):
            save_experiment(NEW, file)
    assert load_experiment(file) == OLD
    assert list(tmp_path.iterdir()) == [file]


def test_permissions_that_cannot_be_set_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "chmod", fails(REFUSED))
    save_experiment(NEW, tmp_path / "a")
    assert load_experiment(tmp_path / "a") == NEW


def test_a_document_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.optlab"
    save_experiment(OLD, file)
    with pytest.raises(FileProblemError, match="cannot be written"):
        save_experiment(Experiment(stop_gradient=float("inf")), file)
    assert load_experiment(file) == OLD


KILLED = """
import os, signal, sys
from pathlib import Path
from optlab.session.experiment import Experiment
from optlab.files import temp_files
from optlab.files.experiment_files import save_experiment

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

step, target = sys.argv[1:]
if step == "writing":
    temp_files.write_whole(Path(target), lambda file: (file.write(b"{"), file.flush(), die()))
elif step == "settled":
    temp_files._settle_folder = die
else:
    setattr(os, step, die)
save_experiment(Experiment(steps=2), Path(target))
"""


@pytest.mark.parametrize(
    ("step", "left"),
    [("fdopen", OLD), ("writing", OLD), ("fsync", OLD), ("replace", OLD), ("settled", NEW)],
)
def test_a_program_killed_while_writing_leaves_the_old_or_the_new_file(
    tmp_path: Path, step: str, left: Experiment
) -> None:
    file = tmp_path / "a.optlab"
    save_experiment(OLD, file)
    done = subprocess.run([sys.executable, "-c", KILLED, step, str(file)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert load_experiment(file) == left
    save_experiment(NEW, file)
    assert load_experiment(file) == NEW


# -- what was there before -------------------------------------------------------------------------


def test_the_old_files_permissions_stay(tmp_path: Path) -> None:
    file = tmp_path / "a"
    save_experiment(OLD, file)
    file.chmod(0o600)
    save_experiment(NEW, file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    save_experiment(OLD, tmp_path / "folder" / "a")
    (tmp_path / "link").symlink_to(Path("folder") / "a")
    save_experiment(NEW, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert load_experiment(tmp_path / "folder" / "a") == NEW


def test_a_file_that_may_not_be_written_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_experiment(OLD, tmp_path / "a")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FileProblemError, match="Permission denied"):
        save_experiment(NEW, tmp_path / "a")
    assert load_experiment(tmp_path / "a") == OLD


def test_a_name_as_long_as_the_file_system_allows_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("n" * 255), lambda file: file.write(b"x"))
    (written,) = tmp_path.iterdir()
    assert written.read_bytes() == b"x"
