"""A surface file whose window or minima are no numbers is refused, with file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from optlab.core.problems import load_problem
from optlab.core.resources import DataError

GOOD = """
name = "Bowl"
formula = "w1^2 + w2^2"
story = "A bowl."
window = [[-1.0, 1.0], [-2.0, 2.0]]
start = [0.5, 0.5]
[[minima]]
at = [0.0, 0.0]
value = 0.25
"""

BROKEN = [
    ("at = [0.0, 0.0]", "at = [nan, 0.0]", "minima.at", "finite numbers"),
    ("at = [0.0, 0.0]", "at = [0.0, -inf]", "minima.at", "finite numbers"),
    ("at = [0.0, 0.0]", "at = [1e999, 0.0]", "", ""),
    ("value = 0.25", "value = nan", "minima.value", "finite number, not nan"),
    ("value = 0.25", "value = inf", "minima.value", "finite number, not inf"),
    ("[-1.0, 1.0]", "[nan, 1.0]", "window", "w1 needs a low end below"),
    ("[-2.0, 2.0]", "[2.0, 2.0]", "window", "w2 needs a low end below"),
    ("[-2.0, 2.0]", "[-inf, 2.0]", "window", "w2 must reach over a finite width"),
    ("[-2.0, 2.0]", "[-1e308, 1e308]", "window", "finite width, not from -1e+308 to 1e+308"),
    ("start = [0.5, 0.5]", "start = [0.5, nan]", "start", "finite numbers"),
]


def surface(folder: Path, old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    file = folder / "bowl.toml"
    file.write_text(GOOD.replace(old, new))
    return str(file)


def test_the_file_that_the_others_are_made_from_is_good(tmp_path: Path) -> None:
    assert load_problem(surface(tmp_path, "Bowl", "Dish")).name == "Dish"


@pytest.mark.parametrize(("old", "new", "key", "reason"), BROKEN, ids=[case[1] for case in BROKEN])
def test_numbers_that_are_none_or_overflow_are_refused(
    old: str, new: str, key: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        load_problem(surface(tmp_path, old, new))
    assert caught.value.file == "bowl.toml"
    assert key in caught.value.key
    assert reason in caught.value.reason
