"""Parts of a computation: all are done, those that follow too, and none begins after a stop."""

import threading
from collections import deque

import pytest

from optlab.core.executor import LocalPool, Part, Stop


class Squares:
    """Squares a number; ``begun`` counts the parts, ``gate`` holds them."""

    def __init__(self) -> None:
        self.begun = 0
        self.gate = threading.Event()
        self.gate.set()

    def seconds(self, part: Part) -> float:
        return 0.0

    def run(self, part: Part, stop: Stop) -> Part | None:
        self.begun += 1
        self.gate.wait(10)
        if part["n"] < 0:
            raise ArithmeticError(part["n"])
        return None if stop() else {"square": part["n"] ** 2}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_all_parts_are_done_and_those_that_follow_from_them(count: int) -> None:
    parts: deque[Part] = deque({"n": n} for n in range(1, 12))
    found = {}
    for part, result in LocalPool(count).results(Squares(), parts, lambda: False):
        found[part["n"]] = result["square"]
        if part["n"] in (3, 30):
            parts.append({"n": part["n"] * 10})
    assert found == {n: n**2 for n in (*range(1, 12), 30, 300)}


@pytest.mark.parametrize("count", [1, 3])
def test_no_part_begins_after_a_stop(count: int) -> None:
    work, heard = Squares(), threading.Event()
    parts: deque[Part] = deque({"n": n} for n in range(100))
    for _ in LocalPool(count).results(work, parts, heard.is_set):
        heard.set()
        begun = work.begun
    # What waited in the pool does not begin; what a thread had in its hands meanwhile may.
    assert work.begun <= begun + count and len(parts) > 90


@pytest.mark.parametrize("count", [1, 3])
def test_what_a_part_raises_ends_the_work(count: int) -> None:
    work = Squares()
    parts: deque[Part] = deque({"n": n} for n in (1, -1, *range(2, 90)))
    with pytest.raises(ArithmeticError):
        list(LocalPool(count).results(work, parts, lambda: False))
    assert work.begun < 30


def test_what_is_not_wanted_any_more_is_taken_back() -> None:
    work = Squares()
    results = LocalPool(2).results(work, deque({"n": n} for n in range(50)), lambda: False)
    next(results)
    results.close()
    assert work.begun < 20
