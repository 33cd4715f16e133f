"""Quitting during a job: at once, with status 0, saying nothing."""

import pytest

from tests.soak.quitting import quit_during

# The goal is a second on an idle machine; others may be busy here.
PATIENCE = 5.0


@pytest.mark.parametrize("job", ["long runs", "runs in Python", "basin map", "image"])
def test_the_window_closes_at_once(job: str) -> None:
    tried = quit_during(job, wait=150)
    assert (tried.ended.status, tried.ended.err) == (0, "")
    assert tried.seconds < PATIENCE
