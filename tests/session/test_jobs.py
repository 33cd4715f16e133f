"""Which work is done, which is replaced, and what becomes of the answers."""

import time

import pytest

from optlab.session.jobs import OVERTAKEN_AFTER, DirectPool, JobControl, JobQueue


@pytest.fixture
def errors():
    return []


@pytest.fixture
def desk(pool, errors):
    return JobQueue(pool, errors.append)


def value(number):
    return lambda _control: number


def test_a_direct_pool_answers_at_once():
    answers = []
    JobQueue(DirectPool(), answers.append).ask("a", value(3), answers.append)
    assert answers == [3]


def test_one_runs_one_waits_and_the_newest_waits(desk, pool):
    answers = []
    for number in range(5):
        desk.ask("a", value(number), answers.append)
    assert len(pool.held) == 1
    pool.finish_all()
    assert answers == [0, 4]
    assert desk.busy("a") is None


def test_channels_do_not_wait_for_each_other(desk, pool):
    answers = []
    desk.ask("a", value(1), answers.append)
    desk.ask("b", value(2), answers.append)
    assert len(pool.held) == 2
    pool.held.reverse()
    pool.finish()
    assert answers == [2]


def test_work_that_is_overtaken_may_finish_soon(desk, monkeypatch):
    desk.ask("a", value(1), lambda _: None)
    control = desk.busy("a")
    control.begin()
    desk.ask("a", value(2), lambda _: None)
    assert not control.cancelled()
    begun = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: begun + 2 * OVERTAKEN_AFTER)
    assert control.cancelled()


def test_cancelling_forgets_what_waits(desk, pool):
    answers = []
    desk.ask("a", lambda control: control.cancelled(), answers.append)
    desk.ask("a", value(2), answers.append)
    desk.ask("b", lambda control: control.cancelled(), answers.append)
    desk.cancel("a")
    pool.finish()
    pool.finish()
    assert answers == [True, False]
    assert pool.held == []


def test_cancelling_everything(desk, pool):
    answers = []
    for channel in "ab":
        desk.ask(channel, lambda control: control.cancelled(), answers.append)
    desk.cancel()
    pool.finish()
    pool.finish()
    assert answers == [True, True]


def test_an_error_is_told_and_the_next_request_goes_on(desk, pool, errors):
    answers = []
    desk.ask("a", lambda _control: 1 / 0, answers.append)
    desk.ask("a", value(2), answers.append)
    pool.finish()
    assert [type(error) for error in errors] == [ZeroDivisionError]
    pool.finish()
    assert answers == [2]


def test_an_answer_may_ask_again(desk, pool):
    answers = []

    def more(number):
        answers.append(number)
        if number < 3:
            desk.ask("a", value(number + 1), more)

    desk.ask("a", value(1), more)
    pool.finish_all()
    assert answers == [1, 2, 3]


def test_progress_is_a_fraction():
    control = JobControl()
    control.progress(25, 100)
    assert control.fraction == 0.25
    control.progress(0, 0)
    assert control.fraction == 1.0
