"""Work background: at once where it is short, in order where it is long."""

from optlab.session.experiment import Experiment, Surface
from optlab.session.jobs import carry_out
from optlab.session.session import Session
from optlab.ui.controllers.background import LONG, BackgroundWork


class Slow:
    """A pool that answers when it is told to."""

    def __init__(self):
        self.asked = []

    def submit(self, request, receive):
        self.asked.append((request, receive))

    def answer(self):
        request, receive = self.asked.pop(0)
        receive(carry_out(request))


def made():
    pool = Slow()
    return pool, BackgroundWork(
        Session(Experiment(surface=Surface(problem="quadratic")), pool), "some"
    )


def test_short_work_is_done_at_once():
    pool, background = made()
    given = []
    background.do(LONG - 1, lambda: 1, given.append)
    assert given == [1] and not pool.asked and not background.is_busy


def test_long_work_is_answered_later():
    pool, background = made()
    given = []
    background.do(LONG, lambda: 1, given.append)
    assert given == [] and background.is_busy
    pool.answer()
    assert given == [1] and not background.is_busy


def test_what_is_overtaken_never_comes_after_what_is_newer():
    pool, background = made()
    given = []
    background.do(LONG, lambda: 1, given.append)
    background.do(1, lambda: 2, given.append)
    pool.answer()
    assert given == [2] and not background.is_busy


def test_a_drag_shows_what_it_can():
    pool, background = made()
    given = []
    for value in range(4):
        background.do(LONG, lambda value=value: value, given.append)
    pool.answer()
    assert given == [0] and background.is_busy
    pool.answer()
    assert given == [0, 3] and not background.is_busy
