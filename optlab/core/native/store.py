"""Object code kept on disk across starts, keyed by content and versions.

A file is used only if it is ours (same owner, writable by the owner alone), whole (its digest
fits) and for exactly this source on exactly this machine; anything else is ignored and made anew.
"""

from __future__ import annotations

import contextlib
import os
import platform
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path

import msgspec

from optlab.core.native.compile import ANSWER, compile_answer, compile_source
from optlab.core.native.object_code import Argument, NativeCode, NativeFunction, ObjectCode

_FORMAT = 2
_MOST_FILES = 400
_LARGEST = 8 * 1024 * 1024
_MOST_LOADED = 128
"""Functions that stay loaded, beside those that a kernel holds."""
_OLD = 3600.0
"""Seconds after which a half-written file counts as abandoned."""


class _Entry(msgspec.Struct, array_like=True):
    key: str
    symbol: str
    arguments: tuple[Argument, ...]
    data: bytes


@cache
def _machine() -> str:
    """Everything but the source that object code depends on."""
    import importlib.metadata

    from llvmlite import binding

    versions = [importlib.metadata.version(name) for name in ("numba", "llvmlite", "numpy")]
    cpu = [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]
    parts = [str(_FORMAT), sys.version, platform.platform(), *versions, *cpu]
    return "\n".join(parts)


def source_key(source: str, name: str, arguments: Sequence[Argument]) -> str:
    """What a compilation is known by: source, name, arguments, versions, processor."""
    text = "\n".join((source, name, *arguments, _machine()))
    return blake2b(text.encode(), digest_size=20).hexdigest()


class KernelStore:
    """A folder of object code; None keeps nothing. Safe for several processes at once."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._loaded: dict[str, NativeCode] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def function(self, source: str, name: str, arguments: Sequence[Argument]) -> NativeFunction:
        """The compiled function of a source text: loaded already, from the folder, or compiled
        and put there."""
        key = source_key(source, name, arguments)
        make = partial(compile_source, source, name, arguments)
        found = self._found(key, NativeFunction, tuple(arguments), make)
        assert isinstance(found, NativeFunction)
        return found

    def answer(self, source: str) -> NativeCode:
        """The C function ``answer`` of a source text, in the same way."""
        key = source_key(source, ANSWER, ())
        return self._found(key, NativeCode, (), partial(compile_answer, source))

    def kept(self, source: str, name: str, arguments: Sequence[Argument]) -> NativeCode | None:
        """The function where the folder has it, else None; never compiles."""
        return self._kept(source_key(source, name, arguments), NativeFunction, tuple(arguments))

    def _found(
        self,
        key: str,
        kind: type[NativeCode],
        arguments: tuple[Argument, ...],
        make: Callable[[], ObjectCode],
    ) -> NativeCode:
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:  # two threads that want one function compile it once
            with self._lock:
                found = self._loaded.pop(key, None)
            found = found or self._kept(key, kind, arguments)
            if found is None:
                code = make()
                self._write(key, code)
                found = kind(code)
            with self._lock:
                self._loaded[key] = found
                if len(self._loaded) > _MOST_LOADED:
                    del self._loaded[next(iter(self._loaded))]
            return found

    def _kept(
        self, key: str, kind: type[NativeCode], arguments: tuple[Argument, ...]
    ) -> NativeCode | None:
        code = self._read(key)
        if code is None or code.arguments != arguments:
            return None
        try:
            return kind(code)
        except OSError:
            return None

    def _read(self, key: str) -> ObjectCode | None:
        if self._folder is None:
            return None
        path = self._folder / f"{key}.kernel"
        try:
            with path.open("rb") as file:
                if not _is_ours(os.fstat(file.fileno())) or not _is_ours(self._folder.stat()):
                    return None
                content = file.read(_LARGEST + 1)
        except OSError:
            return None
        digest, body = content[:32], content[32:]
        if len(content) > _LARGEST or blake2b(body, digest_size=32).digest() != digest:
            return None
        try:
            entry = msgspec.msgpack.decode(body, type=_Entry)
        except msgspec.DecodeError:
            return None
        return ObjectCode(entry.symbol, entry.arguments, entry.data) if entry.key == key else None

    def _write(self, key: str, code: ObjectCode) -> None:
        """Keeps object code; a folder that cannot be written to is no reason to stop."""
        if self._folder is None:
            return
        body = msgspec.msgpack.encode(_Entry(key, code.symbol, code.arguments, code.data))
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(blake2b(body, digest_size=32).digest() + body)
                os.replace(name, self._folder / f"{key}.kernel")
            finally:
                Path(name).unlink(missing_ok=True)  # it is there where the disk was full
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        assert self._folder is not None
        for part in self._folder.glob("*.part"):  # of processes that were killed
            if time.time() - part.stat().st_mtime > _OLD:
                part.unlink(missing_ok=True)
        files = sorted(self._folder.glob("*.kernel"), key=lambda path: path.stat().st_mtime)
        for path in files[:-_MOST_FILES]:
            path.unlink(missing_ok=True)


NO_STORE = KernelStore(None)
"""Keeps nothing beyond this process."""


def _is_ours(status: os.stat_result) -> bool:
    if sys.platform == "win32":
        return True
    others = stat.S_IWGRP | stat.S_IWOTH
    return status.st_uid == os.getuid() and not status.st_mode & others
