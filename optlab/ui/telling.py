"""How parts of the window tell a person something in one sentence."""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    """Shows a sentence until something changes; in a warm colour, unless it is ``good`` news."""

    def __call__(self, sentence: str, /, good: bool = False) -> None: ...
