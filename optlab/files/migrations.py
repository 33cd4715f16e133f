"""Experiment files of earlier formats, brought up to the present one format at a time.

A migration is a pure function from the content of a file of format k, as the JSON says it, to
that of format k + 1.  It may rely on nothing but that the content is an object: what it makes is
checked like any other file.  When the document changes in a way that old files do not fit, the
format number grows by one, the change gets a migration here, and ``tests/files/golden`` a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Content = dict[str, Any]
Migration = Callable[[Content], Content]

FIRST_FORMAT = 1
"""The format of files that do not say one."""


def _own_texts(content: Content) -> Content:
    """Format 2 can hold rules, surfaces and schedules of its own; files of format 1 have none.

    A path in one of them stays: what it holds is taken in when the file is opened.
    """
    for name in ("rules", "surfaces", "schedules"):
        if name in content:
            raise ValueError(f"'{name}' came with format 2")
    return content


def _data(content: Content) -> Content:
    """Format 3 can hold data and what gradients are taken from; files of format 2 have none."""
    surface = content.get("surface", {})
    for name, part in (("tables", content), ("data", surface), ("network", surface)):
        if name in part:
            raise ValueError(f"'{name}' came with format 3")
    return content


MIGRATIONS: Mapping[int, Migration] = MappingProxyType({1: _own_texts, 2: _data})
"""By the format that they start from."""


class MigrationError(ValueError):
    """Content that is not what files of its format look like; the message says the format."""


def migrate(
    content: Content, newest: int, migrations: Mapping[int, Migration] = MIGRATIONS
) -> Content:
    """The content as a file of the format ``newest`` would have it; ``content`` stays as it is.

    Raises :class:`MigrationError` where a step cannot make sense of what it is given.
    """
    version = content.get("version", FIRST_FORMAT)
    while version < newest:
        try:
            content = migrations[version](dict(content))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            reason = f"not what format {version} looks like ({type(error).__name__}: {error})"
            raise MigrationError(reason) from None
        version += 1
        content["version"] = version
    return content
