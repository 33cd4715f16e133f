"""A widget in a reference cycle is destroyed in the window's thread, whatever workers do."""

import gc
import threading
import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest

from optlab.session.jobs import Job
from optlab.ui.shell.bridge import Bridge
from tests.patience import PATIENCE


class Cycle(QObject):
    """Refers to itself and notes the thread that destroys it."""

    def __init__(self, ended: list[int]) -> None:
        super().__init__()
        self.me = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


@pytest.fixture
def bridge(app):
    made = Bridge()
    yield made
    assert made.close(PATIENCE)


def much_garbage(_control: object) -> None:
    for _ in range(20_000):
        thing: list[object] = []
        thing.append(thing)


def test_cycles_end_in_the_thread_of_the_window(bridge):
    ended: list[int] = []
    for _ in range(20):
        Cycle(ended)
    answered = []
    bridge.submit(Job("garbage", 1, much_garbage), answered.append)
    end = time.monotonic() + PATIENCE
    while not (answered and len(ended) == 20) and time.monotonic() < end:
        QTest.qWait(10)
    assert answered and answered[0].error is None
    assert ended == [threading.get_ident()] * 20


def test_python_collects_again_once_all_are_closed(bridge):
    other = Bridge()
    assert not gc.isenabled()
    assert other.close(60) and other.close(60)
    assert not gc.isenabled()
    assert bridge.close(60)
    assert gc.isenabled()


def test_what_has_settled_is_not_looked_through_again(bridge):
    before = gc.get_freeze_count()
    bridge.settle()
    try:
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
