"""A lock on a file that ends with the process, however the process ends."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Locks an open file until it is closed; False where that cannot be."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Locks an open file until it is closed; False where that cannot be."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@dataclass
class FileLock:
    """A held lock on ``path``; other processes, and other locks of this one, cannot take it."""

    path: Path
    _handle: int

    @classmethod
    def take(cls, path: Path) -> FileLock | None:
        """The lock, or None where somebody holds it or the file system has none.

        Makes the file where there is none.  Raises OSError where it cannot be opened.
        """
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if try_lock(handle) and _still_there(path, handle):
            return cls(path, handle)
        os.close(handle)
        return None

    def release(self) -> None:
        """Lets go; the file stays."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _still_there(path: Path, handle: int) -> bool:
    """Whether ``path`` is still the file that was opened: its last owner may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except OSError:
        return False
