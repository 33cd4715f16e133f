"""Write files whole or not at all, through a hidden temporary file beside the target.

Its name carries the target's name and the number of the process that writes it, so that what a
killed process left is found and removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import string
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

_SUFFIX = ".part"
_LETTERS, _LENGTH = string.ascii_lowercase + string.digits, 8
_RANDOM = rf"(\d+)-[a-z0-9]{{{_LENGTH}}}"
_OPENED = re.compile(r"/dev/(stdout|stderr|fd/(\d{1,6}))")
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_OLD = 600.0
"""Seconds since it was written to from which a part may be swept: another machine, whose processes
are not known here, may be writing."""

_written: set[Path] = set()
_making = threading.Lock()
_waiting: ContextVar[list[tuple[Path, Path, Path]] | None] = ContextVar("waiting", default=None)
"""Complete parts that are put in place together: the path as it was given, part, and target."""


def new_part(target: Path) -> Path:
    """A path for a part of ``target``, remembered before there is a file."""
    middle = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    part = target.parent / f"{_prefix(target)}{os.getpid()}-{middle}{_SUFFIX}"
    _written.add(part)
    return part


def open_part(part: Path) -> int:
    """Makes the empty file of a part: its open handle. May raise OSError."""
    with _making:
        return os.open(part, _FLAGS, 0o600)


def drop_part(part: Path) -> None:
    """Removes a part where it is still there."""
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
    _written.discard(part)


def drop_parts() -> None:
    """Removes every part of this process: a signal may have come before one was removed."""
    for part in _written.copy():
        drop_part(part)


def abandon_parts(patience: float = 0.2) -> None:
    """Removes every part and lets none be made; the last thing a process does that does not wait.

    Only for a process that ends now: writing another file would wait for ever.
    """
    _making.acquire(timeout=patience)
    drop_parts()


def sweep_parts(target: Path) -> None:
    """Removes old parts of ``target`` that belong to no living process: it was killed."""
    ours = re.compile(re.escape(_prefix(target)) + _RANDOM + re.escape(_SUFFIX))
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            name = ours.fullmatch(entry.name)
            part = Path(entry.path)
            if name and _left_behind(entry) and not _is_written(part, int(name[1])):
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)


def _prefix(target: Path) -> str:
    # Short, for the name itself may be as long as the file system allows.
    return f".{target.name[:40]}."


def _left_behind(entry: os.DirEntry[str]) -> bool:
    """Whether it is an old file of this person."""
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return stat.S_ISREG(found.st_mode) and own and time.time() - found.st_mtime > _OLD


def _is_written(part: Path, process: int) -> bool:
    """Whether the process that made a part still runs, for this one whether it still writes it."""
    if process == os.getpid():
        return part in _written
    if sys.platform == "win32":
        return False  # what is open cannot be removed there
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # of another user
    return True


class FileProblemError(ValueError):
    """A file that cannot be read or written: the ``path`` and the ``reason``."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file so that ``path`` is the old file or the complete new one, never a part.

    ``write`` gets a temporary file in the same folder.  The permissions of an old file are kept,
    and where ``path`` is a link, what it points to is written.  What is no file, such as
    ``/dev/stdout``, a pipe or a device, is written to as it is.  Half-written files that a killed
    process left of it are removed.  Raises :class:`FileProblemError` where the file system
    refuses; an exception of ``write`` passes through, without a file.
    """
    try:
        stream = _stream(path)
        if stream is not None:
            with stream:
                write(stream)
            return
        target = path.resolve()
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except (OSError, RuntimeError) as error:
        raise FileProblemError(path, f"cannot be written: {reason_of(error)}") from None
    temporary = new_part(target)
    try:
        with os.fdopen(open_part(temporary), "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):  # some file systems know no permissions
            temporary.chmod(_mode(target))
    except BaseException as error:
        drop_part(temporary)
        if not isinstance(error, OSError):
            raise
        raise FileProblemError(path, f"cannot be written: {reason_of(error)}") from None
    waiting = _waiting.get()
    if waiting is None:
        _put_in_place(path, temporary, target)
    else:
        waiting.append((path, temporary, target))


@contextlib.contextmanager
def all_or_none() -> Iterator[None]:
    """Files that are written within it get their names together at its end: where one of them
    fails, there is none of the others, and old ones stay as they are.

    May raise :class:`FileProblemError` at its end.  Streams get what they get at once.
    """
    waiting: list[tuple[Path, Path, Path]] = []
    token = _waiting.set(waiting)
    try:
        yield
        for parts in waiting:
            _put_in_place(*parts)
    finally:
        _waiting.reset(token)
        for _, temporary, _ in waiting:
            drop_part(temporary)


def _put_in_place(path: Path, temporary: Path, target: Path) -> None:
    """Gives a complete part its name."""
    try:
        os.replace(temporary, target)
        _settle_folder(target.parent)
    except OSError as error:
        raise FileProblemError(path, f"cannot be written: {reason_of(error)}") from None
    finally:
        drop_part(temporary)
    sweep_parts(target)


def _stream(path: Path) -> BinaryIO | None:
    """What is open already, at its present place, or what is no regular file; else None."""
    number = _OPENED.fullmatch(os.path.abspath(path))
    if number:
        known = {"stdout": 1, "stderr": 2}
        handle = known[number[1]] if number[1] in known else int(number[2])
        return os.fdopen(os.dup(handle), "wb")
    if path.exists() and not path.is_file() and not path.is_dir():
        return path.open("wb")
    return None


def reason_of(error: Exception) -> str:
    """The reason that the file system gives, in its own words."""
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
