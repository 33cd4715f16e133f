"""Tables by text: a generator, a shipped table, or a CSV file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from optlab.core.data.csv_table import read_table
from optlab.core.data.generators import GENERATORS
from optlab.core.data.table import Table, TableError
from optlab.core.resources import NO_TEXTS, data_folder, decode_toml, last_change

SUFFIX = ".csv"
_MOST_BYTES = 1 << 30


class TableInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a shipped table: a line about it, and where its numbers are from."""

    summary: str
    source: str


@cache
def shipped_tables() -> Mapping[str, TableInfo]:
    """The tables under ``resources/data``, by name."""
    text = (data_folder("data") / "tables.toml").read_bytes()
    return decode_toml(text, "tables.toml", dict[str, TableInfo])


def load_table(text: str, own: Mapping[str, str] = NO_TEXTS) -> Table:
    """The table of a text: ``moons:n=200,noise=0.1``, ``challenger``, ``houses.csv``.

    ``own`` has CSV texts by name, which come first.  Raises :class:`TableError`.
    """
    name, _, settings = (part.strip() for part in text.partition(":"))
    if text in own:
        return _read(own[text], text)
    if name in GENERATORS:
        return _made(name, settings)
    if text.lower().endswith(SUFFIX):
        return _file(Path(text))
    if text in shipped_tables():
        return _file(data_folder("data") / f"{text}{SUFFIX}")
    known = [*own, *GENERATORS, *shipped_tables()]
    import difflib

    close = difflib.get_close_matches(name.lower(), known, 3, 0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(known)}"
    raise TableError(f"unknown data {text[:60]!r}; {hint}, or a file that ends in {SUFFIX}")


@lru_cache(maxsize=32)
def _made(name: str, settings: str) -> Table:
    return GENERATORS[name].table(settings)


@lru_cache(maxsize=32)
def _read(text: str, name: str) -> Table:
    try:
        return read_table(text, name)
    except TableError as error:
        raise TableError(f"{name}: {error}") from None


def _file(path: Path) -> Table:
    return _read_file(path, last_change(path))


@lru_cache(maxsize=32)
def _read_file(path: Path, _changed: int) -> Table:
    try:
        return read_table(table_file_text(path), path.name)
    except TableError as error:
        raise TableError(f"{path}: {error}") from None


def table_file_text(path: Path) -> str:
    """The text of a CSV file. Raises :class:`TableError` with the reason."""
    try:
        if path.exists() and not path.is_file():
            raise TableError("cannot be read: not a file")
        with path.open("rb") as file:
            # Reading up to a limit takes that much memory, whatever the file has.
            size = os.fstat(file.fileno()).st_size
            content = file.read(min(size, _MOST_BYTES) + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TableError(f"cannot be read: {reason}") from None
    if len(content) > _MOST_BYTES:
        raise TableError(f"larger than {_MOST_BYTES >> 20} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(f"line {line}: not UTF-8") from None
