"""What hostile input must not do: start programs, write files, take long, take much memory."""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 30.0
"""Processor time after which an input hangs: the slowest takes a quarter of a second, so that no
machine is slow enough to be taken for that.  How work grows is counted in other tests."""
MEGABYTES = 400
"""How much a whole fuzzing process may grow."""

_FORBIDDEN = (
    *("os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen"),
    *("socket.connect", "socket.bind", "ctypes.dlopen", "shutil.rmtree", "os.remove", "os.rename"),
    *(
        "os.mkdir",
        "os.chmod",
        "urllib.Request",
        "pty.spawn",
        "webbrowser.open",
    ),
    "pickle.find_class",
)
_WRITING = set("wax+")


class Misbehaviour(BaseException):
    """Something that no input may cause. Not an Exception: nobody may catch it by accident."""


class _Watch:
    """An audit hook cannot be removed, so it is switched on and off."""

    def __init__(self) -> None:
        self.on = False
        self.installed = False

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """Called by Python for everything that matters."""
        if not self.on:
            return
        if event in _FORBIDDEN:
            raise Misbehaviour(f"{event}{arguments!r:.200}")
        if event == "open" and isinstance(arguments[1], str) and _WRITING & set(arguments[1]):
            raise Misbehaviour(f"opens {arguments[0]!r} for writing")


_watch = _Watch()


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise Misbehaviour(f"takes longer than {SECONDS} s")


@contextmanager
def guarded(seconds: float = SECONDS) -> Iterator[None]:
    """Raises :class:`Misbehaviour` where the code inside does what it must not."""
    if not _watch.installed:
        sys.addaudithook(_watch.hook)
        _watch.installed = True
        sys.dont_write_bytecode = True  # a late import is no misdeed
    before = signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    _watch.on = True
    try:
        yield
    finally:
        _watch.on = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def refusal(error: Exception) -> None:
    """Fails where a refusal is not one sentence that can be shown."""
    text = str(error)
    assert text.strip() and len(text) < 2000, f"{type(error).__name__}: {text!r:.300}"


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def limit_memory() -> None:
    """Makes this process fail rather than the machine: no growth beyond :data:`MEGABYTES`."""
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    limit = grown + MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
