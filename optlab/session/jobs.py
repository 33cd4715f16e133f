"""Work in the background: jobs, their results, and which of them still count.

A :class:`JobQueue` hands jobs to a pool (the window's threads, or at once for tests and the
command line) and passes results on.  There is one piece of work per channel under way; a newer
request on the same channel waits for it and replaces any that was waiting, so that a drag shows
what it can and never piles up.  Work that was overtaken and takes long is asked to stop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

OVERTAKEN_AFTER = 0.15
"""Seconds that overtaken work may still use to deliver something worth showing."""


class JobControl:
    """Reports the progress of running work, and says when it has to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._overtaken = threading.Event()
        self.ended = threading.Event()
        self._began = time.monotonic()
        self.fraction = 0.0
        self.words = ""
        """What the work is doing where its share says little; may be empty."""

    def begin(self) -> None:
        """Called in the worker when the work starts."""
        self._began = time.monotonic()

    def progress(self, done: int, total: int) -> None:
        """Says how much is done."""
        self.fraction = done / total if total else 1.0

    def cancelled(self) -> bool:
        """Whether the work should stop now."""
        late = self._overtaken.is_set() and time.monotonic() - self._began > OVERTAKEN_AFTER
        return self._stop.is_set() or late

    def pause(self, seconds: float) -> None:
        """Waits so long, or until the work should stop."""
        self._stop.wait(seconds)

    def cancel(self) -> None:
        """Asks the work to stop."""
        self._stop.set()

    def overtake(self) -> None:
        """Says that newer work waits: finish soon or stop."""
        self._overtaken.set()


Work = Callable[[JobControl], Any]


@dataclass(frozen=True)
class Job:
    """A piece of work for the pool; ``generation`` grows from job to job."""

    channel: str
    generation: int
    work: Work
    control: JobControl = field(default_factory=JobControl, compare=False)


@dataclass(frozen=True)
class JobResult:
    """The result of a job: a ``value``, or the ``error`` that the work raised."""

    request: Job
    value: Any = None
    error: Exception | None = None


def carry_out(request: Job) -> JobResult:
    """Does the work of a job, where the pool runs it."""
    request.control.begin()
    try:
        return JobResult(request, request.work(request.control))
    except Exception as error:
        return JobResult(request, error=error)
    finally:
        request.control.ended.set()


class Pool(Protocol):
    """Carries jobs out and gives each result to ``receive`` of the queue."""

    def submit(self, request: Job, receive: Callable[[JobResult], None]) -> None: ...


class DirectPool:
    """Carries every job out at once, in the calling thread."""

    def submit(self, request: Job, receive: Callable[[JobResult], None]) -> None:
        """Does the work now."""
        receive(carry_out(request))


@dataclass
class _Channel:
    running: Job | None = None
    waiting: tuple[Job, Callable[[Any], None]] | None = None


class JobQueue:
    """Keeps at most one job per channel under way and one waiting."""

    def __init__(self, pool: Pool, failed: Callable[[Exception], None]) -> None:
        self._pool = pool
        self._failed = failed
        self._channels: dict[str, _Channel] = {}
        self._generation = 0

    def ask(self, channel: str, work: Work, then: Callable[[Any], None]) -> None:
        """Has ``work`` done and its value given to ``then``, unless something newer comes first."""
        self._generation += 1
        request = Job(channel, self._generation, work)
        state = self._channels.setdefault(channel, _Channel())
        if state.running is None:
            self._start(state, request, then)
        else:
            state.waiting = (request, then)
            state.running.control.overtake()

    def _start(self, state: _Channel, request: Job, then: Callable[[Any], None]) -> None:
        state.running = request

        def receive(answer: JobResult) -> None:
            state.running = None
            waiting, state.waiting = state.waiting, None
            if waiting is not None:
                self._start(state, *waiting)
            if answer.error is not None:
                self._failed(answer.error)
            else:
                then(answer.value)

        self._pool.submit(request, receive)

    def cancel(self, channel: str | None = None) -> None:
        """Asks work to stop, on one channel or on all, and forgets what waits."""
        for name, state in self._channels.items():
            if channel in (None, name):
                state.waiting = None
                if state.running is not None:
                    state.running.control.cancel()

    def busy(self, channel: str) -> JobControl | None:
        """The control of the work under way on a channel, or None."""
        state = self._channels.get(channel)
        return state.running.control if state is not None and state.running is not None else None
