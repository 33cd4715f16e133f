"""A session without Qt: with a pool that answers at once, or one that the test lets answer."""

from collections.abc import Callable
from typing import Any

import pytest

from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from optlab.session.jobs import Job, JobResult, carry_out
from optlab.session.session import Session


class HeldPool:
    """Keeps requests until the test lets one be carried out."""

    def __init__(self) -> None:
        self.held: list[tuple[Job, Callable[[JobResult], None]]] = []

    def submit(self, request: Job, receive: Callable[[JobResult], None]) -> None:
        self.held.append((request, receive))

    def finish(self, channel: str = "") -> None:
        """Carries out the oldest request, of one channel if named, and answers."""
        names = [request.channel for request, _ in self.held]
        request, receive = self.held.pop(names.index(channel) if channel else 0)
        receive(carry_out(request))

    def finish_all(self) -> None:
        """Until nothing is asked any more."""
        while self.held:
            self.finish()


class Record:
    """Everything a signal said."""

    def __init__(self, signal: Any) -> None:
        self.said: list[Any] = []
        signal.connect(self.note)

    def note(self, what: Any) -> None:
        self.said.append(what)


@pytest.fixture
def default():
    return load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))


@pytest.fixture
def session(default):
    """Computed at once."""
    made = Session(default)
    made.compute_all()
    return made


@pytest.fixture
def pool():
    return HeldPool()


@pytest.fixture
def slow(default, pool):
    """Computed when the test says so; the first answers are there."""
    made = Session(default, pool)
    made.compute_all()
    pool.finish_all()
    return made


@pytest.fixture
def record():
    return Record
