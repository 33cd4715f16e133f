"""Large computations in parts, which threads of this machine or a cluster do: one interface."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol

Part = Mapping[str, Any]
"""What one part needs, or what it gives back: JSON-like values and arrays by name."""
Stop = Callable[[], bool]
Results = Generator[tuple[Part, Part], None, None]


class Work(Protocol):
    """A computation whose parts may be done in any order and anywhere, with the same bits."""

    def seconds(self, part: Part) -> float:
        """About how long a part takes on one core."""
        ...

    def run(self, part: Part, stop: Stop) -> Part | None:
        """What a part gives; None where ``stop`` was heard on the way."""
        ...


class Executor(Protocol):
    """Does the parts of a computation."""

    @property
    def count(self) -> int:
        """How many parts are done at once."""
        ...

    @property
    def grain(self) -> float:
        """Seconds that parts should take at least, together with those they are sent with."""
        ...

    def results(self, work: Work, parts: deque[Part], stop: Stop) -> Results:
        """Each part with what it gave, as they come.

        Parts are taken from the left of ``parts``; more may be appended while results are taken.
        What ``stop`` leaves out is missing.  Raises what a part raises.
        """
        ...


@dataclass(frozen=True)
class LocalPool:
    """Threads of this process: compiled code leaves Python's lock."""

    count: int = os.cpu_count() or 1
    grain: float = 0.05

    def results(self, work: Work, parts: deque[Part], stop: Stop) -> Results:
        """See :class:`Executor`; a single part is done by the calling thread."""
        while parts and (len(parts) == 1 or self.count == 1):
            if stop():
                return
            part = parts.popleft()
            found = work.run(part, stop)
            if found is not None:
                yield part, found
        if parts:
            yield from self._threaded(work, parts, stop)

    def _threaded(self, work: Work, parts: deque[Part], stop: Stop) -> Results:
        waiting: dict[Future[Part | None], Part] = {}
        with ThreadPoolExecutor(self.count) as pool:
            try:
                while (parts or waiting) and not stop():
                    while parts and len(waiting) < 2 * self.count:
                        part = parts.popleft()
                        waiting[pool.submit(_unless_stopped, work, part, stop)] = part
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        part = waiting.pop(future)
                        found = future.result()
                        if found is not None:
                            yield part, found
            finally:
                for future in waiting:
                    future.cancel()


def _unless_stopped(work: Work, part: Part, stop: Stop) -> Part | None:
    return None if stop() else work.run(part, stop)


LOCAL = LocalPool()
