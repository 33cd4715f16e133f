"""The one thread boundary: work goes to a pool, answers come back in the window's thread.

The bridge is a QObject that is never moved, so its slot runs where it was made.  Workers only
emit its private signal; Qt queues that to the slot.  Garbage is collected in that thread only: a
widget in a cycle that a worker destroys ends the program.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from optlab.session.jobs import Job, JobResult, carry_out

# Runs, picture, map, its kernel, and what may take its time: none of them waits for another.
_WORKERS = 6
# A worker in pure Python leaves the window its turn this often; the default of 5 ms is visible.
_SWITCH_INTERVAL = 0.001


class Bridge(QObject):
    """A pool for the session; see :class:`optlab.session.jobs.Pool`."""

    _answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        sys.setswitchinterval(_SWITCH_INTERVAL)
        self._executor = ThreadPoolExecutor(_WORKERS, thread_name_prefix="optlab-worker")
        self._receivers: dict[Job, Callable[[JobResult], None]] = {}
        self._futures: set[Future[None]] = set()
        self._closed = False
        self._garbage = GarbageCollector(self)
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(self, request: Job, receive: Callable[[JobResult], None]) -> None:
        """Has a request carried out; ``receive`` gets the answer in this thread."""
        if self._closed:
            return
        self._receivers[request] = receive
        future = self._executor.submit(self._carry_out, request)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)

    def _carry_out(self, request: Job) -> None:
        self._answered.emit(carry_out(request))

    @Slot(object)
    def _deliver(self, answer: JobResult) -> None:
        receive = self._receivers.pop(answer.request, None)
        if receive is not None and not self._closed:
            receive(answer)

    def settle(self) -> None:
        """Says that the window is complete; see :meth:`GarbageCollector.settle`."""
        self._garbage.settle()

    def close(self, seconds: float = 0.2) -> bool:
        """Asks all work to stop and waits for it; says whether all of it has ended."""
        self._closed = True
        self._garbage.close()
        for request in self._receivers:
            request.control.cancel()
        self._receivers.clear()
        self._executor.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + seconds
        while any(not future.done() for future in self._futures.copy()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True


_EVERY = 200
"""Milliseconds between two looks at how much there is."""


class GarbageCollector(QObject):
    """Collects now and then, where it lives, until it is closed."""

    _living = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._closed = False
        GarbageCollector._living += 1
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collects the oldest generation that is due, as Python itself would."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def settle(self) -> None:
        """Takes what there is now for lasting: no collection looks through it again.

        A walk through everything that a window is made of takes long enough to be seen.
        """
        gc.freeze()

    def close(self) -> None:
        """Leaves collecting to Python again, once no other collector lives."""
        if not self._closed:
            self._closed = True
            self._timer.stop()
            GarbageCollector._living -= 1
            if GarbageCollector._living == 0:
                gc.enable()
