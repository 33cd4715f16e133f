"""One traveller for all experiments of a file, in the window that its tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.ui.tour.looks", "tests.ui.tour.traveller")

from tests.ui.tour.traveller import Traveller  # noqa: E402


@pytest.fixture
def traveller(lab) -> Iterator[Traveller]:
    made = Traveller(lab)
    yield made
    made.leave()
