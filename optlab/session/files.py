"""Files: written whole or not at all, read strictly."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from optlab.core.data_files import data_folder
from optlab.core.recordings import RecordingError
from optlab.session.carriers import NothingInsideError, experiment_inside
from optlab.session.encoding import EncodingError, decode_experiment, encode_experiment
from optlab.session.experiment import Experiment
from optlab.session.own_texts import with_all_files
from optlab.session.parts import drop_part, new_part, open_part, sweep_parts
from optlab.session.recordings import is_recording, recording_experiment

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

    ``write`` gets a temporary file in the same folder.  The permissions of an old file are kept,
    and where ``path`` is a link, what it points to is written.  Half-written files that a killed
    process left of it are removed.  Raises :class:`FileProblemError` where the file system
    refuses; an exception of ``write`` passes through, without a file.
    """
    try:
        target = path.resolve()
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except (OSError, RuntimeError) as error:
        raise FileProblemError(path, f"cannot be written: {_reason(error)}") from None
    temporary = new_part(target)
    try:
        with os.fdopen(open_part(temporary), "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):  # some file systems know no permissions
            temporary.chmod(_mode(target))
        os.replace(temporary, target)
        _settle_folder(target.parent)
    except OSError as error:
        raise FileProblemError(path, f"cannot be written: {_reason(error)}") from None
    finally:
        drop_part(temporary)
    sweep_parts(target)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _mode(path: Path) -> int:
    """The permissions of the file that is there, or those of any new file."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0o666 & ~_umask()


def _settle_folder(folder: Path) -> None:
    """Makes the new name last through a power failure, where folders can be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


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
        raise FileProblemError(path, f"cannot be read: {_reason(error)}") from None
    if len(content) > MAX_FILE_SIZE:
        raise FileProblemError(path, f"larger than {MAX_FILE_SIZE >> 20} MiB")
    try:
        return with_all_files(decode_experiment(content))
    except EncodingError as error:
        raise FileProblemError(path, str(error)) from None


def experiment_names() -> tuple[str, ...]:
    """The shipped experiments, sorted."""
    return tuple(sorted(path.stem for path in data_folder("experiments").glob(f"*{SUFFIX}")))


def shipped_experiment(name: str) -> Path:
    """The file of a shipped experiment, whether or not it exists."""
    return data_folder("experiments") / f"{name}{SUFFIX}"


def find_experiment(name: str) -> Path:
    """The experiment file of a path, or of the name of a shipped experiment.

    Raises :class:`FileProblemError` where there is neither.
    """
    path = Path(name)
    try:
        # A folder, or a pipe, of the name of a shipped experiment does not hide it.
        if path.exists() and (path.is_file() or name not in experiment_names()):
            if not path.is_file():
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
