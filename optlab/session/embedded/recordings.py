"""Runs that were recorded elsewhere: their numbers, from a text of the experiment or a file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from optlab.core import recordings
from optlab.core.data import TableError
from optlab.core.data.catalogue import table_file_text
from optlab.core.planes import StoredPlane, stored_plane
from optlab.core.recordings import FORMATS, Recording, RecordingError
from optlab.core.run import MAX_STEPS, Trajectory
from optlab.recording import ABOUT, SUFFIX, folder_of, is_folder, read_about
from optlab.recording import RecordingError as FolderError
from optlab.session.experiment import (
    Experiment,
    Run,
    Surface,
    changed,
    free_color,
    fresh_id,
    fresh_name,
)

_TEXT = ".csv"
SUFFIXES = (_TEXT, SUFFIX, *FORMATS)
"""Of files and folders of recorded numbers."""
MOST_EMBEDDED = 512 * 1024
"""Bytes up to which recorded numbers are taken into the experiment."""
_LONGEST_NAME = 50


def is_recording(path: Path) -> bool:
    """Whether a file or a folder holds recorded numbers, by its name."""
    return path.suffix.lower() == _TEXT or recordings.is_recording(path)


def title_of(path: Path) -> str:
    """What a recording is called, by its file or folder."""
    return (path.parent if path.name == ABOUT else path).stem[:_LONGEST_NAME]


def recorded(experiment: Experiment, run: Run, weights: Sequence[str] = ()) -> Trajectory:
    """The numbers of a run that was recorded. Raises :class:`RecordingError`.

    ``weights`` are the names that its weights may have beside w1, w2, ...
    """
    text = experiment.recordings.get(run.recording)
    if text is None:
        return read_file(Path(run.recording), tuple(weights)).trajectory
    try:
        if recordings.is_packed(text):
            return recordings.unpacked(text).trajectory
        return recordings.read_recording(text, tuple(weights))
    except RecordingError as error:
        raise RecordingError(f"{run.recording}: {error}") from None


def recorded_about(experiment: Experiment, run: Run) -> dict[str, Any]:
    """What the recorder wrote down of the training: rule, settings, library; empty without."""
    text = experiment.recordings.get(run.recording)
    try:
        if text is not None:
            return recordings.unpacked(text).about if recordings.is_packed(text) else {}
        path = Path(run.recording)
        return read_about(folder_of(path)) if is_folder(path) else {}
    except FolderError:
        return {}


def recorded_plane(experiment: Experiment, run: Run, numbers: Trajectory) -> StoredPlane | None:
    """The plane that was recorded with the loss over it, or None."""
    text = experiment.recordings.get(run.recording)
    if text is not None:
        arrays = recordings.unpacked(text).plane if recordings.is_packed(text) else {}
    else:
        path = Path(run.recording)
        arrays = read_file(path).plane if is_folder(path) else {}
    return stored_plane(arrays, numbers.weights) if arrays else None


def read_file(path: Path, weights: tuple[str, ...] = ()) -> Recording:
    """What a file or folder holds. Raises :class:`RecordingError` naming file, line and column."""
    try:
        # Other files than text say themselves what is a weight: they are read but once.
        named = weights if path.suffix.lower() == _TEXT else ()
        return _read_file(path, named, state_of(path))
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}") from None


State = tuple[tuple[str, int, int], ...]
"""Name, date and size of each file of a recording."""


def state_of(path: Path) -> State:
    """What changes when a recording grows or is written anew. Raises OSError, and
    :class:`RecordingError` for what cannot be the name of a file."""
    try:
        path.stat()
        found = [(file.name, file.stat()) for file in recordings.files_of(path)]
    except ValueError:
        raise RecordingError(f"{str(path)[:60]!r} is not the name of a file") from None
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


@lru_cache(maxsize=16)
def _read_file(path: Path, weights: tuple[str, ...], _state: State) -> Recording:
    """Read again only when the file is another one."""
    try:
        if path.suffix.lower() == _TEXT:
            numbers = recordings.read_recording.__wrapped__(file_text(path), weights)
            found = Recording(numbers)
        else:
            found = recordings.read_files(path)
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from None
    if found.trajectory.steps > MAX_STEPS:
        raise RecordingError(f"{path}: has more than {MAX_STEPS} rows")
    return found


def file_text(path: Path) -> str:
    """The text of a file. Raises :class:`RecordingError` with the reason alone."""
    try:
        return table_file_text(path)
    except TableError as error:
        raise RecordingError(str(error)) from None


def is_growing(path: Path) -> bool:
    """Whether the training that a folder records is not over, or was killed."""
    return is_folder(path) and not read_about(folder_of(path)).get("finished")


def with_recording(experiment: Experiment, path: Path) -> Experiment:
    """The experiment with one more run: the numbers of a file.

    The text of a small file is taken in; of a large one the experiment knows where it lies.
    Raises :class:`RecordingError`.
    """
    steps = read_file(path).trajectory.steps
    experiment, recording = _taken_in(experiment, path)
    run = Run(
        id=fresh_id(experiment.runs),
        name=fresh_name(title_of(path), experiment.runs),
        recording=recording,
        color=free_color(experiment.runs),
    )
    longest = max(experiment.steps, steps) if experiment.runs else steps
    return changed(experiment, runs=(*experiment.runs, run), steps=longest)


def with_numbers(experiment: Experiment, name: str, numbers: Trajectory) -> Experiment:
    """The experiment with one more run: numbers that were computed elsewhere, without a loss.

    Raises :class:`RecordingError` where they are too many.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{re.sub('[^A-Za-z0-9]+', '_', name).strip('_')}.npz")
        kept = {key: numbers.vector(key) for key in numbers.vectors if key != "loss"}
        with path.open("wb") as file:
            np.savez_compressed(file, **kept)  # type: ignore[arg-type]
        if path.stat().st_size > MOST_EMBEDDED:
            raise RecordingError("has too many numbers to be kept in the experiment")
        found = with_recording(experiment, path)
    last = found.runs[-1]
    named = msgspec.structs.replace(last, name=fresh_name(name, experiment.runs))
    return changed(found, runs=(*found.runs[:-1], named))


def growing(experiment: Experiment) -> dict[Path, State]:
    """The recordings that are still being written, and what they consist of now."""
    found = {}
    for run in experiment.runs:
        path = Path(run.recording)
        if run.recording and run.recording not in experiment.recordings:
            try:
                if is_growing(path):
                    found[path] = state_of(path)
            except (OSError, RecordingError, FolderError):
                continue
    return found


def recording_experiment(path: Path) -> Experiment:
    """An experiment of nothing but a recording. Raises :class:`RecordingError`."""
    return with_recording(Experiment(title=title_of(path), surface=Surface()), path)


def with_recording_texts(experiment: Experiment) -> Experiment:
    """The experiment with the texts of all small files that its runs name by a path.

    A file that cannot be read stays a path; resolving the experiment tells why.
    """
    for run in experiment.runs:
        if not run.recording or run.recording in experiment.recordings:
            continue
        try:
            read_file(Path(run.recording))
            experiment, name = _taken_in(experiment, Path(run.recording))
        except RecordingError:
            continue
        runs = tuple(_renamed(one, run.recording, name) for one in experiment.runs)
        experiment = changed(experiment, runs=runs)
    return experiment


def _renamed(run: Run, old: str, new: str) -> Run:
    renamed: Run = msgspec.structs.replace(run, recording=new)
    return renamed if run.recording == old else run


def _taken_in(experiment: Experiment, path: Path) -> tuple[Experiment, str]:
    """The experiment with the text of a file, and what it is called there; or its path."""
    if sum(size for *_, size in state_of(path)) > MOST_EMBEDDED or is_growing(path):
        return experiment, str(path.absolute())
    text = file_text(path) if path.suffix.lower() == _TEXT else recordings.packed(path)
    wanted = re.sub(r"[^A-Za-z0-9_-]+", "_", title_of(path)).strip("_-")
    wanted = wanted if wanted[:1].isalpha() else f"recording_{wanted}".rstrip("_")
    number, name = 2, wanted
    while experiment.recordings.get(name, text) != text:
        name = f"{wanted}_{number}"
        number += 1
    return changed(experiment, recordings={**experiment.recordings, name: text}), name
