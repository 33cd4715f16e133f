"""Half-written files that a killed process left are swept, those of living ones are not."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from optlab.files import temp_files
from optlab.files.temp_files import (
    FileProblemError,
    drop_part,
    drop_parts,
    new_part,
    open_part,
    sweep_parts,
    write_whole,
)

LONG_AGO = time.time() - 24 * 3600

KILLED = """
import os, signal, sys
from pathlib import Path
from optlab.files.temp_files import write_whole
write_whole(Path(sys.argv[1]), lambda file: os.kill(os.getpid(), signal.SIGKILL))
"""

ENDED_AT_ONCE = """
import os, sys, threading
from pathlib import Path
from optlab.files.temp_files import write_whole
from optlab.files.temp_files import abandon_parts
writing = threading.Event()
def write(file):
    file.write(b"half")
    writing.set()
    threading.Event().wait()
file = Path(sys.argv[1])
threading.Thread(target=write_whole, args=(file, write), daemon=True).start()
writing.wait()
abandon_parts()
threading.Thread(target=write_whole, args=(file, write), daemon=True).start()
os._exit(3)
"""


def write(path: Path) -> None:
    write_whole(path, lambda file: file.write(b"new"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a signal")
def test_what_a_killed_process_left_goes_with_the_next_save(tmp_path: Path) -> None:
    file = tmp_path / "a.optlab"
    subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    (left,) = names(tmp_path)
    assert left.startswith(".a.optlab.") and left.endswith(".part")
    write(file)
    assert names(tmp_path) == [left, "a.optlab"]  # not yet old
    os.utime(tmp_path / left, (LONG_AGO, LONG_AGO))
    write(tmp_path / "b.optlab")
    assert left in names(tmp_path)  # not of that file
    write(file)
    assert names(tmp_path) == ["a.optlab", "b.optlab"]


def test_a_part_that_is_being_written_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.optlab"
    part = new_part(file)
    os.close(open_part(part))
    os.utime(part, (LONG_AGO, LONG_AGO))
    sweep_parts(file)
    assert part.exists()
    drop_part(part)
    assert not part.exists()


@pytest.mark.parametrize(
    ("process", "stays"), [("own", False), ("parent", True), ("9" * 30, False)]
)
def test_only_a_living_process_keeps_its_part(process: str, stays: bool, tmp_path: Path) -> None:
    number = {"own": os.getpid(), "parent": os.getppid()}.get(process, process)
    part = tmp_path / f".a.optlab.{number}-abcd1234.part"
    part.touch()
    os.utime(part, (LONG_AGO, LONG_AGO))
    sweep_parts(tmp_path / "a.optlab")
    assert part.exists() == stays


@pytest.mark.parametrize(
    "name",
    [
        *(".a.optlab.part", ".a.optlab.mine.part", "a.optlab.7-abcdefgh.part"),
        *(".a.optlab.abcdefgh.part", ".a.optlab.7-ABCDEFGH.part", ".a.optlab.7-abcdefgh"),
    ],
)
def test_files_of_other_names_stay(tmp_path: Path, name: str) -> None:
    other = tmp_path / name
    other.touch()
    os.utime(other, (LONG_AGO, LONG_AGO))
    write(tmp_path / "a.optlab")
    assert other.exists()


def test_what_is_no_file_stays(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.touch()
    os.utime(kept, (LONG_AGO, LONG_AGO))
    (tmp_path / ".a.optlab.7-abcdefgh.part").mkdir()
    (tmp_path / ".a.optlab.7-abcdefgi.part").symlink_to(kept)
    write(tmp_path / "a.optlab")
    assert len(names(tmp_path)) == 4


def test_a_process_that_ends_at_once_leaves_no_part(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    done = subprocess.run([sys.executable, "-c", ENDED_AT_ONCE, str(file)], check=False)
    assert done.returncode == 3
    assert names(tmp_path) == []


def test_a_folder_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    sweep_parts(tmp_path / "gone" / "a.optlab")
    with pytest.raises(FileProblemError):
        write(tmp_path / "gone" / "a.optlab")


class Signal(BaseException):
    """What the handler of a signal raises, wherever the program is."""


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # an ending process closes its files
def test_a_signal_at_any_line_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = {temp_files.__file__, temp_files.__file__}
    left = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        nonlocal left
        if frame.f_code.co_filename not in watched:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise Signal
        return trace

    before = sys.gettrace()
    for line in itertools.count(1):
        folder = tmp_path / f"{line}"
        folder.mkdir()
        left, stopped = line, False
        # A process that ends leaves no lock behind.
        monkeypatch.setattr(temp_files, "_making", threading.Lock())
        sys.settrace(trace)
        try:
            write(folder / "a.csv")
        except Signal:
            stopped = True
        finally:
            sys.settrace(before)
        drop_parts()
        assert set(names(folder)) <= {"a.csv"}, line
        if not stopped:
            break
    assert line > 30
    assert names(folder) == ["a.csv"]


def test_the_name_is_remembered_before_there_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.open

    def made_and_stopped(*arguments: Any) -> int:
        os.close(make(*arguments))
        raise Signal

    monkeypatch.setattr(temp_files.os, "open", made_and_stopped)
    with pytest.raises(Signal):
        write(tmp_path / "a.csv")
    monkeypatch.undo()
    assert names(tmp_path) == []
