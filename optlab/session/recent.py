"""The list of files that were used last."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

MOST = 8
"""How many files are remembered."""


def with_recent(paths: Iterable[Path], path: Path) -> tuple[Path, ...]:
    """The list with ``path`` in front, each file once."""
    newest = _absolute(path)
    return (newest, *(old for old in map(_absolute, paths) if old != newest))[:MOST]


def read_recent(stored: object) -> tuple[Path, ...]:
    """The list from what a settings file gives back, whatever that is.

    A list of one comes back as a bare text from some settings files; anything else is ignored.
    """
    texts = [stored] if isinstance(stored, str) else stored
    if not isinstance(texts, (list, tuple)):
        return ()
    usable = [text for text in texts if isinstance(text, str) and text and "\0" not in text]
    paths = dict.fromkeys(_absolute(Path(text)) for text in usable)
    return tuple(paths)[:MOST]


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
