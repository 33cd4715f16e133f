"""kill -9 while a file is saved, a recovery copy is kept or a training recorded, many times.

``python -m tests.faults.kills --count 200`` prints what was found; the suite does a few.
Each time a process writes one document after the other, its number of steps counting up, and says
after each that it is done; it is killed at a random moment.  What is on disk then must be the last
one it told of, or the one that it was writing.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optlab.files.experiment_files import load_experiment
from optlab.files.recovery import find_offers
from optlab.recording import RecordingError, read_folder
from tests.faults.child import surroundings

_WRITE = """
import sys
from pathlib import Path
if sys.argv[1] == "recording":
    import numpy as np
    import optlab.recording.recorder as recorder
    recorder._CHUNK_ROWS = 500
    with recorder.record(Path(sys.argv[2], "run"), every=1) as rec:
        for t in range(1_000_000_000):
            rec.step(w=np.full(30, float(t)), g=np.ones(30), loss=float(t))
            print(t, flush=True)
from optlab.session.experiment import Experiment, Surface
from optlab.files.experiment_files import save_experiment
from optlab.files.recovery import RecoveryFiles

what, folder = sys.argv[1], Path(sys.argv[2])
desk = RecoveryFiles(folder)
for steps in range(1, 1_000_000):
    # Large enough for the writing to take a while.
    document = Experiment(surface=Surface(formula="w1^2"), steps=steps, story="x" * 200_000)
    if what == "save":
        save_experiment(document, folder / "work.optlab")
    else:
        desk.keep(document)
    print(steps, flush=True)
"""
_LONGEST = 0.12
_CHUNK = 500
"""Updates in a chunk of the recording."""


@dataclass
class Found:
    """Over all kills: how many, how often the document being written had arrived, leftovers."""

    kills: int = 0
    newer: int = 0
    leftovers: int = 0
    seconds: float = 0.0


def saved(folder: Path) -> int:
    """The steps of the document in the file."""
    return load_experiment(folder / "work.optlab").steps


def recovered(folder: Path) -> int:
    """The steps of the document that the next start offers."""
    offers, _sentences = find_offers(folder)
    (offer,) = offers
    steps = offer.copy.document.steps
    offer.discard()
    return steps


READERS: dict[str, Callable[[Path], int]] = {"save": saved, "autosave": recovered}


def kill_while(what: str, count: int, seed: int = 0) -> Found:
    """Kills ``count`` processes; fails where one lost more than what it was writing."""
    chance, found, began = random.Random(seed), Found(), time.monotonic()
    for _ in range(count):
        with tempfile.TemporaryDirectory(prefix="optlab-kill-") as name:
            folder = Path(name)
            told = _killed(what, folder, chance.uniform(0, _LONGEST))
            steps = READERS[what](folder)
            assert steps in (told, told + 1), f"{what}: {steps} on disk after {told} was told"
            found.kills += 1
            found.newer += steps == told + 1
            found.leftovers += len([p for p in folder.iterdir() if p.name != "work.optlab"])
    found.seconds = time.monotonic() - began
    return found


def kill_recordings(count: int, seed: int = 0) -> tuple[int, int, float]:
    """Kills so many recorded trainings: the updates in all, the most that one lost, the seconds.

    Fails where one lost more than a chunk, or where what is there is not what was recorded.
    """
    chance, began, updates, lost = random.Random(seed), time.monotonic(), 0, 0
    for _ in range(count):
        with tempfile.TemporaryDirectory(prefix="optlab-kill-") as name:
            told = 1 + _killed("recording", Path(name), chance.uniform(0, 4 * _LONGEST))
            try:
                recorded = read_folder(Path(name, "run.optrec"))
            except RecordingError:
                rows = 0
            else:
                rows = len(recorded.columns["step"])
                assert recorded.lost == "", recorded.lost
                assert (recorded.columns["w"] == np.arange(rows)[:, None]).all()
            # The row of the last update may have been told of, or not yet.
            assert told - _CHUNK - 1 <= rows <= told + 1, f"{rows} rows after {told} updates"
            updates, lost = updates + told, max(lost, told - rows)
    return updates, lost, time.monotonic() - began


def _killed(what: str, folder: Path, after: float) -> int:
    """The last number that a process told before it was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", _WRITE, what, str(folder)],
        stdout=subprocess.PIPE,
        env=surroundings(folder / "home"),
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    # The last line may be cut off in the middle.
    lines = (first + rest).split(b"\n")[:-1]
    return int(lines[-1])


def main() -> int:
    """The long form, from the command line."""
    parser = argparse.ArgumentParser(description="kill -9 while saving, many times")
    parser.add_argument("--count", type=int, default=200)
    count = parser.parse_args().count
    for what in READERS:
        found = kill_while(what, count)
        sys.stdout.write(
            f"kill -9 during {what}: {found.kills} times in {found.seconds:.0f} s, nothing lost; "
            f"the newest document had arrived {found.newer} times, "
            f"{found.leftovers} half-written files stayed\n"
        )
    updates, lost, seconds = kill_recordings(count)
    sys.stdout.write(
        f"kill -9 during recording: {count} times in {seconds:.0f} s, {updates} updates; at most "
        f"{lost} were lost of one training, where a chunk has {_CHUNK}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
