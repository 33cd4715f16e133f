"""Files: written whole or not at all, read strictly."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from optlab.core.data_files import data_folder
from optlab.session.experiment import FORMAT_VERSION, Experiment

SUFFIX = ".optlab"
MAX_FILE_SIZE = 4 * 1024 * 1024
"""Bytes an experiment file may have; a usual one has a few thousand."""
DEFAULT_EXPERIMENT = "three_ways_down"
"""The shipped experiment that the program opens on."""


class FileProblemError(ValueError):
    """A file that cannot be read or written: the ``path`` and the ``reason``."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file so that ``path`` is the old file or the complete new one, never a part.

    ``write`` gets a temporary file in the same folder.  Raises :class:`FileProblemError` where
    the file system refuses; an exception of ``write`` passes through, without a file.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise FileProblemError(path, f"cannot be written: {error.strerror}") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        raise FileProblemError(path, f"cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def save_experiment(experiment: Experiment, path: Path) -> None:
    """Writes an experiment file (JSON, UTF-8). Raises :class:`FileProblemError`."""
    text = msgspec.json.format(msgspec.json.encode(experiment), indent=2)
    write_whole(path, lambda file: file.write(text + b"\n"))


def load_experiment(path: Path) -> Experiment:
    """Reads an experiment file. Raises :class:`FileProblemError` with the place in the file."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise FileProblemError(path, f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_FILE_SIZE:
        raise FileProblemError(path, f"larger than {MAX_FILE_SIZE >> 20} MiB")
    return decode_experiment(content, path)


class _Version(msgspec.Struct):
    version: int = FORMAT_VERSION


def decode_experiment(content: bytes, path: Path) -> Experiment:
    """The experiment of a file's content; ``path`` is named in errors."""
    try:
        version = msgspec.json.decode(content, type=_Version).version
        if version > FORMAT_VERSION:
            reason = f"made by a newer version (format {version}; this one reads {FORMAT_VERSION})"
            raise FileProblemError(path, reason)
        if version < 1:
            raise FileProblemError(path, f"not a valid experiment: there is no format {version}")
        experiment = msgspec.json.decode(content, type=Experiment)
        json.loads(content, object_pairs_hook=_refuse_repetition)
        return experiment
    except msgspec.ValidationError as error:
        raise FileProblemError(path, f"not a valid experiment: {error}") from None
    except _RepetitionError as error:
        raise FileProblemError(path, f"not a valid experiment: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileProblemError(path, f"not a valid experiment file: {error}") from None


class _RepetitionError(Exception):
    """A key that stands twice in one object: readers would not agree on which one counts."""


def _refuse_repetition(pairs: list[tuple[str, object]]) -> None:
    keys: set[str] = set()
    for key, _ in pairs:
        if key in keys:
            raise _RepetitionError(f"'{key}' is given twice")
        keys.add(key)


def experiment_names() -> tuple[str, ...]:
    """The shipped experiments, sorted."""
    return tuple(sorted(path.stem for path in data_folder("experiments").glob(f"*{SUFFIX}")))


def shipped_experiment(name: str) -> Path:
    """The file of a shipped experiment, whether or not it exists."""
    return data_folder("experiments") / f"{name}{SUFFIX}"
