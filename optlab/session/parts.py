"""Half-written files beside those they are to become: made, followed, swept where one was left.

A part is hidden, and carries the name of its file and the number of the process that writes it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import string
import sys
import threading
import time
from pathlib import Path

_SUFFIX = ".part"
_LETTERS, _LENGTH = string.ascii_lowercase + string.digits, 8
_RANDOM = rf"(\d+)-[a-z0-9]{{{_LENGTH}}}"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_OLD = 600.0
"""Seconds since it was written to from which a part may be swept: another machine, whose processes
are not known here, may be writing."""

_written: set[Path] = set()
_making = threading.Lock()


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

    Only for a process that ends now: whoever writes another file waits for ever.
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
        pass  # somebody else's
    return True
