import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from optlab.files.recovery import RecoveryCopy, RecoveryFiles, find_offers, read_copy
from optlab.files.temp_files import FileProblemError
from optlab.session.experiment import Experiment, Run, Surface

EXPERIMENT = Experiment(
    title="Two hills",
    surface=Surface(formula="w1^2 + 3 w2^2"),
    runs=(Run(id="1", optimizer="adam", parameters={"eta": 0.25}),),
)

KEEP_AND_WAIT = """
import sys
from pathlib import Path
from optlab.session.experiment import Experiment, Surface
from optlab.files.recovery import RecoveryFiles
desk = RecoveryFiles(Path(sys.argv[1]))
file = Path("/home/me/work.optlab")
for steps in range(1, int(sys.argv[2]) + 1):
    desk.keep(Experiment(surface=Surface(formula="w1^2"), steps=steps), file)
print("kept", flush=True)
sys.stdin.read()
"""


def files(folder: Path) -> set[str]:
    return {path.suffix for path in folder.iterdir()}


def crash(folder: Path, changes: int = 2) -> None:
    """A program that keeps copies and is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEP_AND_WAIT, str(folder), str(changes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"kept\n"
        assert find_offers(folder) == ([], [])  # it is running: nothing to recover
        program.send_signal(signal.SIGKILL)


def test_nothing_is_written_before_there_is_something_to_keep(tmp_path: Path) -> None:
    desk = RecoveryFiles(tmp_path / "recovery")
    desk.clear()
    desk.close()
    assert not (tmp_path / "recovery").exists()


def test_a_copy_reads_back_and_the_one_before_stays(tmp_path: Path) -> None:
    desk = RecoveryFiles(tmp_path)
    desk.keep(EXPERIMENT, tmp_path / "a.optlab")
    second = msgspec.structs.replace(EXPERIMENT, steps=77)
    desk.keep(second)
    assert read_copy(desk.newest).document == second
    assert read_copy(desk.newest).path == ""
    assert read_copy(desk.older).document == EXPERIMENT
    assert read_copy(desk.older).path == str(tmp_path / "a.optlab")
    desk.clear()
    assert files(tmp_path) == {".lock"}
    desk.keep(EXPERIMENT)
    desk.close()
    assert files(tmp_path) == set()


def test_a_late_copy_after_the_end_is_not_written(tmp_path: Path) -> None:
    desk = RecoveryFiles(tmp_path)
    desk.keep(EXPERIMENT)
    desk.close()
    desk.keep(EXPERIMENT)
    assert list(tmp_path.iterdir()) == []


def test_two_programs_do_not_clash(tmp_path: Path) -> None:
    one, other = RecoveryFiles(tmp_path), RecoveryFiles(tmp_path)
    one.keep(EXPERIMENT)
    other.keep(msgspec.structs.replace(EXPERIMENT, steps=5))
    assert one.newest != other.newest
    assert find_offers(tmp_path) == ([], [])
    one.close()
    assert read_copy(other.newest).document.steps == 5
    other.close()


def test_what_a_killed_program_left_is_offered(tmp_path: Path) -> None:
    crash(tmp_path, 3)
    offers, sentences = find_offers(tmp_path)
    assert sentences == []
    (offer,) = offers
    assert offer.copy.document.steps == 3
    assert offer.title == "work"
    assert find_offers(tmp_path) == ([], [])  # nobody else gets it meanwhile
    offer.leave()
    ((again,), _) = find_offers(tmp_path)
    again.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_copy_gives_way_to_the_one_before(tmp_path: Path) -> None:
    crash(tmp_path, 3)
    (newest,) = tmp_path.glob("*.newest")
    newest.write_bytes(newest.read_bytes()[:-20])
    (offer,), (sentence,) = find_offers(tmp_path)
    assert offer.copy.document.steps == 2
    assert sentence.startswith("A recovery copy was ignored: not a recovery copy")
    offer.discard()
    assert files(tmp_path) == {".damaged"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"document": {"runs": 3}}',
        b'{"document": {}, "saved_at": 1e999}',
        b'{"document": {"steps": 1}, "more": 1}',
    ],
)
def test_damaged_copies_are_ignored_and_told_once(tmp_path: Path, content: bytes) -> None:
    crash(tmp_path, 1)
    (newest,) = tmp_path.glob("*.newest")
    newest.write_bytes(content)
    offers, sentences = find_offers(tmp_path)
    assert offers == []
    assert len(sentences) == 1
    assert find_offers(tmp_path) == ([], [])
    assert files(tmp_path) == {".damaged"}


def test_a_copy_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b" " * (4 * 1024 * 1024 + 1))
    with pytest.raises(FileProblemError, match="larger than 4 MiB"):
        read_copy(path)


def test_only_some_damaged_files_are_kept(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.lock").touch()
        (tmp_path / f"{number}.newest").write_bytes(b"?")
    assert len(find_offers(tmp_path)[1]) == 8
    assert len(list(tmp_path.iterdir())) == 5


def test_files_of_a_write_that_was_killed_go_away(tmp_path: Path) -> None:
    (tmp_path / "7-ab.lock").touch()
    (tmp_path / ".7-ab.newest.x1.part").write_bytes(b"{")
    assert find_offers(tmp_path) == ([], [])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileProblemError, match="cannot be used"):
        RecoveryFiles(tmp_path / "file" / "recovery").keep(EXPERIMENT)
    assert find_offers(tmp_path / "nowhere") == ([], [])


def test_a_newer_copy_is_offered_first(tmp_path: Path) -> None:
    for name, when in (("1-a", 100.0), ("2-b", 300.0), ("3-c", 200.0)):
        (tmp_path / f"{name}.lock").touch()
        copy = RecoveryCopy(saved_at=when, document=EXPERIMENT)
        (tmp_path / f"{name}.newest").write_bytes(msgspec.json.encode(copy))
    offers, _ = find_offers(tmp_path)
    assert [offer.copy.saved_at for offer in offers] == [300.0, 200.0, 100.0]
    assert offers[0].title == "Two hills"
    for offer in offers:
        offer.leave()


def test_an_offer_that_another_holds_is_not_made_twice(tmp_path: Path) -> None:
    crash(tmp_path, 1)
    ((offer,), _) = find_offers(tmp_path)
    code = "import sys; from pathlib import Path; from optlab.files.recovery import find_offers"
    asking = f"{code}; print(len(find_offers(Path(sys.argv[1]))[0]))"
    for expected, change in (("0", offer.leave), ("1", lambda: None)):
        done = subprocess.run(
            [sys.executable, "-c", asking, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected
        change()


def test_a_copy_that_another_thread_kept_goes_at_the_end(tmp_path: Path) -> None:
    desk = RecoveryFiles(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(desk.keep, EXPERIMENT).result()
    assert find_offers(tmp_path) == ([], [])
    desk.close()
    assert list(tmp_path.iterdir()) == []
