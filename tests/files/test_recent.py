from pathlib import Path

import pytest

from optlab.files.experiment_files import MOST, read_recent, with_recent


def test_the_newest_comes_first_and_each_once() -> None:
    paths: tuple[Path, ...] = ()
    for name in "abca":
        paths = with_recent(paths, Path(f"/x/{name}"))
    assert paths == (Path("/x/a"), Path("/x/c"), Path("/x/b"))
    assert with_recent(paths, Path("/x/y/../b"))[0] == Path("/x/b")


def test_the_list_ends_at_eight() -> None:
    paths: tuple[Path, ...] = ()
    for number in range(20):
        paths = with_recent(paths, Path(f"/x/{number}"))
    assert len(paths) == MOST == 8
    assert paths[0] == Path("/x/19")


@pytest.mark.parametrize(
    ("stored", "paths"),
    [
        (None, ()),
        ("/x/a", ("/x/a",)),
        (["/x/a", "/x/a", "/x/b"], ("/x/a", "/x/b")),
        ([3, None, "", "/x/a\0", ["/x"], "/x/b"], ("/x/b",)),
        ({"a": 1}, ()),
        (7.5, ()),
    ],
)
def test_whatever_the_settings_hold_is_read(stored: object, paths: tuple[str, ...]) -> None:
    assert read_recent(stored) == tuple(map(Path, paths))
