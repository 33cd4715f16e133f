"""How far a report is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Progress = Callable[[int, int], None]
Item = TypeVar("Item")


def told(items: Sequence[Item], progress: Progress | None) -> Iterator[Item]:
    """The items; after each one ``progress`` hears of it, and may raise to stop."""
    for number, item in enumerate(items, 1):
        yield item
        if progress is not None:
            progress(number, len(items))
