"""Experiment files: open, save, find; the shipped ones with their topics; recent files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from optlab.core.recordings import RecordingError
from optlab.core.resources import data_folder, read_toml
from optlab.files.embedded_experiment import NothingInsideError, experiment_inside
from optlab.files.encoding import EncodingError, decode_experiment, encode_experiment
from optlab.files.temp_files import FileProblemError, reason_of, write_whole
from optlab.session.embedded.own_texts import with_all_files
from optlab.session.embedded.recordings import is_recording, recording_experiment
from optlab.session.experiment import Experiment

SUFFIX = ".optlab"
MAX_FILE_SIZE = 4 * 1024 * 1024
"""Bytes an experiment file may have; a usual one has a few thousand."""
DEFAULT_EXPERIMENT = "three_ways_down"
"""The shipped experiment that the program opens on."""


def save_experiment(experiment: Experiment, path: Path) -> None:
    """Writes an experiment file (JSON, UTF-8). Raises :class:`FileProblemError`."""
    try:
        text = encode_experiment(experiment)
    except EncodingError as error:
        raise FileProblemError(path, f"cannot be written: {error}") from None
    write_whole(path, lambda file: file.write(text))


def load_experiment(path: Path) -> Experiment:
    """Reads an experiment file, or the experiment that a picture or a report carries.

    The texts of ``.toml`` files that it names by a path, where they can be read, are taken into
    it.  A file of recorded numbers becomes an experiment of one run.  Raises
    :class:`FileProblemError` with the place in the file.
    """
    if is_recording(path):
        try:
            return recording_experiment(path)
        except RecordingError as error:
            raise FileProblemError(path, str(error).removeprefix(f"{path}: ")) from None
    try:
        with path.open("rb") as file:
            content = experiment_inside(file)
            if content is None:
                file.seek(0)
                content = file.read(MAX_FILE_SIZE + 1)
    except NothingInsideError as error:
        raise FileProblemError(path, str(error)) from None
    except (OSError, ValueError) as error:
        raise FileProblemError(path, f"cannot be read: {reason_of(error)}") from None
    if len(content) > MAX_FILE_SIZE:
        raise FileProblemError(path, f"larger than {MAX_FILE_SIZE >> 20} MiB")
    try:
        return with_all_files(decode_experiment(content))
    except EncodingError as error:
        raise FileProblemError(path, str(error)) from None


_COLORS, _STYLES = 8, 4
"""Of lines: what is beyond them begins again."""


def remarks(experiment: Experiment) -> tuple[str, ...]:
    """What a file says that is not taken as it stands, a sentence each."""
    surface = experiment.surface
    ways = {"network": surface.network, "formula": surface.formula, "problem": surface.problem}
    given = [way for way, value in ways.items() if value]
    found = []
    if len(given) > 1:
        left = " and ".join(given[1:])
        found.append(f"the surface has a {given[0]}, so its {left} does not count")
    for run in experiment.runs:
        for what, value, count in (("color", run.color, _COLORS), ("style", run.style, _STYLES)):
            if not 0 <= value < count:
                shown = f"{what} {value} is drawn as {value % count}"
                found.append(f"run '{run.title}': {shown}; there are 0 to {count - 1}")
    return tuple(found)


def experiment_names() -> tuple[str, ...]:
    """The shipped experiments, sorted."""
    return tuple(sorted(path.stem for path in data_folder("experiments").glob(f"*{SUFFIX}")))


def shipped_experiment(name: str) -> Path:
    """The file of a shipped experiment, whether or not it exists."""
    return data_folder("experiments") / f"{name}{SUFFIX}"


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ``title`` and the names of the ``experiments`` under it, in the order to open them."""

    title: str
    experiments: tuple[str, ...]


class _Topics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topics: tuple[Topic, ...]


def experiment_topics() -> tuple[tuple[Topic, ...], tuple[str, ...]]:
    """The topics, and the names of the shipped experiments that stand under none.

    Raises :class:`~optlab.core.resources.DataError` where the file of topics cannot be used.
    """
    topics = read_toml(data_folder("topics") / "experiments.toml", _Topics).topics
    placed = {name for topic in topics for name in topic.experiments}
    return topics, tuple(name for name in experiment_names() if name not in placed)


def find_experiment(name: str) -> Path:
    """The experiment file of a path, or of the name of a shipped experiment.

    Raises :class:`FileProblemError` where there is neither.
    """
    path = Path(name)
    try:
        # A folder, or a pipe, of the name of a shipped experiment does not hide it.
        whole = path.is_file() or is_recording(path)
        if path.exists() and (whole or name not in experiment_names()):
            if not whole:
                raise FileProblemError(path, f"{_quoted(name)} is not a file")
            return path
    except OSError as error:
        reason = f"{_quoted(name)} cannot be read: {error.strerror}"
        raise FileProblemError(path, reason) from None
    known = experiment_names()
    if name in known:
        return shipped_experiment(name)
    reason = f"there is no file {_quoted(name)}, and no shipped experiment of this name"
    raise FileProblemError(path, f"{reason}; shipped are {', '.join(known)}")


def _quoted(name: str) -> str:
    return repr(name if len(name) <= 60 else name[:57] + "...")


MOST = 8
"""How many files are remembered."""


def with_recent(paths: Iterable[Path], path: Path) -> tuple[Path, ...]:
    """The list with ``path`` in front, each file once."""
    newest = _absolute(path)
    return (newest, *(old for old in map(_absolute, paths) if old != newest))[:MOST]


def read_recent(stored: object) -> tuple[Path, ...]:
    """The list from what a settings file gives back, whatever that is.

    A list of one comes back as a bare text from some settings files; anything else is ignored.
    """
    texts = [stored] if isinstance(stored, str) else stored
    if not isinstance(texts, (list, tuple)):
        return ()
    usable = [text for text in texts if isinstance(text, str) and text and "\0" not in text]
    paths = dict.fromkeys(_absolute(Path(text)) for text in usable)
    return tuple(paths)[:MOST]


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
