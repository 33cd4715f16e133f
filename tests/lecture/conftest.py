"""One browser for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.lecture.browser import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened
