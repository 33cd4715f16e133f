"""A Dask cluster as an executor: tasks are sent, retried, counted and cancelled."""

from __future__ import annotations

import contextlib
import importlib
import logging
import queue
import socket
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from optlab.core.executor import LOCAL, Executor, Part, Results, Stop, Work
from optlab.session.experiment import Experiment

LEAST = 0.5
"""Seconds of work that a task has at least: its way there and back takes some hundredths."""
_MOST = 2.0
_PATIENCE = 10.0
"""Seconds in which a scheduler answers, and has a worker."""
_WITHOUT_WORKERS = 60.0
"""Seconds after which workers that were lost are not waited for."""
_POLL, _LOOK = 0.05, 2.0
TLS_FILES = ("ca.pem", "cert.pem", "key.pem")
"""What a folder for TLS holds: the authority, and a certificate with its key."""
_NO_DASK = "a cluster needs the package distributed: pip install 'optlab-desktop[cluster]'"


class ClusterError(ValueError):
    """A cluster that cannot be used, or was lost: one sentence."""


def distributed() -> Any:
    """The module. Raises ClusterError where it is not installed."""
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise ClusterError(_NO_DASK) from None


def tls_files(folder: str | Path) -> tuple[Path, Path, Path]:
    """The authority, certificate and key in a folder. Raises ClusterError for what is missing."""
    ca, cert, key = (Path(folder) / name for name in TLS_FILES)
    for path in (ca, cert, key):
        if not path.is_file():
            raise ClusterError(f"TLS needs {', '.join(TLS_FILES)} in a folder; no {path}")
    return ca, cert, key


def _check_address(address: str) -> None:
    """Raises ClusterError where an address has another form, or nothing listens there."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not (host and port) or parts.scheme not in ("tcp", "tls"):
        raise ClusterError(f"needs tcp://HOST:PORT or tls://HOST:PORT, not '{address[:80]}'")
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError:
        raise ClusterError(f"no cluster answers at {address}") from None


class ThisMachine:
    """The machine itself, where no cluster is named."""

    lost = ""

    def on(self, experiment: Experiment, run: str = "") -> Executor:
        """Threads of this process."""
        return LOCAL

    def stops(self, cancelled: Stop) -> Stop:
        """Asks whether work should stop."""
        return cancelled


class Cluster:
    """A connection to a scheduler; ``lost`` says why it is gone, empty while it is there.

    Raises ClusterError where nothing answers at the address, or without a worker.
    """

    def __init__(self, address: str, tls: str | Path | None = None) -> None:
        dask = distributed()
        # What it logs of lost connections is said once, by ``lost``.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        security = None
        if tls is not None:
            ca, cert, key = map(str, tls_files(tls))
            given = {"tls_client_cert": cert, "tls_client_key": key}
            security = dask.Security(tls_ca_file=ca, require_encryption=True, **given)
        elif address.startswith("tls:"):
            raise ClusterError(f"{address} needs --tls FOLDER with {', '.join(TLS_FILES)}")
        self.address, self.lost = address, ""
        self._speed: dict[str, float] = {}
        _check_address(address)
        try:
            self._client = dask.Client(
                address, timeout=_PATIENCE, security=security, set_as_default=False
            )
        except (OSError, TimeoutError, ValueError):
            raise ClusterError(f"no cluster answers at {address}") from None
        try:
            self._client.wait_for_workers(1, timeout=3 * _PATIENCE)
        except TimeoutError:
            self.close()
            raise ClusterError(f"the cluster at {address} has no workers") from None
        self.workers = 1
        self.count_workers()

    def count_workers(self) -> int:
        """How many tasks are done at once; asks the scheduler."""
        with contextlib.suppress(Exception):
            known = self._client.scheduler_info(n_workers=-1)["workers"].values()
            self.workers = sum(int(one["nthreads"]) for one in known)
        return self.workers

    def on(self, experiment: Experiment, run: str = "") -> Executor:
        """What does the parts of maps and trials of a run, or of a comparison: this machine, once
        the cluster is lost."""
        if self.lost:
            return LOCAL
        return ClusterExecutor(self, experiment, run)

    def stops(self, cancelled: Stop) -> Stop:
        """Asks whether work should stop: also where the cluster is lost on the way."""
        before = self.lost
        return lambda: self.lost != before or cancelled()

    def close(self) -> None:
        """Ends the connection; the cluster goes on."""
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- for its executors -----------------------------------------------------------------

    def is_there(self) -> bool:
        """Whether the scheduler answers; else :attr:`lost` says that it does not."""
        if not self.lost and self._client.status != "running":
            self.lost = f"the cluster at {self.address} is gone"
        return not self.lost

    def submit(self, task: Any, document: bytes, parts: bytes) -> Any:
        """Sends a task; its future."""
        return self._client.submit(task, document, parts, pure=False)

    def cancel(self, futures: list[Any]) -> None:
        """Takes tasks back that have not begun."""
        if futures and self.is_there():
            with contextlib.suppress(Exception):
                self._client.cancel(futures, force=True, asynchronous=False)

    def speed(self, kind: str) -> float:
        """Seconds that parts take for each second that was estimated."""
        return self._speed.get(kind, 1.0)

    def learn(self, kind: str, estimated: float, taken: float) -> None:
        """Corrects later estimates by what a task took."""
        if estimated > 0:
            now = min(max(taken / estimated, 0.01), 100.0)
            self._speed[kind] = 0.5 * (self.speed(kind) + now)


Machines = Cluster | ThisMachine


@dataclass(frozen=True)
class ClusterExecutor:
    """Does parts on a cluster: see :class:`~optlab.core.executor.Executor`."""

    cluster: Cluster
    experiment: Experiment
    run: str
    grain: float = LEAST

    @property
    def count(self) -> int:
        """How many tasks are done at once, as far as is known."""
        return max(1, self.cluster.workers)

    def results(self, work: Work, parts: deque[Part], stop: Stop) -> Results:
        """See :class:`~optlab.core.executor.Executor`.

        A worker that dies costs its tasks, which are done again by another one.  Where the
        scheduler is lost, the results end, and :attr:`Cluster.lost` says so.
        """
        from optlab.session.cluster import tasks  # what it imports takes time

        document = tasks.document(work, self.experiment, self.run)
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        waiting: dict[Any, tuple[list[Part], float]] = {}
        kind, seen, looked = type(work).__name__, time.monotonic(), 0.0
        try:
            while (parts or waiting) and not stop() and self.cluster.is_there():
                while parts and len(waiting) < 2 * self.count:
                    some, seconds = self._group(work, parts, kind)
                    future = self.cluster.submit(tasks.perform, document, tasks.encode(some))
                    waiting[future] = some, seconds
                    future.add_done_callback(ended.put)
                try:
                    future = ended.get(timeout=_POLL)
                except queue.Empty:
                    if time.monotonic() - looked > _LOOK:
                        looked = time.monotonic()
                        seen = looked if self.cluster.count_workers() else seen
                    if time.monotonic() - seen > _WITHOUT_WORKERS:
                        self.cluster.lost = f"{self.cluster.address} has no workers any more"
                    continue
                some, seconds = waiting.pop(future)
                if future.status != "finished":
                    self._failed(future)
                    parts.extendleft(reversed(some))
                    continue
                try:
                    answer = tasks.decode(future.result())
                except OSError:  # its worker, or the scheduler, is gone
                    parts.extendleft(reversed(some))
                    time.sleep(_POLL)
                    continue
                self.cluster.learn(kind, seconds, answer["seconds"])
                yield from zip(some, answer["results"], strict=True)
        finally:
            self.cluster.cancel(list(waiting))

    def _group(self, work: Work, parts: deque[Part], kind: str) -> tuple[list[Part], float]:
        """The next parts that together have enough to do, and their estimated seconds."""
        speed = self.cluster.speed(kind)
        rest = speed * sum(map(work.seconds, parts))
        wanted = min(max(LEAST, rest / (3 * self.count)), _MOST) / speed
        some, seconds = [], 0.0
        while parts and seconds < wanted:
            some.append(parts.popleft())
            seconds += work.seconds(some[-1])
        return some, seconds

    def _failed(self, future: Any) -> None:
        """Raises what a task raised; nothing where it was lost on its way."""
        if future.status != "error" or not self.cluster.is_there():
            return
        error = future.exception()
        if type(error).__name__ == "KilledWorker":
            reason = "a task ended its worker four times (memory?)"
            raise ClusterError(f"the cluster at {self.cluster.address}: {reason}")
        raise error
