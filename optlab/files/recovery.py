"""Recovery copies: what a person has not saved survives a crash of the program.

Each running program has a *desk* of its own in the recovery folder: a lock file that the system
lets go of when the process ends, however it ends, and the two newest copies of the document.
Copies whose lock is free belong to a program that crashed.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import platformdirs

from optlab.files.encoding import EncodingError, decode_experiment, encode_experiment
from optlab.files.experiment_files import MAX_FILE_SIZE
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.experiment import FORMAT_VERSION, Experiment

if TYPE_CHECKING:
    from filelock import FileLock

_NEWEST, _OLDER, _LOCK, _DAMAGED = ".newest", ".older", ".lock", ".damaged"
_KEPT_DAMAGED = 5
_LATEST = 2e11
"""Seconds since 1970: some time before the last year that a date can have."""


def recovery_folder() -> Path:
    """Where recovery copies of this person are kept."""
    return platformdirs.user_state_path("OptLab", appauthor=False) / "recovery"


class RecoveryCopy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is kept: the ``document``, the file it belongs to (or nothing), and when.

    ``saved_at`` is in seconds since 1970.
    """

    version: int = FORMAT_VERSION
    path: str = ""
    saved_at: float = 0.0
    document: Experiment


class _Stored(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The same with the document as its own file would have it, of whatever format."""

    version: int = FORMAT_VERSION
    path: str = ""
    saved_at: float = 0.0
    document: msgspec.Raw


class RecoveryFiles:
    """The copies of this running program. Methods may be called from any thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or recovery_folder()
        self._mutex = threading.Lock()
        self._lock: FileLock | None = None
        self._stem = ""
        self._closed = False

    @property
    def newest(self) -> Path:
        """The file of the newest copy, whether or not there is one."""
        return self._folder / f"{self._stem}{_NEWEST}"

    @property
    def older(self) -> Path:
        """The file of the copy before."""
        return self._folder / f"{self._stem}{_OLDER}"

    def keep(self, document: Experiment, path: Path | None = None) -> None:
        """Writes a copy; the one before stays beside it. After :meth:`close`, does nothing.

        Raises :class:`FileProblemError` where it cannot be written or does not read back.
        """
        try:
            raw = msgspec.Raw(encode_experiment(document))
        except EncodingError as error:
            raise FileProblemError(self._folder, f"cannot be kept: {error}") from None
        stored = _Stored(path=str(path or ""), saved_at=time.time(), document=raw)
        content = msgspec.json.encode(stored)
        with self._mutex:
            if self._closed:
                return
            self._begin()
            if self.newest.exists():
                with contextlib.suppress(OSError):
                    os.replace(self.newest, self.older)
            write_whole(self.newest, lambda file: file.write(content))
            if read_copy(self.newest).document != document:
                raise FileProblemError(self.newest, "does not read back as it was written")

    def clear(self) -> None:
        """Removes the copies: everything is saved."""
        with self._mutex:
            if self._lock is not None:
                _remove(self.newest, self.older)

    def close(self) -> None:
        """Removes everything of this program; the way out when it ends properly."""
        with self._mutex:
            self._closed = True
            if self._lock is not None:
                _remove(self.newest, self.older, Path(self._lock.lock_file))
                self._lock.release()
                self._lock = None

    def _begin(self) -> None:
        """Takes a lock on a new name, once."""
        if self._lock is not None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._stem = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
            self._lock = _locked(self._folder / f"{self._stem}{_LOCK}")
        except OSError as error:
            raise FileProblemError(self._folder, f"cannot be used: {error.strerror}") from None
        if self._lock is None:
            raise FileProblemError(self._folder, "cannot be locked")


@dataclass
class Offer:
    """A copy that a crashed program left; other programs are not offered it meanwhile."""

    copy: RecoveryCopy
    _stem: Path
    _lock: FileLock

    @property
    def title(self) -> str:
        """What a person would call the experiment."""
        name = Path(self.copy.path).stem
        return name or self.copy.document.title or "an experiment without a name"

    def discard(self) -> None:
        """Deletes the copy."""
        _remove(*_files_of(self._stem))
        self._lock.release()

    def leave(self) -> None:
        """Keeps the copy for the next start."""
        self._lock.release()


def find_offers(folder: Path | None = None) -> tuple[list[Offer], list[str]]:
    """What crashed programs left, newest first, and a sentence for each copy that is damaged.

    Damaged copies are put aside under another name, and so are reported once.
    """
    offers: list[Offer] = []
    sentences: list[str] = []
    for path in sorted((folder or recovery_folder()).glob(f"*{_LOCK}")):
        try:
            lock = _locked(path)
        except OSError:
            continue
        if lock is None:
            continue  # its program is running
        offer = _offer(path.with_suffix(""), lock, sentences)
        if offer is None:
            _remove(*_files_of(path.with_suffix("")))
            lock.release()
        else:
            offers.append(offer)
    offers.sort(key=lambda offer: offer.copy.saved_at, reverse=True)
    return offers, sentences


def _offer(stem: Path, lock: FileLock, sentences: list[str]) -> Offer | None:
    """The newest copy that can be read."""
    for suffix in (_NEWEST, _OLDER):
        path = _file(stem, suffix)
        if not path.exists():
            continue
        try:
            return Offer(read_copy(path), stem, lock)
        except FileProblemError as error:
            sentences.append(f"A recovery copy was ignored: {error.reason}")
            _put_aside(path)
    return None


def read_copy(path: Path) -> RecoveryCopy:
    """A recovery copy, read strictly. Raises :class:`FileProblemError`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise FileProblemError(path, f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_FILE_SIZE:
        raise FileProblemError(path, f"larger than {MAX_FILE_SIZE >> 20} MiB")
    try:
        stored = msgspec.json.decode(content, type=_Stored)
        document = decode_experiment(bytes(stored.document))
        # A clock that was wrong, or a damaged number, is no reason to lose the work.
        moment = stored.saved_at if 0 <= stored.saved_at < _LATEST else 0.0
        return RecoveryCopy(
            version=stored.version, path=stored.path, saved_at=moment, document=document
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, EncodingError) as error:
        raise FileProblemError(path, f"not a recovery copy: {error}") from None


def _locked(path: Path) -> FileLock | None:
    """The lock on a file, for all threads; None where another program holds it."""
    from filelock import FileLock, Timeout  # late: it takes longer than a start should

    lock = FileLock(path, mode=0o600, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except (Timeout, NotImplementedError):  # held, or a file system without locks
        return None
    return lock


def _file(stem: Path, suffix: str) -> Path:
    return stem.with_name(stem.name + suffix)


def _files_of(stem: Path) -> list[Path]:
    """Everything of one program but what was put aside, half-written files included."""
    found = [*stem.parent.glob(f"{stem.name}.*"), *stem.parent.glob(f".{stem.name}.*")]
    return [path for path in found if path.suffix != _DAMAGED]


def _put_aside(path: Path) -> None:
    with contextlib.suppress(OSError):
        os.replace(path, path.with_name(path.name + _DAMAGED))
    aside = sorted(path.parent.glob(f"*{_DAMAGED}"), key=lambda file: file.name)
    _remove(*aside[:-_KEPT_DAMAGED])


def _remove(*paths: Path) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
