"""Quitting during a job: without waiting for it, with status 0, saying nothing."""

import pytest

from tests.soak.quitting import quit_during


@pytest.fixture(scope="module")
def idle() -> float:
    """The seconds that closing takes here and now, with nothing to do."""
    return quit_during("nothing", wait=150).seconds


@pytest.mark.parametrize("job", ["long runs", "runs in Python", "basin map", "image"])
def test_the_window_closes_without_waiting(job: str, idle: float) -> None:
    tried = quit_during(job, wait=150)
    assert (tried.ended.status, tried.ended.err) == (0, "")
    # A second on an idle machine; the longest of the jobs takes minutes.
    assert tried.seconds < 30 + 10 * idle
